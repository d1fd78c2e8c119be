import express from 'express';
import { expect } from 'chai';
import { createAssets } from '../../src/http/assets.ts';
import { createAddressLimiter, createLimiter } from '../../src/http/limiter.ts';
import { listen, type Listener } from '../../src/http/listen.ts';
import { createTracking } from '../../src/http/tracking.ts';
import { createLog } from '../../src/log.ts';
import { claimNumber } from '../../src/store/claims.ts';
import { recordStatus } from '../../src/store/complaints.ts';
import { openDatabase, select } from '../../src/store/database.ts';
import { createJudging, noon, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const assets = createAssets();
const silent = createLog('silent', [], { write: () => undefined });

const app = (database: TestDatabase['database'], points = 1000, pointsOfNumber = 1000) =>
  express()
    .use(assets.router)
    .use(
      createTracking({
        database,
        seal,
        site: { demo: false, asset: assets.url },
        limiter: createAddressLimiter({ points, seconds: 600 }),
        numberLimiter: createLimiter({ points: pointsOfNumber, seconds: 600 }),
        log: silent,
      }),
    );

const serve = async (served: ReturnType<typeof app>) => {
  const listener = await listen(served, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  return { listener, url: `http://127.0.0.1:${listener.port}` };
};

describe('/lacak', () => {
  let db: TestDatabase;
  let listener: Listener;
  let url = '';
  let number = '';

  const get = async (path: string) => {
    const response = await fetch(url + path, { redirect: 'manual' });
    const text = await response.text();
    return { status: response.status, text, location: response.headers.get('location'), response };
  };

  before(async () => {
    db = await createTestDatabase();
    ({ listener, url } = await serve(app(db.database)));
    const judging = createJudging(db);
    await judging.tell([
      { who: '+6281200000009', at: 0, text: 'Jembatan Kali Opak ambrol di Piyungan' },
    ]);
    const [row] = await select(db.database, 'select id, tracking_number as number from complaints');
    number = String(row?.['number']);
    await recordStatus(db.database, seal, {
      id: 'status-1',
      complaintId: String(row?.['id']),
      status: 'terdisposisi',
      data: { status: 'terdisposisi', agency: 'Dinas PU <Bantul>', note: 'catatan dalam' },
      at: new Date(noon + 3600_000),
      receivedAt: new Date(noon + 3600_000),
    });
  });

  after(async () => {
    await listener.close();
    await db.drop();
  });

  it('asks for a number', async () => {
    const { status, text } = await get('/lacak');

    expect(status).to.equal(200);
    expect(text).to.include('Nomor laporan').and.not.to.include('role="alert"');
  });

  it('tells how far a report has come, in plain words and Indonesian time, and none of its words', async () => {
    const { status, text, response } = await get(`/lacak/${number}`);

    expect(status).to.equal(200);
    expect(text).to.include('Diteruskan ke instansi').and.include('Dinas PU &lt;Bantul&gt;');
    expect(text).to.include('21 November 2026 pukul 13.00 WIB');
    expect(text).not.to.include('Opak').and.not.to.include('catatan dalam');
    expect(response.headers.get('cache-control')).to.equal('no-store');
    expect(response.headers.get('x-robots-tag')).to.equal('noindex');
  });

  it('takes a number as people copy it, to an address of its own', async () => {
    const spaced = `${number.slice(0, 4)} ${number.slice(4, 7)}-${number.slice(7)}`;

    for (const written of [spaced, `#${number}`, `No. ${number} `]) {
      const { status, location } = await get(`/lacak?nomor=${encodeURIComponent(written)}`);
      expect([status, location]).to.deep.equal([303, `/lacak/${number}`]);
    }
  });

  it('takes whatever was typed, however it is cut', async () => {
    const typed = `${'x'.repeat(63)}😀`;

    const { status, location } = await get(`/lacak?nomor=${encodeURIComponent(typed)}`);

    expect([status, location]).to.deep.equal([303, `/lacak/${'x'.repeat(63)}%EF%BF%BD`]);
  });

  it('tells that a number was promised and its report is being prepared', async () => {
    await claimNumber(db.database, 'a-key', () => '9300000017');

    const { status, text } = await get('/lacak/9300000017');

    expect(status).to.equal(200);
    expect(text).to.include('Laporan sudah diterima');
  });

  const wrong: readonly (readonly [label: string, path: string, says: RegExp])[] = [
    ['nobody has', '/lacak/4821093766', /Tidak ada laporan dengan nomor itu/],
    ['is mistyped', '/lacak/4821093767', /ada angka yang keliru/],
    ['is none', '/lacak/jalan%20rusak', /ada angka yang keliru/],
    ['is an attack', '/lacak/%3Cscript%3Ealert(1)%3C%2Fscript%3E', /ada angka yang keliru/],
    ['is a database’s trouble', '/lacak/%00', /ada angka yang keliru/],
  ];
  for (const [label, path, says] of wrong) {
    it(`says kindly what to do about a number that ${label}`, async () => {
      const { status, text } = await get(path);

      expect(status).to.equal(404);
      expect(text).to.match(says).and.not.to.include('<script>alert');
    });
  }

  it('stops who guesses long before who looks at numbers of their own', async () => {
    const limited = await serve(app(db.database, 50));
    const look = async (path: string) => (await fetch(limited.url + path)).status;
    const guesses = [];
    for (let count = 0; count < 11; count += 1) guesses.push(await look('/lacak/4821093766'));
    const last = await fetch(`${limited.url}/lacak/${number}`);
    await limited.listener.close();

    expect(guesses.slice(0, 10)).to.deep.equal(Array.from({ length: 10 }, () => 404));
    expect(guesses[10]).to.equal(429);
    expect(Number(last.headers.get('retry-after'))).to.be.within(1, 600);
    expect(await last.text()).to.include('Terlalu banyak pencarian');
  });

  it('stops who guesses many at once just as soon', async () => {
    const limited = await serve(app(db.database, 50));
    const guess = async () => (await fetch(`${limited.url}/lacak/4821093766`)).status;
    const guesses = await Promise.all(Array.from({ length: 30 }, guess));
    await limited.listener.close();

    expect(guesses.filter((status) => status === 404)).to.have.length(10);
    expect(guesses.filter((status) => status === 429)).to.have.length(20);
  });

  it('stops who opens one report all the time, from wherever, and nobody else', async () => {
    const limited = await serve(app(db.database, 1000, 3));
    const look = async (path: string) => (await fetch(limited.url + path)).status;
    const looks = [];
    for (let count = 0; count < 4; count += 1) looks.push(await look(`/lacak/${number}`));
    const page = await (await fetch(`${limited.url}/lacak/${number}`)).text();
    const other = await look('/lacak/4821093766');
    await limited.listener.close();

    expect(looks).to.deep.equal([200, 200, 200, 429]);
    expect(page).to.include('Laporan ini terlalu sering dibuka');
    expect(other).to.equal(404);
  });

  it('lets who looks at numbers of their own look many times', async () => {
    const limited = await serve(app(db.database, 50));
    const statuses = [];
    for (let count = 0; count < 40; count += 1) {
      statuses.push((await fetch(`${limited.url}/lacak/${number}`)).status);
    }
    await limited.listener.close();

    expect(new Set(statuses)).to.deep.equal(new Set([200]));
  });

  it('says that reports are safe while the database is away', async () => {
    const nowhere = openDatabase(
      { connectionString: 'postgres://nobody:nothing@127.0.0.1:1/none' },
      { poolSize: 1, statementTimeoutMs: 1000 },
    );
    const away = await serve(app(nowhere));
    const response = await fetch(`${away.url}/lacak/${number}`);
    const text = await response.text();
    await away.listener.close();
    await nowhere.destroy();

    expect(response.status).to.equal(503);
    expect(response.headers.get('retry-after')).to.equal('10');
    expect(text).to.include('Laporan Anda tetap tersimpan');
  });
});
