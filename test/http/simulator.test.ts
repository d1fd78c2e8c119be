import { expect } from 'chai';
import { burstText, noteOf } from '../../src/http/pages/simulator-words.ts';
import type { Sent } from '../../src/http/simulator/carrier.ts';
import { createConversations } from '../../src/http/simulator/conversations.ts';
import { createAlbum } from '../../src/http/simulator/photos.ts';
import { eventually } from '../support/gateway.ts';
import { openSimulator } from '../support/simulator.ts';

type Fields = Readonly<Record<string, string | readonly (string | Blob)[]>>;

const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600', 'hex'), Buffer.alloc(500)]);
const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => new File([bytes], name);
const channels = ['sms', 'x', 'facebook', 'telegram'];

describe('the phone of the simulator', () => {
  let simulator: Awaited<ReturnType<typeof openSimulator>>;
  before(async () => {
    simulator = await openSimulator();
  });
  after(() => simulator.close());

  const post = (path: string, fields: Fields, headers: Record<string, string> = {}) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
    }
    const request = { method: 'POST', body, headers, redirect: 'manual' } as const;
    return fetch(simulator.url + path, request);
  };
  const pageOf = async (channel: string, citizen: string): Promise<string> =>
    (await fetch(`${simulator.url}/simulator?kanal=${channel}&warga=${citizen}`)).text();
  const stored = async (channel: string): Promise<number> =>
    (await simulator.database('deliveries').where({ channel })).length;

  for (const kanal of channels) {
    it(`sends through ${kanal} without a script, and shows how the gateway took it`, async () => {
      const teks = `Jembatan gantung di ${kanal} putus\r\nsejak <kemarin>`;
      const fields = { kanal, warga: 'ayu', teks, tempat: 'surabaya', contoh: ['jalan'] };

      const answer = await post('/simulator', fields);

      expect(answer.status).to.equal(303);
      expect(answer.headers.get('location')).to.equal(`/simulator?kanal=${kanal}&warga=ayu`);
      const page = await pageOf(kanal, 'ayu');
      expect(page).to.include(`Jembatan gantung di ${kanal} putus\nsejak &lt;kemarin&gt;`);
      expect(page).to.include('Foto: Jalan berlubang').and.to.include('Tugu Pahlawan, Surabaya');
      expect(page).to.match(/data-keadaan="baik"[^]*Diterima gerbang, \d+/);
      expect(await stored(kanal)).to.be.greaterThan(0);
      expect(await pageOf(kanal, 'made')).to.include('Belum ada pesan.');
    });
  }

  const refused: readonly (readonly [string, Fields, RegExp])[] = [
    ['nothing', {}, /Tulis pesan dulu, atau pilih foto atau lokasi/],
    ['a text of blanks', { teks: ' \n ' }, /Tulis pesan dulu/],
    ['4,001 letters', { teks: 'a'.repeat(4001) }, /Paling banyak 4.000 huruf/],
    [
      'a file that is no photo, whatever its name',
      { berkas: [file('bukti.jpg', new TextEncoder().encode('teks biasa'))] },
      /“bukti.jpg” tidak bisa dikirim dari telepon ini/,
    ],
    [
      'a photo over 10 MB',
      { berkas: [file('besar.jpg', Buffer.concat([jpeg, Buffer.alloc(10 * 1024 * 1024)]))] },
      /“besar.jpg” lebih besar dari 10 MB/,
    ],
    [
      'six photos',
      { berkas: [1, 2, 3, 4, 5, 6].map((number) => file(`${number}.jpg`, jpeg)) },
      /Paling banyak 5 lampiran/,
    ],
    [
      'six photos, some of them examples',
      { contoh: ['jalan', 'banjir'], berkas: [1, 2, 3, 4].map((n) => file(`${n}.jpg`, jpeg)) },
      /Paling banyak 5 lampiran/,
    ],
    [
      'a latitude in words',
      { teks: 'Banjir', tempat: 'sendiri', lintang: 'selatan', bujur: '110' },
      /Lintang harus berupa angka antara −90 dan 90/,
    ],
    [
      'a longitude of no place',
      { teks: 'Banjir', tempat: 'sendiri', lintang: '-6,99', bujur: '181' },
      /Bujur harus berupa angka antara −180 dan 180/,
    ],
    ['a place that is not offered', { teks: 'a', tempat: 'bulan' }, /Pilih lagi lokasinya/],
  ];
  for (const [what, fields, says] of refused) {
    it(`refuses ${what}, says so, and keeps what was typed`, async () => {
      const answer = await post('/simulator', { kanal: 'sms', warga: 'ucok', ...fields });

      const page = await answer.text();
      expect(answer.status).to.equal(422);
      expect(page).to.match(says);
      if (typeof fields['teks'] === 'string') expect(page).to.include(fields['teks']);
      expect(await pageOf('sms', 'ucok')).to.include('Belum ada pesan.');
    });
  }

  it('sends own photos and own coordinates with a decimal comma', async () => {
    const fields = {
      ...{ kanal: 'telegram', warga: 'made', tempat: 'sendiri', lintang: '−8,65', bujur: '115,2' },
      berkas: [file('sawah.jpg', jpeg), file('parit.jpg', jpeg)],
    };

    expect((await post('/simulator', fields)).status).to.equal(303);

    const page = await pageOf('telegram', 'made');
    expect(page).to.include('-8,65; 115,2').and.to.include('Foto: parit.jpg');
    const [, photo = ''] = /src="(\/simulator\/foto\/\d+)" alt="Foto: sawah.jpg"/.exec(page) ?? [];
    const shown = await fetch(simulator.url + photo);
    expect(shown.headers.get('content-type')).to.equal('image/jpeg');
    expect(Buffer.from(await shown.arrayBuffer()).equals(jpeg)).to.equal(true);
  });

  const strangers: readonly (readonly [string, Record<string, string>])[] = [
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of our site', { 'sec-fetch-site': 'same-site' }],
    ['another origin, of a browser that says no more', { origin: 'https://lain.example' }],
    ['a page without an origin', { origin: 'null' }],
  ];
  for (const [who, headers] of strangers) {
    it(`takes nothing from ${who}`, async () => {
      const before = await stored('sms');

      const answer = await post('/simulator', { kanal: 'sms', teks: 'iseng' }, headers);

      expect(answer.status).to.equal(403);
      expect(await stored('sms')).to.equal(before);
    });
  }

  it('answers 400 to what is no form', async () => {
    const broken = await fetch(`${simulator.url}/simulator`, { method: 'POST', body: 'apa saja' });

    expect(broken.status).to.equal(400);
  });

  it('has no phone line for the web form, which is shown as it is', async () => {
    const page = await pageOf('web', 'siti');

    expect(page).to.include('<iframe src="/" title="Formulir laporan">');
    expect((await post('/simulator', { kanal: 'web', teks: 'halo' })).status).to.equal(404);
  });

  const presets: readonly (readonly [string, string, RegExp])[] = [
    ['panjang', 'sms', /tambah dua puluh menit/],
    ['album', 'telegram', /Foto: Jalan[^]*Foto: Banjir[^]*Foto: Lampu/],
    ['album', 'sms', /Foto: Jalan[^]*Foto: Banjir[^]*Foto: Lampu/],
    ['emoji', 'x', /🌊🌊/u],
    ['tes', 'facebook', /<p class="words">tes<\/p>/],
  ];
  for (const [contoh, kanal, shows] of presets) {
    it(`sends the preset "${contoh}" through ${kanal}`, async () => {
      const before = await stored(kanal);

      await post('/simulator/contoh', { kanal, warga: 'darmo', contoh });

      expect(await pageOf(kanal, 'darmo'))
        .to.match(shows)
        .and.to.not.include('data-keadaan="gagal"');
      expect(await stored(kanal)).to.be.greaterThan(before);
    });
  }

  it('lets a neighbour forward the last message, and says where to look', async () => {
    const salinan = { kanal: 'facebook', warga: 'siti', contoh: 'salinan' };
    const early = await post('/simulator/contoh', salinan);
    expect(early.status).to.equal(422);
    expect(await early.text()).to.include('Belum ada pesan yang bisa diteruskan');
    await post('/simulator', {
      ...salinan,
      teks: 'Got mampet di Jalan Cemara',
      contoh: ['banjir'],
    });

    const answer = await post('/simulator/contoh', salinan);

    const said = await fetch(simulator.url + (answer.headers.get('location') ?? ''));
    expect(await said.text()).to.include('Pak Darmo meneruskan pesan terakhir Siti Rahmawati.');
    const page = await pageOf('facebook', 'darmo');
    expect(page).to.match(/Diteruskan<[^]*Foto: Banjir[^]*Got mampet di Jalan Cemara/);
  });

  it('tells scripts what is new, and nothing when nothing is', async () => {
    const address = `${simulator.url}/simulator/kabar?kanal=sms&warga=made`;
    const first = await (await fetch(address)).text();
    const [, versi = ''] = /^{"versi":"([\w-]+)","isi":"<li/.exec(first) ?? [];
    expect((await fetch(`${address}&versi=${versi}`)).status).to.equal(204);

    const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = simulator.settings('sms');
    const { url = '' } = simulator.fakes.of('sms') ?? {};
    const reply = await fetch(`${url}/2010-04-01/Accounts/${sid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}` },
      body: new URLSearchParams({
        To: '+6281200010105',
        From: '1708',
        Body: 'Terima kasih & salam',
      }),
    });

    expect(reply.status).to.equal(201);
    const news = await (await fetch(`${address}&versi=${versi}`)).text();
    expect(news).to.match(/class=\\"theirs\\"[^]*Terima kasih &amp; salam/);
  });

  it('runs one burst at a time, each message once, and tells how it went', async () => {
    const before = await stored('x');
    const address = `${simulator.url}/simulator/kabar?kanal=x&warga=siti`;

    await post('/simulator/serbuan', { kanal: 'x', warga: 'siti' });
    await post('/simulator/serbuan', { kanal: 'x', warga: 'siti' });
    const told = await eventually('the burst ends', async () =>
      /120 dari 120 pesan diterima gerbang dalam [\d,]+ detik, \d+ per detik/.exec(
        await (await fetch(address)).text(),
      ),
    );

    expect(told).to.not.equal(null);
    expect((await stored('x')) - before).to.equal(120);
  });

  it('stops a burst when told to', async () => {
    await post('/simulator/serbuan', { kanal: 'telegram' });
    await post('/simulator/serbuan/henti', { kanal: 'telegram' });

    const page = await eventually('the burst ends', async () =>
      /Telegram: (?:Dihentikan setelah \d+ pesan|120 dari 120)/.exec(
        await pageOf('telegram', 'siti'),
      ),
    );

    expect(page[0]).to.match(/Dihentikan/);
  });
});

