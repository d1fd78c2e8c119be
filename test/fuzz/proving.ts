import fc from 'fast-check';
import type { Channel } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { forgeriesOf, type Forgery } from './forgeries.ts';
import { type Beacon, type Failure, type Found, type Limits, tryAll } from './run.ts';
import { deliveryOf, type FuzzWay, type Subject } from './subject.ts';

/** Shows every way of a channel so many wrong proofs, beside the right ones, which must do. */
export function fuzzProofs(
  { ways }: Subject,
  channel: Channel,
  limits: Limits,
  beacon: Beacon,
): Found {
  const summaries: string[] = [];
  const failures: Failure[] = [];
  for (const way of ways) {
    const { summary, failure } = fuzzWay(way, channel, limits, beacon);
    summaries.push(`${way.label}: ${summary}`);
    if (failure) failures.push(failure);
  }
  return { summary: summaries.join('; '), failure: failures[0] ?? null };
}

function fuzzWay(way: FuzzWay, channel: Channel, limits: Limits, beacon: Beacon): Found {
  const { proof } = way;
  if (!proof) return { summary: 'nothing to prove', failure: null };
  let refused = 0;
  let excluded = 0;
  const attempt = (forgery: Forgery): void => {
    if (forgery.excluded !== null) excluded += 1;
    fc.pre(forgery.excluded === null);
    beacon.begin(forgery.forged.body ?? Buffer.alloc(0));
    if (!isAccepted(channel, forgery.right)) throw new Error('a right proof was refused');
    if (isAccepted(channel, forgery.forged)) throw new Error(`accepted: ${forgery.label}`);
    beacon.end();
    refused += 1;
  };
  const failure = tryAll(forgeriesOf(way, proof), limits, attempt, describeForgery);
  const accepted = failure ? 'ACCEPTED one' : '0 accepted';
  return { summary: `${refused} refused, ${accepted}, ${excluded} excluded`, failure };
}

function isAccepted(channel: Channel, sent: Forgery['right']): boolean {
  try {
    channel.webhook?.authenticate(deliveryOf(sent));
    return true;
  } catch (error) {
    if (error instanceof Unauthenticated) return false;
    throw error;
  }
}

export function describeForgery({ label, right, forged }: Forgery): string {
  const show = ({ path, headers, body }: Forgery['right']) =>
    `${path} ${JSON.stringify(headers)} ${JSON.stringify(Buffer.from(body ?? []).toString())}`;
  return `${label}: ${show(forged).slice(0, 1500)}\n  instead of ${show(right).slice(0, 1500)}`;
}
