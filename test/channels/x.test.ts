import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import express from 'express';
import { z } from 'zod';
import { x } from '../../channels/x/index.ts';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { ConfigInvalid, Unauthenticated } from '../../src/errors.ts';
import { createNetworkReader } from '../../src/http/address.ts';
import { createBodyReader } from '../../src/http/body.ts';
import { listen, type Listener } from '../../src/http/listen.ts';
import { createWebhooks } from '../../src/http/webhooks.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import {
  type ChannelCase,
  fixture,
  itReads,
  mutated,
  opened,
  randomFrom,
  receiptOf,
  stillTools,
} from '../support/channel-cases.ts';
import { get, send } from '../support/http.ts';
import { cpuMs } from '../support/cpu.ts';

const US = '1111111111111111111';
const SECRET = 'rahasia-konsumen-0123456789';
const SETTINGS = { X_CONSUMER_SECRET: SECRET, X_USER_ID: US };
const SIGNATURE = 'x-twitter-webhooks-signature';

const RATNA = {
  identity: '1502234567890123456',
  name: 'Ratna W.',
  contact: { kind: 'handle' as const, value: 'ratna_cibeureum' },
};
const LAMP = 'lampu pju dpn gg mawar mati sdh 3 mlm, gelap bgt klo pulang ngaji 🙏';
const LAMP_READ: InboundMessage = {
  kind: 'message',
  eventId: '1992100000000000001',
  messageId: '1992100000000000001',
  account: US,
  sender: RATNA,
  sentAt: '2026-11-21T09:23:23.000Z',
  text: LAMP,
  originalText: `@LAPOR1708 ${LAMP}`,
  location: null,
  attachments: [],
  group: null,
  setting: 'public',
  thread: '1992100000000000001',
  under: [],
  addressed: 'us',
  permalink: 'https://x.com/ratna_cibeureum/status/1992100000000000001',
  opensNew: false,
  mayBeginWithKeyword: false,
  form: null,
};
const QUOTED = 'https://x.com/i/status/1992000000000000050';
const LONG = [
  'Assalamualaikum, mau lapor jalan desa dr balai desa Karangrejo sampe pasar rusak parah. ',
  'Lubangnya dalem2 & kalo ujan ketutup air jd ga keliatan, minggu kmrn ada ibu2 bawa sayur jatoh',
  ' sampe tangannya keseleo. Udah lapor ke pak kades katanya nunggu anggaran, tp udah 2 taun gini',
  ' trs. Tlg dibantu ya min, lokasi https://maps.app.goo.gl/Contoh123 makasih 🙏🙏',
].join('');
const DM_TEXT = 'min mau lapor tp jgn disebar ya, ada pungli di loket parkir RSUD <dkt IGD>';
const DAYEUHKOLOT = { text: 'Dayeuhkolot, Indonesia', latitude: -6.9874, longitude: 107.6325 };

