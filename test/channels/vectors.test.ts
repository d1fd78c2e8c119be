import { expect } from 'chai';
import { sms } from '../../channels/sms.ts';
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
