import { type Request, Router } from 'express';
import { createHash } from 'node:crypto';
import { Invalid, NotFound } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Site } from './pages/layout.ts';
import { phoneNews, simulatorPage } from './pages/simulator.ts';
import { type Burst, createBurst } from './simulator/burst.ts';
import type { Carriers } from './simulator/carrier.ts';
import { createForms, ownPagesOnly, saidOf } from './simulator/forms.ts';
import { draftFrom, messageFrom } from './simulator/message-form.ts';
import { createPhone, type Held, heldBy, type Phone } from './simulator/phone.ts';
import { type Album, createAlbum } from './simulator/photos.ts';
import { isPreset, presetMessage } from './simulator/presets.ts';

type Deps = {
  readonly fakes: Carriers;
  readonly site: Site;
  /** Aborted when the process ends: a burst would go on. */
  readonly closing: AbortSignal;
  readonly now: () => number;
  readonly log: Log;
  /** How many messages a burst has; 1,000 unless said. */
  readonly total?: number;
};

type Parts = {
  readonly site: Site;
  readonly album: Album;
  readonly burst: Burst;
  readonly phone: Phone;
};

const photoBudget = 64 * 1024 * 1024;

/** `/simulator`, for demo mode: phones of citizens, who write through the fake providers. */
export function createSimulator(deps: Deps): Router {
  const album = createAlbum(photoBudget);
  const burst = createBurst(deps);
  const phone = createPhone({ ...deps, album, burst });
  const parts = { site: deps.site, album, burst, phone };
  const router = Router();
  router.use('/simulator', ownPagesOnly);
  showPhones(router, parts);
  sendFromPhones(router, parts);
  return router;
}

function showPhones(router: Router, { site, album, phone }: Parts): void {
  router.get('/simulator', (request, response) => {
    const held = heldIn(request);
    const said = saidOf(held, queried(request, 'salinan'));
    response.type('html').send(simulatorPage(site, phone.view(held, { said })));
  });
  router.get('/simulator/kabar', (request, response) => {
    const news = phoneNews(phone.view(heldIn(request)));
    const versi = createHash('sha256').update(JSON.stringify(news)).digest('base64url');
    if (versi === queried(request, 'versi')) response.status(204).end();
    else response.json({ versi, ...news });
  });
  router.get('/simulator/foto/:id', ({ params }, response) => {
    const photo = album.find(params.id);
    if (!photo) throw new NotFound('Foto ini tidak disimpan lagi.');
    response.set('cache-control', 'private, max-age=3600').type(photo.mediaType);
    response.send(Buffer.from(photo.bytes));
  });
}

function sendFromPhones(router: Router, { site, album, burst, phone }: Parts): void {
  const form = createForms(phone, site);
  router.post(
    '/simulator',
    form(async (held, upload) => {
      await phone.send(phone.line(held), messageFrom(draftFrom(upload), upload, album));
      return null;
    }),
  );
  router.post(
    '/simulator/contoh',
    form(async (held, { field }) => {
      const preset = field('contoh');
      if (!isPreset(preset)) throw new Invalid('Contoh itu tidak ada.');
      if (preset === 'salinan') return phone.forward(phone.line(held));
      const message = { ...presetMessage(preset, album), location: null, where: null };
      await phone.send(phone.line(held), message);
      return null;
    }),
  );
  router.post(
    '/simulator/serbuan',
    form((held) => {
      const { name, carrier } = phone.line(held);
      burst.start(name, carrier);
      return Promise.resolve(null);
    }),
  );
  router.post(
    '/simulator/serbuan/henti',
    form(() => {
      burst.stop();
      return Promise.resolve(null);
    }),
  );
}

const heldIn = (request: Request): Held =>
  heldBy(queried(request, 'kanal'), queried(request, 'warga'));

function queried({ query }: Request, name: string): string {
  const value = query[name];
  return typeof value === 'string' ? value : '';
}
