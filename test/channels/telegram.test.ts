import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { telegram } from '../../channels/telegram/index.ts';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import { ConfigInvalid, Malformed, Unauthenticated } from '../../src/errors.ts';
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
import { startTelegramApi } from '../support/telegram-api.ts';
import type { TelegramApi } from '../support/telegram-api.ts';

const TOKEN = '7700000001:AAE-token_yang_dikarang';
const SECRET = 'rahasia_webhook-0123456789';
const SETTINGS = {
  TELEGRAM_BOT_TOKEN: TOKEN,
  TELEGRAM_SECRET_TOKEN: SECRET,
  TELEGRAM_BOT_USERNAME: '@LaporKotaBot',
};
const HEADER = 'x-telegram-bot-api-secret-token';
const SENT = '2026-11-21T10:00:00.000Z';

const PRIVATE = { id: 5123456789, type: 'private', first_name: 'Dewi' };
const GROUP = { id: -1002233445566, type: 'supergroup', title: 'Warga RW 07 Sukamaju' };
const DEWI = { id: 5123456789, is_bot: false, first_name: 'Dewi' };
const ANI_SAID = 'Got mampet\ndi gang 3';
const ANI = { id: 5123456780, is_bot: false, first_name: 'Ani' };
const DEWI_READ = {
  identity: '5123456789',
  name: 'Dewi Anggraini',
  contact: { kind: 'chat' as const, value: '5123456789' },
};
const JOKO_IN_GROUP = {
  identity: '6987654321',
  name: 'Joko',
  contact: null,
};

