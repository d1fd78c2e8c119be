import fc from 'fast-check';
import type { Shape } from './subject.ts';

/** A change of what a delivery says; `at` and `other` choose a place in it, whatever its size. */
type Change = {
  readonly kind: (typeof kinds)[number];
  readonly at: number;
  readonly other: number;
  readonly odd: unknown;
  readonly name: string;
};

const kinds = [
  'drop',
  'repeat',
  'rename',
  'replace',
  'add',
  'wrap',
  'splice',
  'swap',
  'twice',
] as const;

type ByteChange = {
  readonly kind: 'flip' | 'cut' | 'insert' | 'repeat' | 'truncate';
  readonly at: number;
  readonly size: number;
  readonly bytes: Uint8Array;
};

const names = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    'then',
    'toJSON',
    '',
    '0',
  ],
  ...[
    'id',
    'id_str',
    'text',
    'message',
    'from',
    'entry',
    'data',
    'payload',
    'MessageSid',
    'Body',
    'From',
  ],
  ...[
    'MediaUrl0',
    'users',
    'attachments',
    'chat',
    'date',
    'entities',
    'note_tweet',
    '\u0000',
    '\ud800',
  ],
);

const raw = (written: string) => `#raw:${written}#`;

/** Values of every type, at the edges. What JSON.stringify cannot write stands there in marks. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 300,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 1.5, 2 ** 31, Number.MAX_SAFE_INTEGER, -1e21],
      ...['', ' ', '0', '-1', 'null', '\u0000', '\ud800', '\ufeff', '1e999', '9'.repeat(25), '🙏'],
      ...[{}, [], [[]], [{}], [null], { id: null }, { __proto__: null, a: 1 }, { length: 1e9 }],
      ...['https://', 'http://[::1', 'javascript:alert(1)', '//x', '2026-13-45T99:99:99Z'],
      ...[raw('1e999'), raw('-1e999'), raw('-0'), raw('12345678901234567890'), raw('1E400')],
      ...[raw('{"__proto__":{"text":"x"}}'), raw('{"toString":1,"valueOf":1}')],
    ),
  },
  { weight: 20, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 4, arbitrary: fc.integer({ min: 2, max: 5000 }).map((depth) => `#deep:${depth}#`) },
  { weight: 4, arbitrary: fc.integer({ min: 2, max: 2000 }).map((depth) => `#nest:${depth}#`) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 10, max: 3000 }).map((size) => '@a #lapor '.repeat(size)),
  },
  { weight: 1, arbitrary: fc.constantFrom('a', ' ', '@', '0').map((one) => one.repeat(1_000_000)) },
);

export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), at: fc.nat(), other: fc.nat(), odd, name: names }),
  { maxLength: 4 },
);

export const byteChanges: fc.Arbitrary<readonly ByteChange[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        kind: fc.constantFrom('flip', 'cut', 'insert', 'repeat', 'truncate'),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 60 }),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
);

/** The content with its structure changed; `pool` are contents of which pieces are taken. */
export function changed(
  shape: Shape,
  content: Buffer,
  list: readonly Change[],
  pool: readonly Buffer[],
): Buffer {
  if (list.length === 0) return content;
  return shape === 'json' ? changedJson(content, list, pool) : changedForm(content, list, pool);
}

type Slot = { readonly holder: object; readonly key: string };

