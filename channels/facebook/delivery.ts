import { z } from 'zod';
import { Malformed } from '../../src/errors.ts';
import { anyId, kindName, record } from './fields.ts';

const LISTS = ['messaging', 'standby', 'changes'] as const;

/** One event of a delivery. `where` is its place in it, for reasons. */
type Item = {
  readonly where: string;
  readonly list: (typeof LISTS)[number];
  readonly value: unknown;
};

type Delivery = {
  readonly items: readonly Item[];
  readonly ignored: readonly string[];
  readonly unreadable: readonly string[];
};

/** Takes a delivery apart: every entry of our page, every list in it, every event of the list. */
export function deliveryFrom(page: string, body: Uint8Array): Delivery {
  const envelope = record.safeParse(jsonFrom(body)).data;
  if (!envelope) throw new Malformed('the delivery is not an object');
  const { object, entry } = envelope;
  if (typeof object !== 'string') throw new Malformed('object: missing or of the wrong type');
  if (object !== 'page') return ignoring(`object ${kindName(object)}`);
  const entries = z.array(z.unknown()).safeParse(entry).data;
  if (!entries) throw new Malformed('entry is not a list');
  return joined(entries.map((each, index) => entryFrom(page, each, `entry[${index}]`)));
}

function entryFrom(page: string, value: unknown, where: string): Delivery {
  const fields = record.safeParse(value).data;
  if (!fields) return failing(`${where}: not an object`);
  const id = anyId.safeParse(fields['id']).data;
  if (id === undefined) return failing(`${where}.id: missing or of the wrong type`);
  // All pages of an app share one callback URL and one secret.
  if (id !== page) return ignoring('entry of another page');
  const lists = LISTS.filter((name) => name in fields);
  if (lists.length > 0) {
    return joined(lists.map((list) => listFrom(list, fields[list], `${where}.${list}`)));
  }
  // So it is when the app subscribed without "include values": something was said, not what.
  return 'changed_fields' in fields
    ? failing(`${where}.changed_fields: changes without their values`)
    : ignoring('entry without messaging, standby or changes');
}

function listFrom(list: Item['list'], value: unknown, where: string): Delivery {
  const values = z.array(z.unknown()).safeParse(value).data;
  if (!values) return failing(`${where}: not a list`);
  const items = values.map((each, index) => ({ where: `${where}[${index}]`, list, value: each }));
  return { items, ignored: [], unreadable: [] };
}

function ignoring(reason: string): Delivery {
  return { items: [], ignored: [reason], unreadable: [] };
}

function failing(reason: string): Delivery {
  return { items: [], ignored: [], unreadable: [reason] };
}

function joined(parts: readonly Delivery[]): Delivery {
  return {
    items: parts.flatMap(({ items }) => items),
    ignored: parts.flatMap(({ ignored }) => ignored),
    unreadable: parts.flatMap(({ unreadable }) => unreadable),
  };
}

function jsonFrom(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    const plain: unknown = JSON.parse(text);
    // Looking at every value takes time: only where a number may be too long for JavaScript.
    return /[:[,]\s*\d{16}/.test(text) ? exactFrom(text, plain) : plain;
  } catch {
    throw new Malformed('the delivery is not JSON');
  }
}

function exactFrom(text: string, plain: unknown): unknown {
  try {
    return JSON.parse(text, withDigits);
  } catch {
    return plain; // too deep to look at every value; a rounded number is taken for no id
  }
}

const sourced = z.object({ source: z.string().regex(/^\d+$/) });

/** Old fields hold ids as numbers beyond 2^53, which a JavaScript number would round to somebody else's. */
function withDigits(_name: string, value: unknown, ...context: readonly unknown[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return sourced.safeParse(context[0]).data?.source ?? value;
}
