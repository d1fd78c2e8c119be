import type { Channel } from '../../src/domain/channel.ts';
import type { Receipt, WebhookRequest } from '../../src/domain/channel.ts';
import { Malformed } from '../../src/errors.ts';
import type { Subject, Subjects } from './subject.ts';
import { subjects } from './subjects.ts';

// Channels with one mistake each, which the fuzzer must find.

type Break = (channel: Channel) => Channel;

const readingAs =
  (wrong: (receipt: Receipt, request: WebhookRequest) => Receipt): Break =>
  (channel) => ({ ...channel, read: (request) => wrong(channel.read(request), request) });

const proving =
  (isEnough: (request: WebhookRequest) => boolean): Break =>
  (channel) => {
    const { webhook } = channel;
    if (!webhook) return channel;
    const authenticate = (request: WebhookRequest): void => {
      if (!isEnough(request)) webhook.authenticate(request);
    };
    return { ...channel, webhook: { ...webhook, authenticate } };
  };

const words = (receipt: Receipt): string =>
  receipt.messages.map(({ originalText }) => originalText).join('');

let reads = 0;

const breaks: Readonly<Record<string, readonly [string, Break]>> = {
  throws: [
    'telegram',
    readingAs((receipt) => {
      if (words(receipt).includes('\u202e')) throw new TypeError('cannot read this direction');
      return receipt;
    }),
  ],
  quarantines: [
    'x',
    readingAs((receipt) => {
      if (words(receipt).includes('\ud800')) throw new Malformed('half a character');
      return receipt;
    }),
  ],
  changes: [
    'sms',
    readingAs((receipt) => ({
      ...receipt,
      messages: receipt.messages.map((message) => ({
        ...message,
        originalText: message.originalText.replace('\u200b', ''),
      })),
    })),
  ],
  loses: [
    'facebook',
    readingAs((receipt) => ({ ...receipt, messages: receipt.messages.slice(0, 3) })),
  ],
  remembers: [
    'telegram',
    readingAs((receipt) => {
      reads += 1;
      return { ...receipt, ignored: [`read number ${reads}`] };
    }),
  ],
  overflows: [
    'facebook',
    readingAs((receipt) => ({
      ...receipt,
      messages: receipt.messages.map((message) => ({
        ...message,
        eventId: message.eventId.repeat(2),
      })),
    })),
  ],
  slow: [
    'sms',
    readingAs((receipt) => {
      const before = process.threadCpuUsage();
      while (words(receipt).includes('ﷺ') && process.threadCpuUsage(before).user < 60_000);
      return receipt;
    }),
  ],
  hangs: [
    'x',
    readingAs((receipt) => {
      for (let count = 0; words(receipt).includes('\u2066'); count += 1);
      return receipt;
    }),
  ],
  trims: ['x', proving(({ headers }) => /\s$/.test(headers['x-twitter-webhooks-signature'] ?? ''))],
  ignoresCase: [
    'facebook',
    proving(({ headers }) => /=[\dA-F]{64}$/.test(headers['x-hub-signature-256'] ?? '')),
  ],
  trustsAbsence: [
    'telegram',
    proving(({ headers }) => headers['x-telegram-bot-api-secret-token'] === undefined),
  ],
  ignoresBody: ['x', proving(({ body }) => body.at(-1) === 0x20)],
};

export const brokenSubjects: Subjects = Object.fromEntries(
  Object.entries(breaks).flatMap(([name, [of, broken]]): [string, Subject][] => {
    const subject = subjects[of];
    if (!subject) return [];
    return [[name, { ...subject, name, open: async () => broken(await subject.open()) }]];
  }),
);
