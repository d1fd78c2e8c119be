import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { Sent } from '../support/http.ts';
import type { FuzzWay, Proof } from './subject.ts';

/** A request whose proof is wrong, beside the right one that it was made of. */
export type Forgery = {
  readonly label: string;
  readonly right: Sent;
  readonly forged: Sent;
  /** Why it proves as much as the right one; null when it proves nothing. */
  readonly excluded: string | null;
};

type Made = {
  readonly way: FuzzWay;
  readonly proof: Proof;
  readonly content: Buffer;
  readonly right: Sent;
  readonly other: Sent;
  /** The proof as the header has it. */
  readonly value: string;
  readonly at: number;
  readonly bit: number;
};

const withProof = ({ right, proof: { header } }: Made, value: string | undefined): Sent => {
  const others = Object.entries(right.headers).filter(([name]) => name !== header);
  const all: [string, string][] = value === undefined ? others : [...others, [header, value]];
  return { ...right, headers: Object.fromEntries(all) };
};

const replacedAt = (text: string, at: number, piece: string, length = 1): string =>
  text.slice(0, at) + piece + text.slice(at + length);

/** The algorithm's name in front of a digest, and the digest. */
const partsOf = (value: string): readonly [string, string] => {
  const [, prefix = '', digest = ''] = /^(sha256=)?(.*)$/s.exec(value) ?? [];
  return [prefix, digest];
};

const pick = <Value>(all: readonly [Value, ...Value[]], at: number): Value =>
  all[at % all.length] ?? all[0];

