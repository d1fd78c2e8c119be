import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import express from 'express';
import { facebook } from '../../channels/facebook/index.ts';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import type { AttachmentKind } from '../../src/domain/message.ts';
import { facebook as simulator } from '../../src/embedded/providers/facebook.ts';
import { ConfigInvalid, Malformed, Unauthenticated } from '../../src/errors.ts';
import { createNetworkReader } from '../../src/http/address.ts';
import { createBodyReader } from '../../src/http/body.ts';
import { listen, type Listener } from '../../src/http/listen.ts';
import { createWebhooks } from '../../src/http/webhooks.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import {
  fixture,
  itReads,
  mutated,
  opened,
  randomFrom,
  receiptOf,
  stillTools,
} from '../support/channel-cases.ts';
import type { ChannelCase } from '../support/channel-cases.ts';
import { get } from '../support/http.ts';
import { cpuMs } from '../support/cpu.ts';

const PAGE = '102030405060708';
const SECRET = 'app_secret_dikarang_0123456789';
const VERIFY = 'token_verifikasi_dikarang';
const SETTINGS = {
  FACEBOOK_APP_SECRET: SECRET,
  FACEBOOK_VERIFY_TOKEN: VERIFY,
  FACEBOOK_PAGE_ID: PAGE,
};
const URL_OF_HOOK = 'https://lapor.example.go.id/webhooks/facebook';

const PSID = '6543210987654321';
const CITIZEN = {
  identity: PSID,
  name: null,
  contact: { kind: 'psid' as const, value: PSID },
};
const SENT = '2026-11-21T10:00:00.001Z';

const YUNI = { identity: '7777777777777777', name: 'Yuni Kartikasari', contact: null };
const POST = `${PAGE}_111222333`;
const POSTED = '2026-11-21T10:00:00.000Z';
const CDN = 'https://scontent.fcgk8-1.fna.fbcdn.net/v';
const IMAGES = `${CDN}/t39.30808-6`;

