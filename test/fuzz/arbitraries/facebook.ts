import fc from 'fast-check';
import type { Valid } from '../subject.ts';
import {
  address,
  digits,
  json,
  latitude,
  longitude,
  moment,
  name,
  some,
  token,
  words,
} from './words.ts';

const page = '102030405060708'; // the page of the fixtures

const other = digits.filter((each) => each !== page);
// Old fields carry ids as numbers, longer than JavaScript can hold.
const either = fc.oneof(other, other.map(BigInt));
const time = moment.chain((at) =>
  fc.constantFrom<string | number>(
    Date.parse(at),
    Date.parse(at) / 1000,
    at,
    at.replace('.000Z', '+0000'),
  ),
);
const mid = token(1, 190).map((each) => `m_${each}`);

/** One event or change, and the words in it as sent. */
type One = { readonly fields: object; readonly words: string };

const file = fc.oneof<fc.Arbitrary<object>[]>(
  fc.record({
    type: fc.constantFrom('image', 'video', 'audio', 'file', 'reel', 'ig_reel'),
    payload: fc.record({ url: address }),
  }),
  fc.record({
    type: fc.constant('location'),
    title: words,
    payload: fc.record({ coordinates: fc.record({ lat: latitude, long: longitude }) }),
  }),
  fc.record({
    type: fc.constant('fallback'),
    title: words,
    url: address,
    payload: fc.constant(null),
  }),
);
const files = fc.array(file, { minLength: 1, maxLength: 4 });

const beside = fc.record(
  {
    quick_reply: fc.record({ payload: words }),
    reply_to: fc.record({ mid }),
    nlp: fc.constant({ intents: [], entities: {} }),
    app_id: either,
  },
  { requiredKeys: [] },
);

const message: fc.Arbitrary<One> = fc.oneof(
  fc.record({ mid, text: words, beside }).map(({ beside: more, ...own }) => ({
    fields: { message: { ...more, ...own } },
    words: own.text,
  })),
  fc
    .record({ mid, text: words, attachments: files })
    .map((own) => ({ fields: { message: own }, words: own.text })),
  fc.record({ mid, attachments: files }).map((own) => ({ fields: { message: own }, words: '' })),
  mid.map((each) => ({ fields: { message: { mid: each, is_deleted: true } }, words: '' })),
  some({ mid, text: words }, { num_edit: fc.integer({ min: 1, max: 5 }) }).map((own) => ({
    fields: { message_edit: own },
    words: own.text,
  })),
  some({ title: words, payload: words }, { mid }).map((own) => ({
    fields: { postback: own },
    words: own.title,
  })),
);

const event: fc.Arbitrary<One> = fc
  .record({ one: message, sender: fc.record({ id: either }), timestamp: time })
  .map(({ one, ...around }) => ({
    fields: { ...around, recipient: { id: page }, ...one.fields },
    words: one.words,
  }));

const author = some({ id: either }, { name });
const tag = some(
  { id: either, name },
  { offset: fc.nat(50), length: fc.nat(50), type: fc.constant('user') },
);
const common = {
  post_id: fc.tuple(either, either).map((each) => each.join('_')),
  created_time: time,
  verb: fc.constantFrom('add', 'edited', 'edit'),
};
const more = {
  from: author,
  message_tags: fc.array(tag, { maxLength: 3 }),
  post: fc.record({ permalink_url: address, updated_time: time }),
  published: fc.constantFrom(0, 1),
};

const change =
  (field: string) =>
  (value: { readonly message: string }): One => ({
    fields: { field, value },
    words: value.message,
  });

const visitor: fc.Arbitrary<One> = fc.oneof(
  some(
    {
      ...{ ...common, message: words, item: fc.constant('comment') },
      comment_id: fc.tuple(either, either).map((each) => each.join('_')),
    },
    { ...more, parent_id: digits, photo: address },
  ).map(change('feed')),
  some(
    { ...common, message: words, item: fc.constantFrom('post', 'status', 'share', 'link') },
    { ...more, link: address, photos: fc.array(address, { maxLength: 3 }) },
  ).map(change('feed')),
  some(
    { ...common, photo: address, item: fc.constant('photo') },
    { ...more, photo_id: either },
  ).map((value) => ({ fields: { field: 'feed', value }, words: '' })),
  some({ ...common, message: words, item: fc.constant('post') }, more).map(change('mention')),
  some(
    {
      ...{ verb: fc.constant('add'), item: fc.constant('rating'), review_text: words },
      ...{ open_graph_story_id: digits, created_time: time },
    },
    { reviewer_id: either, reviewer_name: name, rating: fc.constantFrom(1, 5) },
  ).map((value) => ({ fields: { field: 'ratings', value }, words: value.review_text })),
);

const entry = fc
  .oneof(
    fc.record({
      list: fc.constantFrom('messaging', 'standby'),
      all: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      list: fc.constant('changes'),
      all: fc.array(visitor, { minLength: 1, maxLength: 4 }),
    }),
  )
  .chain(({ list, all }) =>
    time.map((at) => ({
      fields: { id: page, time: at, [list]: all.map((one) => one.fields) },
      words: all.map((one) => one.words),
    })),
  );

// Meta escapes more than JSON must, and signs what it wrote.
const escaped = (written: Buffer): Buffer =>
  Buffer.from(
    written
      .toString()
      .replaceAll('/', '\\/')
      .replace(
        /[<%@]|[^\x20-\x7e]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  );

/** Deliveries of a page as Meta sends them: conversations, comments, posts, mentions and reviews, batched. */
export const facebookDelivery: fc.Arbitrary<Valid> = fc
  .tuple(fc.array(entry, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([entries, isEscaped]) => {
    const plain = json({ object: 'page', entry: entries.map(({ fields }) => fields) });
    return {
      content: isEscaped ? escaped(plain) : plain,
      said: entries.flatMap((each) => each.words),
    };
  });