const lookalikes: Readonly<Record<string, string>> = {
  ...{ a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', A: 'А', B: 'В', E: 'Е', K: 'К', '=': '＝' },
  ...{ '-': '‐', '+': '＋', '/': '⁄' },
};

/** Every way of getting a proof wrong that we thought of; in: the right request, out: a wrong one. */
const forgers: Readonly<Record<string, (made: Made) => Sent>> = {
  'bit flipped': (made) => {
    const { value, at, bit } = made;
    const place = at % value.length;
    const flipped = String.fromCharCode(value.charCodeAt(place) ^ (1 << (bit % 7)));
    return withProof(made, replacedAt(value, place, flipped));
  },
  'characters exchanged': (made) => {
    const { value, at, bit } = made;
    const here = at % value.length;
    const there = (here + bit + 1) % value.length;
    const moved = replacedAt(value, here, value[there] ?? '');
    return withProof(made, replacedAt(moved, there, value[here] ?? ''));
  },
  'cut short': (made) => withProof(made, made.value.slice(0, made.at % made.value.length)),
  'beginning cut off': (made) => withProof(made, made.value.slice(1 + (made.at % 9))),
  longer: (made) =>
    withProof(
      made,
      made.value + pick(['a', '=', '0', '\u0000', '==', ',', ';', '\n', made.value], made.at),
    ),
  'another case': (made) => {
    const { value, at } = made;
    const place = at % value.length;
    const one = value[place] ?? '';
    const turned = one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase();
    const all = pick(
      [value.toUpperCase(), value.toLowerCase(), replacedAt(value, place, turned)],
      at,
    );
    return withProof(made, all);
  },
  'white space': (made) => {
    const space = pick([' ', '\t', '\u00a0', '\u3000', '\ufeff', '\r\n'], made.bit);
    return withProof(made, replacedAt(made.value, made.at % (made.value.length + 1), space, 0));
  },
  'another prefix': (made) => {
    const [prefix, digest] = partsOf(made.value);
    const all = [
      'sha1=',
      'sha512=',
      'SHA256=',
      'md5=',
      'sha256:',
      'Basic ',
      'sha256=sha256=',
      'none=',
    ];
    const wrong = [...all, prefix === '' ? 'sha256=' : ''];
    return withProof(made, (wrong[made.at % wrong.length] ?? '') + digest);
  },
  'another algorithm': (made) => {
    const [prefix] = partsOf(made.value);
    const hash = createHmac(pick(['sha1', 'sha512', 'md5', 'sha384'], made.at), made.proof.secret);
    // Twilio's own is SHA-1, over something else than the content alone.
    const digest = hash.update(made.content).digest(pick(['hex', 'base64'], made.bit));
    return withProof(made, prefix + digest);
  },
  'without a key': (made) => {
    const [prefix] = partsOf(made.value);
    const hash = createHash(pick(['sha256', 'sha1'], made.at)).update(made.content);
    return withProof(made, prefix + hash.digest(pick(['hex', 'base64'], made.bit)));
  },
  empty: (made) =>
    withProof(made, pick(['', ' ', 'sha256=', 'null', 'undefined', '=', '0'], made.at)),
  missing: (made) => withProof(made, undefined),
  duplicated: (made) => {
    const { value, other, proof, at } = made;
    const stranger = other.headers[proof.header] ?? '';
    const both = [`${value}, ${value}`, `${value},${value}`, `${value} ${value}`];
    const mixed = [`${stranger}, ${value}`, `${value}, x`, `x, ${value}`];
    return withProof(made, [...both, ...mixed][at % 6]);
  },
  'another key': ({ way, content, proof: { secret }, at, bit }) => {
    const keys = [
      `${secret}0`,
      secret.slice(1),
      secret.slice(0, -1),
      secret.toUpperCase(),
      '',
      ' ',
    ];
    const own = replacedAt(secret, at % secret.length, String.fromCharCode(97 + (bit % 26)));
    return way.request(content, [...keys, own][at % 7] ?? '');
  },
  'proof of another content': (made) => withProof(made, made.other.headers[made.proof.header]),
  'content altered': ({ right, at, bit }) => {
    const isBody = right.body !== null && right.body.length > 0;
    if (!isBody) return { ...right, path: alteredPath(right.path, at, bit) };
    const body = Buffer.from(right.body);
    const place = at % body.length;
    body[place] = (body[place] ?? 0) ^ (1 << (bit % 8));
    return { ...right, body };
  },
  'content longer': ({ right, at }) => {
    const more = pick([' ', '\n', '\u0000', '&', '&a=b', '}'], at);
    return right.body === null
      ? { ...right, path: right.path + more.replace(/[\s\u0000]/g, '%20') }
      : { ...right, body: Buffer.concat([right.body, Buffer.from(more)]) };
  },
  'address altered': ({ right, at }) => {
    const [path = '', query = ''] = right.path.split('?', 2);
    const more = pick(['&x=1', '&', '&bodySHA256=', '&bodySHA256=0'], at);
    return { ...right, path: `${path}?${query}${more}` };
  },
  lookalikes: (made) => {
    const { value, at } = made;
    const place = at % value.length;
    const one = value[place] ?? '';
    const wide = String.fromCharCode(one.charCodeAt(0) + 0xfee0);
    return withProof(made, replacedAt(value, place, lookalikes[one] ?? wide));
  },
  // Whoever compares decoded bytes takes these for the same; we compare what is written, as it is sent.
  'other spelling of the same bytes': (made) => {
    const { value, at } = made;
    const [prefix, digest] = partsOf(value);
    const last = /^(.*)([A-Za-z0-9+/])=$/s.exec(digest);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const position = alphabet.indexOf(last?.[2] ?? 'A');
    const loose = last
      ? `${last[1] ?? ''}${alphabet[position + 1 + (at % 3)] ?? 'B'}=`
      : `${digest}=`;
    const spellings = [
      ...[loose, digest.replaceAll('+', '-').replaceAll('/', '_'), digest.replace(/=+$/, '')],
      ...[
        `${digest}=`,
        `${digest}\n`,
        digest.toUpperCase(),
        encodeURIComponent(digest),
        `"${digest}"`,
      ],
      ...[`${digest.slice(0, 8)}\n${digest.slice(8)}`, digest.replace(/=$/, '%3D')],
    ];
    return withProof(made, prefix + (spellings[at % spellings.length] ?? ''));
  },
};

function alteredPath(path: string, at: number, bit: number): string {
  const first = path.indexOf('?') + 1;
  const place = first + (at % (path.length - first));
  return replacedAt(
    path,
    place,
    String.fromCharCode(0x24 + ((path.charCodeAt(place) + bit) % 0x5a)),
  );
}

const OF_CONTENT = /content|address/;

/** Wrong proofs for a way, each made of a delivery with the right one. */
export function forgeriesOf(way: FuzzWay, proof: Proof): fc.Arbitrary<Forgery> {
  const known = Object.entries(forgers).filter(
    ([label]) => proof.covers === 'content' || !OF_CONTENT.test(label),
  );
  const valid = way.valid.map(({ content }) => content);
  return fc
    .record({
      forger: fc.constantFrom(...known),
      content: valid,
      other: valid,
      at: fc.nat(),
      bit: fc.nat(255),
    })
    .map(({ forger: [label, forge], content, other: another, at, bit }) => {
      const right = way.request(content, proof.secret);
      const other = way.request(another, proof.secret);
      const value = right.headers[proof.header] ?? '';
      const forged = forge({ way, proof, content, right, other, value, at, bit });
      return { label, right, forged, excluded: exclusionOf(proof, right, forged) };
    });
}

function exclusionOf(proof: Proof, right: Sent, forged: Sent): string | null {
  const isSameProof = forged.headers[proof.header] === right.headers[proof.header];
  if (!isSameProof) return null;
  return proof.covers === 'token' || proof.says(forged) === proof.says(right)
    ? 'says the same with the same proof'
    : null;
}
