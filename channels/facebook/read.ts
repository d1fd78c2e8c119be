import type { Receipt } from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { deliveryFrom } from './delivery.ts';
import { readChange } from './feed.ts';
import { readEvent } from './messenger.ts';

const MOST_REASONS = 20;

/** Reads all of a delivery; an item that cannot be read takes no other one with it. */
export function readDelivery(page: string, body: Uint8Array): Receipt {
  const delivery = deliveryFrom(page, body);
  const messages: InboundMessage[] = [];
  const ignored = [...delivery.ignored];
  const unreadable = [...delivery.unreadable];
  for (const { where, list, value } of delivery.items) {
    try {
      const result = list === 'changes' ? readChange(page, value) : readEvent(page, value);
      if ('ignored' in result) {
        ignored.push(result.ignored);
      } else {
        messages.push(result.message);
        unreadable.push(...result.unread.map((part) => `${where}.${part}`));
      }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      unreadable.push(`${where}: ${error.message}`);
    }
  }
  if (messages.length + ignored.length === 0) {
    if (unreadable.length === 0) return { messages, ignored: ['delivery with nothing in it'] };
    throw new Malformed(unreadable.slice(0, MOST_REASONS).join('; '));
  }
  return unreadable.length === 0 ? { messages, ignored } : { messages, ignored, unreadable };
}
