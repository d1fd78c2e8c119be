import fc from 'fast-check';
import type { Valid } from '../subject.ts';
import { json, latitude, longitude, name, some, token, text, words } from './words.ts';

const bot = { id: 777000, is_bot: true, first_name: 'LAPOR!', username: 'LaporBot' };

const most = Number.MAX_SAFE_INTEGER;
const id = fc.oneof(
  fc.constantFrom(1, 2 ** 31, 2 ** 52 - 1, most),
  fc.integer({ min: 1, max: most }),
);
const seconds = fc.oneof(
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 253_402_300_799),
  fc.integer({ min: 1_400_000_000, max: 4_000_000_000 }),
);

const user = some(
  {
    id: id.map((each) => (each === bot.id ? 1 : each)),
    is_bot: fc.constant(false),
    first_name: name,
  },
  { last_name: name, username: token(5, 32), language_code: fc.constantFrom('id', 'jv', 'en') },
);

const file = some(
  { file_id: token(1, 120), file_unique_id: token(1, 20) },
  {
    file_size: fc.integer({ min: 0, max: most }),
    mime_type: fc.constantFrom('image/png', 'video/mp4', 'x'),
  },
);
const named = some({ file_id: token(1, 120) }, { file_name: text, mime_type: text });
const sized = fc.record({ file_id: token(1, 90), width: fc.nat(9000), height: fc.nat(9000) });

const media: fc.Arbitrary<object> = fc.oneof(
  fc.record({ photo: fc.array(sized, { minLength: 1, maxLength: 5 }) }),
  fc.record({ document: named }),
  fc.record({ video: file }),
  fc.record({ video_note: file }),
  fc.record({ voice: file }),
  fc.record({ audio: named }),
  file.map((each) => ({ animation: each, document: each })),
);

const point = fc.record({ latitude, longitude });
const venue = fc
  .record({ location: point, title: text, address: text })
  .map((each) => ({ venue: each, location: each.location }));
const contact = some(
  { phone_number: fc.constantFrom('+6281298765432', '62812', 'x', '') },
  { first_name: name },
);

// A command that names another bot is for that bot.
const own = (written: string) => written.replace(/\/+(?=[a-z0-9_]{1,32}@)/gi, '.');

type Said = { readonly fields: object; readonly words: string };

const formatting = fc.array(
  some(
    {
      type: fc.constantFrom('bold', 'url', 'hashtag', 'mention', 'custom_emoji', 'phone_number'),
      offset: fc.nat(300),
      length: fc.integer({ min: 1, max: 300 }),
    },
    { url: text },
  ),
  { maxLength: 3 },
);

const written: fc.Arbitrary<Said> = fc
  .tuple(words, formatting)
  .map(([one, entities]) => ({ fields: { text: own(one), entities }, words: own(one) }));

const captioned: fc.Arbitrary<Said> = fc
  .tuple(media, fc.option(words, { nil: undefined }))
  .map(([files, one]) =>
    one === undefined
      ? { fields: files, words: '' }
      : { fields: { ...files, caption: own(one) }, words: own(one) },
  );

const wordless: fc.Arbitrary<Said> = fc
  .oneof<fc.Arbitrary<object>[]>(fc.record({ location: point }), venue, fc.record({ contact }))
  .map((fields) => ({ fields, words: '' }));

const toBot = { reply_to_message: { message_id: 7, from: bot, date: 1, text: 'Terima kasih' } };

type Talk = { readonly kind: string; readonly said: Said; readonly inGroup: boolean };

const talk: fc.Arbitrary<Talk> = fc.oneof(
  fc.oneof(written, captioned, wordless).map((said) => ({ kind: 'message', said, inGroup: false })),
  written.map((said) => ({ kind: 'edited_message', said, inGroup: false })),
  fc.tuple(captioned, token(1, 40)).map(([{ fields, words: one }, album]) => ({
    kind: 'message',
    said: { fields: { ...fields, media_group_id: album }, words: one },
    inGroup: false,
  })),
  words.map((one) => {
    const asked = `/lapor ${own(one)}`;
    return { kind: 'message', said: { fields: { text: asked }, words: asked }, inGroup: true };
  }),
  words.map((one) => {
    const named = `@LaporBot ${own(one)}`;
    const entities = [{ type: 'mention', offset: 0, length: 9 }];
    return {
      kind: 'message',
      said: { fields: { text: named, entities }, words: named },
      inGroup: true,
    };
  }),
  fc.oneof(written, captioned, wordless).map(({ fields, words: one }) => ({
    kind: 'message',
    said: { fields: { ...fields, ...toBot }, words: one },
    inGroup: true,
  })),
);

const beside = fc.record(
  {
    message_thread_id: fc.nat(),
    forward_origin: fc.constant({ type: 'hidden_user', sender_user_name: 'x', date: 1 }),
    has_protected_content: fc.boolean(),
    link_preview_options: fc.constant({ is_disabled: true }),
    edit_date: seconds,
  },
  { requiredKeys: [] },
);

/** Updates as Telegram sends them: private chats and groups, texts, files, places, contacts, edits. */
export const telegramUpdate: fc.Arbitrary<Valid> = fc
  .record({ talk, user, update: fc.nat(most), number: id, date: seconds, group: id, beside })
  .map(
    ({ talk: { kind, said, inGroup }, user: from, update, number, date, group, beside: more }) => {
      const chat = inGroup
        ? { id: -group, type: 'supergroup', title: from.first_name }
        : { id: from.id, type: 'private', first_name: from.first_name };
      const message = { message_id: number, date, chat, from, ...more, ...said.fields };
      return { content: json({ update_id: update, [kind]: message }), said: [said.words] };
    },
  );
