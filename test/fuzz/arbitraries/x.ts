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
  text,
  token,
  words,
} from './words.ts';

const userId = '1111111111111111111'; // the account of the fixtures

const other = digits.filter((each) => each !== userId);
const short = token(5, 15);

const mention = fc.record({ start: fc.nat(20), end: fc.nat(300), username: short, id: other });
const url = some(
  { url: fc.constant('https://t.co/abcDEF1') },
  { expanded_url: address, media_key: short },
);
const entities = fc.record(
  { mentions: fc.array(mention, { maxLength: 3 }), urls: fc.array(url, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const bounds = fc.tuple(fc.nat(40), fc.nat(300));
const coordinates = fc.tuple(longitude, latitude);

const post = some(
  { id: other, author_id: other, text },
  {
    note_tweet: some({ text }, { entities }),
    note_post: some({ text }, { entities }),
    created_at: moment,
    conversation_id: digits,
    display_text_range: bounds,
    in_reply_to_user_id: digits,
    entities,
    attachments: fc.record({ media_keys: fc.array(short, { maxLength: 4 }) }),
    geo: fc.record(
      { place_id: short, coordinates: fc.record({ type: fc.constant('Point'), coordinates }) },
      { requiredKeys: [] },
    ),
    referenced_tweets: fc.array(
      fc.record({ type: fc.constantFrom('replied_to', 'quoted'), id: digits }),
      { maxLength: 2 },
    ),
    edit_history_tweet_ids: fc.array(digits, { maxLength: 5 }),
    lang: fc.constantFrom('in', 'und'),
  },
);

const media = some(
  { media_key: short, type: fc.constantFrom('photo', 'video', 'animated_gif') },
  {
    url: address,
    preview_image_url: address,
    variants: fc.array(fc.record({ url: address }), { maxLength: 2 }),
  },
);
const place = some(
  { id: short, full_name: name },
  { name, geo: fc.record({ bbox: fc.tuple(longitude, latitude, longitude, latitude) }) },
);
const includes = fc.record(
  {
    users: fc.array(some({ id: other, username: short }, { name }), { maxLength: 3 }),
    media: fc.array(media, { maxLength: 4 }),
    places: fc.array(place, { maxLength: 2 }),
    tweets: fc.array(fc.record({ id: digits, author_id: digits }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const activity = (type: string, payload: object) => ({
  data: { event_uuid: '-1', filter: { user_id: userId }, event_type: type, tag: type, payload },
});

const posted: fc.Arbitrary<Valid> = fc
  .record({
    kind: fc.constantFrom('post', 'tweet'),
    about: fc.constantFrom('mention.create', 'reply.create', 'quote.create', 'mention.edit'),
    post,
    includes: fc.option(includes, { nil: undefined }),
  })
  .map(({ kind, about, post: payload, includes: around }) => {
    const event = activity(`${kind}.${about}`, payload);
    const said = payload.note_tweet?.text ?? payload.note_post?.text ?? payload.text;
    return { content: json({ data: { ...event.data, includes: around } }), said: [said] };
  });

const taken: fc.Arbitrary<Valid> = fc
  .record({ kind: fc.constantFrom('post.delete', 'dm.delete'), id: digits, author_id: other })
  .map(({ kind, ...payload }) => ({ content: json(activity(kind, payload)), said: [''] }));

const legacyMedia = some(
  { type: fc.constant('photo'), media_url_https: address },
  { url: fc.constant('https://t.co/x') },
);
const shared = fc.record({
  shared_coordinate: fc.record({ coordinates: fc.record({ coordinates }) }),
});
const direct = fc
  .record({
    id: digits,
    sender_id: other,
    at: moment.map((each) => String(Date.parse(each))),
    data: some(
      { text: words },
      {
        entities: fc.record({ urls: fc.array(url, { maxLength: 2 }) }),
        attachment: fc.oneof(
          fc.record({ type: fc.constant('media'), media: legacyMedia }),
          fc.record({ type: fc.constant('location'), location: shared }),
        ),
      },
    ),
  })
  .map(({ id, sender_id, at, data: message_data }) => ({
    fields: {
      ...{ type: 'message_create', id, created_timestamp: at },
      message_create: { target: { recipient_id: userId }, sender_id, message_data },
    },
    words: message_data.text,
  }));
const directs = (minLength: number) => fc.array(direct, { minLength, maxLength: 3 });

const received: fc.Arbitrary<Valid> = directs(1).map((all) => ({
  content: json(
    activity('dm.received', { direct_message_events: all.map(({ fields }) => fields), users: {} }),
  ),
  said: all.map((one) => one.words),
}));

// The old envelope has each id twice, and the number may be rounded by others.
const legacy = fc
  .record({
    ids: fc.tuple(digits, other),
    text,
    isLong: fc.boolean(),
    screen_name: short,
    more: fc.record(
      {
        in_reply_to_status_id_str: digits,
        in_reply_to_user_id: fc.constant(null),
        display_text_range: bounds,
        coordinates: fc.record({ coordinates }),
        place: fc.record({ full_name: name }),
        extended_entities: fc.record({ media: fc.array(legacyMedia, { maxLength: 4 }) }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ ids: [own, author], text: one, isLong, screen_name, more }) => {
    const user = { id: BigInt(author), id_str: author, screen_name };
    const whole = isLong ? { text: 'Lampu…', extended_tweet: { full_text: one } } : { text: one };
    const fields = {
      created_at: 'Sat Nov 21 09:23:23 +0000 2026',
      id: BigInt(own),
      id_str: own,
      user,
    };
    return { fields: { ...fields, ...whole, ...more }, words: one };
  });

const account: fc.Arbitrary<Valid> = fc
  .tuple(fc.array(legacy, { minLength: 1, maxLength: 4 }), directs(0))
  .map(([posts, messages]) => ({
    content: json({
      for_user_id: userId,
      tweet_create_events: posts.map(({ fields }) => fields),
      ...(messages.length > 0
        ? { direct_message_events: messages.map(({ fields }) => fields), users: {} }
        : {}),
    }),
    said: [...posts, ...messages].map((one) => one.words),
  }));

/** Events of both of X's interfaces: posts, edits, deletions and direct messages, alone and batched. */
export const xEvent: fc.Arbitrary<Valid> = fc.oneof(
  { weight: 4, arbitrary: posted },
  { weight: 1, arbitrary: taken },
  { weight: 2, arbitrary: received },
  { weight: 3, arbitrary: account },
);
