import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { z } from 'zod';
import { channels } from '../../channels/index.ts';
import { readConfig } from '../../src/config.ts';
import { startDemo } from '../../src/demo.ts';
import { createLog } from '../../src/log.ts';
import { coreSecret, fileToken, startCore, type TestCore } from '../support/core.ts';
import { channelSettings, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendForm } from '../support/send.ts';

/** The smallest picture there is. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

const withFile = z.object({
  attachments: z.array(
    z.object({ id: z.string(), url: z.string(), state: z.string(), mediaType: z.string() }),
  ),
});

const tokenOf = (key: string | Buffer, purpose = 'satu-pintu files v1') =>
  createHmac('sha256', key).update(purpose).digest('base64url');

describe('the site', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers, redirect: 'manual' });

  describe('in real mode', () => {
    for (const path of [
      '/simulator',
      '/simulator/kabar',
      '/core',
      '/core/stream',
      '/core/events',
    ]) {
      it(`has no ${path}`, async () => {
        expect((await get(path)).status).to.equal(404);
      });
    }

    for (const path of ['/', '/lacak']) {
      it(`shows no trace of the demo on ${path}`, async () => {
        const text = await (await get(path)).text();

        expect(text).not.to.match(/demo|simulator|\/core/i);
      });
    }

    it('starts no provider', async () => {
      const environment = { ...channelSettings, DATA_DIR: '/tmp' };
      const config = readConfig(
        environment,
        channels.flatMap(({ variables }) => variables),
      );
      const silent = createLog('silent', [], { write: () => undefined });
      const given = { config, environment, modules: channels, isGateway: true };

      expect(await startDemo(given, { hex: String, base64: String }, () => silent)).to.equal(null);
    });
  });

  it('lets nothing run on its pages but its own files, and nobody frame them', async () => {
    const { headers } = await get('/');
    const policy = headers.get('content-security-policy') ?? '';

    expect(policy).to.include("default-src 'none'").and.include("script-src 'self'");
    expect(policy).to.include("frame-ancestors 'none'").and.not.include('unsafe');
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('strict-transport-security')).to.match(/max-age=\d{7,}/);
    expect(headers.get('x-powered-by')).to.equal(null);
  });

  it('has every file that a page names, compressed and kept for ever', async () => {
    const text = await (await get('/')).text();
    const named = [...text.matchAll(/(?:href|src)="(\/aset\/[^"]+)"/g)].map(([, path]) => path);

    expect(named).to.have.length.above(2);
    for (const path of named) {
      const response = await get(path ?? '', { 'accept-encoding': 'br' });
      expect([response.status, path]).to.deep.equal([200, path]);
      expect(response.headers.get('cache-control')).to.include('immutable');
      expect(response.headers.get('content-encoding')).to.equal('br');
    }
  });

  it('weighs little: less than 50 kB of script, all pages together', async () => {
    const pages = await Promise.all(['/', '/lacak'].map(async (path) => (await get(path)).text()));
    const scripts = new Set(
      pages.flatMap((text) =>
        [...text.matchAll(/src="(\/aset\/[^"]+\.js)"/g)].map(([, path]) => path),
      ),
    );
    const sizes = await Promise.all(
      [...scripts].map(async (path) => (await (await get(path ?? '')).arrayBuffer()).byteLength),
    );

    expect(sizes.reduce((sum, size) => sum + size, 0)).to.be.within(100, 50_000);
  });

  it('shows a page where nothing is, and a line to programs', async () => {
    const page = await get('/tidak-ada', { accept: 'text/html' });
    const line = await get('/tidak-ada');

    expect([page.status, line.status]).to.deep.equal([404, 404]);
    expect(await page.text()).to.include('<h1>Halaman ini tidak ada</h1>');
    expect(await line.text()).to.equal('Halaman ini tidak ada.\n');
  });

  it('has nothing where an address cannot be decoded, and makes no noise about it', async () => {
    const page = await get('/lacak/%ff', { accept: 'text/html' });

    expect(page.status).to.equal(404);
    expect(await page.text()).to.include('<h1>Halaman ini tidak ada</h1>');
    expect(gateway.log()).not.to.include('request failed');
  });

  describe('a file that came with a form', () => {
    let attachment: z.infer<typeof withFile>['attachments'][number];

    before(async () => {
      const isi = 'Gorong-gorong di Jl. Kemuning tersumbat sampah, lihat foto';
      await sendForm(gateway.url, { isi }, [
        { name: 'got "1".png', type: 'image/png', bytes: png },
      ]);
      const arrived = () => core.calls.find(({ event }) => event.data['text'] === isi);
      await core.until(() => arrived() !== undefined);
      const [file] = withFile.parse(arrived()?.event.data).attachments;
      if (!file) throw new Error('the complaint has no file');
      attachment = file;
    });

    const fetchFile = (authorization?: string) =>
      get(new URL(attachment.url).pathname, authorization ? { authorization } : {});

    it('is told to the core with its place', () => {
      expect(attachment).to.deep.include({ state: 'stored', mediaType: 'image/png' });
      expect(attachment.url).to.equal(
        `https://lapor.example.go.id/api/v1/attachments/${attachment.id}`,
      );
    });

    it('is given to the core as it was sent, under its name, and never as a page', async () => {
      const response = await fetchFile(`Bearer ${fileToken}`);

      expect(response.status).to.equal(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(png)).to.equal(true);
      expect(response.headers.get('content-type')).to.equal('image/png');
      expect(response.headers.get('content-disposition')).to.equal(
        String.raw`attachment; filename="got \"1\".png"`,
      );
      expect(response.headers.get('content-security-policy')).to.include('sandbox');
    });

    it('is given for a token made of the bytes that Standard Webhooks reads in the secret, too', async () => {
      const bytes = Buffer.from(coreSecret.slice('whsec_'.length), 'base64');

      expect((await fetchFile(`Bearer ${tokenOf(bytes)}`)).status).to.equal(200);
    });

    it('is given for the secret itself until the next release, with one warning for many', async () => {
      const warnings = () => gateway.log().match(/next release answers 401/g) ?? [];
      expect(warnings()).to.have.length(0);

      for (let turn = 0; turn < 3; turn += 1) {
        expect((await fetchFile(`Bearer ${coreSecret}`)).status).to.equal(200);
      }

      expect(warnings()).to.have.length(1);
      expect(gateway.log()).not.to.contain(coreSecret).and.not.to.contain(fileToken);
    });

    const strangers: readonly (readonly [label: string, authorization: string | undefined])[] = [
      ['nobody', undefined],
      ['somebody else', 'Bearer whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC1vdGhlcg=='],
      ['an empty word', 'Bearer '],
      ['the secret by another way', `Basic ${fileToken}`],
      ['the token of another secret', `Bearer ${tokenOf('whsec_b3RoZXI=')}`],
      ['the token of another purpose', `Bearer ${tokenOf(coreSecret, 'satu-pintu files v2')}`],
    ];
    for (const [label, authorization] of strangers) {
      it(`is not given to ${label}`, async () => {
        const response = await fetchFile(authorization);

        expect(response.status).to.equal(401);
        expect(await response.text()).to.equal('');
      });
    }

    for (const id of [
      ...['019a9d0c-7a3e-7c11-9d2b-5f60718293a4', 'x', '..%2f..%2fsecrets.json', '%ff'],
    ]) {
      it(`is not there under ${id}`, async () => {
        const headers = { authorization: `Bearer ${fileToken}` };

        expect((await get(`/api/v1/attachments/${id}`, headers)).status).to.equal(404);
      });
    }
  });
});
