import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { select } from '../../src/store/database.ts';
import { createSeal } from '../../src/store/seal.ts';
import { coreSecret, type SeenEvent, startCore, type TestCore } from '../support/core.ts';
import { publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Answer, get, send } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendText, sendUpdate } from '../support/send.ts';

const nextSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const foreignSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const path = '/api/v1/core/events';
const type = 'id.go.lapor.complaint.status.v1';
const status = 'diproses';

describe('the routing core and us', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let complaintId: string;
  let trackingNumber: string;
  const alias = 'SP4N-2026/0017';

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    core.answerWith((_call, response) => {
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ trackingId: alias }));
    });
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { ROUTING_CORE_SECRET: `${coreSecret} ${nextSecret}` },
    });
    const complaint = await complaintFrom('Saluran air mampet di Jalan Dahlia', (text) =>
      sendText(gateway.url, 'sms', text),
    );
    complaintId = z.string().parse(complaint.data['id']);
    trackingNumber = z.string().parse(complaint.data['trackingNumber']);
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  /** Sends it and waits for the complaint's event at the core. */
  const complaintFrom = async (
    text: string,
    act: (text: string) => Promise<Response>,
  ): Promise<SeenEvent> => {
    const known = core.events().length;
    expect((await act(text)).status).to.equal(200);
    await core.until(() => core.events().length > known);
    const [event] = core.events().slice(known);
    if (!event) throw new Error('no event came');
    return event;
  };

  const tell = (
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = signed(body),
  ): Promise<Answer> =>
    send(gateway.url, {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/cloudevents+json', ...headers },
      body: Buffer.from(body),
    });

  const statusOf = async (): Promise<unknown> => {
    const [row] = await select(db.database, 'select status from complaints where id = ?::uuid', [
      complaintId,
    ]);
    return row?.['status'];
  };

  const countStatuses = async (): Promise<number> => {
    const [row] = await select(db.database, 'select count(*) from statuses');
    return Number(row?.['count']);
  };

  describe('POST /api/v1/core/events', () => {
    it('stores a new status and answers 202', async () => {
      const before = await countStatuses();

      const answer = await tell(event({ complaintId, status: 'terverifikasi' }));

      expect(answer.status).to.equal(202);
      expect(await countStatuses()).to.equal(before + 1);
      expect(await statusOf()).to.equal('terverifikasi');
    });

    it('answers 200 to what it has seen before, and changes nothing', async () => {
      const first = event({ complaintId, status: 'terdisposisi' });
      await tell(first);
      await tell(event({ complaintId, status: 'diproses' }));
      const before = await countStatuses();

      const again = await tell(first);

      expect(again.status).to.equal(200);
      expect(await countStatuses()).to.equal(before);
      expect(await statusOf()).to.equal('diproses');
    });

    it('stores one of five that come at once', async () => {
      const body = event({ complaintId, status: 'ditunda' });
      const before = await countStatuses();

      const answers = await Promise.all(Array.from({ length: 5 }, () => tell(body)));

      const statuses = answers.map((answer) => answer.status).sort();
      expect(statuses).to.deep.equal([200, 200, 200, 200, 202]);
      expect(await countStatuses()).to.equal(before + 1);
    });

    describe('orders statuses by the time the core gives them', () => {
      beforeEach(async () => {
        await select(db.database, 'delete from statuses');
      });

      const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
      const tellAt = async (status: string, time?: string) =>
        (await tell(event({ complaintId, status }, time === undefined ? {} : { time }))).status;

      const rows: readonly (readonly [
        label: string,
        told: readonly (readonly [status: string, time?: string])[],
        is: string,
      ])[] = [
        [
          'keeps the later one when the earlier comes late',
          [
            ['selesai', minutes(-1)],
            ['diproses', minutes(-2)],
          ],
          'selesai',
        ],
        [
          'takes the later one',
          [
            ['diproses', minutes(-0.9)],
            ['ditanggapi', minutes(-0.8)],
          ],
          'ditanggapi',
        ],
        [
          'takes the last to arrive of equal times',
          [
            ['diproses', minutes(-0.7)],
            ['selesai', minutes(-0.7)],
          ],
          'selesai',
        ],
        [
          'takes our time where there is none',
          [['ditunda', minutes(-0.6)], ['diproses']],
          'diproses',
        ],
        [
          'takes now for a time more than five minutes ahead',
          [['ditunda', minutes(600)], ['diproses']],
          'diproses',
        ],
        [
          'reads times of other zones',
          [
            ['ditunda', '2026-11-21T09:00:00.5+07:00'],
            ['selesai', minutes(-2)],
          ],
          'selesai',
        ],
      ];
      for (const [label, told, is] of rows) {
        it(label, async () => {
          for (const [known, time] of told) expect(await tellAt(known, time)).to.equal(202);

          expect(await statusOf()).to.equal(is);
        });
      }

      it('says 422 to a time that is none', async () => {
        const answer = await tell(event({ complaintId, status }, { time: 'yesterday' }));

        expect(answer.status).to.equal(422);
        expect(answer.body).to.include('time');
      });
    });

    for (const known of [
      'terverifikasi',
      'terdisposisi',
      'diproses',
      'ditanggapi',
      'selesai',
      'ditunda',
      'diarsipkan',
    ]) {
      it(`knows the status ${known}`, async () => {
        const answer = await tell(event({ complaintId, status: known }));

        expect(answer.status).to.equal(202);
        expect(await statusOf()).to.equal(known);
      });
    }

    it('finds the complaint by its tracking number', async () => {
      const answer = await tell(event({ trackingNumber, status: 'ditanggapi' }));

      expect(answer.status).to.equal(202);
      expect(await statusOf()).to.equal('ditanggapi');
    });

    it("finds the complaint by the core's own number", async () => {
      const answer = await tell(event({ trackingNumber: alias, status: 'selesai' }));

      expect(answer.status).to.equal(202);
      expect(await statusOf()).to.equal('selesai');
    });

    it('keeps agency, note and reply, sealed', async () => {
      const said = {
        agency: 'Dinas Pekerjaan Umum',
        note: 'Petugas Bu Sari menghubungi pelapor',
        reply: 'Laporan Bapak Joko sedang kami tangani 🙏',
      };

      await tell(event({ complaintId, status, ...said }));

      const [row] = await select(
        db.database,
        'select sealed from statuses order by received_at desc limit 1',
      );
      const sealed = z.instanceof(Buffer).parse(row?.['sealed']);
      const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
      const kept: unknown = JSON.parse(seal.open('status', sealed).toString());
      expect(kept).to.deep.equal({ complaintId, status, ...said });
      expect(sealed.includes('Joko')).to.equal(false);
    });

    it('takes a status without agency, note and reply, or with null for them', async () => {
      const answer = await tell(
        event({ complaintId, status, agency: null, note: null, reply: null }),
      );

      expect(answer.status).to.equal(202);
    });

    it('takes what it does not know beside what it knows', async () => {
      const answer = await tell(
        event({ complaintId, status, priority: 3 }, { source: '/core', traceparent: '00-x' }),
      );

      expect(answer.status).to.equal(202);
    });

    it('takes the second secret while they rotate', async () => {
      const body = event({ complaintId, status });

      const answer = await tell(body, signed(body, { secret: nextSecret }));

      expect(answer.status).to.equal(202);
    });

    it('takes one right signature among several', async () => {
      const body = event({ complaintId, status });
      const wrong = signed(body, { secret: foreignSecret })['webhook-signature'];
      const headers = signed(body);

      const answer = await tell(body, {
        ...headers,
        'webhook-signature': `v1a,xxxx ${wrong} ${headers['webhook-signature']}`,
      });

      expect(answer.status).to.equal(202);
    });

    const minutes = (count: number) => new Date(Date.now() + count * 60_000);
    const unsigned: Readonly<Record<string, (body: string) => Record<string, string>>> = {
      'no signature at all': () => ({}),
      'a foreign secret': (body) => signed(body, { secret: foreignSecret }),
      'a signature of six minutes ago': (body) => signed(body, { at: minutes(-6) }),
      'a signature of six minutes from now': (body) => signed(body, { at: minutes(6) }),
      'the signature of another body': () => signed(event({ complaintId, status: 'selesai' })),
      'the signature of another event id': (body) => ({ ...signed(body), 'webhook-id': 'msg_x' }),
      'another time than the signed one': (body) => ({
        ...signed(body),
        'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1),
      }),
      'a time that is none': (body) => ({ ...signed(body), 'webhook-timestamp': 'kemarin' }),
      'no id': (body) => without(signed(body), 'webhook-id'),
      'no time': (body) => without(signed(body), 'webhook-timestamp'),
      'no version before the signature': (body) => ({
        ...signed(body),
        'webhook-signature': signed(body)['webhook-signature'].replace('v1,', ''),
      }),
      'an empty signature': (body) => ({ ...signed(body), 'webhook-signature': 'v1,' }),
    };
    for (const [label, headersOf] of Object.entries(unsigned)) {
      it(`answers 401 and nothing more to ${label}`, async () => {
        const body = event({ complaintId, status: 'diarsipkan' });
        const before = await countStatuses();

        const answer = await tell(body, headersOf(body));

        expect(answer.status).to.equal(401);
        expect(answer.body).to.equal('');
        expect(await countStatuses()).to.equal(before);
      });
    }

    for (const minutesAway of [-4, 4]) {
      it(`takes a clock that is off by ${String(minutesAway)} minutes`, async () => {
        const body = event({ complaintId, status });

        const answer = await tell(body, signed(body, { at: minutes(minutesAway) }));

        expect(answer.status).to.equal(202);
      });
    }

    const nobody: Readonly<Record<string, object>> = {
      'an id': { complaintId: '0199d0a0-0000-7000-8000-000000000000' },
      'a tracking number': { trackingNumber: '1000000000' },
      'a number of the core': { trackingNumber: 'SP4N-0000/0000' },
    };
    for (const [label, key] of Object.entries(nobody)) {
      it(`answers 404 to ${label} that no complaint has`, async () => {
        const answer = await tell(event({ ...key, status }));

        expect(answer.status).to.equal(404);
        expect(answer.body).to.contain('complaint');
      });
    }

    const invalid: readonly {
      label: string;
      body: () => string | Buffer;
      says: RegExp;
    }[] = [
      { label: 'a body that is no JSON', body: () => '{"id":', says: /not JSON/ },
      { label: 'an empty body', body: () => '', says: /not JSON/ },
      { label: 'a body that is no UTF-8', body: () => Buffer.from([0xff, 0xfe]), says: /not JSON/ },
      { label: 'a list', body: () => '[]', says: /expected object/ },
      {
        label: '5,000 brackets',
        body: () => '['.repeat(5000) + ']'.repeat(5000),
        says: /expected object/,
      },
      {
        label: 'another version of CloudEvents',
        body: () => event({ complaintId, status }, { specversion: '0.3' }),
        says: /^specversion: /m,
      },
      {
        label: 'no event id',
        body: () => event({ complaintId, status }, { id: undefined }),
        says: /^id: /m,
      },
      {
        label: 'an empty event id',
        body: () => event({ complaintId, status }, { id: '' }),
        says: /^id: /m,
      },
      {
        label: 'an event id PostgreSQL cannot hold',
        body: () => event({ complaintId, status }, { id: 'a\u0000b' }),
        says: /^id: /m,
      },
      {
        label: 'an endless event id',
        body: () => event({ complaintId, status }, { id: 'x'.repeat(257) }),
        says: /^id: /m,
      },
      {
        label: 'another type of event',
        body: () => event({ complaintId, status }, { type: 'id.go.lapor.complaint.received.v1' }),
        says: /^type: /m,
      },
      {
        label: 'no data',
        body: () => event({}, { data: undefined }),
        says: /^data: /m,
      },
      {
        label: 'neither complaintId nor trackingNumber',
        body: () => event({ status }),
        says: /^data\.complaintId: .*needed/m,
      },
      {
        label: 'an empty trackingNumber alone',
        body: () => event({ trackingNumber: '', status }),
        says: /^data\.\w+: /m,
      },
      {
        label: 'a complaintId that is no UUID',
        body: () => event({ complaintId: "x' or 1=1", status }),
        says: /^data\.complaintId: /m,
      },
      {
        label: 'a trackingNumber that is a number',
        body: () => event({ trackingNumber: 4821093765, status }),
        says: /^data\.trackingNumber: /m,
      },
      {
        label: 'a trackingNumber PostgreSQL cannot hold',
        body: () => event({ trackingNumber: '12\u000034', status }),
        says: /^data\.trackingNumber: /m,
      },
      {
        label: 'no status',
        body: () => event({ complaintId }),
        says: /^data\.status: /m,
      },
      {
        label: 'a status nobody knows',
        body: () => event({ complaintId, status: 'beres' }),
        says: /^data\.status: /m,
      },
      {
        label: 'an agency that is an object',
        body: () => event({ complaintId, status, agency: {} }),
        says: /^data\.agency: /m,
      },
      {
        label: 'a note that is a list',
        body: () => event({ complaintId, status, note: [] }),
        says: /^data\.note: /m,
      },
      {
        label: 'an endless reply',
        body: () => event({ complaintId, status, reply: 'x'.repeat(10_001) }),
        says: /^data\.reply: /m,
      },
    ];
    for (const { label, body, says } of invalid) {
      it(`answers 422 to ${label} and says what is wrong`, async () => {
        const before = await countStatuses();

        const answer = await tell(body());

        expect(answer.status).to.equal(422);
        expect(answer.body).to.match(says);
        expect(await countStatuses()).to.equal(before);
      });
    }

    it('says everything that is wrong at once', async () => {
      const answer = await tell(event({ complaintId: 'x', status: 'y' }, { id: '' }));

      expect(answer.body.trim().split('\n')).to.have.length(3);
    });

    it('answers 413 to more than 3 MB', async () => {
      const answer = await tell(`"${'x'.repeat(3 * 1024 * 1024)}"`);

      expect(answer.status).to.equal(413);
    });

    it('left no fault of ours in the log, and nothing of what was said', () => {
      expect(gateway.log()).not.to.contain('request failed');
      expect(gateway.log()).not.to.contain('Joko');
    });
  });

  describe('GET /schemas/complaint/v1.json', () => {
    let address: string;
    let validates: (complaint: unknown) => string | null;

    before(async () => {
      const { status, headers, body } = await get(gateway.url, '/schemas/complaint/v1.json');
      expect(status).to.equal(200);
      expect(headers['content-type']).to.match(/^application\/schema\+json/);
      const schema = z
        .looseObject({ $id: z.string(), $schema: z.string() })
        .parse(JSON.parse(body));
      expect(schema.$schema).to.equal('https://json-schema.org/draft/2020-12/schema');
      address = schema.$id;
      const ajv = new Ajv2020({ strict: true, allErrors: true, formats });
      const validate = ajv.compile(schema);
      validates = (complaint) =>
        validate(complaint) ? null : ajv.errorsText(validate.errors, { separator: '\n' });
    });

    it('is a JSON Schema 2020-12 that names its public address', () => {
      expect(address).to.equal(`${publicUrl}/schemas/complaint/v1.json`);
    });

    // Another person each time: what one person writes within minutes belongs together.
    const message = (id: number, content: object) => ({
      update_id: 880_000_000 + id,
      message: {
        message_id: id,
        date: 1_795_255_200,
        chat: { id: 5_123_456_000 + id, type: 'private' },
        from: { id: 5_123_456_000 + id, is_bot: false, first_name: 'Dewi', last_name: 'Anggraini' },
        ...content,
      },
    });
    const photo = [
      { file_id: 'AgAC-kecil', width: 90, height: 67, file_size: 1200 },
      { file_id: 'AgAC-besar', width: 1280, height: 960, file_size: 210_433 },
    ];
    const ways: Readonly<Record<string, () => Promise<Response>>> = {
      'an SMS': () => sendText(gateway.url, 'sms', 'BBM langka di SPBU Sukamaju', '+6281200000001'),
      'an SMS of an emoji and an odd character': () =>
        sendText(gateway.url, 'sms', '🙏🏽 a\u0007b\u200bc \u202e', '+6281200000002'),
      'a Telegram text': () => sendUpdate(gateway.url, message(1, { text: 'Lampu jalan padam' })),
      'a Telegram photo': () =>
        sendUpdate(gateway.url, message(2, { caption: 'Lubang di tikungan', photo })),
      'a Telegram location': () =>
        sendUpdate(
          gateway.url,
          message(3, { location: { latitude: -6.914744, longitude: 107.60981 } }),
        ),
      'a Telegram venue': () =>
        sendUpdate(
          gateway.url,
          message(4, {
            venue: {
              location: { latitude: -6.2, longitude: 106.8 },
              title: 'Pasar Cempaka',
              address: 'Jl. Asia 1',
            },
          }),
        ),
    };
    for (const [label, act] of Object.entries(ways)) {
      it(`describes what the core receives for ${label}`, async () => {
        const { type, data } = await complaintFrom(label, act);

        expect(type).to.equal('id.go.lapor.complaint.received.v1');
        expect(validates(data)).to.equal(null);
      });
    }

    it('would find what is missing, wrong or too much', () => {
      const { data } = core.events()[0] ?? {};

      expect(validates({ ...data, trackingNumber: '123' })).to.contain('trackingNumber');
      expect(validates({ ...data, receivedAt: 'kemarin' })).to.contain('receivedAt');
      expect(validates({ ...data, attachments: undefined })).to.contain('attachments');
      expect(validates({})).to.contain('id');
    });

    it('has every field of the contract, and the core receives each of them', () => {
      const { data } = core.events()[0] ?? {};

      expect(Object.keys(data ?? {})).to.have.members(contractFields);
    });
  });
});

/** Contract section 5. */
const contractFields = [
  ...['id', 'trackingNumber', 'class', 'channel', 'channelAccount', 'messageIds', 'permalink'],
  ...['reporter', 'anonymous', 'confidential', 'title', 'text', 'originalText', 'occurredAt'],
  ...[
    'sentAt',
    'receivedAt',
    'location',
    'agency',
    'category',
    'attachments',
    'duplicate',
    'flags',
  ],
];

/** ajv knows formats by name only; what they mean is said here, so that the check is a strict one. */
const formats = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
};

function event(data: object, envelope: object = {}): string {
  const id = `evt-${randomUUID()}`;
  return JSON.stringify({
    ...{ specversion: '1.0', id, type, source: '/routing-core', data },
    ...envelope,
  });
}

function signed(body: string | Buffer, { secret = coreSecret, at = new Date() } = {}) {
  const id = `msg_${randomUUID()}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body.toString()),
  };
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}