describe('what the phone says of a delivery', () => {
  const sent: Sent = { ids: ['1'], status: 200, elapsedMs: 12, times: 1, error: null };
  const rows: readonly (readonly [Sent | null, string])[] = [
    [null, 'Mengirim…'],
    [sent, 'Diterima gerbang, 12 md'],
    [{ ...sent, elapsedMs: 1234 }, 'Diterima gerbang, 1,2 detik'],
    [{ ...sent, times: 2 }, 'Diterima gerbang, 12 md · dikirim ulang 1×'],
    [{ ...sent, ids: ['1', '2', '3'], times: 3 }, 'Diterima gerbang, 12 md'],
    [{ ...sent, status: 401 }, 'Ditolak gerbang: tanda tangan penyedia tidak cocok'],
    [
      { ...sent, status: 503, times: 4 },
      'Belum diterima: gerbang sedang tidak bisa menyimpan · dikirim ulang 3×',
    ],
    [{ ...sent, status: 418 }, 'Ditolak gerbang dengan kode 418'],
    [{ ...sent, status: null }, 'Gerbang tidak menjawab'],
    [
      { ...sent, status: null, times: 0 },
      'Tidak dikirim: penyedia menolak, atau belum terhubung ke gerbang',
    ],
  ];
  for (const [given, says] of rows) {
    it(`is "${says}"`, () => {
      expect(noteOf(given)).to.equal(says);
    });
  }

  it('counts a burst with its speed while it runs', () => {
    const state = { channel: 'sms', total: 1000, done: 412, accepted: 410, repeated: 3 } as const;
    const running = { ...state, startedAt: 0, endedAt: null };

    expect(burstText(running, 2000)).to.equal(
      '412 dari 1.000 dikirim, 410 diterima. 2,0 detik, 205 per detik.',
    );
  });
});

