import { expect } from 'chai';
import { facebook } from '../../channels/facebook/index.ts';
import { sms } from '../../channels/sms/index.ts';
import { x } from '../../channels/x/index.ts';
import type { WebhookRequest } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { opened } from '../support/channel-cases.ts';

// Re-typed from the provider vectors, which were checked against Twilio's SDK and documentation.
type Vector = {
  readonly label: string;
  readonly token: string;
  readonly signature: string;
  readonly url: string;
  readonly body: string;
};

const FORM_PARAMETERS: readonly (readonly [string, string])[] = [
  ['ToCountry', 'US'],
  ['SmsMessageSid', 'SM0123456789abcdef0123456789abcdef'],
  ['NumMedia', '0'],
  ['SmsSid', 'SM0123456789abcdef0123456789abcdef'],
  ['SmsStatus', 'received'],
  ['Body', 'Jalan berlubang di Jl. Merdeka 🙏 + banjir & macet'],
  ['FromCountry', 'ID'],
  ['To', '+15550001111'],
  ['NumSegments', '1'],
  ['MessageSid', 'SM0123456789abcdef0123456789abcdef'],
  ['AccountSid', 'AC0123456789abcdef0123456789abcdef'],
  ['From', '+6281234567890'],
  ['ApiVersion', '2010-04-01'],
];

const VECTORS: readonly Vector[] = [
  {
    label: 'an inbound form',
    token: '12345678901234567890123456789012',
    signature: 'xbH1/6g3i2gGo8e1cpTSh4byv5s=',
    url: 'https://pengaduan.example.go.id/hooks/twilio/sms?ch=1708',
    body: formFrom(FORM_PARAMETERS),
  },
  {
    label: "the example of Twilio's documentation",
    token: '12345',
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    body: formFrom([
      ['CallSid', 'CA1234567890ABCDE'],
      ['Caller', '+14158675309'],
      ['Digits', '1234'],
      ['From', '+14158675309'],
      ['To', '+18005551212'],
    ]),
  },
  {
    label: 'JSON with bodySHA256',
    token: '12345678901234567890123456789012',
    signature: 'HCwg/fuhO+xNN7cAkhN5lm5H5nY=',
    url: 'https://pengaduan.example.go.id/hooks/twilio/json?bodySHA256=1281fbfa786e78f7757fe75dbf69c55bc320fb266acbec03122e941bce3d4ba3',
    body: '{"MessageSid":"SM1","Body":"Jalan rusak ñ"}',
  },
];

// As Meta escapes it; the slashes, the emoji and the at sign are what a parser would write otherwise.
const META = {
  appSecret: 'app_secret_abc',
  body: String.raw`{"object":"page","entry":[{"id":"102030405060708","time":1763718000123,"messaging":[{"sender":{"id":"6543210987654321"},"recipient":{"id":"102030405060708"},"timestamp":1763718000001,"message":{"mid":"m_AbCdEf-1","text":"Jalan rusak \ud83d\ude4f a\u0040b http:\/\/x"}}]}]}`,
  signature: 'sha256=fa3cd83d4394eab591a0e64a4591fb023dc5ed2b6b2ac9d48529546d8e1971dd',
  legacySignature: 'sha1=46073904c01666280d5bb70584620f14bcf8b152',
  signatureWhenWrittenAnew:
    'sha256=4c0b06782b28618781b51b2434d1a253aa1fa41fcb069f0f67001426ecbddf0c',
};

