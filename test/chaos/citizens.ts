import { createHash } from 'node:crypto';
import { createTexts } from '../../src/bench/texts.ts';
import { type ProviderRequest, simulators } from '../../src/embedded/providers.ts';
import type { Chance } from './chance.ts';
import { publicUrl } from './settings.ts';

export type ChannelName = 'sms' | 'x' | 'facebook' | 'telegram' | 'web';

/** A person on one channel, who sends one message after the other. */
export type Reporter = {
  readonly name: string;
  readonly channel: ChannelName;
  readonly from: string;
  sent: number;
};

export type Written = {
  /** A word in its text that no other message has. */
  readonly token: string;
  readonly reporter: Reporter;
  readonly text: string;
  /** As its provider sends it; null for the web form, which is opened first. */
  readonly request: ProviderRequest | null;
  /** Names the delivery in the inbox: SHA-256 of method, address and body. */
  readonly digest: string | null;
};

/** What opens a complaint of its own whatever was said before (contract section 7). */
const opening = 'LAPOR BARU ';

/** The rest belongs to what the same person said before, where the channel is private. */
const followUps = 0.2;

const shares: readonly (readonly [ChannelName, number])[] = [
  ['sms', 0.3],
  ['telegram', 0.25],
  ['facebook', 0.2],
  ['x', 0.2],
  ['web', 0.05],
];

const firstIds: Readonly<Record<ChannelName, bigint>> = {
  sms: 6_281_300_000_000n,
  telegram: 5_100_000_000n,
  facebook: 6_540_000_000_000_000n,
  x: 1_502_000_000_000_000_000n,
  web: 0n,
};

export type Citizens = ReturnType<typeof createCitizens>;

/** People of a scenario and what they write. `series` sets them and their words apart from others'. */
export function createCitizens(chance: Chance, series: number, settings: Settings) {
  const nextText = createTexts(chance.random);
  let people = 0;
  let messages = 0;
  const meet = (): Reporter => {
    people += 1;
    const channel = channelAt(chance.random());
    const id = firstIds[channel] + BigInt(series * 100_000 + people);
    return {
      name: `${channel} ${people}`,
      channel,
      from: channel === 'sms' ? `+${id}` : String(id),
      sent: 0,
    };
  };
  const write = (reporter: Reporter): Written => {
    messages += 1;
    const token = tokenFor(series, messages);
    const goesOn = reporter.sent > 0 && chance.happens(followUps);
    const text = `${goesOn ? '' : opening}${nextText()} ${token}`;
    reporter.sent += 1;
    const request = requestFor(settings, reporter, text);
    return { token, reporter, text, request, digest: request && digestOf(request) };
  };
  return { meet, write };
}

type Settings = Readonly<Record<string, string>>;

function requestFor(settings: Settings, reporter: Reporter, text: string): ProviderRequest | null {
  if (reporter.channel === 'web') return null;
  const simulator = simulators[reporter.channel];
  if (!simulator) throw new Error(`there is no simulator of ${reporter.channel}`);
  // On X both ways of writing to us: a post all can read, and a direct message.
  const isDirect = reporter.channel === 'x' && Number(reporter.from.slice(-1)) % 2 === 0;
  const where = isDirect ? ({ where: 'private' } as const) : {};
  return simulator.request(settings, publicUrl, { text, from: reporter.from, ...where });
}

function digestOf({ method, path, body }: ProviderRequest): string {
  return createHash('sha256').update(`${method}\n${publicUrl}${path}\n${body}`).digest('hex');
}

function channelAt(point: number): ChannelName {
  let end = 0;
  for (const [channel, share] of shares) {
    end += share;
    if (point < end) return channel;
  }
  return 'sms';
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** `xq`, then two letters of the series and five of the number: no word of any report. */
function tokenFor(series: number, count: number): string {
  return `xq${inLetters(series, 2)}${inLetters(count, 5)}`;
}

function inLetters(value: number, length: number): string {
  let rest = value;
  let written = '';
  for (let place = 0; place < length; place += 1) {
    written = (letters[rest % 26] ?? '') + written;
    rest = Math.floor(rest / 26);
  }
  return written;
}

export function tokenIn(text: string): string | null {
  return /\bxq[a-z]{7}\b/.exec(text)?.[0] ?? null;
}