describe('telegram', () => {
  let channel: Channel;

  before(async () => {
    channel = await opened(telegram, SETTINGS);
  });

  describe('read', () => {
    itReads(
      () => channel,
      [
        {
          label: 'takes a text message',
          request: sent('text'),
          messages: [
            {
              kind: 'message',
              eventId: '912340001',
              messageId: '5123456789:101',
              account: '7700000001',
              sender: DEWI_READ,
              sentAt: SENT,
              text: 'Jalan Anggrek berlubang besar 🙏 dekat jembatan',
              originalText: 'Jalan Anggrek berlubang besar 🙏 dekat jembatan',
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
          label: 'tells the same message_id in two chats apart',
          request: sent('same-id-other-chat'),
          messages: [{ messageId: '6987654321:101', eventId: '912340029' }],
        },
        {
          label: 'takes /start as a command',
          request: sent('start'),
          messages: [{ kind: 'command', text: '/start', originalText: '/start' }],
        },
        {
          label: 'takes /start with the payload of a link as a command',
          request: sent('start-payload'),
          messages: [{ kind: 'command', text: '/start poster_pasar-01' }],
        },
        {
          label: 'takes a report behind /start as a report',
          request: update({ text: '/start lampu jalan mati' }),
          messages: [{ kind: 'message', text: 'lampu jalan mati', opensNew: false }],
        },
        {
          label: 'takes /help as a command',
          request: sent('help'),
          messages: [{ kind: 'command', text: '/help' }],
        },
        {
          label: 'takes /bantuan as a command',
          request: sent('bantuan'),
          messages: [{ kind: 'command', text: '/bantuan' }],
        },
        {
          label: 'takes a call for help behind /bantuan as a report',
          request: update({ text: '/bantuan rumah kami kebanjiran' }),
          messages: [{ kind: 'message', text: 'rumah kami kebanjiran' }],
        },
        {
          label: 'opens a new report with /lapor and leaves the command out of its text',
          request: sent('lapor'),
          messages: [
            {
              kind: 'message',
              opensNew: true,
              text: 'Jalan rusak 🙏',
              originalText: '/lapor Jalan rusak 🙏',
            },
          ],
        },
        {
          label: 'takes /LAPOR in capitals and with a line break behind it',
          request: update({ text: '/LAPOR:\nGot mampet' }),
          messages: [{ opensNew: true, text: 'Got mampet', originalText: '/LAPOR:\nGot mampet' }],
        },
        {
          label: 'takes /lapor with nothing behind it as a command',
          request: sent('lapor-bare'),
          messages: [{ kind: 'command', text: '/lapor', opensNew: true }],
        },
        {
          label: 'opens a new report with /lapor as a caption',
          request: sent('lapor-caption'),
          messages: [
            {
              kind: 'message',
              opensNew: true,
              text: 'Tiang listrik miring',
              originalText: '/lapor Tiang listrik miring',
              attachments: [photo('AgACAgUAAx-kecil', 1310)],
            },
          ],
        },
        {
          label: 'opens a new report with a photo whose caption is only /lapor',
          request: update({ caption: '/lapor', photo: [{ file_id: 'F' }] }),
          messages: [
            { kind: 'message', opensNew: true, text: '', attachments: [photo('F', null)] },
          ],
        },
        {
          label: 'keeps an unknown word behind a slash: it is a citizen who writes so',
          request: sent('unknown-command'),
          messages: [{ kind: 'message', text: '/jalan rusak di RT 03', opensNew: false }],
        },
        {
          label: 'takes the largest size of a photo, with its caption',
          request: sent('photo'),
          messages: [
            {
              text: 'Lubang di tikungan',
              originalText: 'Lubang di tikungan',
              attachments: [photo('AgACAgUAAx-y', 210433)],
            },
          ],
        },
        {
          label: 'takes the last size of a photo when none says how large it is',
          request: update({ photo: [{ file_id: 'A' }, { file_id: 'B' }] }),
          messages: [{ attachments: [photo('B', null)] }],
        },
        {
          label: 'takes a document',
          request: sent('document'),
          messages: [
            {
              text: 'Surat dari warga',
              attachments: [
                {
                  kind: 'document',
                  mediaType: 'application/pdf',
                  bytes: 88412,
                  ref: 'BQACAgUAAx-surat',
                  name: 'surat warga.pdf',
                },
              ],
            },
          ],
        },
        {
          label: 'takes a voice message',
          request: sent('voice'),
          messages: [
            {
              text: '',
              attachments: [file('audio', 'audio/ogg', 34567, 'AwACAgUAAx-suara')],
            },
          ],
        },
        {
          label: 'takes an audio file',
          request: sent('audio'),
          messages: [
            {
              attachments: [file('audio', 'audio/mpeg', 501223, 'CQACAgUAAx-bising', 'bising.mp3')],
            },
          ],
        },
        {
          label: 'takes a video and not its thumbnail',
          request: sent('video'),
          messages: [
            {
              text: 'Banjir selutut',
              attachments: [file('video', 'video/mp4', 2048576, 'BAACAgUAAx-banjir')],
            },
          ],
        },
        {
          label: 'takes a round video',
          request: sent('video-note'),
          messages: [{ attachments: [file('video', 'video/mp4', 610200, 'DQACAgUAAx-bulat')] }],
        },
        {
          label: 'takes an animation once, though it comes as a document too',
          request: sent('animation'),
          messages: [
            { attachments: [file('video', 'video/mp4', 92110, 'CgACAgUAAx-gif', 'kabel.mp4')] },
          ],
        },
        {
          label: 'takes a location, and which message it answers',
          request: sent('location'),
          messages: [
            {
              text: '',
              location: { text: null, latitude: -6.914744, longitude: 107.60981 },
              under: ['5123456789:77'],
            },
          ],
        },
        {
          label: 'takes where a live location began',
          request: sent('live-location'),
          messages: [
            { kind: 'message', location: { text: null, latitude: -6.9, longitude: 107.6 } },
          ],
        },
        {
          label: 'ignores how a live location moves',
          request: sent('live-location-moved'),
          ignored: /^live location that moved$/,
        },
        {
          label: 'takes a venue once, with its title and address',
          request: sent('venue'),
          messages: [
            {
              text: '',
              location: {
                text: 'Puskesmas Sukamaju, Jl. Melur 12',
                latitude: -6.92,
                longitude: 107.62,
              },
            },
          ],
        },
        {
          label: "takes the sender's own contact card as news about the sender",
          request: sent('own-contact'),
          messages: [
            {
              kind: 'profile',
              text: '',
              sender: { ...DEWI_READ, contact: { kind: 'phone', value: '+6281298765432' } },
            },
          ],
        },
        {
          label: "takes somebody else's contact card as a message",
          request: sent('other-contact'),
          messages: [
            {
              kind: 'message',
              sender: DEWI_READ,
              text: 'Kontak: Pak Surya, +6285700011122',
              originalText: '',
            },
          ],
        },
        {
          label: 'ignores an own contact card that has no phone number',
          request: update({ contact: { phone_number: '-', user_id: DEWI.id } }),
          ignored: /contact card/,
        },
        ...[1, 2, 3].map((part) => ({
          label: `joins part ${String(part)} of an album by its group, in whatever order it comes`,
          request: sent(`album-${String(part)}`),
          messages: [
            {
              group: '5123456789:14012345678901234',
              text: part === 1 ? 'Tiga foto tanggul retak' : '',
              attachments: [photo(`AgACAgUAAx-tanggul${String(part)}`, 199_999 + part)],
            },
          ],
        })),
        {
          label: 'takes an edit as news of the message it changes, under an event id of its own',
          request: sent('edit'),
          messages: [
            {
              kind: 'edit',
              eventId: '912340028',
              messageId: '5123456789:101',
              sentAt: '2026-11-21T10:01:00.000Z',
              text: 'Jalan Anggrek berlubang besar, sudah dua motor jatuh',
            },
          ],
        },
        {
          label: 'takes the date of an edit that does not say when it was made',
          request: update({ text: 'x', edit_date: 'tadi' }, 'edited_message'),
          messages: [{ kind: 'edit', sentAt: SENT }],
        },
        {
          label: 'leaves /lapor out of an edited text as well',
          request: update({ text: '/lapor Jalan sangat rusak' }, 'edited_message'),
          messages: [{ kind: 'edit', text: 'Jalan sangat rusak', opensNew: true }],
        },
      ],
    );

    itReads(
      () => channel,
      [
        {
          label: 'takes what mentions the bot in a group, in any case, and leaves the mention out',
          request: sent('group-mention'),
          messages: [
            {
              text: 'Malam 🙏🏽 lampu mati di gang 3',
              originalText: 'Malam 🙏🏽 @laporkotabot lampu mati di gang 3',
              sender: JOKO_IN_GROUP,
              messageId: '-1002233445566:127',
            },
          ],
        },
        {
          label: 'takes what mentions the bot by its name in a group',
          request: sent('group-text-mention'),
          messages: [
            {
              text: 'tolong cek portal RT 05',
              originalText: 'Lapor Kota tolong cek portal RT 05',
            },
          ],
        },
        {
          label: 'takes what answers the bot in a group',
          request: sent('group-reply'),
          messages: [{ text: 'Di depan warung Bu Tini', under: ['-1002233445566:55'] }],
        },
        {
          label: 'takes /lapor in a group',
          request: sent('group-lapor'),
          messages: [{ text: 'pos ronda roboh', opensNew: true }],
        },
        {
          label: 'takes /lapor@LaporKotaBot in a group',
          request: sent('lapor-own-name'),
          messages: [
            {
              text: 'Halte bus bocor',
              originalText: '/lapor@LaporKotaBot Halte bus bocor',
              opensNew: true,
            },
          ],
        },
        {
          label: 'takes a photo whose caption mentions the bot in a group',
          request: update({
            chat: GROUP,
            photo: [{ file_id: 'F' }],
            caption: 'lampu mati @LaporKotaBot',
            caption_entities: [{ type: 'mention', offset: 11, length: 13 }],
          }),
          messages: [{ text: 'lampu mati', attachments: [photo('F', null)] }],
        },
        {
          label: 'opens a new report with a mention and /lapor behind it',
          request: update({
            chat: GROUP,
            text: '@LaporKotaBot, /lapor lampu mati',
            entities: [{ type: 'mention', offset: 0, length: 13 }],
          }),
          messages: [{ text: 'lampu mati', opensNew: true }],
        },
        {
          label: 'leaves out every mention of the bot, also in a private chat',
          request: update({
            text: '@LaporKotaBot got\n@laporkotabot\nmampet @LAPORKOTABOT',
            entities: [
              { type: 'mention', offset: 0, length: 13 },
              { type: 'mention', offset: 18, length: 13 },
              { type: 'mention', offset: 39, length: 13 },
            ],
          }),
          messages: [{ text: 'got\n\nmampet' }],
        },
        {
          label: "keeps other people's mentions",
          request: update({
            text: 'kata @PakLurah sudah diperbaiki',
            entities: [{ type: 'mention', offset: 5, length: 9 }],
          }),
          messages: [{ text: 'kata @PakLurah sudah diperbaiki' }],
        },
        {
          label: 'takes a mention of the bot and nothing else as a command',
          request: update({
            chat: GROUP,
            text: '@LaporKotaBot',
            entities: [{ type: 'mention', offset: 0, length: 13 }],
          }),
          messages: [{ kind: 'command', text: '', originalText: '@LaporKotaBot' }],
        },
        {
          label: 'takes /help@LaporKotaBot in a group as a command',
          request: update({
            chat: GROUP,
            text: '/help@LaporKotaBot',
            entities: [{ type: 'bot_command', offset: 0, length: 18 }],
          }),
          messages: [{ kind: 'command', text: '/help' }],
        },
        {
          label: 'ignores /help in a group, which is for every bot there',
          request: update({ chat: GROUP, text: '/help' }),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label: 'ignores a command for another bot',
          request: sent('other-bot'),
          ignored: /^command for another bot$/,
        },
        {
          label: 'ignores a command for another bot in a private chat',
          request: update({ text: '/start@CuacaKotaBot' }),
          ignored: /^command for another bot$/,
        },
        {
          label: 'ignores what neither mentions nor answers the bot in a group',
          request: sent('group-chatter'),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label:
            'takes an un-mentioned part of an album in a group, to be ignored unless it is ours',
          request: update({ chat: GROUP, media_group_id: '14', photo: [{ file_id: 'F' }] }),
          messages: [
            {
              kind: 'message',
              group: `${GROUP.id}:14`,
              addressed: 'none',
              text: '',
              attachments: [photo('F', null)],
            },
          ],
        },
        {
          label: 'takes a part of an album in a group that mentions the bot as new',
          request: update({
            chat: GROUP,
            media_group_id: '14',
            photo: [{ file_id: 'F' }],
            caption: 'lampu mati @LaporKotaBot',
            caption_entities: [{ type: 'mention', offset: 11, length: 13 }],
          }),
          messages: [{ group: `${GROUP.id}:14`, addressed: 'us', text: 'lampu mati' }],
        },
        {
          label: 'takes a part of an album in a private chat as new',
          request: update({ media_group_id: '14', photo: [{ file_id: 'F' }] }),
          messages: [{ addressed: 'us', attachments: [photo('F', null)] }],
        },
        {
          label: 'ignores a photo in a group that is part of no album and does not mention the bot',
          request: update({ chat: GROUP, photo: [{ file_id: 'F' }], caption: 'lampu mati' }),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label: 'ignores an un-mentioned part of an album whose file cannot be read',
          request: update({ chat: GROUP, media_group_id: '14', photo: [{}], caption: 'x' }),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label: 'ignores an un-mentioned part of an album that a bot posted in a group',
          request: update({
            chat: GROUP,
            from: { ...DEWI, is_bot: true },
            media_group_id: '14',
            photo: [{ file_id: 'F' }],
          }),
          ignored: /^written by a bot$/,
        },
        {
          label: 'ignores an album in a group whose caption is a command for another bot',
          request: update({
            chat: GROUP,
            media_group_id: '14',
            photo: [{ file_id: 'F' }],
            caption: '/start@CuacaKotaBot',
          }),
          ignored: /^command for another bot$/,
        },
        {
          label: 'ignores what is said in a topic that the bot opened',
          request: sent('forum-topic'),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label: 'names no answered message in a forum topic when none is answered',
          request: update({
            chat: GROUP,
            text: '/lapor portal rusak',
            reply_to_message: { message_id: 9, forum_topic_created: { name: 'Umum' } },
          }),
          messages: [{ under: [] }],
        },
        {
          label: 'takes an edit in a group only for a message that is known',
          request: sent('group-edit'),
          messages: [{ kind: 'edit', addressed: 'none', text: 'Besok kerja bakti jam 8 ya' }],
        },
        {
          label:
            'takes an edit in a group that mentions the bot as new, if the message is not known',
          request: sent('group-edit-mention'),
          messages: [{ kind: 'edit', addressed: 'us', text: 'pagar taman rusak' }],
        },
        {
          label: 'names an anonymous admin by the group and by no name',
          request: sent('anonymous-admin'),
          messages: [
            {
              sender: {
                identity: 'chat:-1002233445566',
                name: null,
                contact: { kind: 'chat', value: '-1002233445566' },
              },
              text: 'pagar taman rusak',
            },
          ],
        },
        {
          label: 'ignores what another bot says',
          request: sent('other-bot-speaks'),
          ignored: /^written by a bot$/,
        },
        {
          label: 'ignores what a bot says in a private chat',
          request: update({ text: 'x', from: { id: 9, is_bot: true, first_name: 'B' } }),
          ignored: /^written by a bot$/,
        },
        {
          label: "ignores the copy of a channel's post in its group",
          request: update({ chat: GROUP, text: '/lapor x', is_automatic_forward: true }),
          ignored: /^channel post$/,
        },
      ],
    );

    for (const [whose, from] of [
      ['we said', { id: 7_700_000_001, is_bot: true, first_name: 'Lapor' }],
      ['its author said to us', DEWI],
    ] as const) {
      it(`quotes nothing in private that ${whose}`, () => {
        const reply_to_message = { message_id: 9, from, text: 'Got mampet' };

        const [read] = receiptOf(channel, update({ text: 'sudah', reply_to_message })).messages;

        expect(read).to.include({ text: 'sudah' }).and.not.to.have.property('quoted');
      });
    }

    itReads(
      () => channel,
      [
        ...[
          ['sticker', 'sticker'],
          ['dice', 'dice'],
        ].map(([kind = '', name = '']) => ({
          label: `ignores a ${kind}`,
          request: sent(name),
          ignored: new RegExp(`^message without text, file or place: ${kind}$`),
        })),
        { label: 'ignores new members', request: sent('new-members'), ignored: /not for the bot/ },
        ...['pinned_message', 'migrate_to_chat_id', 'new_chat_title', 'left_chat_member'].map(
          (kind) => ({
            label: `ignores the service message ${kind}`,
            request: update({ [kind]: 1 }),
            ignored: new RegExp(`^message without text, file or place: ${kind}$`),
          }),
        ),
        ...['hologram', 'story', 'paid_media'].map((kind) => ({
          label: `quarantines what somebody may have said in a way we do not read: ${kind}`,
          request: update({ [kind]: {} }),
          fails: /^message(: of a kind that we do not read|\.\w+ cannot be read)$/,
        })),
        ...['hologram', 'business_message', 'edited_business_message', 'guest_message'].map(
          (kind) => ({
            label: `quarantines an update in which somebody may have said something: ${kind}`,
            request: delivery({ update_id: 1, [kind]: {} }),
            fails: /^an update of a kind that we do not read$/,
          }),
        ),
        {
          label: 'reads a poll: its question, and a line for each answer',
          request: sent('poll-message'),
          messages: [{ kind: 'message', text: 'Kerja bakti?\n- Ya', opensNew: false }],
        },
        {
          label: 'reads a checklist: its title, and a line for each task',
          request: update({
            checklist: {
              title: 'Yang rusak di RT 3',
              tasks: [
                { id: 1, text: 'lampu jalan' },
                { id: 2, text: 'got mampet' },
              ],
            },
          }),
          messages: [{ kind: 'message', text: 'Yang rusak di RT 3\n- lampu jalan\n- got mampet' }],
        },
        {
          label: 'keeps the address behind words, and the words as they are',
          request: update({
            text: '@LaporKotaBot beritanya di sini, baca https://kabar.example/a ya',
            entities: [
              { type: 'mention', offset: 0, length: 13 },
              { type: 'text_link', offset: 27, length: 4, url: 'https://kabar.example/b?c=1' },
              { type: 'text_link', offset: 38, length: 23, url: 'https://kabar.example/a' },
            ],
          }),
          messages: [
            {
              text: 'beritanya di sini (https://kabar.example/b?c=1), baca https://kabar.example/a ya',
              originalText: '@LaporKotaBot beritanya di sini, baca https://kabar.example/a ya',
            },
          ],
        },
        ...[
          { what: 'what another said', reply: { from: ANI, text: ANI_SAID }, quote: {} },
          { what: 'a part', reply: { from: ANI, text: 'x' }, quote: { text: ANI_SAID } },
          { what: 'a caption', reply: { from: ANI, caption: ANI_SAID }, quote: {} },
          { what: 'own words, unheard', reply: { from: DEWI, text: ANI_SAID }, quote: {} },
        ].map(({ what, reply, quote }) => ({
          label: `keeps beside the words what a message in a group answers: ${what}`,
          request: update({
            chat: GROUP,
            text: '/lapor ini belum dibersihkan',
            reply_to_message: { message_id: 9, ...reply },
            quote,
          }),
          messages: [{ text: 'ini belum dibersihkan', quoted: ANI_SAID }],
        })),
        ...['@LaporKotaBot', '/lapor'].map((text) => ({
          label: `takes what somebody said for the report of who calls us to it: ${text}`,
          request: update({
            chat: GROUP,
            text,
            entities: [{ type: 'mention', offset: 0, length: 13 }],
            reply_to_message: { message_id: 9, from: ANI, text: ANI_SAID },
          }),
          messages: [{ kind: 'message' as const, text: '> Got mampet\n> di gang 3' }],
        })),
        ...[
          ['channel-post', 'channel_post'],
          ['edited-channel-post', 'edited_channel_post'],
          ['my-chat-member', 'my_chat_member'],
          ['callback', 'callback_query'],
        ].map(([name = '', kind = '']) => ({
          label: `ignores an update ${kind}, which is never an error`,
          request: sent(name),
          ignored: new RegExp(`^update ${kind}$`),
        })),
        ...[
          'deleted_business_messages',
          'chat_member',
          'chat_join_request',
          'chat_boost',
          'inline_query',
          'message_reaction',
          'message_reaction_count',
          'poll',
          'poll_answer',
          'pre_checkout_query',
          'shipping_query',
        ].map((kind) => ({
          label: `ignores an update ${kind}, however it is made`,
          request: delivery({ update_id: 1, [kind]: null }),
          ignored: new RegExp(`^update ${kind}$`),
        })),
        {
          label: 'ignores an update with nothing in it',
          request: delivery({ update_id: 1 }),
          ignored: /^update with nothing in it$/,
        },
      ],
    );

    itReads(
      () => channel,
      [
        ...[
          { photo: [null, 5, { file_id: 7 }] },
          { photo: 'x' },
          { from: { ...DEWI, is_bot: 'no', last_name: 5 } },
          { document: { file_id: 5 }, voice: [] },
          { entities: [null, { type: 5 }, { type: 'mention', offset: -1, length: 99 }] },
          { entities: { 0: 'x' } },
          { location: { latitude: 'di sini' }, venue: 4 },
          { reply_to_message: { message_id: 'x' }, media_group_id: {}, contact: 'Budi' },
          { chat: { ...PRIVATE, type: 5 } },
        ].map((odd) => ({
          label: `gives the text beside an odd ${JSON.stringify(odd)}`,
          request: update({ text: 'Jalan rusak', ...odd }),
          messages: [{ text: 'Jalan rusak', attachments: [], location: null, group: null }],
        })),
        {
          label: 'gives a file whose size makes no sense',
          request: update({ voice: { file_id: 'V', file_size: -4, mime_type: 5 } }),
          messages: [{ attachments: [file('audio', 'audio/ogg', null, 'V')] }],
        },
        {
          label: 'gives the sizes of a photo that can be read',
          request: update({ photo: [{ file_id: 'A', width: 9, height: 9 }, { file_id: '' }] }),
          messages: [{ attachments: [photo('A', null)] }],
        },
        {
          label: "names a private chat's sender by the chat, when there is no from",
          request: update({ text: 'x', from: undefined }),
          messages: [{ sender: { ...DEWI_READ, name: null } }],
        },
        {
          label: 'keeps NUL and lone surrogates as they were sent',
          request: delivery(
            '{"update_id":1,"message":{"message_id":1,"date":1795255200,' +
              '"chat":{"id":5},"text":"a\\u0000b\\ud800"}}',
          ),
          messages: [{ text: 'a\u0000b\ud800', originalText: 'a\u0000b\ud800' }],
        },
      ],
    );

    const unreadable: readonly [string, WebhookRequest, RegExp][] = [
      ['an empty body', delivery(''), /^the update is not JSON$/],
      ['broken JSON', delivery('{"update_id":1,"message":{"text":"rahasia'), /not JSON$/],
      ['5,000 brackets', delivery('['.repeat(5_000)), /^the update is not JSON$/],
      ['5,000 closed brackets', delivery('['.repeat(5_000) + ']'.repeat(5_000)), /not an object$/],
      ['a list', delivery([]), /^the update is not an object$/],
      ['null', delivery('null'), /^the update is not an object$/],
      ['no update_id', delivery({ message: {} }), /^update_id is missing or not an integer$/],
      ['an update_id in words', delivery({ update_id: '1' }), /^update_id /],
      ['half an update_id', delivery({ update_id: 1.5 }), /^update_id /],
      [
        'a message that is none',
        delivery({ update_id: 1, message: 5 }),
        /^message is not an object/,
      ],
      [
        'an edit that is none',
        delivery({ update_id: 1, edited_message: [] }),
        /^edited_message is /,
      ],
      ['no chat', update({ chat: undefined }), /^message\.chat: missing or of the wrong type$/],
      ['no chat.id', update({ chat: { type: 'private' } }), /^message\.chat\.id: /],
      ['a chat.id in words', update({ chat: { id: 'rahasia' } }), /^message\.chat\.id: missing or/],
      ['no message_id', update({ message_id: undefined }), /^message\.message_id: /],
      ['no date', update({ date: undefined }), /^message\.date: /],
      ['a date in words', update({ date: '2026' }, 'edited_message'), /^edited_message\.date: /],
      ['a date at the end of time', update({ date: 9e15 }), /^message\.date: /],
      [
        'a group message from nobody',
        update({ chat: GROUP, text: '/lapor x', from: undefined }),
        /^message\.from is missing$/,
      ],
      ['nothing but a broken photo', update({ photo: [{}] }), /^message\.photo cannot be read$/],
      ['nothing but a number for a text', update({ text: 5 }), /^message\.text cannot be read$/],
      [
        'a rich message',
        update({ rich_message: { blocks: [] } }),
        /^message\.rich_message cannot be/,
      ],
    ];
    itReads(
      () => channel,
      unreadable.map(([what, request, fails]): ChannelCase => ({
        label: `cannot read ${what}, and says what is wrong`,
        request,
        fails,
      })),
    );

    it('reads more entities than Telegram ever sends without trying every one', () => {
      const entities = Array.from({ length: 30_000 }, (_, index) => ({
        type: 'text_mention',
        offset: index * 2,
        length: 2,
        user: { id: 7700000001 },
      }));
      const request = update({ text: 'ab'.repeat(500_000), entities });

      const started = performance.now();
      channel.read(request);

      expect(performance.now() - started).to.be.lessThan(2_000);
    });

    it('reads or says Malformed, and nothing else, for 2,000 damaged updates', () => {
      const random = randomFrom(7);
      const names = [
        'group-mention',
        'photo',
        'venue',
        'other-contact',
        'edit',
        'location',
        'album-1',
      ];

      let fine = 0;
      for (let round = 0; round < 2_000; round += 1) {
        const bytes = fixture('telegram', `${names[round % names.length] ?? ''}.json`);
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

  describe('read without a user name', () => {
    let nameless: Channel;

    before(async () => {
      nameless = await opened(telegram, {
        ...SETTINGS,
        TELEGRAM_BOT_USERNAME: '',
        TELEGRAM_API_URL: 'http://127.0.0.1:9',
      });
    });

    itReads(
      () => nameless,
      [
        {
          label: 'takes a mention that ends with "bot" for its own',
          request: sent('group-mention'),
          messages: [{ text: 'Malam 🙏🏽 lampu mati di gang 3' }],
        },
        {
          label: 'takes no other mention for its own',
          request: sent('group-chatter'),
          ignored: /^group message that is not for the bot$/,
        },
        {
          label: 'still takes what answers the bot, whose id is in its token',
          request: sent('group-reply'),
          messages: [{ text: 'Di depan warung Bu Tini' }],
        },
      ],
    );
  });

  describe('authenticate', () => {
    const authenticate = (headers: Readonly<Record<string, string>>): void => {
      channel.webhook?.authenticate({ ...sent('text'), headers });
    };

    it('accepts the secret token', () => {
      expect(() => {
        authenticate({ [HEADER]: SECRET });
      }).not.to.throw();
    });

    const refusals: readonly [string, Readonly<Record<string, string>>][] = [
      ['a missing header', {}],
      ['an empty header', { [HEADER]: '' }],
      ['a foreign secret', { [HEADER]: 'rahasia_orang_lain-9876543' }],
      ['a shorter header', { [HEADER]: SECRET.slice(0, -1) }],
      ['a longer header', { [HEADER]: `${SECRET}0` }],
      ['the secret in capitals', { [HEADER]: SECRET.toUpperCase() }],
      ['the bot token in its place', { [HEADER]: TOKEN }],
      ['the secret in another header', { 'x-secret': SECRET }],
    ];
    for (const [what, headers] of refusals) {
      it(`refuses ${what}`, () => {
        expect(() => {
          authenticate(headers);
        }).to.throw(Unauthenticated);
      });
    }

    it('refuses a secret with any one byte flipped', () => {
      for (const [index, byte] of Buffer.from(SECRET).entries()) {
        const flipped = Buffer.from(SECRET);
        flipped[index] = byte ^ 1;
        expect(() => {
          authenticate({ [HEADER]: flipped.toString() });
        }).to.throw(Unauthenticated);
      }
    });
  });

  describe('open', () => {
    it('takes webhooks, answered with an empty body', () => {
      expect(channel.webhook?.methods).to.deep.equal(['POST']);
      expect(channel.webhook?.success).to.deep.equal({ type: 'text/plain', body: '' });
      expect(channel.poll).to.equal(undefined);
    });

    it('names both tokens as secrets', () => {
      expect(channel.secrets).to.deep.equal([TOKEN, SECRET]);
    });

    it('stays closed when none of its variables is set', async () => {
      expect(await telegram.open({ TELEGRAM_MODE: '' }, stillTools())).to.equal(null);
    });

    it('names every missing variable at once', async () => {
      const error = await failureOf({ TELEGRAM_BOT_TOKEN: '', TELEGRAM_BOT_USERNAME: 'x' });

      expect(error.problems).to.have.members([
        'TELEGRAM_BOT_TOKEN is missing (channel telegram)',
        'TELEGRAM_SECRET_TOKEN is missing (channel telegram)',
      ]);
    });

    it('needs no secret token while polling', async () => {
      const error = await failureOf({ TELEGRAM_MODE: 'polling' });

      expect(error.problems).to.deep.equal(['TELEGRAM_BOT_TOKEN is missing (channel telegram)']);
    });

    it('names what is wrong, and never its value', async () => {
      const error = await failureOf({
        TELEGRAM_BOT_TOKEN: 'rahasia',
        TELEGRAM_SECRET_TOKEN: 'ra hasia',
        TELEGRAM_MODE: 'rahasia',
        TELEGRAM_API_URL: 'rahasia',
      });

      expect(error.problems).to.have.length(4);
      expect(error.message).not.to.contain('hasia');
    });

    it('opens with its demo settings and asks nobody', async () => {
      const demo = telegram.demo((name) => createHash('sha256').update(name).digest('hex'));

      expect(demo['TELEGRAM_BOT_TOKEN']).to.match(/^\d{10}:[0-9a-f]{64}$/);
      expect(demo['TELEGRAM_BOT_USERNAME']).to.equal('LaporDemoBot');
      const demoChannel = await opened(telegram, {
        ...demo,
        TELEGRAM_API_URL: 'http://127.0.0.1:9',
      });
      expect(demoChannel.webhook).not.to.equal(undefined);
    });
  });

  describe('against the API', () => {
    let api: TelegramApi;

    beforeEach(async () => {
      api = await startTelegramApi(TOKEN);
    });
    afterEach(() => api.close());

    for (const slash of ['', '/']) {
      it(`asks once for its user name, below a path ending in "m${slash}"`, async () => {
        const asking = await opened(telegram, {
          ...SETTINGS,
          TELEGRAM_BOT_USERNAME: '',
          TELEGRAM_API_URL: api.url + slash,
        });

        expect(api.calls.map(({ path }) => path)).to.deep.equal([`/telegram/bot${TOKEN}/getMe`]);
        expect(asking.read(sent('group-mention')).messages).to.have.length(1);
        const stranger = update({
          chat: GROUP,
          text: '@CuacaKotaBot hujan',
          entities: [{ type: 'mention', offset: 0, length: 13 }],
        });
        expect(asking.read(stranger).messages).to.have.length(0);
      });
    }

    it('opens within 3 s when Telegram accepts the question and never answers', async () => {
      api.answerWith('silence');

      const started = performance.now();
      const open = await opened(telegram, {
        ...SETTINGS,
        TELEGRAM_BOT_USERNAME: '',
        TELEGRAM_API_URL: api.url,
      });

      expect(performance.now() - started).to.be.within(2_500, 4_500);
      expect(open.webhook).not.to.equal(undefined);
    }).timeout(10_000);

    it('opens when Telegram does not know the token', async () => {
      api.answerWith({ status: 401, body: '{"ok":false,"error_code":401,"description":"x"}' });

      const open = await opened(telegram, {
        ...SETTINGS,
        TELEGRAM_BOT_USERNAME: '',
        TELEGRAM_API_URL: api.url,
      });

      expect(open.webhook).not.to.equal(undefined);
    });
  });
});

async function failureOf(environment: Record<string, string>): Promise<ConfigInvalid> {
  try {
    await telegram.open(environment, stillTools());
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('it opened');
}

function sent(name: string): WebhookRequest {
  return { ...delivery(''), body: fixture('telegram', `${name}.json`) };
}

function delivery(content: string | object): WebhookRequest {
  return {
    method: 'POST',
    url: 'https://lapor.example.go.id/webhooks/telegram',
    headers: {},
    body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  };
}

function update(fields: object, kind = 'message'): WebhookRequest {
  const message = { message_id: 1, from: DEWI, chat: PRIVATE, date: 1795255200, ...fields };
  return delivery({ update_id: 1, [kind]: message });
}

function photo(ref: string, bytes: number | null) {
  return file('image', 'image/jpeg', bytes, ref);
}

function file<Kind extends 'image' | 'audio' | 'video'>(
  kind: Kind,
  mediaType: string,
  bytes: number | null,
  ref: string,
  name: string | null = null,
) {
  return { kind, mediaType, bytes, ref, name };
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
  '@LaporKotaBot /lapor',
  [],
  [[null]],
  {},
  { id: 1 },
  { file_id: 'x' },
  { type: 'mention', offset: 3, length: 1 },
];

/** The update with one to three of its values, however deep, replaced by odd ones. */
function twisted(json: string, random: (below: number) => number): Buffer {
  let text = json;
  for (let round = 0; round <= random(3); round += 1) {
    const count = countOf(text);
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

function countOf(json: string): number {
  let count = 0;
  JSON.parse(json, (_, value: unknown) => {
    count += 1;
    return value;
  });
  return count;
}
