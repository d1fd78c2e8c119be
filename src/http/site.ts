import { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { pageSecurity } from './page-security.ts';
import { layout, type Site } from './pages/layout.ts';
import { html } from './pages/html.ts';

/** Pages under the headers that pages need. */
export function createSite(
  security: Parameters<typeof pageSecurity>[0],
  routers: readonly Router[],
): Router {
  const router = Router();
  router.use(pageSecurity(security));
  for (const each of routers) router.use(each);
  router.use(passUnreadable);
  return router;
}

/** An address that cannot be decoded (`%ff`) is one where nothing is. */
const passUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(error instanceof URIError ? undefined : error);
};

/** Where nothing is: a page for people, a line for programs. */
export function createNotFound(site: Site): RequestHandler {
  return (request, response) => {
    response.status(404);
    if (request.accepts(['text/plain', 'html']) === 'html') {
      response.type('html').send(layout(site, { title: 'Tidak ditemukan', at: '', main: missing }));
    } else response.type('text/plain').send('Halaman ini tidak ada.\n');
  };
}

const missing = html`<h1>Halaman ini tidak ada</h1>
  <p>Mungkin alamatnya salah ketik, atau halamannya sudah dipindahkan.</p>
  <p>
    <a class="button main" href="/">Buat laporan</a>
    <a class="button" href="/lacak">Lacak laporan</a>
  </p>`;