describe('x', () => {
  let channel: Channel;

  before(async () => {
    channel = await opened(x, SETTINGS);
  });

  describe('read: posts', () => {
    itReads(
      () => channel,
      [
        { label: 'takes a mention', request: sent('mention'), messages: [LAMP_READ] },
        {
          label: 'takes the same mention of the Account Activity API as the same message',
          request: sent('aaa-mention'),
          messages: [LAMP_READ],
        },
        {
          label: 'takes a reply that mentions us in its words as said to us',
          request: sent('reply-mention'),
          messages: [
            {
              addressed: 'us',
              text: 'bener pak, kmrn jg ada yg jatoh. tlg dicek jembatan citarum lama',
              thread: '1992100000000000100',
              under: ['1992100000000000101', '1992100000000000100'],
            },
          ],
        },
        {
          label: 'does not take those replied to, whom X puts in front, for a mention of us',
          request: sent('reply-bystander'),
          messages: [
            {
              addressed: 'none',
              text: 'sama bu di tempat sy jg gitu',
              thread: '1992100000000000001',
              under: ['1992100000000000001'],
              sender: {
                identity: '1600000000000000003',
                name: 'Tetangga',
                contact: { kind: 'handle', value: 'tetangga_sebelah' },
              },
            },
          ],
        },
        {
          label: 'takes a reply to a root post of ours as said to us, without a mention',
          request: sent('reply-to-our-post'),
          messages: [
            {
              addressed: 'us',
              text: 'di ds sukamaju blm ada petugas yg dtg min',
              thread: '1992000000000000050',
              under: ['1992000000000000050'],
            },
          ],
        },
        {
          label: "leaves a reply to our answer in somebody's thread to the thread",
          request: sent('reply-to-our-answer'),
          messages: [
            {
              addressed: 'none',
              text: 'alamatnya jl melati no 3 min',
              thread: '1992100000000000001',
              under: ['1992100000000000090', '1992100000000000001'],
            },
          ],
        },
        {
          label: 'takes a quote of our post as said to us, without the link to it',
          request: sent('quote'),
          messages: [
            {
              addressed: 'us',
              text: 'yg ini kok ga nyampe ke kampung kami ya',
              originalText: 'yg ini kok ga nyampe ke kampung kami ya https://t.co/qUoTe00001',
            },
          ],
        },
        {
          label: 'tells by its link that a quoted post is ours which was not included',
          request: event({ ...dataOf('quote'), includes: {} }),
          messages: [{ addressed: 'us', text: 'yg ini kok ga nyampe ke kampung kami ya' }],
        },
        {
          label: "takes a quote of somebody else's post as said to nobody",
          request: event({
            ...dataOf('quote'),
            includes: { tweets: [{ id: '1992000000000000050', author_id: '77' }] },
          }),
          messages: [{ addressed: 'none' }],
        },
        ...[
          { words: { text: 'Banjir lagi di Sukun' }, quoted: `Banjir lagi di Sukun\n${QUOTED}` },
          { words: {}, quoted: QUOTED },
        ].map(({ words, quoted }) => ({
          label: `keeps beside the words somebody else's quoted post: ${JSON.stringify(words)}`,
          request: event({
            ...dataOf('quote'),
            includes: { tweets: [{ id: '1992000000000000050', author_id: '77', ...words }] },
          }),
          messages: [{ text: 'yg ini kok ga nyampe ke kampung kami ya', quoted }],
        })),
        {
          label: 'takes for a report what somebody said whom our name alone answers',
          request: post({
            text: '@LAPOR1708',
            in_reply_to_tweet_id: '8',
            in_reply_to_user_id: '77',
            includes: { tweets: [{ id: '8', author_id: '77', text: 'Banjir lagi di Sukun' }] },
          }),
          messages: [{ text: '> Banjir lagi di Sukun' }],
        },
        {
          label: 'takes all of a long post, under the old names of its fields',
          request: sent('long-tweet'),
          messages: [{ kind: 'message', text: LONG, addressed: 'us', under: [], attachments: [] }],
        },
        {
          label:
            'takes all of a long post, under the new names: reply, edit, quote and includes too',
          request: sent('long-post-new-names'),
          messages: [
            {
              kind: 'edit',
              eventId: '1992100000000000109',
              messageId: '1992100000000000108',
              text: LONG,
              addressed: 'us',
              thread: '1992000000000000050',
              under: ['1992000000000000050'],
            },
          ],
        },
        {
          label: 'takes photos and the best MP4 of a video, in the order of the post',
          request: sent('media'),
          messages: [
            {
              text: 'tumpukan sampah & bau di kolong jembatan 🤢',
              originalText:
                '@LAPOR1708 tumpukan sampah &amp; bau di kolong jembatan 🤢 https://t.co/fOtO000001',
              attachments: [
                file('video', 'video/mp4', 'ext_tw_video/1/pu/vid/720x1280/besar.mp4'),
                file('image', 'image/jpeg', 'media/GcontohA1.jpg'),
                file('image', 'image/png', 'media/GcontohB2?format=png&name=large'),
              ],
            },
          ],
        },
        {
          label: 'takes the still of a video that has no MP4',
          request: post({
            attachments: { media_keys: ['7_1'] },
            includes: {
              media: [
                {
                  media_key: '7_1',
                  type: 'video',
                  preview_image_url: 'https://pbs.twimg.com/media/diam.jpg',
                  variants: [{ content_type: 'application/x-mpegURL', url: 'https://v/x.m3u8' }],
                },
              ],
            },
          }),
          messages: [{ attachments: [file('image', 'image/jpeg', 'media/diam.jpg')] }],
        },
        {
          label: 'takes the link to files that were not included',
          request: sent('media-not-included'),
          messages: [
            {
              text: 'tumpukan sampah & bau di kolong jembatan 🤢',
              attachments: [
                {
                  kind: 'link',
                  mediaType: null,
                  bytes: null,
                  ref: 'https://x.com/ratna_cibeureum/status/1992100000000000110/video/1',
                  name: null,
                },
              ],
            },
          ],
        },
        {
          label: 'takes the words of a place, and no point for a whole district',
          request: sent('place'),
          messages: [
            {
              text: 'banjir selutut',
              location: { text: 'Dayeuhkolot, Indonesia', latitude: null, longitude: null },
            },
          ],
        },
        {
          label: 'takes the point of a place that is one',
          request: sent('place-poi'),
          messages: [
            { location: { text: 'Puskesmas Contoh Indah', latitude: -6.93, longitude: 107.61 } },
          ],
        },
        {
          label: 'takes the point of the post, longitude first',
          request: sent('place-point'),
          messages: [{ location: { ...DAYEUHKOLOT, text: null } }],
        },
        {
          label: 'takes an edit as a new version of its first id',
          request: sent('edit'),
          messages: [
            {
              kind: 'edit',
              eventId: '1992100000000000003',
              messageId: '1992100000000000001',
              text: 'lampu pju dpn gg MELATI mati sdh 3 mlm',
              addressed: 'us',
              thread: '1992100000000000001',
              under: [],
            },
          ],
        },
        {
          label: 'takes the first version as a message, whatever versions came later',
          request: post({ id: '5', edit_history_tweet_ids: ['5', '6'] }),
          messages: [{ kind: 'message', eventId: '5', messageId: '5' }],
        },
        {
          label: 'takes a post for a message that is not among the versions it names',
          request: post({ id: '5', edit_history_tweet_ids: ['3', '4'] }),
          messages: [{ kind: 'message', eventId: '5', messageId: '5' }],
        },
        {
          label: 'leaves a link at the end of a long post, whatever the bounds of its short form',
          request: post({
            text: '@LAPOR1708 jalan rusak… https://t.co/pendek',
            display_text_range: [0, 23],
            note_tweet: { text: '@LAPOR1708 jalan rusak parah, lihat https://t.co/peta1' },
          }),
          messages: [{ text: 'jalan rusak parah, lihat https://t.co/peta1' }],
        },
        {
          label: 'takes a deleted post back',
          request: sent('delete'),
          messages: [
            {
              kind: 'delete',
              eventId: '1992100000000000001#delete',
              messageId: '1992100000000000001',
              account: US,
              sender: { identity: RATNA.identity, name: null, contact: null },
              text: '',
              originalText: '',
              setting: 'public',
              permalink: null,
            },
          ],
        },
        {
          label: 'takes ids that are numbers digit by digit',
          request: sent('numeric-ids'),
          messages: [
            {
              eventId: '1992100000000000117',
              messageId: '1992100000000000117',
              thread: '1992100000000000117',
              sender: {
                identity: '1502234567890123457',
                name: 'Angka',
                contact: { kind: 'handle', value: 'angka' },
              },
            },
          ],
        },
        {
          label: 'takes an author nobody describes, by id alone',
          request: post({ includes: null }),
          messages: [
            {
              sender: { identity: RATNA.identity, name: null, contact: null },
              permalink: 'https://x.com/i/status/1992100000000000200',
            },
          ],
        },
        {
          label: 'takes a post whatever shape the fields have that it does not need',
          request: post({
            created_at: 7,
            entities: [],
            geo: 'di sini',
            attachments: { media_keys: 3 },
            referenced_tweets: 'x',
            edit_history_tweet_ids: {},
            display_text_range: ['a'],
            conversation_id: null,
          }),
          messages: [
            {
              text: 'got mampet',
              sentAt: null,
              location: null,
              attachments: [],
              thread: '1992100000000000200',
            },
          ],
        },
        {
          label: 'ignores a repost',
          request: sent('repost'),
          ignored: /^repost of another post$/,
        },
        { label: 'ignores our own post', request: sent('own-post'), ignored: /^own post$/ },
        { label: 'ignores a like', request: sent('like'), ignored: /^like$/ },
        { label: 'ignores a follow', request: sent('follow'), ignored: /^follow$/ },
        {
          label: 'says that our access was revoked',
          request: sent('revoke'),
          ignored: /^our access to the account was revoked$/,
        },
        {
          label: 'ignores an event it does not know, by name',
          request: sent('unknown-event'),
          ignored: /^event profile\.update\.bio$/,
        },
        {
          label: 'does not repeat an odd name of an event',
          request: event({ event_type: 'Ratna <script>', payload: {} }),
          ignored: /^event of another kind$/,
        },
        {
          label: 'takes a reply that X calls one to us, though it does not say to whom it is',
          request: told('post.reply.create', {
            conversation_id: '7',
            referenced_tweets: [{ type: 'replied_to', id: '7' }],
          }),
          messages: [{ addressed: 'us', eventId: '1992100000000000200', under: ['7'] }],
        },
        {
          label: 'leaves a reply to the thread of which X says no more than that',
          request: told('post.reply.create', { conversation_id: '7' }),
          messages: [{ addressed: 'thread', under: ['7'] }],
        },
        {
          label: 'takes a quote that X calls one of ours',
          request: told('post.quote.create', {
            referenced_tweets: [{ type: 'quoted', id: '8' }],
          }),
          messages: [{ addressed: 'us' }],
        },
        {
          label: 'does not believe of a polled post that the mention in front was written',
          request: told('polled.mention', {
            text: '@budi_pkl @LAPOR1708 iya bener',
            display_text_range: [21, 30],
            conversation_id: '7',
            in_reply_to_tweet_id: '8',
          }),
          messages: [{ addressed: 'none', text: 'iya bener', eventId: '1992100000000000200' }],
        },
        {
          label: 'takes the new name of a field where the old one is empty',
          request: post({
            conversation_id: '7',
            referenced_tweets: [],
            referenced_posts: [{ type: 'replied_to', id: '8' }],
            note_tweet: null,
            note_post: { text: '@LAPOR1708 panjang' },
          }),
          messages: [{ text: 'panjang', under: ['8', '7'] }],
        },
        ...['post.repost.create', 'post.repost.delete', 'post.retweet.create'].map(
          (event_type): ChannelCase => ({
            label: `ignores by its name: ${event_type}`,
            request: event({ event_type, payload: { id: '5', author_id: '7' } }),
            ignored: new RegExp(`^event ${event_type}$`),
          }),
        ),
        {
          label: "takes a deleted post back that X tells in its author's name",
          request: event({
            event_type: 'post.delete',
            filter: { user_id: '7' },
            payload: { id: '5', author_id: '7' },
          }),
          messages: [{ kind: 'delete', messageId: '5', account: US }],
        },
        {
          label: 'ignores an event of another account',
          request: sent('other-account'),
          ignored: /^event of another account$/,
        },
        {
          label: 'fails on a post without an author',
          request: post({ author_id: undefined }),
          fails: /^payload\.author_id: missing or of the wrong type$/,
        },
        {
          label: 'fails on a post without an id in digits',
          request: post({ id: '12a' }),
          fails: /^payload\.id: missing or of the wrong type$/,
        },
        {
          label: 'fails on a post without text',
          request: post({ text: undefined }),
          fails: /^payload\.text is missing$/,
        },
        {
          label: 'fails on a deletion that does not say whose',
          request: event({ event_type: 'post.delete', payload: { id: '5' } }),
          fails: /^payload\.author_id is missing$/,
        },
        {
          label: 'fails on what is neither kind of event',
          request: request(Buffer.from('{"data":{"id":"5"}}')),
          fails: /^neither data\.event_type nor for_user_id is there$/,
        },
        {
          label: 'fails on what is no JSON',
          request: request(Buffer.from('crc_token=1')),
          fails: /^the delivery is not JSON$/,
        },
      ],
    );
  });

  describe('read: direct messages', () => {
    itReads(
      () => channel,
      [
        ...['dm', 'aaa-dm'].map((name): ChannelCase => ({
          label: `takes a direct message: ${name}`,
          request: sent(name),
          messages: [
            {
              ...LAMP_READ,
              eventId: '1992200000000000001',
              messageId: '1992200000000000001',
              sentAt: '2026-11-21T09:23:03.123Z',
              text: DM_TEXT,
              originalText: DM_TEXT.replace('<', '&lt;').replace('>', '&gt;'),
              setting: 'private',
              thread: null,
              permalink: null,
            },
          ],
        })),
        {
          label: 'takes its photo, without the link that X appends',
          request: sent('dm-photo'),
          messages: [
            {
              text: 'ini fotonya',
              attachments: [
                {
                  kind: 'image',
                  mediaType: 'image/jpeg',
                  bytes: null,
                  ref: 'https://ton.twitter.com/1.1/ton/data/dm/1992200000000000002/1992200000000000009/cOnToH.jpg',
                  name: null,
                },
              ],
            },
          ],
        },
        {
          label: 'takes a place without words',
          request: sent('aaa-dm-place'),
          messages: [{ text: '', location: { ...DAYEUHKOLOT, text: null } }],
        },
        {
          label: 'takes a deleted one back',
          request: sent('dm-delete'),
          messages: [
            {
              kind: 'delete',
              eventId: '1992200000000000001#delete',
              messageId: '1992200000000000001',
              setting: 'private',
            },
          ],
        },
        { label: 'ignores our own', request: sent('dm-own'), ignored: /^own direct message$/ },
        {
          label: 'ignores what X says we sent',
          request: sent('dm-sent'),
          ignored: /^own direct message$/,
        },
        { label: 'ignores typing', request: sent('typing'), ignored: /^somebody is typing$/ },
        { label: 'ignores reading', request: sent('read'), ignored: /^direct message was read$/ },
        {
          label: 'quarantines an encrypted chat message: somebody said something',
          request: sent('chat-received'),
          fails: /^an encrypted chat message to the account$/,
        },
        {
          label: 'ignores what is no message among them',
          request: direct({ type: 'reaction_create', id: '5' }),
          ignored: /^direct message event without a message$/,
        },
        {
          label: 'ignores one to another account',
          request: direct(message({ recipient: '2222222222222222222', text: 'hai' })),
          ignored: /^direct message to another account$/,
        },
        {
          label: 'fails on one of which nothing can be read',
          request: direct(message({ recipient: US, text: '' })),
          fails: /neither text, file nor place can be read$/,
        },
        {
          label: 'fails on one without a sender',
          request: direct({ type: 'message_create', id: '5', message_create: {} }),
          fails: /message_create\.sender_id.*missing or of the wrong type$/,
        },
        {
          label: 'fails on a delivery without any',
          request: event({ event_type: 'dm.received', payload: {} }),
          fails: /^payload\.direct_message_events is not a list$/,
        },
      ],
    );
  });

  describe('read: the Account Activity API', () => {
    itReads(
      () => channel,
      [
        {
          label: 'takes the full text and all files of a truncated post, emoji in front',
          request: sent('aaa-truncated'),
          messages: [
            {
              text: `😭😭 ${LONG.replace(' https://maps.app.goo.gl/Contoh123', '')}`,
              attachments: [
                file('image', 'image/jpeg', 'media/GlamaA1.jpg'),
                file('video', 'video/mp4', 'amplify/besar.mp4'),
              ],
            },
          ],
        },
        {
          label: 'takes the place and the point, longitude first',
          request: sent('aaa-place'),
          messages: [{ location: DAYEUHKOLOT }],
        },
        {
          label: 'leaves a reply to us to the thread: it does not say whether that was a root',
          request: sent('aaa-reply'),
          messages: [
            {
              addressed: 'thread',
              text: 'alamatnya jl melati no 3 min',
              thread: '1992100000000000090',
              under: ['1992100000000000090'],
            },
          ],
        },
        {
          label: 'takes a quote of our post as said to us',
          request: sent('aaa-quote'),
          messages: [{ addressed: 'us', text: 'kok ga nyampe sini ya' }],
        },
        {
          label: 'takes an edit as a new version of its first id',
          request: sent('aaa-edit'),
          messages: [
            { kind: 'edit', eventId: '1992100000000000126', messageId: '1992100000000000125' },
          ],
        },
        {
          label: 'takes a deleted post back, at its time',
          request: sent('aaa-delete'),
          messages: [
            {
              kind: 'delete',
              eventId: '1992100000000000001#delete',
              messageId: '1992100000000000001',
              sentAt: '2026-11-21T09:23:03.123Z',
            },
          ],
        },
        {
          label: 'ignores a repost',
          request: sent('aaa-repost'),
          ignored: /^repost of another post$/,
        },
        { label: 'ignores likes', request: sent('aaa-favorite'), ignored: /^like$/ },
        { label: 'ignores follows', request: sent('aaa-follow'), ignored: /^follow$/ },
        { label: 'ignores typing', request: sent('aaa-typing'), ignored: /^somebody is typing$/ },
        {
          label: 'ignores reading',
          request: sent('aaa-read'),
          ignored: /^direct message was read$/,
        },
        {
          label: 'ignores events of another account',
          request: sent('aaa-other-account'),
          ignored: /^event of another account$/,
        },
        {
          label: "takes a deleted post back that X tells in its author's name, and nothing else",
          request: account({
            for_user_id: '7',
            tweet_delete_events: [{ status: { id: '5', user_id: '7' } }],
            tweet_create_events: [{}],
          }),
          messages: [{ kind: 'delete', messageId: '5', account: US }],
        },
        {
          label: 'says that our access was revoked',
          request: sent('aaa-revoke'),
          ignored: /^our access to the account was revoked$/,
        },
        {
          label: 'ignores a delivery without events',
          request: request(Buffer.from(`{"for_user_id":"${US}"}`)),
          ignored: /^delivery without events$/,
        },
      ],
    );

    it('takes several members of several kinds, and what is unreadable sinks no neighbour', () => {
      const { messages, ignored, unreadable } = receiptOf(channel, sent('aaa-several'));

      expect(messages.map(({ text, setting }) => [text, setting])).to.deep.equal([
        ['got mampet', 'public'],
        ['listrik padam', 'public'],
        ['min DM dibaca ga', 'private'],
      ]);
      expect(ignored).to.deep.equal(['own post', 'like']);
      expect(unreadable).to.deep.equal([
        'tweet_create_events[1].user: missing or of the wrong type',
      ]);
    });

    it('lets a list that is none sink no other', () => {
      const body = { for_user_id: US, tweet_create_events: {}, favorite_events: [] };

      const receipt = receiptOf(channel, request(Buffer.from(JSON.stringify(body))));

      expect(receipt).to.deep.equal({
        messages: [],
        ignored: ['like'],
        unreadable: ['tweet_create_events is not a list'],
      });
    });
  });

  describe('read: words', () => {
    const rows: readonly {
      readonly label: string;
      readonly said: string;
      readonly text: string;
      readonly more?: Readonly<Record<string, unknown>>;
      readonly expected?: Partial<InboundMessage>;
    }[] = [
      {
        label: 'leaves our mention out wherever it stands, in any case',
        said: 'Pagi @lapor1708, got di RT 05 mampet. cc @Lapor1708 @dlh_kota',
        text: 'Pagi , got di RT 05 mampet. cc @dlh_kota',
      },
      {
        label: 'leaves a mention at the end out, and the line break behind one in front',
        said: '@LAPOR1708:\nPJU padam @LAPOR1708',
        text: 'PJU padam',
      },
      {
        label: "leaves others' mentions, and words that only look like ours",
        said: '@LAPOR1708_ @LAPOR17089 surat ke x@LAPOR1708 @lapor1708',
        text: '@LAPOR1708_ @LAPOR17089 surat ke x@LAPOR1708',
      },
      {
        label: 'knows us by id under a handle that is not configured',
        said: '@LaporBaru17 kran bocor',
        text: 'kran bocor',
        more: { entities: { mentions: [{ id: US, username: 'LaporBaru17' }] } },
        expected: { addressed: 'us' },
      },
      {
        label: 'believes X where it sees no mention at all',
        said: 'kran bocor',
        text: 'kran bocor',
        expected: { addressed: 'us' },
      },
      {
        label: 'counts a mention in front of a reply when nothing proves that X put it there',
        said: '@budi_pkl @LAPOR1708 iya bener',
        text: '@budi_pkl iya bener',
        more: { conversation_id: '7', referenced_tweets: [{ type: 'replied_to', id: '8' }] },
        expected: { addressed: 'us', under: ['8', '7'] },
      },
      {
        label: 'does not let bounds hide words of the citizen',
        said: 'Banjir! @LAPOR1708 tolong',
        text: 'Banjir! tolong',
        more: { display_text_range: [8, 25] },
        expected: { addressed: 'us' },
      },
      {
        label: 'opens a new complaint for #lapor in any case, and leaves it in the text',
        said: '@LAPOR1708 #LAPOR jalan rusak',
        text: '#LAPOR jalan rusak',
        expected: { opensNew: true },
      },
      {
        label: 'opens none for another tag that begins so',
        said: '@LAPOR1708 #LaporPak jalan rusak',
        text: '#LaporPak jalan rusak',
        expected: { opensNew: false },
      },
      {
        label: 'decodes the three escapes of X once, and no others',
        said: '@LAPOR1708 a &amp;lt; b &lt;3 &gt; &quot;c&quot;',
        text: 'a &lt; b <3 > &quot;c&quot;',
      },
      {
        label: 'expands a link of the citizen and leaves one nobody explains',
        said: '@LAPOR1708 lihat https://t.co/peta1 dan https://t.co/entah2 ya',
        text: 'lihat https://peta.example/x?a=1&b=2 dan https://t.co/entah2 ya',
        more: {
          entities: {
            urls: [{ url: 'https://t.co/peta1', expanded_url: 'https://peta.example/x?a=1&b=2' }],
          },
        },
      },
      {
        label: 'leaves a link at the end that is the words of the citizen',
        said: '@LAPOR1708 lokasi https://t.co/peta1',
        text: 'lokasi https://peta.example/x',
        more: {
          display_text_range: [0, 36],
          entities: {
            urls: [{ url: 'https://t.co/peta1', expanded_url: 'https://peta.example/x' }],
          },
        },
      },
      {
        label: 'leaves out a link behind the bounds that no entity explains',
        said: '😭😭😭 @LAPOR1708 banjir 🙏 https://t.co/entah3',
        text: '😭😭😭 banjir 🙏',
        more: { display_text_range: [0, 23] },
      },
      {
        label: 'leaves a link within the bounds, which count an emoji as one',
        said: `@LAPOR1708 ${'😭'.repeat(25)} https://t.co/entah3`,
        text: `${'😭'.repeat(25)} https://t.co/entah3`,
        more: { display_text_range: [0, 56] },
      },
      {
        label: 'believes X that a mention in front of a reply was written, by an event of its own',
        said: '@budi_pkl @LAPOR1708 iya bener',
        text: 'iya bener',
        more: { display_text_range: [21, 30], conversation_id: '7', in_reply_to_tweet_id: '8' },
        expected: {
          addressed: 'us',
          eventId: '1992100000000000200#mention',
          messageId: '1992100000000000200',
        },
      },
      {
        label: 'hides nothing in front of a post that answers nobody',
        said: '@budi_pkl @LAPOR1708 iya bener',
        text: '@budi_pkl iya bener',
        more: { display_text_range: [21, 30] },
        expected: { addressed: 'us', eventId: '1992100000000000200' },
      },
      ...[': jalan', '. jalan', ', jalan', '; jalan', '! jalan', ' - jalan', '- jalan'].map(
        (rest) => ({
          label: `leaves out what stood between our name and the words: "${rest}"`,
          said: `@LAPOR1708${rest}`,
          text: 'jalan',
        }),
      ),
      ...[':( jalan', '!!! jalan', '... jalan', '-5 derajat', '#jalan'].map((rest) => ({
        label: `leaves what says something itself: "${rest}"`,
        said: `@LAPOR1708 ${rest}`,
        text: rest,
      })),
      {
        label: 'leaves out the link of attached files that no entity explains',
        said: '@LAPOR1708 lihat https://t.co/peta1 https://t.co/foto1',
        text: 'lihat https://t.co/peta1',
        more: {
          attachments: { media_keys: ['3_1'] },
          includes: {
            media: [{ media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/media/a.jpg' }],
          },
        },
      },
      {
        label: 'changes nothing else: spaces, line breaks, capitals, emoji',
        said: '@LAPOR1708 TOLONG!!  dua  spasi\n\nbaris 👨‍👩‍👧 ｇａｎｔｉ',
        text: 'TOLONG!!  dua  spasi\n\nbaris 👨‍👩‍👧 ｇａｎｔｉ',
      },
      { label: 'is empty when it only mentions us', said: '@LAPOR1708', text: '' },
    ];
    for (const { label, said, text, more, expected } of rows) {
      it(label, () => {
        const { messages } = receiptOf(channel, post({ text: said, ...more }));

        expect(messages).to.have.length(1);
        expect(messages[0]).to.deep.include({ text, originalText: said, ...expected });
      });
    }
  });

  describe('read: whatever comes', () => {
    it('gives one eventId to the same post by mention, by reply and by the older envelope', () => {
      const [mention, reply] = ['post.mention.create', 'post.reply.create'].map((event_type) =>
        receiptOf(channel, event({ ...dataOf('mention'), event_type })),
      );
      const older = receiptOf(channel, sent('aaa-mention'));

      const ids = [mention, reply, older].flatMap((each) => each?.messages ?? []);

      expect(ids.map(({ eventId }) => eventId)).to.deep.equal(Array(3).fill(LAMP_READ.eventId));
    });

    it('gives an event of its own to a mention that others may not see', () => {
      const hidden = dataOf('reply-bystander');

      const ids = ['post.reply.create', 'polled.mention', 'post.mention.create'].map(
        (event_type) => {
          const [message] = receiptOf(channel, event({ ...hidden, event_type })).messages;
          return [message?.eventId, message?.messageId, message?.addressed];
        },
      );

      const own = '1992100000000000103';
      expect(ids).to.deep.equal([
        [own, own, 'none'],
        [own, own, 'none'],
        [`${own}#mention`, own, 'us'],
      ]);
    });

    it('names a thousand reasons and counts the rest', () => {
      const members = [...Array<number>(1_500).fill(1), ...Array<object>(1_500).fill({})];
      const good = { id: '1', user: { id: '1' }, text: '@LAPOR1708 hai' };

      const receipt = channel.read(
        account({
          tweet_create_events: [...Array<number>(1_500).fill(1), good],
          direct_message_events: members,
          ...Object.fromEntries(members.map((_, index) => [`${'a'.repeat(index + 1)}_event`, 1])),
        }),
      );

      expect(receipt.messages.map(({ text }) => text)).to.deep.equal(['hai']);
      expect(receipt.ignored).to.have.length(1_001);
      expect(receipt.ignored.at(-1)).to.equal('… and 2000 more');
      expect(receipt.unreadable).to.have.length(1_001);
      expect(receipt.unreadable?.at(-1)).to.equal('… and 3500 more');
    });

    const megabytes = (piece: string) => piece.repeat(Math.floor(2_900_000 / piece.length));
    const list = (piece: string) => `[${megabytes(`${piece},`).slice(0, -1)}]`;
    const kinds = () =>
      Array.from({ length: 150_000 }, (_, index) => `"a${String(index)}_event":1`).join();
    const people = () =>
      Array.from({ length: 140_000 }, (_, index) => `"${String(index)}":{"id":"1"}`).join();
    const text = (words: string, more: object = {}) => post({ text: words, ...more }).body;
    const huge: readonly (readonly [string, () => Uint8Array])[] = [
      ['our mention', () => text(megabytes('@LAPOR1708 a '))],
      [
        'our mention in front of a reply',
        () => {
          const more = { in_reply_to_user_id: '3', display_text_range: [2_900_000, 2_900_000] };
          return text(megabytes('@LAPOR1708 '), more);
        },
      ],
      ['spaces', () => text(`@LAPOR1708${megabytes(' ')}a`)],
      ['links', () => text(megabytes('https://t.co/a '))],
      ['escapes', () => text(megabytes('&amp;'))],
      ['numbers as posts', () => Buffer.from(`{"tweet_create_events":${list('1')}}`)],
      ['empty posts', () => Buffer.from(`{"tweet_create_events":${list('{}')}}`)],
      ['empty direct messages', () => Buffer.from(`{"direct_message_events":${list('{}')}}`)],
      [
        'small posts',
        () => {
          const small = '{"id":"1","user":{"id":"1"},"text":"a"}';
          return Buffer.from(`{"tweet_create_events":${list(small)}}`);
        },
      ],
      ['long numbers', () => Buffer.from(`{"tweet_create_events":${list('1992100000000000001')}}`)],
      ['kinds of events', () => Buffer.from(`{${kinds()}}`)],
      ['people', () => Buffer.from(`{"users":{${people()}},"direct_message_events":[{}]}`)],
    ];
    for (const [what, body] of huge) {
      it(`reads 3 MB within a second: ${what}`, () => {
        const delivery = request(body());
        const from = cpuMs();
        try {
          channel.read(delivery);
        } catch (error) {
          expect(error).to.have.property('code', 'malformed');
        }
        expect(cpuMs() - from).to.be.below(2_000);
      });
    }

    it('says Malformed, and nothing else, of 1,000 mutants', () => {
      const random = randomFrom(4);
      const names = ['mention', 'media', 'aaa-several', 'dm-photo', 'long-post-new-names'];
      let read = 0;
      for (let round = 0; round < 1_000; round += 1) {
        const body = mutated(fixture('x', `${names[round % names.length] ?? ''}.json`), random);
        try {
          read += channel.read(request(body)).messages.length;
        } catch (error) {
          expect(error).to.have.property('code', 'malformed');
        }
      }
      expect(read).to.be.greaterThan(150);
    });
  });

  describe('webhook', () => {
    it('answers the challenge of X with its signature', () => {
      const answer = channel.webhook?.handshake?.(challenge('?crc_token=abc-123_x%3D&nonce=1'));

      expect(JSON.parse(answer ?? '')).to.deep.equal({ response_token: signed('abc-123_x=') });
    });

    for (const query of ['', '?crc_token=', '?token=abc', `?crc_token=${'a'.repeat(201)}`]) {
      it(`is no handshake: GET /webhooks/x${query.slice(0, 30)}`, () => {
        expect(channel.webhook?.handshake?.(challenge(query))).to.equal(null);
      });
    }

    it('signs no challenge that could pass for an event', () => {
      const forged = '{"data":{"event_type":"post.delete","payload":{"id":"5"}}}';
      const query = `?crc_token=${encodeURIComponent(forged)}`;

      expect(channel.webhook?.handshake?.(challenge(query))).to.equal(null);
    });

    for (const words of ['abc-123_x=', 'not json', 'null', '[{"data":{}}]', ' {"data":{}}', '']) {
      it(`refuses as an event what does not begin as one, however well signed: ${words}`, () => {
        const body = Buffer.from(words);

        expect(() => {
          authenticate(body, signed(body));
        }).to.throw(Unauthenticated);
      });
    }

    describe('at the route', () => {
      let listener: Listener;

      before(async () => {
        const app = express().use(
          '/webhooks',
          createWebhooks({
            channels: new Map([['x', channel]]),
            publicUrl: 'https://lapor.example',
            intake: { accept: () => Promise.reject(new Error('a challenge is nothing to store')) },
            readBody: createBodyReader(createNetworkReader(0)),
            metrics: createMetrics(null),
            log: createLog('silent', [], { write: () => undefined }),
            now: Date.now,
          }),
        );
        listener = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
      });
      after(() => listener.close());

      it('answers the challenge of X with 200 and JSON', async () => {
        const { status, headers, body } = await get(
          `http://127.0.0.1:${String(listener.port)}`,
          '/webhooks/x?crc_token=abc-123_x%3D&nonce=1',
        );

        expect(status).to.equal(200);
        expect(headers['content-type']).to.match(/^application\/json(;|$)/);
        expect(JSON.parse(body)).to.deep.equal({ response_token: signed('abc-123_x=') });
      });

      it('stores nothing that it signed as a challenge: 401, without a word', async () => {
        const origin = `http://127.0.0.1:${String(listener.port)}`;
        const challenged = await get(origin, '/webhooks/x?crc_token=abc-123_x%3D');
        const token = z.object({ response_token: z.string() }).parse(JSON.parse(challenged.body));

        const { status, body } = await send(origin, {
          method: 'POST',
          path: '/webhooks/x',
          headers: { [SIGNATURE]: token.response_token },
          body: Buffer.from('abc-123_x='),
        });

        expect([status, body]).to.deep.equal([401, '']);
      });
    });

    it('takes what the consumer secret signed, over the raw bytes', () => {
      const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);

      expect(() => {
        authenticate(body, signed(body));
      }).not.to.throw();
    });

    const body = fixture('x', 'mention.json');
    const rows = [
      { label: 'no signature', signature: undefined },
      { label: 'an empty signature', signature: '' },
      { label: 'a signature in hex', signature: `sha256=${hmac(body).toString('hex')}` },
      { label: 'a signature without its prefix', signature: hmac(body).toString('base64') },
      { label: 'a signature of other bytes', signature: signed('{}') },
    ];
    for (const { label, signature } of rows) {
      it(`refuses ${label}`, () => {
        expect(() => {
          authenticate(body, signature);
        }).to.throw(Unauthenticated);
      });
    }

    it('answers with nothing', () => {
      expect(channel.webhook?.success).to.deep.equal({ type: 'text/plain', body: '' });
    });

    function authenticate(content: Uint8Array, signature: string | undefined): void {
      const headers = signature === undefined ? {} : { [SIGNATURE]: signature };
      channel.webhook?.authenticate({ ...request(content), headers });
    }
  });

  describe('open', () => {
    it('stays closed without any of its variables', async () => {
      expect(await x.open({ X_USER_ID: '' }, stillTools())).to.equal(null);
    });

    it('asks nobody without the bearer token', () => {
      expect(channel.poll).to.equal(undefined);
      expect(channel.secrets).to.deep.equal([SECRET]);
    });

    it('polls every minute with it, and names every secret', async () => {
      const open = await opened(x, {
        ...SETTINGS,
        X_BEARER_TOKEN: 'AAAA%2Bpembawa',
        X_CONSUMER_KEY: 'kunci',
        X_ACCESS_TOKEN: '111-akses',
        X_ACCESS_SECRET: 'rahasia-akses',
      });

      expect(open.poll?.everyMs).to.equal(60_000);
      expect(open.secrets).to.have.members([
        SECRET,
        'AAAA%2Bpembawa',
        'kunci',
        '111-akses',
        'rahasia-akses',
      ]);
    });

    it('takes the handle with or without @', async () => {
      for (const handle of ['@AduanKota', 'AduanKota']) {
        const open = await opened(x, { ...SETTINGS, X_HANDLE: handle });

        const { messages } = receiptOf(open, post({ text: '@aduankota banjir @LAPOR1708' }));

        expect(messages[0]?.text).to.equal('banjir @LAPOR1708');
      }
    });

    it('runs on its demo settings', async () => {
      const open = await opened(
        x,
        x.demo(() => '0123456789abcdef'.repeat(4)),
      );

      expect(open.webhook).not.to.equal(undefined);
      expect(open.poll).to.equal(undefined);
    });

    const wrong = [
      { X_USER_ID: 'LAPOR1708' },
      { X_HANDLE: 'LAPOR 1708' },
      { X_API_URL: 'ftp://api.x.com' },
      { X_POLL_SECONDS: '0' },
      { X_POLL_SECONDS: 'sering' },
      { X_BEARER_TOKEN: 'dua kata' },
    ];
    for (const setting of wrong) {
      const [[name, value] = ['', '']] = Object.entries(setting);
      it(`names ${name} when it is ${value}`, async () => {
        const error = await x.open({ ...SETTINGS, ...setting }, stillTools()).catch(String);

        expect(error).to.match(new RegExp(`^${ConfigInvalid.name}: ${name} is not valid`));
        expect(error).not.to.contain(value.length > 3 ? value : SECRET);
      });
    }
  });
});

function request(body: Uint8Array): WebhookRequest {
  return { method: 'POST', url: 'https://lapor.example/webhooks/x', headers: {}, body };
}

function sent(name: string): WebhookRequest {
  return request(fixture('x', `${name}.json`));
}

function challenge(query: string): WebhookRequest {
  const url = `https://lapor.example/webhooks/x${query}`;
  return { method: 'GET', url, headers: {}, body: Buffer.alloc(0) };
}

function event(data: Readonly<Record<string, unknown>>): WebhookRequest {
  return request(Buffer.from(JSON.stringify({ data })));
}

function dataOf(name: string): Readonly<Record<string, unknown>> {
  return z
    .object({ data: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(fixture('x', `${name}.json`).toString())).data;
}

/** A mention of Ratna's with these fields; `includes` stands beside it. */
function post({
  includes = { users: [{ id: RATNA.identity, username: 'ratna_cibeureum', name: 'Ratna W.' }] },
  ...fields
}: Readonly<Record<string, unknown>>): WebhookRequest {
  const payload = {
    id: '1992100000000000200',
    author_id: RATNA.identity,
    text: '@LAPOR1708 got mampet',
    ...fields,
  };
  return event({ event_type: 'post.mention.create', filter: { user_id: US }, payload, includes });
}

/** The same post, by another kind of event. */
function told(event_type: string, fields: Readonly<Record<string, unknown>>): WebhookRequest {
  const payload = {
    id: '1992100000000000200',
    author_id: RATNA.identity,
    text: 'got mampet',
    ...fields,
  };
  return event({ event_type, filter: { user_id: US }, payload });
}

function account(body: Readonly<Record<string, unknown>>): WebhookRequest {
  return request(Buffer.from(JSON.stringify(body)));
}

function direct(member: unknown): WebhookRequest {
  return event({ event_type: 'dm.received', payload: { direct_message_events: [member] } });
}

function message({ recipient, text }: { readonly recipient: string; readonly text: string }) {
  const target = { recipient_id: recipient };
  const message_create = { target, sender_id: RATNA.identity, message_data: { text } };
  return { type: 'message_create', id: '5', message_create };
}

function file(kind: 'image' | 'video', mediaType: string, path: string) {
  const host = kind === 'image' ? 'pbs' : 'video';
  return { kind, mediaType, bytes: null, ref: `https://${host}.twimg.com/${path}`, name: null };
}

function hmac(content: string | Uint8Array): Buffer {
  return createHmac('sha256', SECRET).update(content).digest();
}

function signed(content: string | Uint8Array): string {
  return `sha256=${hmac(content).toString('base64')}`;
}
