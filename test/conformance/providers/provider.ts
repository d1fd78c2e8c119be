import type { Environment, WebhookRequest } from '../../../src/domain/channel.ts';
import type { Sent } from '../../support/http.ts';

/** What a delivery of these bytes must come to: quarantined for a reason, or read. */
export type Unreadable = {
  readonly label: string;
  readonly content: Buffer;
  readonly ends: RegExp | 'read';
};

/** One way in which a provider delivers. `content` is the body, or the query string of a GET. */
export type Way = {
  readonly label: string;
  /** What its proof covers: the content, or nothing (a token that is sent along). */
  readonly proof: 'content' | 'token';
  readonly request: (content: Buffer, secret: string) => Sent;
  /** A message as a person writes it; another one for another number. */
  readonly message: (text: string, number: number) => Buffer;
  /** The same message, made this long; null where the protocol has no room for it. */
  readonly filled: ((content: Buffer, bytes: number) => Buffer) | null;
  readonly unreadable: readonly Unreadable[];
  /** What the provider never sends: no proof makes it a delivery. */
  readonly refused?: readonly Pick<Unreadable, 'label' | 'content'>[];
};

/** What the conformance suite must know of a provider: one entry for every channel with a webhook. */
export type Provider = {
  /** A valid value for every variable of the channel. */
  readonly settings: Environment;
  readonly needed: readonly string[];
  readonly secret: string;
  readonly success: { readonly type: string; readonly body: string };
  /** Personal data in the message of this number, which no log may show. */
  readonly personal: (number: number) => readonly string[];
  readonly ways: readonly Way[];
  /** A fixture's bytes as if they had been sent to the account of these settings. */
  readonly adopted: (bytes: Buffer) => Buffer;
  /** A file of test/fixtures/<channel> as `read` meets it. */
  readonly stored: (file: string, bytes: Buffer) => WebhookRequest;
};

export const brackets = '['.repeat(5000) + ']'.repeat(5000);
export const notUtf8 = Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80]);

/** JSON nobody can read, whatever the provider. */
export const brokenJson: readonly Unreadable[] = [
  { label: 'broken JSON', content: Buffer.from('{"message": {'), ends: /JSON/ },
  { label: 'words', content: Buffer.from('not json'), ends: /JSON/ },
  { label: 'an empty body', content: Buffer.alloc(0), ends: /JSON/ },
  { label: 'NUL bytes', content: Buffer.from('\u0000{"a":1}\u0000'), ends: /JSON/ },
  { label: 'invalid UTF-8', content: notUtf8, ends: /JSON/ },
  { label: '5,000 brackets deep', content: Buffer.from(brackets), ends: /not an? (JSON )?object/ },
  { label: 'a list', content: Buffer.from('[1,2]'), ends: /not an? (JSON )?object/ },
  { label: 'a lone surrogate', content: Buffer.from('"\\ud800"'), ends: /not an? (JSON )?object/ },
];
