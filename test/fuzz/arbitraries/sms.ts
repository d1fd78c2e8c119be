import fc from 'fast-check';
import { channelSettings } from '../../support/gateway.ts';
import type { Valid } from '../subject.ts';
import { json, latitude, longitude, some, text } from './words.ts';

const hex = fc
  .bigInt({ min: 0n, max: 2n ** 128n - 1n })
  .map((number) => number.toString(16).padStart(32, '0'));
const sid = fc.tuple(fc.constantFrom('SM', 'MM'), hex).map(([kind, digits]) => kind + digits);

const phone = fc.oneof(
  fc.constantFrom('+6281298765432', '+12025550123', '+4915112345678', '+999123456789012'),
  fc.bigInt({ min: 6_281_000_000n, max: 6_289_999_999_999n }).map((each) => `+${String(each)}`),
);
const sender = fc.oneof(
  { weight: 6, arbitrary: phone },
  { weight: 1, arbitrary: phone.map((each) => `whatsapp:${each}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('WARGA-RW05', 'PLN 123', '1708', '98999', '0', 'a', '08123'),
  },
);

const media = fc.array(
  fc.constantFrom('image/jpeg', 'video/3gpp', 'audio/amr', 'text/x-vcard', ''),
  {
    maxLength: 10,
  },
);

const fields = some(
  {
    MessageSid: sid,
    From: sender,
    To: fc.constantFrom('1708', '+6221170800', 'whatsapp:+6221170800'),
  },
  {
    Body: text,
    FromCountry: fc.constantFrom('ID', ''),
    NumSegments: fc.constantFrom('1', '8'),
    ApiVersion: fc.constant('2010-04-01'),
    ProfileName: text,
    Label: text,
    Address: text,
    OptOutType: fc.constantFrom('STOP', 'START', 'HELP'),
    ReferralBody: text,
  },
);

type Parameters = Readonly<Record<string, string>>;

const parameters: fc.Arbitrary<Parameters> = fc
  .record({ fields, media, at: fc.option(fc.tuple(latitude, longitude)) })
  .map(({ fields: known, media: types, at }) => {
    const told: [string, string][] = [
      ...Object.entries(known),
      ['AccountSid', channelSettings['TWILIO_ACCOUNT_SID'] ?? ''],
      ['SmsStatus', 'received'],
      ['NumMedia', String(types.length)],
      ...types.flatMap((type, index): [string, string][] => [
        [`MediaUrl${index}`, `https://api.twilio.com/2010-04-01/Media/ME${index}`],
        [`MediaContentType${index}`, type],
      ]),
    ];
    const place: [string, string][] = at
      ? [
          ['Latitude', at[0].toFixed(6)],
          ['Longitude', at[1].toFixed(6)],
        ]
      : [];
    return Object.fromEntries([...told, ...place]);
  });

const saidIn = ({ Body = '' }: Parameters) => Body;

/** A form can hold everything but lone surrogates. */
export const smsForm: fc.Arbitrary<Valid> = parameters.map((known) => ({
  content: Buffer.from(new URLSearchParams(known).toString()),
  said: [saidIn(known).toWellFormed()],
}));

export const smsJson: fc.Arbitrary<Valid> = parameters.map((known) => ({
  content: json(known),
  said: [saidIn(known)],
}));