describe('facebook', () => {
  let channel: Channel;

  before(async () => {
    channel = await opened(facebook, SETTINGS);
  });

  describe('read of Messenger', () => {
    itReads(
      () => channel,
      [
        {
          label: 'takes a text, escaped as Meta escapes it',
          request: sent('text'),
          messages: [
            {
              kind: 'message',
              eventId: 'm_teks-1',
              messageId: 'm_teks-1',
              account: PAGE,
              sender: CITIZEN,
              sentAt: SENT,
              text: 'Lampu jalan mati di depan SDN 3 🙏 hub: rt03@sukamaju.example atau http://sukamaju.example/lapor',
              originalText:
                'Lampu jalan mati di depan SDN 3 🙏 hub: rt03@sukamaju.example atau http://sukamaju.example/lapor',
              location: null,
              attachments: [],
              group: null,
              setting: 'private',
              thread: null,
              under: [],
              addressed: 'us',
              permalink: null,
              opensNew: false,
              mayBeginWithKeyword: false,
            },
          ],
        },
        {
          label: 'takes every attachment of a message, each by its kind',
          request: sent('several-attachments'),
          messages: [
            {
              text: 'Got mampet, tiap hujan banjir',
              attachments: [
                file('image', `${CDN}/t1.15752-9/got-1.jpg?_nc_cat=101&oh=03_Q7cD2&oe=6A1F3C80`),
                file('image', `${CDN}/t1.15752-9/got-2.jpg?_nc_cat=101&oh=03_Q7cD2&oe=6A1F3C80`),
                file(
                  'video',
                  'https://video.fcgk8-1.fna.fbcdn.net/v/t42.3356-2/banjir.mp4?oe=6A1F3C80',
                ),
                file(
                  'audio',
                  'https://cdn.fbsbx.com/v/t59.2708-21/suara.mp4?oh=03_Q7cD3&oe=6A1F3C80&dl=1',
                ),
                file(
                  'document',
                  'https://cdn.fbsbx.com/v/t59.2708-21/surat-warga.pdf?oh=03_Q7cD3&oe=6A1F3C80&dl=1',
                ),
              ],
            },
          ],
        },
        {
          label: 'takes a location with its title, and no link to a map beside it',
          request: sent('location'),
          messages: [
            {
              text: '',
              location: { text: 'Lokasi Yuni', latitude: -7.150975, longitude: 112.650123 },
              attachments: [],
            },
          ],
        },
        {
          label: 'takes a location without a title',
          request: attached({ type: 'location', payload: { coordinates: { lat: -7, long: 112 } } }),
          messages: [{ location: { text: null, latitude: -7, longitude: 112 } }],
        },
        {
          label: 'takes the title of a location that is nowhere on Earth',
          request: attached({
            type: 'location',
            title: 'Balai desa',
            payload: { coordinates: { lat: 700, long: 112 } },
          }),
          messages: [{ location: { text: 'Balai desa', latitude: null, longitude: null } }],
        },
        {
          label: 'takes a fallback without payload as a link, beside its text',
          request: sent('fallback-null'),
          messages: [
            {
              text: 'pak ini beritanya https://kabar.example/jembatan-ambrol',
              attachments: [
                file(
                  'link',
                  'https://l.facebook.com/l.php?u=https%3A%2F%2Fkabar.example%2Fjembatan-ambrol',
                  'Jembatan Ambrol',
                ),
              ],
            },
          ],
        },
        {
          label: 'takes a fallback with an opaque payload as a link',
          request: sent('fallback-string'),
          messages: [
            { attachments: [file('link', 'https://www.messenger.com/', 'Lampiran lama')] },
          ],
        },
        {
          label: 'takes a fallback whose payload is the address itself as a link',
          request: attached({ type: 'fallback', payload: 'https://kabar.example/a' }),
          messages: [{ attachments: [file('link', 'https://kabar.example/a')] }],
        },
        {
          label: 'takes a share as a link',
          request: sent('share'),
          messages: [
            {
              attachments: [
                file('link', 'https://www.facebook.com/share/p/contoh1/', 'Info warga'),
              ],
            },
          ],
        },
        {
          label: 'takes a reel as a link, beside its text',
          request: sent('reel'),
          messages: [
            {
              text: 'liat jalannya kyk gini',
              attachments: [
                file('link', 'https://www.facebook.com/reel/1234500000000001', 'Jalan Dander'),
              ],
            },
          ],
        },
        {
          label: 'takes a post as a link',
          request: sent('post-attachment'),
          messages: [{ attachments: [file('link', 'https://www.facebook.com/99887766_5544')] }],
        },
        {
          label: 'takes a template as a link to its first element',
          request: sent('template'),
          messages: [{ attachments: [file('link', 'https://peta.example/genangan')] }],
        },
        {
          label: 'takes a kind of attachment that is to come as a link',
          request: attached({ type: 'hologram', payload: { url: 'https://holo.example/1' } }),
          messages: [{ attachments: [file('link', 'https://holo.example/1')] }],
        },
        {
          label: 'takes no address of another scheme',
          request: message({
            text: 'klik',
            attachments: [{ type: 'share', payload: { url: 'javascript:alert(1)' } }],
          }),
          messages: [{ text: 'klik', attachments: [] }],
        },
        {
          label: 'gives the text beside a link that leads nowhere',
          request: message({
            text: 'lihat ini',
            attachments: [{ type: 'fallback', title: 'Tidak tersedia', payload: null }],
          }),
          messages: [{ text: 'lihat ini', attachments: [] }],
        },
        ...['sticker', 'sticker-legacy', 'thumbs-up'].map((name) => ({
          label: `ignores a ${name}, which is no report`,
          request: sent(name),
          ignored: /^message with a sticker only$/,
        })),
        {
          label: 'ignores an image that only itself says that it is a sticker',
          request: attached({
            type: 'image',
            payload: { url: 'https://a.fbcdn.net/s.png', sticker_id: 144884852352448 },
          }),
          ignored: /^message with a sticker only$/,
        },
        {
          label: 'drops a sticker beside text',
          request: sent('sticker-beside-text'),
          messages: [{ text: 'mohon ditindak pak', attachments: [] }],
        },
        {
          label: 'takes the words of a quick reply',
          request: sent('quick-reply'),
          messages: [{ kind: 'message', text: 'Jalan rusak' }],
        },
        {
          label: 'names the message it answers',
          request: sent('reply'),
          messages: [{ text: 'di sebelah masjid pak', under: ['m_kami-7'] }],
        },
        {
          label: 'opens a new report with #lapor in front',
          request: sent('lapor-tag'),
          messages: [
            { opensNew: true, text: '#lapor PJU pasar padam 500 m, tlg segera di perbaiki' },
          ],
        },
        ...['banjir lagi #LAPOR', 'jalan rusak #lapor\nRT 03'].map((text) => ({
          label: `opens a new report with ${JSON.stringify(text)}`,
          request: message({ text }),
          messages: [{ opensNew: true, text }],
        })),
        ...['banjir #laporan', '  banjir lapor  '].map((text) => ({
          label: `opens no new report with ${JSON.stringify(text)}`,
          request: message({ text }),
          messages: [{ opensNew: false, text }],
        })),
        {
          label: 'ignores an edit of a message that leaves no words',
          request: event({ message_edit: { mid: 'm_1', text: ' ', num_edit: 2 } }),
          ignored: /^edit without words or files$/,
        },
        {
          label: 'takes a tap on a button as a command in the words that stood on it',
          request: sent('postback'),
          messages: [
            {
              kind: 'command',
              eventId: 'm_tombol-1',
              messageId: 'm_tombol-1',
              sender: CITIZEN,
              text: 'Mulai Lapor',
              opensNew: false,
            },
          ],
        },
        {
          label: 'takes an edit as news of its message, under an event id of its own',
          request: sent('edit'),
          messages: [
            {
              kind: 'edit',
              eventId: 'm_teks-1#1',
              messageId: 'm_teks-1',
              sender: CITIZEN,
              sentAt: '2026-11-21T10:01:00.001Z',
              text: 'Lampu jalan mati di depan SDN 3, sudah 2 minggu',
            },
          ],
        },
        {
          label: 'takes an edit whose count is a string',
          request: event({ message_edit: { mid: 'm_1', text: 'x', num_edit: '37' } }),
          messages: [{ kind: 'edit', eventId: 'm_1#37', messageId: 'm_1' }],
        },
        {
          label: 'takes an unsent message as taken back',
          request: sent('unsend'),
          messages: [
            {
              kind: 'delete',
              eventId: 'm_teks-1#delete',
              messageId: 'm_teks-1',
              sender: CITIZEN,
              text: '',
            },
          ],
        },
        {
          label: 'takes a guest of the chat plugin, who cannot be answered by an id',
          request: sent('user-ref'),
          messages: [
            {
              sender: { identity: 'ref_tamu-77', name: null, contact: null },
              text: 'kran umum bocor dekat balai desa',
            },
          ],
        },
        {
          label: 'keeps the digits of ids that are numbers beyond 2^53',
          request: sent('big-ids'),
          messages: [
            {
              account: PAGE,
              sender: {
                identity: '10210043681558627',
                name: null,
                contact: { kind: 'psid', value: '10210043681558627' },
              },
              text: 'sampah numpuk 1 minggu',
            },
          ],
        },
        {
          label: 'takes long numbers in words for words, beside one that is an id',
          request: delivery(
            `{"object":"page","entry":[{"id":${PAGE},"messaging":[{"sender":{"id":12345678901234567890},` +
              '"x":[1.2345678901234567890,-12345678901234567890,12345678901234567890e1],' +
              '"message":{"mid":"m","text":"[12345678901234567890,\\"\\\\\\":12345678901234567890]"}}]}]}',
          ),
          messages: [
            {
              sender: {
                identity: '12345678901234567890',
                name: null,
                contact: { kind: 'psid', value: '12345678901234567890' },
              },
              text: '[12345678901234567890,"\\":12345678901234567890]',
            },
          ],
        },
        {
          label: 'keeps NUL and lone surrogates as they were sent',
          request: message({ text: 'a\u0000b\ud800' }),
          messages: [{ text: 'a\u0000b\ud800', originalText: 'a\u0000b\ud800' }],
        },
      ],
    );

    itReads(
      () => channel,
      [
        ignores('echo', 'echo of what the page wrote'),
        ignores('read', 'event read'),
        ignores('delivery', 'event delivery'),
        ignores('reaction', 'event reaction'),
        ignores('optin', 'event optin'),
        ignores('referral', 'event referral'),
        ignores('account-linking', 'event account_linking'),
        ignores('handover', 'event pass_thread_control'),
        ignores('policy-enforcement', 'event policy-enforcement'),
      ],
    );

    itReads(
      () => channel,
      [
        {
          label: 'quarantines a kind of event that is to come: somebody may have said something',
          request: event({ messaging_feedback: { feedback: 'jalan rusak' } }),
          fails: /^entry\[0\]\.messaging\[0\]: an event of a kind that we do not read$/,
        },
        {
          label: 'names an event by what it is, not by what stands beside it',
          request: event({ prior_message: { source: 'checkbox_plugin' }, optin: {} }),
          ignored: /^event optin$/,
        },
        {
          label: 'repeats no name of a kind that could be words',
          request: event({ 'Bu Tarni 0812': {} }),
          fails: /: an event of a kind that we do not read$/,
        },
        {
          label: 'ignores what the page wrote even if it does not say that it is an echo',
          request: event({ sender: { id: PAGE }, message: { mid: 'm_1', text: 'Terima kasih' } }),
          ignored: /^written by the page$/,
        },
      ],
    );

    itReads(
      () => channel,
      [
        timed('milliseconds', 1795255200001, SENT),
        timed('milliseconds in a string', '1795255200001', SENT),
        timed('seconds', 1795255200, POSTED),
        timed('seconds in a string', '1795255200', POSTED),
        timed('an ISO string', '2026-11-21T17:00:00+0700', POSTED),
        timed('an ISO string without a zone', '2026-11-21T10:00:00', POSTED),
        timed('nothing', undefined, null),
        timed('zero', 0, null),
        timed('less than nothing', -1795255200, null),
        timed('words', 'tadi', null),
        timed('a time before Facebook', 5, null),
        timed('the end of time', 9e15, null),
      ],
    );

    it('gives a tap that has no mid the same id each time, and another tap another one', () => {
      const [first] = channel.read(sent('postback-old')).messages;
      const [again] = channel.read(sent('postback-old')).messages;
      const [later] = channel.read(
        event({ timestamp: 1795255299000, postback: { title: 'Mulai', payload: 'GET_STARTED' } }),
      ).messages;
      const [other] = channel.read(
        event({ postback: { title: 'Mulai', payload: 'BANTUAN' } }),
      ).messages;

      expect(first).to.deep.include({ kind: 'command', text: 'Mulai' });
      expect(first?.eventId).to.match(/^postback:[0-9a-f]{40}$/);
      expect(again?.eventId).to.equal(first?.eventId);
      expect(new Set([first, later, other].map((each) => each?.eventId)).size).to.equal(3);
    });

    it('tells edits without a count apart by what they say', () => {
      const ids = ['satu', 'dua', 'satu'].map(
        (text) =>
          channel.read(event({ message_edit: { mid: 'm_1', text } })).messages[0]?.eventId ?? '',
      );

      expect(ids[0]).to.match(/^m_1#[0-9a-f]{40}$/);
      expect(ids[2]).to.equal(ids[0]);
      expect(ids[1]).not.to.equal(ids[0]);
    });

    it('reads standby as it reads messaging, also a tap without payload', () => {
      const { messages, ignored, unreadable } = receiptOf(channel, sent('standby'));

      expect(messages.map(({ kind, text }) => [kind, text])).to.deep.equal([
        ['message', 'sdh ada kabar blm pak?'],
        ['command', 'Cek laporan'],
      ]);
      expect({ ignored, unreadable }).to.deep.equal({ ignored: [], unreadable: undefined });
    });

    it('takes what can be read of a message, and names the photo that cannot', () => {
      const receipt = receiptOf(
        channel,
        message({
          text: 'Tanggul retak',
          attachments: [
            { type: 'image', payload: { url: 'https://a.fbcdn.net/1.jpg' } },
            { type: 'image', payload: {} },
          ],
        }),
      );

      expect(receipt.messages[0]).to.deep.include({
        text: 'Tanggul retak',
        attachments: [file('image', 'https://a.fbcdn.net/1.jpg')],
      });
      expect(receipt.unreadable).to.deep.equal([
        'entry[0].messaging[0].message.attachments[1]: nothing to read',
      ]);
    });
  });

  describe('read of the page', () => {
    itReads(
      () => channel,
      [
        {
          label: "takes a visitor's post",
          request: sent('post'),
          messages: [
            {
              kind: 'message',
              messageId: POST,
              account: PAGE,
              sender: YUNI,
              sentAt: POSTED,
              text: 'Pak, jembatan Kali Kuning ambrol separo 😢 tulung didandani',
              originalText: 'Pak, jembatan Kali Kuning ambrol separo 😢 tulung didandani',
              location: null,
              attachments: [],
              group: null,
              setting: 'public',
              thread: POST,
              under: [],
              addressed: 'us',
              permalink:
                'https://www.facebook.com/permalink.php?story_fbid=pfbid0contoh&id=61550000000001',
              opensNew: false,
              mayBeginWithKeyword: false,
            },
          ],
        },
        {
          label: 'names a post by its post_id, whatever other ids it carries',
          request: post({ item: 'post', comment_id: '1_2', parent_id: '3_4', message: 'x' }),
          messages: [{ messageId: POST, under: [], permalink: `https://www.facebook.com/${POST}` }],
        },
        {
          label: 'takes a status, opens a new report with #lapor, and makes its permalink',
          request: sent('status'),
          messages: [
            { opensNew: true, permalink: `https://www.facebook.com/${POST}`, addressed: 'us' },
          ],
        },
        {
          label: 'takes the photos of a status',
          request: sent('status-photos'),
          messages: [
            {
              text: 'Tumpukan sampah di TPS 4',
              attachments: [
                file('image', `${IMAGES}/tps-1.jpg?_nc_cat=1&oe=6A1F3C80`),
                file('image', `${IMAGES}/tps-2.jpg?_nc_cat=1&oe=6A1F3C80`),
              ],
            },
          ],
        },
        {
          label: 'takes a photo, whose link is the file',
          request: sent('photo'),
          messages: [
            {
              text: 'Aspal ngelupas',
              attachments: [file('image', `${IMAGES}/aspal.jpg?_nc_cat=1&oe=6A1F3C80`)],
            },
          ],
        },
        {
          label: 'takes the photos of one post, a change each, as parts of it',
          request: changes([photoOf(1), photoOf(2)]),
          messages: [1, 2].map((number) => ({
            kind: 'message' as const,
            messageId: POST,
            group: POST,
            text: 'Aspal ngelupas',
            attachments: [file('image', `${IMAGES}/aspal-${number}.jpg`)],
          })),
        },
        ...[
          { what: 'a comment with a photo', request: sent('comment-photo') },
          { what: 'a status with photos', request: sent('status-photos') },
          {
            what: 'an edit of a photo',
            request: post({ item: 'photo', verb: 'edited', message: 'x' }),
          },
        ].map(({ what, request }) => ({
          label: `takes ${what} as a whole, not as a part`,
          request,
          messages: [{ group: null }],
        })),
        {
          label: 'takes a photo once, though it is named three times',
          request: sent('photo-both'),
          messages: [
            {
              text: '',
              attachments: [file('image', `${IMAGES}/aspal.jpg?_nc_cat=1&oe=6A1F3C80`)],
            },
          ],
        },
        {
          label: 'takes the page of a photo as a link, when there is nothing better',
          request: post({ item: 'photo', link: 'https://www.facebook.com/photo.php?fbid=1' }),
          messages: [{ attachments: [file('link', 'https://www.facebook.com/photo.php?fbid=1')] }],
        },
        {
          label: 'takes a video',
          request: sent('video'),
          messages: [
            {
              text: 'banjir rob lg',
              attachments: [
                file(
                  'video',
                  'https://video.fcgk8-1.fna.fbcdn.net/v/t42.1790-2/rob.mp4?oe=6A1F3C80',
                ),
              ],
            },
          ],
        },
        {
          label: 'takes a video beside a comment',
          request: comment({ message: 'ini', video: 'https://video.fbcdn.net/v.mp4' }),
          messages: [{ attachments: [file('video', 'https://video.fbcdn.net/v.mp4')] }],
        },
        {
          label: 'takes a share as a link, beside its text',
          request: sent('share-feed'),
          messages: [
            {
              text: 'mohon dibaca',
              attachments: [file('link', 'https://kabar.example/pasar-kebakaran')],
            },
          ],
        },
        {
          label: 'takes a comment, under its post and in its thread',
          request: sent('comment'),
          messages: [
            {
              kind: 'message',
              messageId: '111222333_444555',
              sender: YUNI,
              text: 'Air PDAM keruh jg di tempat sy pak',
              setting: 'public',
              thread: POST,
              under: [POST],
              addressed: 'thread',
              permalink: `https://www.facebook.com/${POST}?comment_id=444555`,
            },
          ],
        },
        {
          label: 'takes a comment that is only a photo',
          request: sent('comment-photo'),
          messages: [
            {
              text: '',
              attachments: [file('image', `${IMAGES}/keruh.jpg?_nc_cat=1&oe=6A1F3C80`)],
            },
          ],
        },
        {
          label: 'takes a nested comment, under its parent first',
          request: sent('comment-nested'),
          messages: [
            {
              messageId: '111222333_666777',
              thread: POST,
              under: ['111222333_444555', POST],
              addressed: 'thread',
            },
          ],
        },
        {
          label: 'takes a comment that mentions the page as said to us, and leaves the mention out',
          request: sent('comment-mention'),
          messages: [
            {
              addressed: 'us',
              text: '😡😡 tolong itu PJU mati total',
              originalText: '😡😡 Lapor Sukamaju tolong itu PJU mati total',
            },
          ],
        },
        {
          label: 'finds the mention in tags of the old shape, a map by offset',
          request: comment({
            message: 'tolong Lapor Sukamaju PJU mati',
            message_tags: { 7: [{ id: PAGE, name: 'Lapor Sukamaju', offset: 7 }] },
          }),
          messages: [{ addressed: 'us', text: 'tolong PJU mati' }],
        },
        {
          label: 'finds the mention also where offsets count characters',
          request: tagged('😡😡 Lapor Sukamaju tolong', { name: 'Lapor Sukamaju', offset: 3 }),
          messages: [{ addressed: 'us', text: '😡😡 tolong' }],
        },
        {
          label: 'cuts nothing where the mention does not read as its name',
          request: tagged('tolong Lapor Sukamaju', { name: 'Lapor Sukamaju', offset: 2 }),
          messages: [{ addressed: 'us', text: 'tolong Lapor Sukamaju' }],
        },
        {
          label: 'cuts nothing of a mention without a name',
          request: tagged('Lapor Sukamaju tolong', { offset: 0 }),
          messages: [{ addressed: 'us', text: 'Lapor Sukamaju tolong' }],
        },
        {
          label: "keeps other people's mentions, which are not said to us",
          request: tagged('Pak Lurah tolong', { id: '55', name: 'Pak Lurah', offset: 0 }),
          messages: [{ addressed: 'thread', text: 'Pak Lurah tolong' }],
        },
        {
          label: 'knows a mention that is written out',
          request: comment({ message: `tolong @[${PAGE}:274:Lapor Sukamaju], got mampet` }),
          messages: [{ addressed: 'us', text: 'tolong , got mampet' }],
        },
        {
          label: 'knows no mention of a page whose id begins with ours',
          request: comment({ message: `tolong @[${PAGE}9:274:Lain] got mampet` }),
          messages: [{ addressed: 'thread', text: `tolong @[${PAGE}9:274:Lain] got mampet` }],
        },
        {
          label: 'takes a mention of the page and nothing else as a command',
          request: tagged('Lapor Sukamaju', { name: 'Lapor Sukamaju', offset: 0 }),
          messages: [{ kind: 'command', text: '', originalText: 'Lapor Sukamaju' }],
        },
        {
          label: 'takes a comment of an author Meta does not name by the comment itself',
          request: sent('comment-no-from'),
          messages: [
            {
              messageId: '111222333_888999',
              sender: {
                identity: 'post:111222333_888999',
                unnamed: true,
                name: null,
                contact: null,
              },
              text: 'meni lami pisan teu didangdanan',
            },
          ],
        },
        {
          label: 'takes the author of an old change, every digit of the id',
          request: sent('comment-legacy'),
          messages: [{ sender: { identity: '10210043681558627', name: 'Karto', contact: null } }],
        },
        {
          label: 'keeps the digits of a post_id that is a number beyond 2^53',
          request: delivery(
            changeBody('{"item":"post","verb":"add","post_id":98765432109876543,"message":"x"}'),
          ),
          messages: [
            {
              messageId: '98765432109876543',
              permalink: 'https://www.facebook.com/98765432109876543',
            },
          ],
        },
        {
          label: 'takes `edited` as news of the comment it changes',
          request: sent('comment-edited'),
          messages: [
            {
              kind: 'edit',
              messageId: '111222333_444555',
              text: 'Air PDAM keruh dan bau jg di tempat sy pak',
              addressed: 'thread',
            },
          ],
        },
        {
          label: 'takes `edit` as news of the post it changes',
          request: sent('post-edit'),
          messages: [
            {
              kind: 'edit',
              messageId: POST,
              text: 'Pak, jembatan Kali Kuning ambrol SEMUA',
              addressed: 'us',
            },
          ],
        },
        {
          label: 'takes a removed comment as taken back',
          request: sent('comment-remove'),
          messages: [
            {
              kind: 'delete',
              eventId: '111222333_444555#delete',
              messageId: '111222333_444555',
              sender: YUNI,
              text: '',
            },
          ],
        },
        {
          label: 'takes a removed post as taken back though nobody says by whom',
          request: sent('remove-no-from'),
          messages: [
            {
              kind: 'delete',
              eventId: `${POST}#delete`,
              messageId: POST,
              sender: { identity: `post:${POST}`, unnamed: true, name: null, contact: null },
            },
          ],
        },
        ...[{ is_hidden: true }, { published: 0 }].map((odd) => ({
          label: `takes a comment with ${JSON.stringify(odd)}: words nobody sees are words`,
          request: comment({ message: 'Air keruh', ...odd }),
          messages: [{ text: 'Air keruh' }],
        })),
        {
          label: 'makes no permalink of ids that are not of the usual form',
          request: comment({ comment_id: 'pfbid0x', message: 'x' }),
          messages: [{ permalink: null }],
        },
        {
          label: 'names no thread when a comment does not say its post',
          request: comment({ post_id: undefined, parent_id: '111222333_1', message: 'x' }),
          messages: [{ thread: null, under: ['111222333_1'], permalink: null }],
        },
        ...[{ created_time: 1795255200123 }, { created_time: '2026-11-21T10:00:00.123Z' }].map(
          (time) => ({
            label: `reads ${JSON.stringify(time)}`,
            request: post({ item: 'post', message: 'x', ...time }),
            messages: [{ sentAt: '2026-11-21T10:00:00.123Z' }],
          }),
        ),
      ],
    );

    itReads(
      () => channel,
      [
        {
          label: 'takes a mention elsewhere as said to us, by an author Meta does not name',
          request: sent('mention-post'),
          messages: [
            {
              kind: 'message',
              messageId: '8888888888888888_999000',
              sender: {
                identity: 'post:8888888888888888_999000',
                unnamed: true,
                name: null,
                contact: null,
              },
              text: 'Halo Lapor Sukamaju, PJU mati di gang Mawar',
              addressed: 'us',
              setting: 'public',
              thread: '8888888888888888_999000',
              permalink: 'https://www.facebook.com/8888888888888888_999000',
            },
          ],
        },
        {
          label: 'takes a mention in a comment elsewhere, with its author',
          request: sent('mention-comment'),
          messages: [
            {
              messageId: '999000_515151',
              sender: { identity: '5555555555555555', name: 'Ujang', contact: null },
              addressed: 'us',
              under: ['8888888888888888_999000'],
            },
          ],
        },
        {
          label: 'takes the words of a review',
          request: sent('rating'),
          messages: [
            {
              kind: 'message',
              messageId: '333444555666',
              sender: { identity: '4444444444444444', name: 'Sri Rejeki', contact: null },
              text: 'Antri KTP dari subuh, loket cuma buka satu',
              addressed: 'us',
              setting: 'public',
            },
          ],
        },
        {
          label: 'ignores a review without words',
          request: sent('rating-bare'),
          ignored: /^review without words$/,
        },
        {
          label: 'ignores the mention that is gone: its post may still be there',
          request: change({ item: 'post', verb: 'remove', post_id: '8_9' }, 'mention'),
          ignored: /^post remove$/,
        },
        {
          label: 'ignores how the page mentions itself',
          request: change(
            { item: 'post', verb: 'add', post_id: '8_9', from: { id: PAGE }, message: 'x' },
            'mention',
          ),
          ignored: /^written by the page$/,
        },
        ignores('comment-hide', 'comment hide'),
        ignores('video-block', 'video block'),
        ignores('own-post', 'written by the page'),
        ignores('own-comment-legacy', 'written by the page'),
        ignores('reaction-feed', 'reaction'),
        ignores('like-feed', 'like'),
        ignores('leadgen', 'change of leadgen'),
        ...['unhide', 'unblock', 'mute', 'update', 'melipat'].map((verb) => ({
          label: `ignores ${verb}`,
          request: comment({ verb, message: 'x' }),
          ignored: new RegExp(`^comment ${verb}$`),
        })),
        {
          label: 'ignores an edit that says nothing',
          request: post({ item: 'status', verb: 'edited' }),
          ignored: /^edit without words or files$/,
        },
        {
          label: 'quarantines a post of stickers, and any item nobody knows yet',
          request: post({ item: 'sticker', message: '' }),
          fails: /value\.item: a kind we do not know$/,
        },
      ],
    );

    describe('event ids', () => {
      const idOf = (request: WebhookRequest): string =>
        channel.read(request).messages[0]?.eventId ?? '';

      it('are the same for the same change, and readable', () => {
        expect(idOf(sent('comment'))).to.match(/^feed:111222333_444555:[0-9a-f]{40}$/);
        expect(idOf(sent('mention-post'))).to.match(/^mention:8888888888888888_999000:/);
        expect(idOf(comment({ message: 'x' }))).to.equal(idOf(comment({ message: 'x' })));
      });

      it('differ by verb, id, time, words, photo and field', () => {
        const ids = [
          comment({ message: 'x' }),
          comment({ message: 'x', verb: 'edited' }),
          comment({ message: 'x', comment_id: '111222333_1' }),
          comment({ message: 'x', created_time: 1795255201 }),
          comment({ message: 'y' }),
          comment({ message: 'x', photo: 'https://a.fbcdn.net/1.jpg' }),
          change(
            {
              item: 'comment',
              verb: 'add',
              post_id: POST,
              comment_id: '111222333_444555',
              message: 'x',
              created_time: 1795255200,
            },
            'mention',
          ),
        ].map(idOf);

        expect(new Set(ids).size).to.equal(ids.length);
      });

      it('differ for two photos of one post, by file or by an id of any length', () => {
        const ids = [
          photoOf(1),
          photoOf(2),
          { ...photoOf(1), photo_id: '10210043681558627' },
          { ...photoOf(1), video_id: '10210043681558627' },
        ].map((value) => idOf(changes([value])));
        const rounded = [27, 28].map((end) =>
          idOf(
            delivery(
              changeBody(
                `{"item":"photo","verb":"add","post_id":"1","link":"https://a.b/c","photo_id":102100436815586${end}}`,
              ),
            ),
          ),
        );

        expect(new Set([...ids, ...rounded]).size).to.equal(6);
      });

      it('differ for edits to A, B and A again, and are the same for one sent again', () => {
        const edits = (['A', 'B', 'A'] as const).map((text, index) =>
          edited(text, { post: { updated_time: 1795255300 + index } }, 1795255400),
        );
        const untold = ['A', 'B', 'A'].map((text, index) => edited(text, {}, 1795255500 + index));
        const ids = [...edits, ...untold].map(idOf);

        expect(new Set(ids).size).to.equal(6);
        expect([...edits, ...untold].map(idOf)).to.deep.equal(ids);
        expect(idOf(edited('A', { post: { updated_time: 1795255300 } }, 1795255999))).to.equal(
          ids[0],
        );
      });

      it('are the same for an addition sent again later', () => {
        const ids = [1795255300, 1795255999].map((time) =>
          idOf(edited('A', { verb: 'add', post: { updated_time: time } }, time)),
        );

        expect(ids[1]).to.equal(ids[0]);
      });

      it('differ for the same comment by feed and by mention, which is one message', () => {
        const value = { item: 'comment', verb: 'add', post_id: POST, comment_id: '1_2' };
        const [feed, mention] = ['feed', 'mention'].map(
          (field) => receiptOf(channel, change({ ...value, message: 'x' }, field)).messages[0],
        );

        expect(mention?.messageId).to.equal(feed?.messageId).and.to.equal('1_2');
        expect(mention?.eventId).not.to.equal(feed?.eventId);
      });

      it('fit for the longest ids taken', () => {
        const long = 'x'.repeat(200);

        for (const field of ['feed', 'mention']) {
          const request = change({ item: 'post', verb: 'add', post_id: long, message: 'x' }, field);
          expect(receiptOf(channel, request).messages).to.have.length(1);
        }
        const edit = event({ message_edit: { mid: long, text: 'x', num_edit: '9'.repeat(50) } });
        expect(receiptOf(channel, edit).messages).to.have.length(1);
      });
    });
  });

  describe('read of a batch', () => {
    it('takes every entry, every list, every item in order, and says what it leaves', () => {
      const receipt = receiptOf(channel, sent('batch'));

      expect(receipt.messages.map(({ messageId }) => messageId)).to.deep.equal([
        'm_tumpuk-1',
        'm_tumpuk-2',
        'm_tumpuk-3',
        '111_222',
      ]);
      expect(receipt.ignored).to.deep.equal(['event read', 'entry of another page']);
      expect(receipt.unreadable).to.equal(undefined);
    });

    it('takes the neighbours of an item it cannot read, and names its place', () => {
      const receipt = receiptOf(channel, sent('one-bad'));

      expect(receipt.messages.map(({ messageId }) => messageId)).to.deep.equal([
        'm_baik-1',
        'm_baik-2',
      ]);
      expect(receipt.unreadable).to.deep.equal([
        'entry[1].messaging[0]: message.mid: missing or of the wrong type',
      ]);
    });

    const bad: readonly [string, unknown, RegExp][] = [
      ['an entry that is none', 5, /^entry\[1\]: not an object$/],
      ['an entry without id', { messaging: [] }, /^entry\[1\]\.id: missing or/],
      ['a messaging that is no list', { id: PAGE, messaging: {} }, /^entry\[1\]\.messaging: not a/],
      ['an event that is none', { id: PAGE, standby: [null] }, /^entry\[1\]\.standby\[0\]: not an/],
      ['a change that is none', { id: PAGE, changes: ['x'] }, /^entry\[1\]\.changes\[0\]: not an/],
      [
        'changes of which only the names came',
        { id: PAGE, time: 1, changed_fields: ['feed'] },
        /^entry\[1\]\.changed_fields: changes without their values$/,
      ],
    ];
    for (const [what, entry, reason] of bad) {
      it(`takes what stands beside ${what}`, () => {
        const good = entryOf({ sender: { id: PSID }, message: { mid: 'm_1', text: 'Banjir' } });

        const receipt = receiptOf(
          channel,
          delivery({ object: 'page', entry: [good, entry, good] }),
        );

        expect(receipt.messages).to.have.length(2);
        expect(receipt.unreadable).to.have.length(1);
        expect(receipt.unreadable?.[0]).to.match(reason);
      });
    }

    it('reads 1,000 items of one request in less than two seconds', () => {
      const entry = Array.from({ length: 1000 }, (_, index) =>
        index % 2 === 0
          ? entryOf({
              sender: { id: 10210043681558000 + index },
              timestamp: 1795255200001,
              message: { mid: `m_${String(index)}`, text: 'Banjir selutut '.repeat(60) },
            })
          : {
              id: PAGE,
              changes: [
                {
                  field: 'feed',
                  value: {
                    item: 'comment',
                    verb: 'add',
                    post_id: POST,
                    comment_id: `1_${String(index)}`,
                    message: 'podo '.repeat(200),
                  },
                },
              ],
            },
      );
      const request = delivery({ object: 'page', entry });

      const started = cpuMs();
      const receipt = channel.read(request);

      expect(cpuMs() - started).to.be.lessThan(2_000);
      expect(receipt.messages).to.have.length(1000);
      expect(receipt.unreadable).to.equal(undefined);
    });

    const entry = `{"object":"page","entry":[{"id":"${PAGE}",`;
    const talk = `${entry}"messaging":[`;
    const said = `${talk}{"sender":{"id":"1"},"message":{"mid":"m","text":"x",`;
    const commented =
      `${entry}"changes":[{"field":"feed","value":{"item":"comment","verb":"add",` +
      '"post_id":"1_2","comment_id":"2_3",';
    const anyMessage = '{"sender":{"id":"1"},"message":{"mid":"m","text":"x"}}';
    const anyComment =
      '{"field":"feed","value":{"item":"comment","verb":"add","comment_id":"1","message":"x"}}';
    const hostiles: readonly (readonly [before: string, piece: string, after: string])[] = [
      ...[
        ...['1', '1.5', '""', 'null', '[]', '{}', '{"a":1}', '{"read":1}', '12345678901234567890'],
        ...['{"message":1}', '{"message":{}}', '{"message":{"mid":"m"}}', '{"message_edit":{}}'],
        ...['{"postback":{}}', '{"sender":{"id":"1"},"postback":{}}', anyMessage],
      ].map((piece) => [talk, piece, ']}]}'] as const),
      ...['1', '1.5', '""', '[]', '{}', '12345678901234567890', '"\\\\\\""', '{"a":1}'].map(
        (piece) =>
          ['{"object":"page","x":12345678901234567890,"y":[', piece, '],"entry":[]}'] as const,
      ),
      ...['{}', '1', '{"id":""}', '{"id":"1"}', `{"id":"${PAGE}"}`, '{"id":1.5}'].map(
        (piece) => ['{"object":"page","entry":[', piece, ']}'] as const,
      ),
      ...[
        ...['1', '{}', '{"field":"feed"}', '{"field":"feed","value":{}}', '{"field":"x"}'],
        ...['{"field":"ratings","value":{"review_text":"x"}}', anyComment],
      ].map((piece) => [`${entry}"changes":[`, piece, ']}]}'] as const),
      ...['1', '{}', '{"type":"image"}', '{"payload":{"url":"https://a.b/c"}}'].map(
        (piece) => [`${said}"attachments":[`, piece, ']}}]}]}'] as const,
      ),
      ...['message_tags', 'photos'].flatMap((name) =>
        ['1', '{}', `{"id":"${PAGE}","name":"x","offset":9}`, '"https://a.b/c"'].map(
          (piece) => [`${commented}"message":"x","${name}":[`, piece, ']}}]}]}'] as const,
        ),
      ),
    ];
    for (const [before, piece, after] of hostiles) {
      const what = before.replaceAll(PAGE, 'us').slice(-40);
      it(`reads 3 MB of ${piece} after …${what} in less than two seconds`, () => {
        const room = 3_000_000 - before.length - after.length;
        const pieces = `${piece},`.repeat(room / (piece.length + 1)).slice(0, -1);

        expect(msToRead(delivery(before + pieces + after))).to.be.lessThan(2_000);
      });
    }

    const long = '😡'.repeat(740_000);
    const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [index, []]));
    const several = Array.from({ length: 300 }, (_, index) => index);
    const large: readonly [string, WebhookRequest][] = [
      ['a text', message({ text: long })],
      ['white space', message({ text: ' \n'.repeat(700_000) })],
      ['an id', message({ mid: long, text: 'x' })],
      [
        'an address',
        attached({ type: 'image', payload: { url: `https://a.b/${'x'.repeat(2_900_000)}` } }),
      ],
      ['names in an event', event(wide)],
      ['tags of the old shape', comment({ message: 'x', message_tags: wide })],
      [
        'a text with mentions that are not in it',
        comment({
          message: long,
          message_tags: several.map((index) => ({ id: PAGE, name: 'x', offset: 9e5 - index })),
        }),
      ],
      [
        'a text with mentions that are',
        comment({
          message: 'x '.repeat(1_400_000),
          message_tags: several.map((index) => ({ id: PAGE, name: 'x', offset: 2e6 - 2 * index })),
        }),
      ],
    ];
    for (const [what, request] of large) {
      it(`reads 3 MB that are ${what} in less than two seconds`, () => {
        expect(msToRead(request)).to.be.lessThan(2_000);
      });
    }

    function msToRead(request: WebhookRequest): number {
      const started = cpuMs();
      try {
        channel.read(request);
      } catch (error) {
        expect(error).to.be.instanceOf(Malformed);
      }
      return cpuMs() - started;
    }

    it('names a thousand bad items, counts the others, and takes the good one behind them', () => {
      const good = { sender: { id: PSID }, message: { mid: 'm_1', text: 'Banjir' } };
      const bad = Array.from({ length: 5_000 }, () => 1);
      const read = Array.from({ length: 5_000 }, () => ({ read: {} }));
      const entry = [{ id: PAGE, messaging: [...bad, ...read, good] }];

      const { messages, ignored, unreadable } = channel.read(delivery({ object: 'page', entry }));

      expect(messages).to.have.length(1);
      expect(ignored).to.have.length(1_001);
      expect(ignored.at(-1)).to.equal('… and 4000 more');
      expect(unreadable).to.have.length(1_001);
      expect(unreadable?.at(-1)).to.equal('… and 4000 more');
    });

    it('says so when there are more items than it reads', () => {
      const entry = Array.from({ length: 20_001 }, () => entryOf({ read: {} }));

      const { unreadable } = channel.read(delivery({ object: 'page', entry }));

      expect(unreadable).to.deep.equal(['entry[20000].messaging[0]: one item too many']);
    });

    for (const hostile of [`@[${PAGE}:`, `x @[${PAGE}] `]) {
      it(`looks for mentions in 60,000 times "${hostile}" without ado`, () => {
        const request = comment({ message: hostile.repeat(60_000), photo: 'https://a.b/c' });

        const started = cpuMs();
        channel.read(request);

        expect(cpuMs() - started).to.be.lessThan(2_000);
      });
    }

    itReads(
      () => channel,
      [
        {
          label: 'ignores another object',
          request: sent('instagram'),
          ignored: /^object instagram$/,
        },
        {
          label: 'ignores an entry of another page',
          request: delivery({
            object: 'page',
            entry: [{ ...entryOf({ message: { mid: 'm_1', text: 'x' } }), id: '9' }],
          }),
          ignored: /^entry of another page$/,
        },
        {
          label: 'tells apart pages whose ids only differ beyond 2^53',
          request: delivery(
            `{"object":"page","entry":[{"id":${PAGE}000000000001,"messaging":[]}]}`,
          ),
          ignored: /^entry of another page$/,
        },
        {
          label: 'ignores an entry with nothing it knows',
          request: delivery({ object: 'page', entry: [{ id: PAGE, hologram: [] }] }),
          ignored: /^entry without messaging, standby or changes$/,
        },
        ...[[], [{ id: PAGE, messaging: [] }]].map((entry) => ({
          label: `ignores ${JSON.stringify(entry)}`,
          request: delivery({ object: 'page', entry }),
          ignored: /^delivery with nothing in it$/,
        })),
      ],
    );
  });

  describe('read of what it cannot read', () => {
    const unreadable: readonly [string, WebhookRequest, RegExp][] = [
      ['an empty body', delivery(''), /^the delivery is not JSON$/],
      ['broken JSON', delivery('{"object":"page","entry":[{"rahasia'), /not JSON$/],
      ['a list', delivery('[]'), /^the delivery is not an object$/],
      ['5,000 brackets', delivery('['.repeat(5_000) + ']'.repeat(5_000)), /not an object$/],
      [
        '5,000 brackets around a long number',
        delivery(`${'['.repeat(5_000)}12345678901234567890${']'.repeat(5_000)}`),
        /^the delivery is not an object$/,
      ],
      ['no object', delivery({ entry: [] }), /^object: missing or of the wrong type$/],
      ['no entry', delivery({ object: 'page' }), /^entry is not a list$/],
      ['a message that is none', event({ message: 5 }), /^entry\[0\]\.messaging\[0\]: message: /],
      ['a message without mid', event({ message: { text: 'rahasia' } }), /message\.mid: missing/],
      ['a mid of 300 characters', message({ mid: 'x'.repeat(300), text: 'x' }), /message\.mid: /],
      ['a mid with a line break', message({ mid: 'a\nb', text: 'x' }), /message\.mid: /],
      [
        'a message from nobody',
        event({ sender: {}, message: { mid: 'm', text: 'x' } }),
        /sender: /,
      ],
      ['a message with nothing in it', message({}), /: message: nothing to read$/],
      ['a message of white space', message({ text: ' \n' }), /: message: nothing to read$/],
      ['a text that is a number', message({ text: 5 }), /: message: nothing to read$/],
      ['nothing but a photo without address', attached({ type: 'image' }), /nothing to read$/],
      [
        'a sticker and a photo without address',
        message({ attachments: [{ type: 'sticker' }, { type: 'image', payload: null }] }),
        /nothing to read$/,
      ],
      ['nothing but a link to nowhere', attached({ type: 'share' }), /nothing to read$/],
      ['nothing but a place nowhere', attached({ type: 'location' }), /nothing to read$/],
      [
        'an unsupported message',
        sent('unsupported'),
        /: message\.is_unsupported: nothing to read$/,
      ],
      ['an edit without mid', event({ message_edit: { text: 'x' } }), /message_edit\.mid: /],
      ['an edit without text', event({ message_edit: { mid: 'm' } }), /message_edit\.text: /],
      ['a tap by nobody', event({ sender: 5, postback: { title: 'x' } }), /sender: missing/],
      ['a tap that is none', event({ postback: [] }), /postback: missing/],
      [
        'a change without field',
        delivery({ object: 'page', entry: [{ id: PAGE, changes: [{ value: {} }] }] }),
        /^entry\[0\]\.changes\[0\]: field: missing/,
      ],
      ['a change without value', change(undefined), /value: missing/],
      ['a post without id', post({ item: 'post', post_id: {}, message: 'x' }), /value\.post_id: /],
      [
        'a comment without id, which is not its post',
        comment({ comment_id: undefined, verb: 'remove' }),
        /value\.comment_id: missing/,
      ],
      ['a post without verb', post({ item: 'post', verb: 5, message: 'x' }), /value\.verb: /],
      ['a post without item', post({ message: 'x' }), /value\.item: missing/],
      [
        'words in an item nobody knows yet',
        post({ item: 'hologram', message: 'rahasia' }),
        /value\.item: a kind we do not know, and words in it$/,
      ],
      ['a comment with nothing in it', comment({ message: '' }), /value: nothing to read$/],
    ];
    itReads(
      () => channel,
      unreadable.map(([what, request, fails]): ChannelCase => ({
        label: `cannot read ${what}, and says what is wrong`,
        request,
        fails,
      })),
    );

    it('repeats no words and no ids in its reasons', () => {
      for (const [, request] of unreadable) {
        expect(() => channel.read(request))
          .to.throw(Malformed)
          .with.property('message')
          .that.not.match(new RegExp(`rahasia|${PSID}|${PAGE}`));
      }
    });

    it('names some of a thousand bad items, not all', () => {
      const entry = Array.from({ length: 1000 }, () => entryOf({ message: {} }));

      expect(() => channel.read(delivery({ object: 'page', entry })))
        .to.throw(Malformed)
        .with.property('message')
        .that.satisfies((text: string) => text.length < 2_000);
    });

    itReads(
      () => channel,
      [
        { attachments: 'x' },
        { attachments: [null, 5] },
        { reply_to: { mid: 5.5 } },
        { reply_to: [] },
        { is_echo: 'no', is_deleted: 1, is_unsupported: {} },
        { quick_reply: 5, nlp: [], seq: 'x' },
        { sticker_id: {} },
      ].map((odd) => ({
        label: `gives the text beside an odd ${JSON.stringify(odd)}`,
        request: message({ text: 'Jalan rusak', ...odd }),
        messages: [{ text: 'Jalan rusak', attachments: [], under: [] }],
      })),
    );

    itReads(
      () => channel,
      [
        { message_tags: 'x' },
        { message_tags: [null, { id: {} }, { id: PAGE.slice(1), offset: -1 }] },
        { photo: 5, photos: {}, video: 'x', link: '//x' },
        { created_time: {}, post: 5 },
        { parent_id: [] },
        { from: { id: YUNI.identity, name: 5 } },
      ].map((odd) => ({
        label: `gives the comment beside an odd ${JSON.stringify(odd)}`,
        request: comment({ message: 'Jalan rusak', ...odd }),
        messages: [{ text: 'Jalan rusak', attachments: [], under: [POST], addressed: 'thread' }],
      })),
    );

    it('reads or says Malformed, and nothing else, for 2,000 damaged deliveries', () => {
      const random = randomFrom(11);
      const names = [
        'batch',
        'several-attachments',
        'comment-mention',
        'edit',
        'location',
        'rating',
      ];

      let fine = 0;
      for (let round = 0; round < 2_000; round += 1) {
        const bytes = fixture('facebook', `${names[round % names.length] ?? ''}.json`);
        const body = round % 2 === 0 ? mutated(bytes, random) : twisted(bytes.toString(), random);
        try {
          receiptOf(channel, { ...delivery(''), body });
          fine += 1;
        } catch (error) {
          expect(error).to.be.instanceOf(Malformed);
        }
      }

      expect(fine).to.be.within(200, 1_990);
    });
  });

  describe('authenticate', () => {
    const authenticate = (body: Buffer, headers: Readonly<Record<string, string>>): void => {
      channel.webhook?.authenticate({ ...delivery(''), body, headers });
    };
    const body = fixture('facebook', 'text.json');

    it('accepts the signature over the bytes as Meta escapes them', () => {
      expect(body.toString()).to.contain('\\ud83d\\ude4f').and.to.contain('\\u0040');
      expect(body.toString()).to.contain('http:\\/\\/');

      expect(() => {
        authenticate(body, { 'x-hub-signature-256': signed(body) });
      }).not.to.throw();
    });

    it('refuses the signature over the same JSON, written anew', () => {
      const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));

      expect(() => {
        authenticate(body, { 'x-hub-signature-256': signed(again) });
      }).to.throw(Unauthenticated);
    });

    const sha1 = `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`;
    const refusals: readonly [string, Readonly<Record<string, string>>][] = [
      ['no signature', {}],
      ['an empty signature', { 'x-hub-signature-256': '' }],
      ['the legacy signature alone', { 'x-hub-signature': sha1 }],
      ['the legacy signature in place of the other', { 'x-hub-signature-256': sha1 }],
      ['a signature of a foreign secret', { 'x-hub-signature-256': signed(body, 'lain') }],
      ['a signature with the verify token', { 'x-hub-signature-256': signed(body, VERIFY) }],
      ['a signature without its name', { 'x-hub-signature-256': signed(body).slice(7) }],
      ['a shorter signature', { 'x-hub-signature-256': signed(body).slice(0, -1) }],
      ['a longer signature', { 'x-hub-signature-256': `${signed(body)}0` }],
    ];
    for (const [what, headers] of refusals) {
      it(`refuses ${what}`, () => {
        expect(() => {
          authenticate(body, headers);
        }).to.throw(Unauthenticated);
      });
    }

    it('refuses a body with any one byte flipped', () => {
      for (const index of body.keys()) {
        const flipped = Buffer.from(body);
        flipped[index] = (flipped[index] ?? 0) ^ 1;
        expect(() => {
          authenticate(flipped, { 'x-hub-signature-256': signed(body) });
        }).to.throw(Unauthenticated);
      }
    });
  });

  describe('handshake', () => {
    const handshake = (query: string) =>
      channel.webhook?.handshake?.({
        method: 'GET',
        url: `${URL_OF_HOOK}${query}`,
        headers: {},
        body: Buffer.alloc(0),
      });
    const asked = (parameters: Readonly<Record<string, string>>): string =>
      `?${new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': '1158201444',
        'hub.verify_token': VERIFY,
        ...parameters,
      }).toString()}`;

    it('answers the challenge to our verify token', () => {
      expect(handshake(asked({}))).to.equal('1158201444');
    });

    it('answers the challenge verbatim', () => {
      expect(handshake(asked({ 'hub.challenge': ' a+b&c=d/é?' }))).to.equal(' a+b&c=d/é?');
    });

    const refusals: readonly [string, string][] = [
      ['no query', ''],
      ['a wrong token', asked({ 'hub.verify_token': 'tebakan' })],
      ['a longer token', asked({ 'hub.verify_token': `${VERIFY}0` })],
      ['a shorter token', asked({ 'hub.verify_token': VERIFY.slice(1) })],
      ['an empty token', asked({ 'hub.verify_token': '' })],
      ['the app secret as token', asked({ 'hub.verify_token': SECRET })],
      ['no token', '?hub.mode=subscribe&hub.challenge=1'],
      ['another mode', asked({ 'hub.mode': 'unsubscribe' })],
      ['no mode', `?hub.challenge=1&hub.verify_token=${VERIFY}`],
      ['no challenge', `?hub.mode=subscribe&hub.verify_token=${VERIFY}`],
      ['an empty challenge', asked({ 'hub.challenge': '' })],
    ];
    for (const [what, query] of refusals) {
      it(`refuses ${what}`, () => {
        expect(() => handshake(query)).to.throw(Unauthenticated);
      });
    }
  });

  describe('handshake at the route', () => {
    let listener: Listener;
    const ask = (token: string) => {
      const query = new URLSearchParams({
        'hub.mode': 'subscribe',
        'hub.challenge': '<script>alert(1)</script>',
        'hub.verify_token': token,
      });
      return get(
        `http://127.0.0.1:${String(listener.port)}`,
        `/webhooks/facebook?${query.toString()}`,
      );
    };

    before(async () => {
      const app = express().use(
        '/webhooks',
        createWebhooks({
          channels: new Map([['facebook', channel]]),
          publicUrl: 'https://lapor.example.go.id',
          intake: { accept: () => Promise.reject(new Error('a handshake is nothing to store')) },
          readBody: createBodyReader(createNetworkReader(0)),
          metrics: createMetrics(null),
          log: createLog('silent', [], { write: () => undefined }),
          now: Date.now,
        }),
      );
      listener = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    });
    after(() => listener.close());

    it('answers 200 with the challenge as plain text, never as a page', async () => {
      const { status, headers, body } = await ask(VERIFY);

      expect([status, body]).to.deep.equal([200, '<script>alert(1)</script>']);
      expect(headers['content-type']).to.match(/^text\/plain(;|$)/);
      expect(headers['x-content-type-options']).to.equal('nosniff');
    });

    it('answers 401 to a wrong token, with nothing of what was asked', async () => {
      const { status, body } = await ask('tebakan');

      expect([status, body]).to.deep.equal([401, '']);
    });
  });

  describe('simulator', () => {
    const simulated = (from: string | null) => {
      const { path, ...request } = simulator.request(SETTINGS, 'https://lapor.example.go.id', {
        text: 'PJU mati 🙏 hub a@b / 50%',
        from,
      });
      return { ...request, url: path, body: Buffer.from(request.body) };
    };

    it('signs what it sends, escaped as Meta escapes', () => {
      const request = simulated(null);

      expect(request.body.toString()).to.match(/^[\x20-\x7e]+$/);
      expect(request.body.toString()).to.contain('\\ud83d\\ude4f hub a\\u0040b \\/ 50\\u0025');
      expect(() => channel.webhook?.authenticate(request)).not.to.throw();
    });

    it('speaks for the citizen it is told, a new message each time', () => {
      const [first] = channel.read(simulated(PSID)).messages;
      const [second] = channel.read(simulated(PSID)).messages;

      expect(first).to.deep.include({ sender: CITIZEN, text: 'PJU mati 🙏 hub a@b / 50%' });
      expect(second?.eventId).not.to.equal(first?.eventId);
    });
  });

  describe('open', () => {
    it('takes webhooks, answered with EVENT_RECEIVED', () => {
      expect(channel.webhook?.methods).to.deep.equal(['POST']);
      expect(channel.webhook?.success).to.deep.equal({
        type: 'text/plain',
        body: 'EVENT_RECEIVED',
      });
    });

    it('names app secret, verify token and page token as secrets', async () => {
      const open = await opened(facebook, { ...SETTINGS, FACEBOOK_PAGE_TOKEN: 'EAAB_dikarang' });

      expect(channel.secrets).to.deep.equal([SECRET, VERIFY]);
      expect(open.secrets).to.deep.equal([SECRET, VERIFY, 'EAAB_dikarang']);
    });

    it('stays closed when none of its variables is set', async () => {
      expect(await facebook.open({ FACEBOOK_GRAPH_URL: '' }, stillTools())).to.equal(null);
    });

    it('names every missing variable at once', async () => {
      const error = await failureOf({ FACEBOOK_APP_ID: '123' });

      expect(error.problems).to.have.members([
        'FACEBOOK_APP_SECRET is missing (channel facebook)',
        'FACEBOOK_VERIFY_TOKEN is missing (channel facebook)',
        'FACEBOOK_PAGE_ID is missing (channel facebook)',
      ]);
    });

    it('names what is wrong, and never its value', async () => {
      const error = await failureOf({
        ...SETTINGS,
        FACEBOOK_PAGE_ID: 'LaporRahasia',
        FACEBOOK_APP_ID: 'rahasia',
        FACEBOOK_PAGE_TOKEN: 'ra hasia',
        FACEBOOK_GRAPH_URL: 'rahasia',
      });

      expect(error.problems).to.have.length(4);
      expect(error.message.toLowerCase()).not.to.contain('hasia');
    });

    for (const url of ['https://proxy.example/graph', 'https://proxy.example/graph/']) {
      it(`opens with the Graph API at ${url}`, async () => {
        expect(await opened(facebook, { ...SETTINGS, FACEBOOK_GRAPH_URL: url })).to.be.an('object');
      });
    }

    it('opens with its demo settings', async () => {
      const demo = facebook.demo((name) => createHash('sha256').update(name).digest('hex'));

      const { secrets } = await opened(facebook, demo);

      expect(new Set(secrets).size).to.equal(2);
    });
  });
});