describe('the memory of the phones', () => {
  const message = { text: 'a', photos: [], location: null, where: null, isForwarded: false };
  const sent = Promise.resolve({ ids: [], status: 200, elapsedMs: 1, times: 1, error: null });

  it('keeps the last messages of each conversation', async () => {
    const conversations = createConversations(Date.now, 3);

    for (const text of ['1', '2', '3', '4']) {
      await conversations.keep('sms', 'siti', { ...message, text }, sent);
    }

    expect(conversations.of('sms', 'siti').map(({ text }) => text)).to.deep.equal(['2', '3', '4']);
    expect(conversations.of('x', 'siti')).to.deep.equal([]);
  });

  it('forgets a message whose sending broke, and says that it broke', async () => {
    const conversations = createConversations(Date.now);

    const outcome = await conversations
      .keep('sms', 'siti', message, Promise.reject(new Error('broken')))
      .catch((error: unknown) => error);

    expect(outcome).to.be.an('error').with.property('message', 'broken');
    expect(conversations.of('sms', 'siti')).to.deep.equal([]);
  });

  it('keeps photos within its budget, the newest in any case', () => {
    const album = createAlbum(1000);
    const keep = (size: number) =>
      album.keep({ bytes: new Uint8Array(size), mediaType: 'image/png' }).id;

    const [first, second, third] = [keep(600), keep(600), keep(400)];
    expect(album.find(first)).to.equal(undefined);
    expect(album.find(second)).to.not.equal(undefined);
    const huge = keep(5000);

    expect(album.find(second)).to.equal(undefined);
    expect(album.find(third)).to.equal(undefined);
    expect(album.find(huge)?.bytes).to.have.length(5000);
    expect(album.find('jalan')?.mediaType).to.equal('image/jpeg');
  });
});
