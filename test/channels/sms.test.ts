import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import { sms } from '../../channels/sms/index.ts';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import { ConfigInvalid, Malformed, Unauthenticated } from '../../src/errors.ts';
import {
  fixture,
  itReads,
  mutated,
  opened,
  randomFrom,
  receiptOf,
  stillTools,
} from '../support/channel-cases.ts';

const ACCOUNT = 'AC5f0c1d2e3b4a59687786958493a2b1c0';
const TOKEN = 'token-lama-000000000000000000000';
const NEXT_TOKEN = 'token-baru-111111111111111111111';
const URL_AT_TWILIO = 'https://lapor.example.go.id/webhooks/sms';
const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

describe('sms', () => {
  let channel: Channel;

  before(async () => {
    channel = await opened(sms, {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: `${TOKEN} ${NEXT_TOKEN}`,
    });
  });

  describe('read', () => {
    itReads(
      () => channel,
      [
        {
          label: 'takes a text message to the short code',
          request: form('text.form'),
          messages: [
            {
              kind: 'message',
              eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e0001',
              messageId: 'SMa1b2c3d4e5f60718293a4b5c6d7e0001',
              account: '1708',
              sender: {
                identity: '+6281298765432',
                name: null,
                contact: { kind: 'phone', value: '+6281298765432' },
              },
              text: 'Lampu jalan di depan SDN Mekarwangi 2 padam sudah seminggu, warga takut lewat malam hari.',
              originalText:
                'Lampu jalan di depan SDN Mekarwangi 2 padam sudah seminggu, warga takut lewat malam hari.',
              sentAt: null,
              location: null,
              attachments: [],
              group: null,
              setting: 'private',
              thread: null,
              under: [],
              addressed: 'us',
              permalink: null,
              opensNew: false,
              mayBeginWithKeyword: true,
            },
          ],
        },
        {
          label: 'keeps + & % = and an emoji as they were sent',
          request: form('special-characters.form'),
          messages: [
            {
              text: 'Tarif parkir 5% + denda & pungli = Rp10.000? 🙏🏽👩‍👩‍👧 [tolong] "cek" a=b;c~*',
              originalText:
                'Tarif parkir 5% + denda & pungli = Rp10.000? 🙏🏽👩‍👩‍👧 [tolong] "cek" a=b;c~*',
            },
          ],
        },
        {
          label: 'keeps leading and trailing spaces and CRLF',
          request: form('spaces-and-lines.form'),
          messages: [
            {
              text: '  Sampah menumpuk\r\ndi Pasar Cempaka \n\n  ',
              originalText: '  Sampah menumpuk\r\ndi Pasar Cempaka \n\n  ',
            },
          ],
        },
        {
          label: 'takes an empty body with one picture',
          request: form('media-one.form'),
          messages: [
            {
              text: '',
              attachments: [
                {
                  kind: 'image',
                  mediaType: 'image/jpeg',
                  bytes: null,
                  ref: mediaUrl('MMa1b2c3d4e5f60718293a4b5c6d7e0005', 0xbeef00),
                  name: null,
                },
              ],
            },
          ],
        },
        {
          label: 'takes a message without a Body parameter',
          request: changed('media-one.form', (params) => {
            params.delete('Body');
          }),
          messages: [{ text: '', originalText: '' }],
        },
        {
          label: 'takes the media that are there, however many NumMedia promises',
          request: changed('media-one.form', (params) => {
            params.set('NumMedia', '99999999999999999999');
            params.set('MediaUrl10', 'https://api.twilio.com/eleventh');
          }),
          messages: [
            {
              attachments: [
                {
                  kind: 'image',
                  mediaType: 'image/jpeg',
                  bytes: null,
                  ref: mediaUrl('MMa1b2c3d4e5f60718293a4b5c6d7e0005', 0xbeef00),
                  name: null,
                },
              ],
            },
          ],
        },
        {
          label: 'gives an alphanumeric sender no address to answer to',
          request: form('alphanumeric-sender.form'),
          messages: [{ sender: { identity: 'WARGA-RW05', name: null, contact: null } }],
        },
        ...['97000', '12345678'].map((from) => ({
          label: `gives the short code ${from} as sender no address to answer to`,
          request: changed('text.form', (params) => {
            params.set('From', from);
          }),
          messages: [{ sender: { identity: from, name: null, contact: null } }],
        })),
        ...['+62 812-9876-5432', '081298765432', '6281298765432'].map((from) => ({
          label: `writes the sender ${from} as E.164`,
          request: changed('text.form', (params) => {
            params.set('From', from);
          }),
          messages: [
            {
              sender: {
                identity: '+6281298765432',
                name: null,
                contact: { kind: 'phone' as const, value: '+6281298765432' },
              },
            },
          ],
        })),
        {
          label: 'writes a long number it is addressed by without its formatting',
          request: changed('text.form', (params) => {
            params.set('To', '+62 21 1708 0000');
          }),
          messages: [{ account: '+622117080000' }],
        },
        {
          label: 'is not confused by unknown, repeated and bracketed parameters',
          request: form('unknown-parameters.form'),
          messages: [{ text: 'Trotoar dipakai parkir', account: '1708' }],
        },
        {
          label: 'takes the first of a repeated Body',
          request: changed('text.form', (params) => {
            params.append('Body', 'yang kedua');
            params.set('AccountSid', ACCOUNT);
          }),
          messages: [
            {
              text: 'Lampu jalan di depan SDN Mekarwangi 2 padam sudah seminggu, warga takut lewat malam hari.',
            },
          ],
        },
        {
          label: 'reads a number configured with GET',
          request: get('get.query'),
          messages: [
            {
              eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e0009',
              account: '1708',
              text: 'Pohon tumbang menutup Jalan Kenanga + kabel & tiang',
              sender: {
                identity: '+6285700011122',
                name: null,
                contact: { kind: 'phone', value: '+6285700011122' },
              },
            },
          ],
        },
        {
          label: "reads another citizen's GET as another message",
          request: get('get-second-citizen.query'),
          messages: [
            {
              eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e000a',
              text: 'Got mampet di Jalan Kenanga',
            },
          ],
        },
        {
          label: 'reads the JSON variant',
          request: json(fixture('sms', 'message.json')),
          messages: [
            {
              eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e000e',
              account: '1708',
              text: 'Jembatan gantung di Desa Sukalaksana rapuh 🙏',
              attachments: [
                {
                  kind: 'image',
                  mediaType: 'image/jpeg',
                  bytes: null,
                  ref: mediaUrl('SMa1b2c3d4e5f60718293a4b5c6d7e000e', 0xbeef99),
                  name: null,
                },
              ],
            },
          ],
        },
        {
          label: 'gives the fallback request, with its ErrorCode, the same event id',
          request: form('fallback.form'),
          messages: [{ eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e0001' }],
        },
        {
          label: 'gives the same MessageSid the same event id, also in a different body',
          request: changed('text.form', (params) => {
            params.set('Body', 'lain sama sekali');
          }),
          messages: [{ eventId: 'SMa1b2c3d4e5f60718293a4b5c6d7e0001', text: 'lain sama sekali' }],
        },
        {
          label: 'reads a URL with a query of its own',
          request: { ...form('text.form'), url: `${URL_AT_TWILIO}?ch=1708&x=%2B` },
          messages: [{ account: '1708' }],
        },
        {
          label: 'takes place, number and account of a WhatsApp message',
          request: form('whatsapp-location.form'),
          messages: [
            {
              account: '+6221170800',
              sender: {
                identity: '+6281355566677',
                name: null,
                contact: { kind: 'phone', value: '+6281355566677' },
              },
              location: {
                text: 'Alun-alun Sukamaju, Jl. Asia 1',
                latitude: -6.914744,
                longitude: 107.60981,
              },
            },
          ],
        },
        {
          label: 'leaves a place out that is not on earth',
          request: changed('whatsapp-location.form', (params) => {
            params.set('Latitude', '96.1');
          }),
          messages: [{ location: null }],
        },
        {
          label:
            'takes STOP, when Twilio says it has acted on it, as a command and not as a report',
          request: form('opt-out.form'),
          messages: [{ kind: 'command', text: 'Stop' }],
        },
        {
          label: 'takes more words than STOP as a report, whatever Twilio thinks of them',
          request: changed('opt-out.form', (params) => {
            params.set('Body', 'Stop penebangan pohon di taman');
          }),
          messages: [{ kind: 'message', text: 'Stop penebangan pohon di taman' }],
        },
        {
          label: 'makes no complaint of a delivery status',
          request: { ...form('status.form'), url: `${URL_AT_TWILIO}/status` },
          ignored: /^delivery status$/,
        },
        {
          label: 'makes no complaint of a delivery status sent to the wrong path',
          request: form('status.form'),
          ignored: /^delivery status$/,
        },
        {
          label: 'makes no complaint of anything that comes to the status path, readable or not',
          request: { ...post(Buffer.from('\0{[')), url: `${URL_AT_TWILIO}/status?ch=1708` },
          ignored: /^delivery status$/,
        },
        ...['MessageSid', 'From', 'To'].flatMap((name) => [
          {
            label: `cannot read a message without ${name}, and says so`,
            request: changed('text.form', (params) => {
              params.delete(name);
            }),
            fails: new RegExp(`^${name} is missing$`),
          },
          {
            label: `does not repeat an unreadable ${name}`,
            request: changed('text.form', (params) => {
              params.set(name, 'rahasia\u0000sekali');
            }),
            fails: new RegExp(`^${name} is not of the right form$`),
          },
        ]),
        {
          label: 'cannot read a MessageSid that another parameter was glued to',
          request: changed('text.form', (params) => {
            params.set('MessageSid', `${params.get('MessageSid') ?? ''}NumMedia0`);
            params.delete('NumMedia');
          }),
          fails: /^MessageSid is not of the right form$/,
        },
        { label: 'cannot read an empty body', request: post(Buffer.alloc(0)), fails: /MessageSid/ },
        {
          label: 'cannot read broken JSON',
          request: json(Buffer.from('{"MessageSid":"SM1","Body":"rahasia')),
          fails: /^the body is not JSON$/,
        },
        {
          label: 'cannot read JSON that is no object',
          request: json(Buffer.from('["MessageSid"]')),
          fails: /^the body is not a JSON object$/,
        },
        {
          label: 'cannot read 5,000 brackets',
          request: json(Buffer.from('['.repeat(5_000) + ']'.repeat(5_000))),
          fails: /^the body is not a JSON object$/,
        },
        {
          label: 'cannot read JSON values of the wrong type',
          request: json(Buffer.from('{"MessageSid":{"a":1},"From":[],"To":null}')),
          fails: /^MessageSid is missing$/,
        },
        {
          label: 'cannot read a lone surrogate for a number',
          request: json(Buffer.from('{"MessageSid":"SM1","From":"\\ud800","To":"1708"}')),
          fails: /^From is not of the right form$/,
        },
      ],
    );

    it('keeps all of 1,265 characters', () => {
      const [message] = receiptOf(channel, form('long.form')).messages;

      expect(message?.text).to.have.length(1_265);
      expect(message?.text).to.match(/^Hari ke-1: .* masuk ke rumah warga\.$/);
    });

    it('takes all ten media of an empty body, also one without a type', () => {
      const [message] = receiptOf(channel, form('media-ten.form')).messages;

      const kinds = message?.attachments.map(({ kind }) => kind).join(' ');
      expect(kinds).to.equal(
        'image image video audio document image image document video document',
      );
      expect(message?.attachments.at(9)?.mediaType).to.equal(null);
      expect(new Set(message?.attachments.map(({ ref }) => ref))).to.have.property('size', 10);
    });

    it('reads or says Malformed, and nothing else, for 2,000 damaged deliveries', () => {
      const random = randomFrom(1708);
      const bodies = ['unknown-parameters.form', 'media-ten.form', 'whatsapp-location.form'];
      const requests = [
        (bytes: Buffer) => post(bytes),
        (bytes: Buffer) => json(bytes),
        (bytes: Buffer) => ({ ...get('get.query'), url: `${URL_AT_TWILIO}?${bytes.toString()}` }),
      ];

      let fine = 0;
      for (let round = 0; round < 2_000; round += 1) {
        const make = requests[round % 3];
        const name = round % 3 === 1 ? 'message.json' : bodies[random(bodies.length)];
        const request = make?.(mutated(fixture('sms', name ?? ''), random));
        if (!request) continue;
        try {
          receiptOf(channel, request);
          fine += 1;
        } catch (error) {
          expect(error).to.be.instanceOf(Malformed);
        }
      }

      expect(fine).to.be.within(200, 1_990);
    });
  });

  describe('authenticate', () => {
    const rows: readonly { label: string; request: WebhookRequest }[] = [
      { label: 'accepts a signed form', request: signed(form('text.form')) },
      {
        label: 'accepts what the second of two tokens signed, while they rotate',
        request: signed(form('text.form'), NEXT_TOKEN),
      },
      {
        label: 'accepts + & % = and an emoji',
        request: signed(form('special-characters.form')),
      },
      {
        label: 'accepts leading and trailing spaces and CRLF',
        request: signed(form('spaces-and-lines.form')),
      },
      {
        label: 'accepts unknown, repeated and bracketed parameters',
        request: signed(form('unknown-parameters.form')),
      },
      { label: 'accepts ten media', request: signed(form('media-ten.form')) },
      { label: 'accepts the fallback request', request: signed(form('fallback.form')) },
      {
        label: 'accepts a delivery status',
        request: signed({ ...form('status.form'), url: `${URL_AT_TWILIO}/status` }),
      },
      { label: 'accepts a GET', request: signed(get('get.query')) },
      {
        label: "accepts another citizen's GET",
        request: signed(get('get-second-citizen.query')),
      },
      {
        label: 'accepts JSON with the right bodySHA256',
        request: signed(json(fixture('sms', 'message.json'))),
      },
      {
        label: 'accepts a URL with a query',
        request: signed({ ...form('text.form'), url: `${URL_AT_TWILIO}?ch=1708&x=%2B'` }),
      },
      {
        label: 'accepts the public URL, whatever Host a proxy made of it',
        request: withHeader(signed(form('text.form')), 'host', 'gateway-3.internal:1708'),
      },
      {
        label: 'accepts a URL that keeps connection settings behind #',
        request: { ...signed(form('text.form')), url: `${URL_AT_TWILIO}#rc=3&rp=all` },
      },
      {
        label: 'accepts a public URL with a port, which Twilio may sign with or without',
        request: {
          ...signed({ ...form('text.form'), url: 'http://127.0.0.1/webhooks/sms' }),
          url: 'http://127.0.0.1:1708/webhooks/sms',
        },
      },
      { label: 'accepts an empty body that is signed', request: signed(post(Buffer.alloc(0))) },
      {
        label: 'accepts NUL and bytes that are no UTF-8, when signed',
        request: signed(post(Buffer.from([0x61, 0x3d, 0x00, 0xff, 0x25, 0x30, 0x30, 0xf0]))),
      },
      {
        label: 'accepts broken JSON that is signed',
        request: signed(json(Buffer.from('{"AccountSid":'))),
      },
      {
        label: 'accepts a form without an AccountSid',
        request: signed(
          changed('text.form', (params) => {
            params.delete('AccountSid');
          }),
        ),
      },
    ];
    for (const { label, request } of rows) {
      it(label, () => {
        expect(() => {
          channel.webhook?.authenticate(request);
        }).not.to.throw();
      });
    }

    const otherAccount = (params: URLSearchParams): void => {
      params.set('AccountSid', 'AC00000000000000000000000000000000');
    };
    const right = signed(form('text.form'));
    const signature = right.headers['x-twilio-signature'] ?? '';
    const refusals: readonly { label: string; request: WebhookRequest }[] = [
      { label: 'refuses a missing signature', request: form('text.form') },
      { label: 'refuses an empty signature', request: withSignature(right, '') },
      {
        label: 'refuses a signature of another length',
        request: withSignature(right, signature.slice(0, -1)),
      },
      { label: 'refuses a longer signature', request: withSignature(right, `${signature}=`) },
      {
        label: "refuses a foreign secret's signature",
        request: signed(form('text.form'), 'a-foreign-token'),
      },
      {
        label: 'refuses both tokens taken as one',
        request: signed(form('text.form'), `${TOKEN} ${NEXT_TOKEN}`),
      },
      {
        label: "refuses another account's AccountSid",
        request: signed(changed('text.form', otherAccount)),
      },
      {
        label: "refuses another account's AccountSid beside our own",
        request: signed(
          changed('text.form', (params) => {
            params.append('AccountSid', 'AC00000000000000000000000000000000');
          }),
        ),
      },
      {
        label: "refuses another account's AccountSid in a GET",
        request: signed({
          ...get('get.query'),
          url: `${URL_AT_TWILIO}?AccountSid=AC00000000000000000000000000000000`,
        }),
      },
      {
        label: "refuses another account's AccountSid in JSON",
        request: signed(json(Buffer.from('{"AccountSid":"AC00000000000000000000000000000000"}'))),
      },
      {
        label: 'refuses JSON whose bodySHA256 is of another body',
        request: {
          ...signed(json(fixture('sms', 'message.json'))),
          body: Buffer.from('{"MessageSid":"SM2"}'),
        },
      },
      {
        label: 'refuses JSON with an empty bodySHA256',
        request: signed({
          ...json(fixture('sms', 'message.json')),
          url: `${URL_AT_TWILIO}?bodySHA256=`,
        }),
      },
      {
        label: 'refuses JSON whose different bytes decode to the same text',
        request: {
          ...signed(json(Buffer.from('{"Body":"\uFFFD"}'))),
          body: Buffer.concat([Buffer.from('{"Body":"'), Buffer.from([0xff]), Buffer.from('"}')]),
        },
      },
      {
        label: 'refuses a form that is passed off as signed by its URL alone',
        request: { ...signed(get('get.query')), method: 'POST', body: fixture('sms', 'text.form') },
      },
      {
        label: 'refuses a form whose values were trimmed on the way',
        request: {
          ...signed(form('spaces-and-lines.form')),
          body: changed('spaces-and-lines.form', (params) => {
            params.set('Body', params.get('Body')?.trim() ?? '');
          }).body,
        },
      },
      {
        label: 'refuses another URL than the signed one',
        request: { ...right, url: 'https://lapor.example.go.id/webhooks/sms/status' },
      },
      { label: 'refuses a URL that is none', request: { ...right, url: '/webhooks/sms' } },
      {
        label: 'refuses a million parameters without sorting them',
        request: { ...right, body: Buffer.from('a&'.repeat(1_000_000)) },
      },
    ];
    for (const { label, request } of refusals) {
      it(label, () => {
        expectRefused(channel, request);
      });
    }

    it('refuses a form with any one byte flipped', () => {
      for (const body of everyFlip(right.body)) expectRefused(channel, { ...right, body });
    });

    it('refuses JSON with any one byte flipped', () => {
      const request = signed(json(fixture('sms', 'message.json')));

      for (const body of everyFlip(request.body)) expectRefused(channel, { ...request, body });
    });

    it('refuses a GET with any one byte of its path or query flipped', () => {
      const request = signed(get('get.query'));
      const start = URL_AT_TWILIO.indexOf('/webhooks');

      for (const bytes of everyFlip(Buffer.from(request.url.slice(start)))) {
        const url = request.url.slice(0, start) + bytes.toString();
        expectRefused(channel, { ...request, url });
      }
    });

    it('refuses a signature with any one byte flipped', () => {
      for (const bytes of everyFlip(Buffer.from(signature))) {
        expectRefused(channel, withSignature(right, bytes.toString('latin1')));
      }
    });
  });

  describe('webhook', () => {
    it('takes POST and GET, a status path, and answers without a text for the citizen', () => {
      expect(channel.webhook?.methods).to.deep.equal(['POST', 'GET']);
      expect(channel.webhook?.paths).to.deep.equal(['status']);
      expect(channel.webhook?.keepHeaders).to.deep.equal([
        'content-type',
        'i-twilio-idempotency-token',
      ]);
      expect(channel.webhook?.success).to.deep.equal({
        type: 'text/xml',
        body: '<Response/>',
      });
    });
  });

  describe('open', () => {
    it('names both tokens as secrets while they rotate', () => {
      expect(channel.secrets).to.deep.equal([TOKEN, NEXT_TOKEN]);
    });

    it('stays closed when none of its variables is set', async () => {
      expect(await sms.open({ TWILIO_NUMBER: '', PORT: '1708' }, stillTools())).to.equal(null);
    });

    it('opens with its demo settings', async () => {
      const demo = sms.demo((name) => createHash('sha256').update(name).digest('hex'));

      expect(demo['TWILIO_ACCOUNT_SID']).to.match(/^AC[0-9a-f]{32}$/);
      expect((await opened(sms, demo)).name).to.equal('sms');
    });

    it('names every missing variable at once', async () => {
      const error = await failureOf({ TWILIO_NUMBER: '1708', TWILIO_AUTH_TOKEN: '' });

      expect(error.problems).to.deep.equal([
        'TWILIO_ACCOUNT_SID is missing (channel sms)',
        'TWILIO_AUTH_TOKEN is missing (channel sms)',
      ]);
    });

    it('names what is wrong beside what is missing, and never its value', async () => {
      const error = await failureOf({
        TWILIO_ACCOUNT_SID: 'SKrahasia',
        TWILIO_API_URL: 'ftp://rahasia',
      });

      expect(error.problems).to.have.length(3);
      expect(error.message).to.match(/TWILIO_ACCOUNT_SID is not valid/);
      expect(error.message).to.match(/TWILIO_AUTH_TOKEN is missing/);
      expect(error.message).to.match(/TWILIO_API_URL is not valid/);
      expect(error.message).not.to.contain('rahasia');
    });
  });
});

async function failureOf(environment: Record<string, string>): Promise<ConfigInvalid> {
  try {
    await sms.open(environment, stillTools());
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('it opened');
}

function expectRefused(channel: Channel, request: WebhookRequest): void {
  expect(() => {
    channel.webhook?.authenticate(request);
  }).to.throw(Unauthenticated);
}

function post(body: Uint8Array): WebhookRequest {
  return { method: 'POST', url: URL_AT_TWILIO, headers: { 'content-type': FORM }, body };
}

function form(name: string): WebhookRequest {
  return post(fixture('sms', name));
}

function changed(name: string, change: (params: URLSearchParams) => void): WebhookRequest {
  const params = new URLSearchParams(fixture('sms', name).toString());
  change(params);
  return post(Buffer.from(params.toString()));
}

function get(name: string): WebhookRequest {
  const url = `${URL_AT_TWILIO}?${fixture('sms', name).toString()}`;
  return { method: 'GET', url, headers: {}, body: Buffer.alloc(0) };
}

function json(body: Uint8Array): WebhookRequest {
  const hash = createHash('sha256').update(body).digest('hex');
  return {
    method: 'POST',
    url: `${URL_AT_TWILIO}?bodySHA256=${hash}`,
    headers: { 'content-type': 'application/json' },
    body,
  };
}

/** Signs as Twilio's documentation describes it, not with the SDK that checks it. */
function signed(request: WebhookRequest, token = TOKEN): WebhookRequest {
  const byUrlAlone = request.method === 'GET' || request.url.includes('bodySHA256');
  const params = new URLSearchParams(byUrlAlone ? '' : Buffer.from(request.body).toString());
  const pairs = [...new Set(params.keys())]
    .sort()
    .flatMap((name) => [...new Set(params.getAll(name))].sort().map((value) => name + value));
  const data = request.url + pairs.join('');
  return withSignature(request, createHmac('sha1', token).update(data).digest('base64'));
}

function withSignature(request: WebhookRequest, signature: string): WebhookRequest {
  return withHeader(request, 'x-twilio-signature', signature);
}

function withHeader(request: WebhookRequest, name: string, value: string): WebhookRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}

function* everyFlip(bytes: Uint8Array): Generator<Buffer> {
  for (const [index, byte] of bytes.entries()) {
    const flipped = Buffer.from(bytes);
    flipped[index] = byte ^ 1;
    yield flipped;
  }
}

function mediaUrl(message: string, media: number): string {
  const sid = `ME${media.toString(16).padStart(32, '0')}`;
  return `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Messages/${message}/Media/${sid}`;
}
