import { randomInt } from 'node:crypto';
import {
  below,
  type Hosted,
  kindOf,
  type Sending,
  type Signed,
  type Simulator,
} from './simulator.ts';

export type TelegramMessage = {
  readonly message_id: number;
  readonly date: number;
  readonly chat: { readonly id: number };
} & Readonly<Record<string, unknown>>;

type Stamp = { readonly date: number; readonly nextId: () => number };

export const telegram: Simulator = {
  needs: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_SECRET_TOKEN'],
  request: (settings, publicUrl, sending) => {
    const stamp = {
      date: Math.floor(Date.now() / 1000),
      nextId: () => randomInt(1, 2_000_000_000),
    };
    const [message] = telegramMessages(sending, [], stamp);
    const update = { update_id: randomInt(100_000_000, 2_000_000_000), message };
    return below(
      publicUrl,
      signedUpdate(settings['TELEGRAM_SECRET_TOKEN'], `${publicUrl}/webhooks/telegram`, update),
    );
  },
};

export const someChat = 5_012_345_678;

const LONGEST_TEXT = 4096;
const LONGEST_CAPTION = 1024;
const MOST_IN_ALBUM = 10;

/**
 * What a citizen does, as the messages the app makes of it: long texts cut, files with the words as
 * caption (several are an album: one message each), a location by itself.
 */
export function telegramMessages(
  sending: Sending,
  media: readonly Hosted[],
  { date, nextId }: Stamp,
): readonly TelegramMessage[] {
  const chat = chatOf(sending);
  const origin = sending.forwarded
    ? { forward_origin: { type: 'hidden_user', sender_user_name: 'Warga RT 03', date: date - 600 } }
    : {};
  return contentsOf(sending, media).map((content) => ({
    message_id: nextId(),
    from: { ...chat.person, is_bot: false, language_code: 'id' },
    chat: { ...chat.person, id: chat.id, type: 'private' },
    date,
    ...origin,
    ...content,
  }));
}

function contentsOf(sending: Sending, media: readonly Hosted[]): readonly object[] {
  const { text, location } = sending;
  const asCaption = media.length > 0 && text.length <= LONGEST_CAPTION;
  return [
    ...(asCaption ? [] : piecesOf(text).map(textContent)),
    ...albumsOf(media, asCaption ? text : ''),
    ...(location ? [{ location: { ...location, horizontal_accuracy: 15 } }] : []),
  ];
}

function chatOf({ from, name = 'Siti', handle }: Sending) {
  const id = Number(from ?? someChat);
  const [first = name, ...rest] = name.split(' ');
  const last = rest.join(' ');
  const person = {
    id,
    first_name: first,
    ...(last ? { last_name: last } : {}),
    ...(handle === undefined ? {} : { username: handle.replace(/^@/, '') }),
  };
  return { id, person };
}

function piecesOf(text: string): readonly string[] {
  const count = Math.ceil(text.length / LONGEST_TEXT);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * LONGEST_TEXT, (index + 1) * LONGEST_TEXT),
  );
}

function textContent(text: string) {
  const command = /^\/\w+/.exec(text)?.[0];
  if (command === undefined) return { text };
  return { text, entities: [{ type: 'bot_command', offset: 0, length: command.length }] };
}

function albumsOf(media: readonly Hosted[], caption: string): readonly object[] {
  const first = caption === '' ? {} : captionOf(caption);
  return media.map((file, index) => ({
    ...(media.length > 1 ? { media_group_id: albumId(media, index) } : {}),
    ...(index === 0 ? first : {}),
    ...fileContent(file),
  }));
}

function captionOf(caption: string) {
  const { entities } = { entities: undefined, ...textContent(caption) };
  return { caption, ...(entities ? { caption_entities: entities } : {}) };
}

/** Of the first file in it, so that all parts of one album agree. */
function albumId(media: readonly Hosted[], index: number): string {
  const start = index - (index % MOST_IN_ALBUM);
  const digits = Buffer.from(media[start]?.id ?? '').reduce(
    (sum, byte) => (sum * 31n + BigInt(byte)) % 10n ** 16n,
    1n,
  );
  return `1${digits.toString().padStart(16, '0')}`;
}

function fileContent({ id, mediaType, bytes, name }: Hosted): object {
  const file = { file_id: id, file_unique_id: uniqueOf(id), file_size: bytes };
  const kind = kindOf(mediaType);
  if (kind === 'image') return { photo: sizesOf(file) };
  if (kind === 'video') {
    return { video: { ...file, duration: 8, width: 720, height: 1280, mime_type: mediaType } };
  }
  if (kind === 'audio') return { voice: { ...file, duration: 8, mime_type: mediaType } };
  const named = name === null ? {} : { file_name: name };
  return { document: { ...file, ...named, mime_type: mediaType } };
}

type File = { readonly file_id: string; readonly file_unique_id: string };

/** Telegram offers a photo in several sizes, smallest first. */
function sizesOf(file: File): readonly object[] {
  const smaller = (letter: string, width: number, height: number) => ({
    file_id: `${file.file_id}-${letter}`,
    file_unique_id: `${file.file_unique_id}${letter}`,
    width,
    height,
  });
  return [smaller('s', 90, 67), smaller('m', 320, 240), { ...file, width: 1280, height: 960 }];
}

/** The id under which a file is kept, of the id of any of its sizes. */
export function wholeFileId(fileId: string): string {
  return fileId.replace(/-[sm]$/, '');
}

export function uniqueOf(fileId: string): string {
  return `AQAD${fileId.slice(-11)}`;
}

/** Telegram signs nothing: it shows the secret that was agreed when the webhook was set. */
export function signedUpdate(secret: string | undefined, url: string, update: object): Signed {
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
    },
    body: JSON.stringify(update),
  };
}
