import fc from 'fast-check';

/** What has broken readers of text before, theirs or ours. */
const pieces = [
  ...['Lampu jalan mati', 'got mampet di RT 03', ' ', '\n', '\r\n', '\t', '.', '🙏🏽', '👩‍👩‍👧', '🇮🇩'],
  ...[
    'السلام عليكم',
    '\u202e',
    '\u2066',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00ad',
    '\u2028',
    '\ufffd',
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\ud800',
    '\udc00',
    '\uffff',
    '𝒳',
    'e\u0301',
  ],
  ...['Z\u0351\u036b\u0343\u032a\u0302', 'ﷺ', 'ＬＡＰＯＲ', 'İ', 'ß', '\u1e9b\u0323', '한', '漢字'],
  ...[
    '@LAPOR1708',
    '＠LAPOR1708',
    '@LaporBot',
    '#lapor',
    '＃lapor',
    '/lapor',
    '/start',
    'STOP',
    'INFO',
  ],
  ...[
    'https://t.co/abcDEF1',
    'http://[',
    '&amp;',
    '&lt;b&gt;',
    '<script>',
    '"',
    '\\',
    "' or 1=1 --",
  ],
  ...[
    '\\u0000',
    '\\ud800',
    '%00',
    '%',
    '+',
    '&Body=',
    '{{',
    '${x}',
    '__proto__',
    '1e999',
    '1234567890',
  ],
  ...['081298765432', '3204280907650001', 'budi@example.com', 'TANGKAB ', 'a'.repeat(161)],
] as const;

// Not the unit `binary` of fast-check: it takes seconds to build the list of all there is.
const anything = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 0x10ffff }), { minLength, maxLength })
    .map((points) => String.fromCodePoint(...points));

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...pieces) },
  { weight: 1, arbitrary: anything(0, 12) },
);

const short = fc.array(piece, { maxLength: 7 }).map((all) => all.join(''));

const repeated = fc
  .tuple(fc.constantFrom(...pieces), fc.integer({ min: 1, max: 400 }))
  .map(([one, times]) => one.repeat(times));

const endless = fc
  .tuple(fc.constantFrom(...pieces), fc.integer({ min: 1000, max: 60_000 }))
  .map(([one, length]) => one.repeat(Math.ceil(length / one.length)).slice(0, length));

/** What somebody writes: any Unicode that a string can hold, sometimes very much of it. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 60, arbitrary: short },
  { weight: 6, arbitrary: repeated },
  { weight: 1, arbitrary: endless },
);

/** The same, with something in it that can be seen: platforms send no blank messages. */
export const words = text.map((one) => (one.trim() === '' ? `${one}?` : one));

export const name = fc.oneof(
  fc.constantFrom('Dewi', 'Ratna W.', 'Bu Ratna 🙏', "O'Brien", 'ﷺ', '\u202eSiti', ' '),
  anything(1, 64),
);

/** Digits of an id of up to 64 bits, which a JavaScript number cannot always hold. */
export const digits = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('1', '9007199254740991', '9007199254740993') },
  { weight: 1, arbitrary: fc.constantFrom('9223372036854775807', '18446744073709551615') },
  { weight: 6, arbitrary: fc.bigInt({ min: 2n, max: 2n ** 63n - 1n }).map(String) },
);

const letters = fc
  .nat(62)
  .map((index) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'.charAt(index));

/** Characters as ids of letters and digits have them: a few, or as many as there may be. */
export const token = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.array(letters, { minLength, maxLength }).map((all) => all.join('')),
    },
    // Left to itself, fast-check hardly makes long ones.
    { weight: 1, arbitrary: letters.map((one) => one.repeat(maxLength)) },
  );

export const moment = fc.oneof(
  fc.constantFrom('2010-01-01T00:00:00.000Z', '2024-02-29T23:59:59.000Z'),
  fc.constantFrom('2038-01-19T03:14:08.000Z', '2099-12-31T23:59:59.000Z'),
  fc
    .integer({ min: Date.UTC(2010, 0) / 1000, max: Date.UTC(2099, 11) / 1000 })
    .map((seconds) => new Date(seconds * 1000).toISOString()),
);

export const address = token(0, 60).map((path) => `https://cdn.example.net/${path}?x=1&y=%20`);

export const latitude = fc.oneof(
  fc.constantFrom(-90, 90, 0, -7.150975),
  fc.double({ min: -90, max: 90, noNaN: true }),
);
export const longitude = fc.oneof(
  fc.constantFrom(-180, 180, 0, 112.650123),
  fc.double({ min: -180, max: 180, noNaN: true }),
);

/** A record of which only the fields of `needed` are always there. */
export function some<Needed, Other>(
  needed: { [K in keyof Needed]: fc.Arbitrary<Needed[K]> },
  other: { [K in keyof Other]: fc.Arbitrary<Other[K]> },
) {
  return fc
    .tuple(fc.record(needed), fc.record(other, { requiredKeys: [] }))
    .map(([first, second]) => ({ ...first, ...second }));
}

/** JSON in which a bigint is a number with all its digits. */
export function json(value: unknown): Buffer {
  const written = JSON.stringify(value, (_name, each: unknown) =>
    typeof each === 'bigint' ? `#raw:${String(each)}#` : each,
  );
  return Buffer.from(written.replace(/"#raw:(\d+)#"/g, '$1'));
}
