import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Environment } from '../domain/channel.ts';
import { type ProviderRequest, simulators } from '../embedded/providers.ts';
import { Invalid } from '../errors.ts';
import { freePort } from './free-port.ts';
import { createRandom, createTexts } from './texts.ts';

/** All texts of a run are made of the same words. */
export const wordsSeed = 1708;

const citizens = 2000;
const publicUrl = 'https://bench.example';

/** What the arguments of `npm run bench` ask for. Throws Invalid. */
export function parseBench(args: readonly string[]): {
  readonly count: number;
  readonly redis: string | null;
  /** So many at full speed; 0: no burst. */
  readonly burst: number;
  /** The whole path once more among so many stored complaints; 0: not asked for. */
  readonly stored: number;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '5000' },
      redis: { type: 'string' },
      burst: { type: 'string', default: '0' },
      stored: { type: 'string', default: '0' },
    },
  });
  return {
    count: wholeNumber('--count', values.count, [1, 1_000_000]),
    redis: values.redis ?? null,
    burst: wholeNumber('--burst', values.burst, [0, 1_000_000]),
    stored: wholeNumber('--stored', values.stored, [0, 10_000_000]),
  };
}

function wholeNumber(name: string, text: string, [least, most]: [number, number]): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new Invalid(`${name} must be a whole number from ${least} to ${most}`);
  }
  return number;
}

/** What the arguments of `npm run bench -- duplicates` ask for. Throws Invalid. */
export function parseDuplicates(args: readonly string[]): {
  readonly file: string | null;
  readonly stored: number;
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { stored: { type: 'string', default: '1000000' } },
  });
  const stored = wholeNumber('--stored', values.stored, [0, 10_000_000]);
  return { file: positionals[0] ?? null, stored };
}

export type Settings = Readonly<Record<string, string>> & {
  readonly PORT: string;
  readonly INTERNAL_PORT: string;
  readonly DATA_DIR: string;
  readonly DATA_KEY: string;
};

/** The product as it is run for real, but for the addresses. */
export async function settingsFor(
  environment: Environment,
  { dataDir, coreUrl, redis }: { dataDir: string; coreUrl: string; redis: string | null },
): Promise<Settings> {
  return {
    PATH: environment['PATH'] ?? '',
    HOME: environment['HOME'] ?? '',
    NODE_ENV: 'production',
    PORT: String(await freePort()),
    INTERNAL_PORT: String(await freePort()),
    PUBLIC_URL: publicUrl,
    DATA_DIR: dataDir,
    DATA_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'warn',
    ROUTING_CORE_URL: coreUrl,
    ROUTING_CORE_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
    TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
    // Nobody listens there: backfill must not ask the real one.
    TWILIO_API_URL: 'http://127.0.0.1:9',
    ...(redis === null ? {} : { REDIS_URL: redis }),
  };
}

/** Signed SMS as bytes on the wire. `name`: the event id of its message; `digest`: of its delivery. */
export type Sms = { readonly name: string; readonly digest: string; readonly bytes: Uint8Array };

export type Phones = (kind: keyof typeof areaCodes, count: number) => readonly Sms[];

/** Each kind has citizens of its own: what somebody says next may belong to what they said before. */
const areaCodes = {
  ...{ warming: 11, ordinary: 12, numbered: 13, open: 14 },
  ...{ accepted: 15, burst: 16, small: 17, full: 18 },
};

/**
 * Phones that send as many as are asked for: ordinary reports, each in words of its own, or one petition
 * that differs in a number from signer to signer, which is the worst that comparing can meet.
 */
export function createPhones(settings: Settings): Phones {
  const ordinary = createTexts(createRandom(wordsSeed));
  const numbered = (index: number) =>
    `Jalan berlubang di depan SDN ${index} Sukmajaya, sudah dua bulan belum diperbaiki`;
  return (kind, count) =>
    Array.from({ length: count }, (_, index) => {
      const from = `+628${areaCodes[kind]}${String(10_000_000 + (index % citizens))}`;
      const text = kind === 'numbered' ? numbered(index) : ordinary();
      const simulator = simulators['sms'];
      if (!simulator) throw new Invalid('there is no SMS simulator');
      return smsFrom(simulator.request(settings, publicUrl, { from, text }), settings.PORT);
    });
}

function smsFrom({ method, path, headers, body }: ProviderRequest, port: string): Sms {
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    name: new URLSearchParams(body).get('MessageSid') ?? '',
    digest: createHash('sha256').update(`${method}\n${publicUrl}${path}\n${body}`).digest('hex'),
    bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`),
  };
}
