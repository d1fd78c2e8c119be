import { Router } from 'express';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { NotFound } from '../errors.ts';

export type Assets = {
  /** The address of a file of `src/http/assets`: it holds a digest, so browsers may keep it for ever. */
  readonly url: (name: string) => string;
  readonly router: Router;
};

const year = 31_536_000;

/** Style sheets and scripts of our pages, read and compressed once. Throws NotFound for a name that is none. */
export function createAssets(): Assets {
  const folder = join(import.meta.dirname, 'assets');
  const router = Router();
  const urls = new Map<string, string>();
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 10);
    const type = extname(name);
    const url = `/aset/${name.slice(0, -type.length)}.${digest}${type}`;
    urls.set(name, url);
    const forms = { br: brotliCompressSync(bytes), gzip: gzipSync(bytes), identity: bytes };
    router.get(url, (request, response) => {
      const encoding = (['br', 'gzip'] as const).find((one) => request.acceptsEncodings(one));
      response
        .type(type)
        .set('cache-control', `public, max-age=${year}, immutable`)
        .vary('accept-encoding');
      if (encoding) response.set('content-encoding', encoding);
      response.send(forms[encoding ?? 'identity']);
    });
  }
  return {
    router,
    url: (name) => {
      const url = urls.get(name);
      if (url === undefined) throw new NotFound(`there is no asset ${name}`);
      return url;
    },
  };
}
