import { Malformed } from '../../src/errors.ts';
import { exactJson } from '../_shared/json.ts';
import { idFrom, kindName, recordFrom } from './fields.ts';
import type { Notes } from './notes.ts';

const LISTS = ['messaging', 'standby', 'changes'] as const;

/** One event of a delivery. `where` is its place in it, for reasons; `time` that of its entry. */
export type Item = {
  readonly where: () => string;
  readonly list: (typeof LISTS)[number];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly time: unknown;
};

/** Where to note what a delivery has beside its items. */
type Aside = { readonly ignored: Notes; readonly unreadable: Notes };

/** Takes a delivery apart: every entry of our page, every list in it, every event of the list. */
export function* itemsIn(page: string, body: Uint8Array, aside: Aside): Generator<Item> {
  const envelope = recordFrom(exactJson(body));
  if (!envelope) throw new Malformed('the delivery is not an object');
  const { object, entry } = envelope;
  if (typeof object !== 'string') throw new Malformed('object: missing or of the wrong type');
  if (object !== 'page') {
    aside.ignored.add(() => `object ${kindName(object)}`);
    return;
  }
  if (!Array.isArray(entry)) throw new Malformed('entry is not a list');
  const entries: readonly unknown[] = entry;
  for (const [index, value] of entries.entries()) yield* itemsOf(page, value, index, aside);
}

function* itemsOf(page: string, value: unknown, index: number, aside: Aside): Generator<Item> {
  const where = `entry[${index}]`;
  const fields = recordFrom(value);
  const id = idFrom(fields?.['id']);
  if (!fields) {
    aside.unreadable.add(() => `${where}: not an object`);
  } else if (id === undefined) {
    aside.unreadable.add(() => `${where}.id: missing or of the wrong type`);
  } else if (id !== page) {
    // All pages of an app share one callback URL and one secret.
    aside.ignored.add(() => 'entry of another page');
  } else {
    yield* listsOf(fields, where, aside);
  }
}

function* listsOf(entry: Item['fields'], where: string, aside: Aside): Generator<Item> {
  const lists = LISTS.filter((name) => name in entry);
  for (const list of lists) yield* eventsOf(list, entry, `${where}.${list}`, aside);
  if (lists.length > 0) return;
  if ('changed_fields' in entry) {
    // So it is when the app subscribed without "include values": something was said, not what.
    aside.unreadable.add(() => `${where}.changed_fields: changes without their values`);
  } else {
    aside.ignored.add(() => 'entry without messaging, standby or changes');
  }
}

function* eventsOf(
  list: Item['list'],
  entry: Item['fields'],
  where: string,
  { unreadable }: Aside,
): Generator<Item> {
  const value = entry[list];
  if (!Array.isArray(value)) {
    unreadable.add(() => `${where}: not a list`);
    return;
  }
  const events: readonly unknown[] = value;
  for (const [index, event] of events.entries()) {
    const fields = recordFrom(event);
    const place = () => `${where}[${index}]`;
    if (fields) yield { where: place, list, fields, time: entry['time'] };
    else unreadable.add(() => `${place()}: not an object`);
  }
}