function changedJson(content: Buffer, list: readonly Change[], pool: readonly Buffer[]): Buffer {
  const root = { all: parsed(content) };
  for (const change of list) changeTree(root, change, pool);
  const written = list
    .filter(({ kind }) => kind === 'twice')
    .reduce(withKeyTwice, JSON.stringify(root.all ?? null));
  return Buffer.from(
    written
      .replace(/"#raw:((?:[^"\\#]|\\.)*)#"/g, (_all, inner: string) => inner.replaceAll('\\"', '"'))
      .replace(/"#deep:(\d+)#"/g, (_all, n: string) => '['.repeat(+n) + ']'.repeat(+n))
      .replace(/"#nest:(\d+)#"/g, (_all, n: string) => '{"a":'.repeat(+n) + '1' + '}'.repeat(+n)),
  );
}

function changeTree(root: object, change: Change, pool: readonly Buffer[]): void {
  const slots = slotsOf(root);
  const slot = slots[change.at % slots.length];
  if (!slot) return;
  const { holder, key } = slot;
  const value: unknown = Reflect.get(holder, key);
  const acts: Readonly<Record<Change['kind'], () => void>> = {
    drop: () => {
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
    },
    repeat: () => {
      // A list of lists of lists would not fit into memory.
      const times = slots.length > 300 ? 1 : 1 + (change.other % 40);
      put(
        slot,
        Array.from({ length: times }, () => structuredClone(value)),
      );
    },
    rename: () => {
      if (!Array.isArray(holder)) Reflect.deleteProperty(holder, key);
      put({ holder, key: change.name }, value);
    },
    replace: () => {
      put(slot, structuredClone(change.odd));
    },
    add: () => {
      const inner = typeof value === 'object' && value !== null ? value : holder;
      put({ holder: inner, key: change.name }, structuredClone(change.odd));
    },
    wrap: () => {
      put(slot, change.other % 2 === 0 ? [value] : { [change.name]: value });
    },
    splice: () => {
      put(slot, pieceOf(pool, change));
    },
    swap: () => {
      put(slot, structuredClone(change.odd));
      const into = slots[change.other % slots.length];
      if (into) put(into, structuredClone(value));
    },
    twice: () => undefined,
  };
  acts[change.kind]();
}

function pieceOf(pool: readonly Buffer[], { at, other }: Change): unknown {
  const source = pool[other % pool.length];
  if (!source) return null;
  const slots = slotsOf({ all: parsed(source) });
  const slot = slots[at % slots.length];
  return slot ? Reflect.get(slot.holder, slot.key) : null;
}

/** By definition, not by assignment: `__proto__` is a key like any other in JSON. */
function put({ holder, key }: Slot, value: unknown): void {
  if (Array.isArray(holder) && !/^\d+$/.test(key)) return;
  Object.defineProperty(holder, key, {
    ...{ value, enumerable: true, configurable: true, writable: true },
  });
}

const mostSlots = 3000;

function slotsOf(root: object): readonly Slot[] {
  const slots: Slot[] = Object.keys(root).map((key) => ({ holder: root, key }));
  for (let index = 0; index < slots.length && slots.length < mostSlots; index += 1) {
    const slot = slots[index];
    const value: unknown = slot && Reflect.get(slot.holder, slot.key);
    if (typeof value !== 'object' || value === null) continue;
    slots.push(...Object.keys(value).map((key) => ({ holder: value, key })));
  }
  return slots;
}

function withKeyTwice(written: string, { at, odd: value }: Change): string {
  const keys = [...written.matchAll(/"\w+":/g)];
  const key = keys[at % keys.length];
  if (!key) return written;
  const twin = `${key[0]}${JSON.stringify(value)},`;
  return written.slice(0, key.index) + twin + written.slice(key.index);
}

function parsed(content: Buffer): unknown {
  return JSON.parse(content.toString());
}

function changedForm(content: Buffer, list: readonly Change[], pool: readonly Buffer[]): Buffer {
  const pairs = [...new URLSearchParams(content.toString())];
  for (const change of list) changePairs(pairs, change, pool);
  return Buffer.from(new URLSearchParams(pairs).toString());
}

function changePairs(pairs: [string, string][], change: Change, pool: readonly Buffer[]): void {
  const at = change.at % Math.max(1, pairs.length);
  const [key, value] = pairs[at] ?? ['', ''];
  const written = typeof change.odd === 'string' ? change.odd : JSON.stringify(change.odd);
  const acts: Readonly<Record<Change['kind'], () => unknown>> = {
    drop: () => pairs.splice(at, 1),
    repeat: () => {
      const times = change.other % 100 === 0 ? 1200 : 1 + (change.other % 40);
      pairs.push(...Array.from({ length: times }, (): [string, string] => [key, value]));
    },
    rename: () => (pairs[at] = [change.name, value]),
    replace: () => (pairs[at] = [key, written]),
    add: () => pairs.push([change.name, written]),
    wrap: () => (pairs[at] = [`${key}[${change.name}]`, value]),
    splice: () => {
      const source = [...new URLSearchParams(pool[change.other % pool.length]?.toString() ?? '')];
      pairs.push(...source.slice(change.at % Math.max(1, source.length)));
    },
    swap: () => (pairs[change.other % Math.max(1, pairs.length)] = [key, written]),
    twice: () => pairs.splice(at, 0, [key, written]),
  };
  acts[change.kind]();
}

export function withBytesChanged(content: Buffer, list: readonly ByteChange[]): Buffer {
  return list.reduce(withByteChange, content);
}

function withByteChange(content: Buffer, { kind, at: place, size, bytes }: ByteChange): Buffer {
  const at = place % (content.length + 1);
  const before = content.subarray(0, at);
  const behind = content.subarray(at);
  if (kind === 'truncate') return Buffer.from(before);
  if (kind === 'cut') return Buffer.concat([before, behind.subarray(size)]);
  if (kind === 'insert') return Buffer.concat([before, bytes, behind]);
  if (kind === 'repeat') return Buffer.concat([before, behind.subarray(0, size), behind]);
  const flipped = Buffer.from(content);
  if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << (size % 8));
  return flipped;
}
