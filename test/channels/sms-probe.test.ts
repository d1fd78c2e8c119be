import { sms } from '../../channels/sms/index.ts';
import { type Answer, ok } from '../support/answers.ts';
import { probeCases, publicUrl } from '../support/probe-cases.ts';

const sid = 'AC00000000000000000000000000000001';
const base = `/2010-04-01/Accounts/${sid}`;
const number = '+622150001708';
const here = `${publicUrl}/webhooks/sms`;

const phone = (changes: object = {}) => ({
  sid: 'PN1',
  phone_number: number,
  sms_url: `${here}#rc=3&rp=all`,
  sms_method: 'POST',
  sms_application_sid: '',
  capabilities: { sms: true },
  ...changes,
});

const numbers = (...list: object[]): Answer => ok({ incoming_phone_numbers: list });
const NUMBERS = `GET ${base}/IncomingPhoneNumbers.json`;
const CODES = `GET ${base}/SMS/ShortCodes.json`;
const account = { name: 'account', state: 'ok' } as const;
const known = { name: 'number', state: 'ok' } as const;
const shortCode = { sid: 'SC1', short_code: '1708', sms_url: '', sms_method: 'POST' };

describe('what Twilio says of us', () => {
  probeCases({
    module: sms,
    settings: (apiUrl) => ({
      TWILIO_ACCOUNT_SID: sid,
      TWILIO_AUTH_TOKEN: 'token-of-twilio-for-probes',
      TWILIO_NUMBER: number,
      TWILIO_API_URL: apiUrl,
    }),
    well: {
      [`GET ${base}.json`]: ok({ status: 'active' }),
      [NUMBERS]: numbers(phone()),
      [CODES]: ok({ short_codes: [] }),
    },
    rows: [
      {
        label: 'is well when the number sends here and tries again',
        finds: [account, known, { name: 'webhook', state: 'ok', says: /^POST https:\/\/lapor/ }],
      },
      {
        label: 'names both variables when the token is wrong',
        answers: { [`GET ${base}.json`]: { status: 401, body: { code: 20003 } } },
        finds: [
          { name: 'account', state: 'failed', says: /TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN/ },
        ],
      },
      {
        label: 'fails when the account is suspended',
        answers: { [`GET ${base}.json`]: ok({ status: 'suspended' }) },
        finds: [
          { name: 'account', state: 'failed', says: /suspended/ },
          known,
          { name: 'webhook', state: 'ok' },
        ],
      },
      {
        label: 'fails when Twilio cannot be reached, naming where it is looked for',
        answers: { [`GET ${base}.json`]: 'hang-up' },
        finds: [
          { name: 'account', state: 'failed', says: /cannot be reached/, remedy: /TWILIO_API_URL/ },
        ],
      },
      {
        label: 'warns when Twilio asks for patience',
        answers: { [`GET ${base}.json`]: { status: 429, body: { message: 'slow down' } } },
        finds: [{ name: 'account', state: 'warning', says: /429: slow down/ }],
      },
      {
        label: 'fails when the account has no such number',
        answers: { [NUMBERS]: numbers(phone({ phone_number: `${number}9` })) },
        finds: [account, { name: 'number', state: 'failed', remedy: /TWILIO_NUMBER/ }],
      },
      {
        label: 'warns when a short code is not listed, and says which address it needs',
        settings: { TWILIO_NUMBER: '1708' },
        answers: { [NUMBERS]: numbers() },
        finds: [account, { name: 'number', state: 'warning', remedy: /webhooks\/sms#rc=3&rp=all/ }],
      },
      {
        label: 'finds a short code where Twilio keeps those',
        settings: { TWILIO_NUMBER: '1708' },
        answers: { [CODES]: ok({ short_codes: [{ ...shortCode, sms_url: `${here}#rc=3` }] }) },
        finds: [account, known, { name: 'webhook', state: 'ok' }],
      },
      {
        label: 'fails when the number cannot receive SMS',
        answers: { [NUMBERS]: numbers(phone({ capabilities: { sms: false } })) },
        finds: [account, { name: 'number', state: 'failed' }, { name: 'webhook', state: 'ok' }],
      },
      {
        label: 'fails when no address is entered',
        answers: { [NUMBERS]: numbers(phone({ sms_url: null })) },
        finds: [
          account,
          known,
          { name: 'webhook', state: 'failed', remedy: /--fix/, fixable: true },
        ],
      },
      {
        label: 'fails when Twilio sends elsewhere, and names both addresses',
        answers: { [NUMBERS]: numbers(phone({ sms_url: 'https://old.example/sms' })) },
        finds: [
          account,
          known,
          {
            name: 'webhook',
            state: 'failed',
            says: /https:\/\/old\.example\/sms, not to https:\/\/lapor/,
            fixable: true,
          },
        ],
      },
      {
        label: 'warns when Twilio would try each message only once',
        answers: { [NUMBERS]: numbers(phone({ sms_url: here })) },
        finds: [account, known, { name: 'webhook', state: 'warning', says: /once/, fixable: true }],
      },
      {
        label: 'fails when a TwiML App of the number takes the messages',
        answers: { [NUMBERS]: numbers(phone({ sms_application_sid: 'AP1' })) },
        finds: [
          account,
          known,
          { name: 'webhook', state: 'failed', says: /TwiML App/, fixable: true },
        ],
      },
      {
        label: 'shows no control characters that Twilio may send',
        answers: { [NUMBERS]: numbers(phone({ sms_url: 'https://old.example/\u001b[2Jx' })) },
        finds: [
          account,
          known,
          { name: 'webhook', state: 'failed', says: /old\.example\/ \[2Jx,/, fixable: true },
        ],
      },
    ],
    repairs: [
      {
        label: 'enters the address, with tries, and takes the TwiML App away',
        answers: {
          [NUMBERS]: numbers(phone({ sms_application_sid: 'AP1' })),
          [`POST ${base}/IncomingPhoneNumbers/PN1.json`]: ok(phone()),
        },
        asks: [
          {
            what: `POST ${base}/IncomingPhoneNumbers/PN1.json`,
            body: /^SmsUrl=https%3A%2F%2Flapor\.example\.go\.id%2Fwebhooks%2Fsms%23rc%3D3%26rp%3Dall&SmsMethod=POST&SmsApplicationSid=$/,
          },
        ],
        done: [true],
      },
      {
        label: 'enters the address of a short code',
        settings: { TWILIO_NUMBER: '1708' },
        answers: {
          [CODES]: ok({ short_codes: [shortCode] }),
          [`POST ${base}/SMS/ShortCodes/SC1.json`]: ok(shortCode),
        },
        asks: [
          { what: `POST ${base}/SMS/ShortCodes/SC1.json`, body: /^SmsUrl=[^&]+&SmsMethod=POST$/ },
        ],
        done: [true],
      },
      {
        label: 'says so when Twilio refuses the address',
        answers: {
          [NUMBERS]: numbers(phone({ sms_url: '' })),
          [`POST ${base}/IncomingPhoneNumbers/PN1.json`]: { status: 400, body: { code: 21402 } },
        },
        asks: [{ what: `POST ${base}/IncomingPhoneNumbers/PN1.json`, body: /SmsUrl/ }],
        done: [false],
      },
    ],
  });
});