async function failureOf(environment: Record<string, string>): Promise<ConfigInvalid> {
  try {
    await facebook.open(environment, stillTools());
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('it opened');
}

function sent(name: string): WebhookRequest {
  return { ...delivery(''), body: fixture('facebook', `${name}.json`) };
}

function ignores(name: string, reason: string): ChannelCase {
  return {
    label: `ignores ${name}, saying so`,
    request: sent(name),
    ignored: new RegExp(`^${reason}$`),
  };
}

function timed(what: string, timestamp: unknown, sentAt: string | null): ChannelCase {
  return {
    label: `reads a time given as ${what}`,
    request: event({ timestamp, message: { mid: 'm_1', text: 'x' } }),
    messages: [{ sentAt }],
  };
}

function delivery(content: string | object): WebhookRequest {
  return {
    method: 'POST',
    url: URL_OF_HOOK,
    headers: {},
    body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  };
}

function entryOf(item: object) {
  return { id: PAGE, time: 1795255200123, messaging: [item] };
}

function event(fields: object): WebhookRequest {
  const item = { sender: { id: PSID }, recipient: { id: PAGE }, timestamp: 1795255200001 };
  return delivery({ object: 'page', entry: [entryOf({ ...item, ...fields })] });
}

function message(fields: object): WebhookRequest {
  return event({ message: { mid: 'm_1', ...fields } });
}

function attached(attachment: object): WebhookRequest {
  return message({ attachments: [attachment] });
}

function change(value: unknown, field = 'feed'): WebhookRequest {
  return delivery({ object: 'page', entry: [{ id: PAGE, time: 1, changes: [{ field, value }] }] });
}

function changes(values: readonly object[]): WebhookRequest {
  const all = values.map((value) => ({ field: 'feed', value }));
  return delivery({ object: 'page', entry: [{ id: PAGE, time: 1795255201, changes: all }] });
}

/** One of several photos of one post. */
function photoOf(number: number) {
  const from = { id: YUNI.identity, name: YUNI.name };
  const file = { link: `${IMAGES}/aspal-${String(number)}.jpg`, photo_id: 900 + number };
  const post = { item: 'photo', verb: 'add', post_id: POST, created_time: 1795255200 };
  return { ...post, ...file, from, message: 'Aspal ngelupas' };
}

function edited(text: string, fields: object, time: number): WebhookRequest {
  const post = { item: 'status', verb: 'edited', post_id: POST, created_time: 1795255200 };
  const value = { ...post, message: text, ...fields };
  const entry = [{ id: PAGE, time, changes: [{ field: 'feed', value }] }];
  return delivery({ object: 'page', entry });
}

function changeBody(value: string): string {
  return `{"object":"page","entry":[{"id":"${PAGE}","changes":[{"field":"feed","value":${value}}]}]}`;
}

function post(fields: object): WebhookRequest {
  const from = { id: YUNI.identity, name: YUNI.name };
  return change({ from, post_id: POST, created_time: 1795255200, verb: 'add', ...fields });
}

function comment(fields: object): WebhookRequest {
  return post({
    item: 'comment',
    comment_id: '111222333_444555',
    parent_id: POST,
    ...fields,
  });
}

function tagged(text: string, tag: object): WebhookRequest {
  return comment({ message: text, message_tags: [{ id: PAGE, ...tag }] });
}

function file(kind: AttachmentKind, ref: string, name: string | null = null) {
  return { kind, mediaType: null, bytes: null, ref, name };
}

function signed(body: Buffer, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  '',
  '\u0000',
  '\ud800',
  `@[${PAGE}] #lapor`,
  PAGE,
  [],
  [[null]],
  {},
  { id: PAGE },
  { url: 'https://x' },
];

/** The delivery with one to three of its values, however deep, replaced by odd ones. */
function twisted(json: string, random: (below: number) => number): Buffer {
  let text = json;
  for (let round = 0; round <= random(3); round += 1) {
    let count = 0;
    JSON.parse(text, () => {
      count += 1;
    });
    const chosen = random(count);
    let index = -1;
    const value: unknown = JSON.parse(text, (_, old: unknown) => {
      index += 1;
      return index === chosen ? ODD_VALUES[random(ODD_VALUES.length)] : old;
    });
    text = JSON.stringify(value);
  }
  return Buffer.from(text);
}