describe('provider vectors', () => {
  describe('sms', () => {
    for (const vector of VECTORS) {
      it(`accepts ${vector.label}`, async () => {
        const authenticate = await authenticateWith(vector.token);

        expect(() => {
          authenticate(requestFrom(vector));
        }).not.to.throw();
      });

      it(`refuses ${vector.label} under another token`, async () => {
        const authenticate = await authenticateWith(`${vector.token}0`);

        expect(() => {
          authenticate(requestFrom(vector));
        }).to.throw(Unauthenticated);
      });

      it(`refuses ${vector.label} with another body`, async () => {
        const authenticate = await authenticateWith(vector.token);
        const body = Buffer.from(`${vector.body} `);

        expect(() => {
          authenticate({ ...requestFrom(vector), body });
        }).to.throw(Unauthenticated);
      });
    }
  });

  describe('facebook', () => {
    const openWith = (appSecret: string) =>
      opened(facebook, {
        FACEBOOK_APP_SECRET: appSecret,
        FACEBOOK_VERIFY_TOKEN: 'token',
        FACEBOOK_PAGE_ID: '102030405060708',
      });
    const requestOf = (headers: WebhookRequest['headers'], body = META.body): WebhookRequest => ({
      method: 'POST',
      url: 'https://pengaduan.example.go.id/webhooks/facebook',
      headers,
      body: Buffer.from(body),
    });
    const signed = { 'x-hub-signature-256': META.signature };

    it('accepts a delivery as escaped on the wire, and reads it', async () => {
      const channel = await openWith(META.appSecret);
      const request = requestOf({ ...signed, 'x-hub-signature': META.legacySignature });

      channel.webhook?.authenticate(request);

      expect(channel.read(request).messages).to.have.length(1);
      expect(channel.read(request).messages[0]).to.deep.include({
        eventId: 'm_AbCdEf-1',
        sentAt: '2025-11-21T09:40:00.001Z',
        text: 'Jalan rusak 🙏 a@b http://x',
      });
    });

    const refusals: readonly [string, string, WebhookRequest][] = [
      ['another secret', `${META.appSecret}0`, requestOf(signed)],
      ['another body', META.appSecret, requestOf(signed, `${META.body} `)],
      [
        'the signature of the body written anew',
        META.appSecret,
        requestOf({ 'x-hub-signature-256': META.signatureWhenWrittenAnew }),
      ],
      [
        'the legacy signature alone',
        META.appSecret,
        requestOf({ 'x-hub-signature': META.legacySignature }),
      ],
    ];
    for (const [what, appSecret, request] of refusals) {
      it(`refuses ${what}`, async () => {
        const channel = await openWith(appSecret);

        expect(() => channel.webhook?.authenticate(request)).to.throw(Unauthenticated);
      });
    }
  });

  describe('x', () => {
    const settings = { X_CONSUMER_SECRET: 'consumer_secret_abc', X_USER_ID: '1111111111111111111' };
    const url = 'https://pengaduan.example.go.id/webhooks/x';
    const body =
      '{"data":{"event_uuid":"2080765813578191303","filter":{"user_id":"1111111111111111111"},"event_type":"post.mention.create","tag":"mentions","payload":{"id":"2080765813578191303","text":"@LaporKota jalan rusak 🙏","author_id":"2222222222222222222"}}}';
    const signature = 'sha256=IDgolk/sFqCQd4MO+ikJthifc8luK3LXptxbYNkn3PQ=';
    const event = (text: string): WebhookRequest => {
      const headers = { 'x-twitter-webhooks-signature': signature };
      return { method: 'POST', url, headers, body: Buffer.from(text) };
    };

    it('answers a challenge', async () => {
      const channel = await opened(x, settings);
      const request = { method: 'GET', headers: {}, body: Buffer.alloc(0) };

      const answer = channel.webhook?.handshake?.({
        ...request,
        url: `${url}?crc_token=challenge_string`,
      });

      expect(JSON.parse(answer ?? '')).to.deep.equal({
        response_token: 'sha256=Ejnk1T7Y0i7B4fKnP7mYg0of2tzPcSiHjCNCWygpAfc=',
      });
    });

    it('accepts an event', async () => {
      const channel = await opened(x, settings);

      expect(() => channel.webhook?.authenticate(event(body))).not.to.throw();
    });

    it('refuses an event under another secret', async () => {
      const channel = await opened(x, { ...settings, X_CONSUMER_SECRET: 'consumer_secret_abd' });

      expect(() => channel.webhook?.authenticate(event(body))).to.throw(Unauthenticated);
    });

    it('refuses an event with another body', async () => {
      const channel = await opened(x, settings);

      expect(() => channel.webhook?.authenticate(event(`${body} `))).to.throw(Unauthenticated);
    });
  });
});

async function authenticateWith(token: string): Promise<(request: WebhookRequest) => void> {
  const channel = await opened(sms, {
    TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
    TWILIO_AUTH_TOKEN: token,
  });
  return (request) => channel.webhook?.authenticate(request);
}

function requestFrom({ url, body, signature }: Vector): WebhookRequest {
  const headers = { 'x-twilio-signature': signature };
  return { method: 'POST', url, headers, body: Buffer.from(body) };
}

function formFrom(pairs: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(
    pairs.map(([name, value]): [string, string] => [name, value]),
  ).toString();
}
