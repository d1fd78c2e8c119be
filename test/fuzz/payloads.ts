import fc from 'fast-check';
import { byteChanges, changed, changes, withBytesChanged } from './mutations.ts';
import type { FuzzWay, Subject } from './subject.ts';

/** A delivery to be read. `said` is null when it was mutated: then it may say anything, or nothing. */
export type Payload = {
  readonly way: FuzzWay;
  readonly content: Buffer;
  readonly said: readonly string[] | null;
};

/** Deliveries of all ways of a channel: two of five as documented, the others mutated. */
export function payloadsOf({ ways }: Subject): fc.Arbitrary<Payload> {
  return fc.oneof(
    ...ways.flatMap((way) => [
      { weight: 2, arbitrary: validOf(way) },
      { weight: 3, arbitrary: mutatedOf(way) },
    ]),
  );
}

function validOf(way: FuzzWay): fc.Arbitrary<Payload> {
  return way.valid.map((valid) => ({ way, ...valid }));
}

function mutatedOf(way: FuzzWay): fc.Arbitrary<Payload> {
  const { shape, fixtures } = way;
  const base = fc.oneof(
    way.valid.map(({ content }) => content),
    fc.constantFrom(...fixtures),
  );
  return fc.tuple(base, changes, byteChanges).map(([content, structure, bytes]) => ({
    way,
    content: withBytesChanged(changed(shape, content, structure, fixtures), bytes),
    said: null,
  }));
}
