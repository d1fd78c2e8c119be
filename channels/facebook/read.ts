import type { Receipt } from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { type Item, itemsIn } from './delivery.ts';
import { readChange } from './feed.ts';
import type { Result } from './fields.ts';
import { readEvent } from './messenger.ts';
import { createNotes } from './notes.ts';

const MOST_REASONS = 20;
// Meta sends at most 1,000 at a time. Who sends more than this wants to keep the worker busy.
const MOST_ITEMS = 20_000;

/** Reads all of a delivery; an item that cannot be read takes no other one with it. */
export function readDelivery(page: string, body: Uint8Array): Receipt {
  const messages: InboundMessage[] = [];
  const ignored = createNotes();
  const unreadable = createNotes();
  let count = 0;
  for (const item of itemsIn(page, body, { ignored, unreadable })) {
    count += 1;
    const result = count > MOST_ITEMS ? { fails: 'one item too many' } : resultOf(page, item);
    if ('fails' in result) {
      unreadable.add(() => `${item.where()}: ${result.fails}`);
    } else if ('ignored' in result) {
      ignored.add(() => result.ignored);
    } else {
      messages.push(result.message);
      for (const part of result.unread) unreadable.add(() => `${item.where()}.${part}`);
    }
  }
  if (messages.length + ignored.count() === 0) {
    if (unreadable.count() === 0) return { messages, ignored: ['delivery with nothing in it'] };
    throw new Malformed(unreadable.list(MOST_REASONS).join('; '));
  }
  const receipt = { messages, ignored: ignored.list() };
  return unreadable.count() === 0 ? receipt : { ...receipt, unreadable: unreadable.list() };
}

function resultOf(page: string, item: Item): Result | { readonly fails: string } {
  try {
    return item.list === 'changes' ? readChange(page, item) : readEvent(page, item.fields);
  } catch (error) {
    if (error instanceof Malformed) return { fails: error.message };
    throw error;
  }
}
