import { expect } from 'chai';
import { z } from 'zod';
import { select } from '../../src/store/database.ts';
import { releaseHeld } from '../../src/store/held.ts';
import { dropOldMessages } from '../../src/store/retention.ts';
import { createJudging, neighbourOf, photo, type Saying } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const minutes = 60;
const hours = 60 * minutes;
const days = 24 * hours;

/** One citizen unless others are named: seconds, words, and whatever else matters. */
const said = (at: number, text: string, more: Partial<Saying> = {}): Saying => ({
  who: '+6281200000001',
  at,
  text,
  ...more,
});
const other = (at: number, text: string, more: Partial<Saying> = {}): Saying =>
  said(at, text, { who: '+6281200000002', ...more });
const photoOf = (name: string) => ({ ...photo, ref: name });
const withPhoto = (name: string) => ({ attachments: [photoOf(name)] });
const post = (messageId: string, more: Partial<Saying> = {}): Partial<Saying> => ({
  channel: 'x',
  setting: 'public',
  messageId,
  thread: 't1',
  ...more,
});
const inOwn = (id: string) => post(id, { addressed: 'none', under: ['x9', 'root'] });
const elsewhere = "ignored: said in another citizen's thread and not to us";
const comment = (messageId: string, under: readonly string[], more: Partial<Saying> = {}) =>
  post(messageId, { channel: 'facebook', addressed: 'thread', under, ...more });

type Row = readonly [label: string, sayings: readonly Saying[], story: readonly string[]];

const streets =
  `Mawar Melati Anggrek Dahlia Kenanga Cempaka Teratai Flamboyan Seruni Kamboja Nusa Bima
  Arjuna Semeru Bromo Kelud Lawu Merapi Slamet Rinjani Toba Maninjau Singkarak Batur Poso Sentani`.split(
    /\s+/,
  );

const key = { mayBeginWithKeyword: true };

const spam = 'SLOT GACOR maxwin daftar https://gacor.example bonus new member 100%';
const edited = 'held: edited by its sender';

const pothole = 'Jalan berlubang parah di Jl. Kenanga Sukmajaya Depok, tolong diperbaiki';

/** What is held back, and what is not. */
const held: readonly Row[] = [
  [
    'forwards a real report 10 seconds behind "tes"',
    [said(0, 'tes'), said(10, pothole)],
    ['held: test', 'complaint 1'],
  ],
  [
    'opens nothing for a bare greeting, and one complaint for what comes in pieces behind it',
    [said(0, 'Pak'), said(20, 'jalan rusak'), said(40, 'di Sukmajaya Depok')],
    ['held: greeting', 'complaint 1', 'followup of 1'],
  ],
  ['holds each test anew', [said(0, 'tes'), said(5, 'tes')], ['held: test', 'held: test']],
  [
    'holds gambling in disguise',
    [said(0, '𝗦𝗟𝗢𝗧 𝗚𝗔𝗖𝗢𝗥 𝗺𝗮𝘅𝘄𝗶𝗻 hari ini, daftar di https://gacor.example bonus new member 100%')],
    ['held: spam_suspected'],
  ],
  [
    'holds spam behind a report, which stays what it was',
    [
      said(0, pothole),
      said(30, 'SLOT GACOR maxwin daftar https://gacor.example bonus new member 100%'),
      said(50, 'sudah banyak yang jatuh'),
    ],
    ['complaint 1', 'held: spam_suspected', 'followup of 1'],
  ],
  [
    'forwards what is short and real, and what cannot be understood',
    [said(0, 'PJU mati'), said(hours, 'banjir'), said(2 * hours, 'hcjnnb')],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  ['forwards a photo with "tes" beside it', [said(0, 'tes', withPhoto('f'))], ['complaint 1']],
  [
    'takes thanks within the two minutes for a follow-up',
    [said(0, pothole), said(30, 'terima kasih pak')],
    ['complaint 1', 'followup of 1'],
  ],
];

/** Follow-ups in private, by the message's own time. */
const followUps: readonly Row[] = [
  [
    'joins what comes within two minutes of the message before, again and again',
    [
      said(0, 'jalan rusak'),
      said(110, 'di Sukmajaya Depok'),
      said(220, 'dekat pasar'),
      said(341, 'sudah lama'),
    ],
    ['complaint 1', 'followup of 1', 'followup of 1', 'complaint 2'],
  ],
  [
    'counts to 120 seconds and not one more',
    [said(0, 'jalan rusak'), said(120, 'di Sukmajaya'), said(241, 'di Beji')],
    ['complaint 1', 'followup of 1', 'complaint 2'],
  ],
  [
    'goes by the time it was said, not by when it arrived: all at once after an outage',
    [said(0, 'jalan rusak', { arrives: 9000 }), said(600, 'lampu mati di Beji', { arrives: 9000 })],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'goes by the time it arrived where the provider gives none',
    [
      said(0, 'jalan rusak', { timed: false }),
      said(60, 'di Sukmajaya', { timed: false }),
      said(600, 'lampu mati', { timed: false }),
    ],
    ['complaint 1', 'followup of 1', 'complaint 2'],
  ],
  [
    'opens two complaints for two keyworded messages in one minute',
    [said(0, 'BJN jalan rusak di Dander', key), said(30, 'BJN lampu mati di Dander', key)],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'opens another one with LAPOR BARU, with #lapor, and where the channel says so',
    [
      said(0, pothole),
      said(10, 'LAPOR BARU lampu jalan mati'),
      said(20, 'air keruh #lapor', { opensNew: true }),
    ],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  [
    'takes the same text with a photo for a follow-up',
    [said(0, pothole), said(3 * hours, pothole, withPhoto('f1'))],
    ['complaint 1', 'followup of 1'],
  ],
  [
    'does not join the words of two citizens',
    [said(0, 'jalan rusak'), other(10, 'di Sukmajaya Depok')],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'does not join what is said on two channels',
    [said(0, 'jalan rusak'), said(10, 'di Sukmajaya Depok', { channel: 'telegram' })],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'joins an answer to their own message, however late',
    [
      said(0, pothole, { messageId: 'a', channel: 'telegram' }),
      said(5 * days, 'sudah sebulan belum ada tindakan', { channel: 'telegram', under: ['a'] }),
    ],
    ['complaint 1', 'followup of 1'],
  ],
  [
    'joins an answer to ours to their latest complaint',
    [
      said(0, pothole, { channel: 'telegram' }),
      said(days, 'Lampu jalan mati di Beji', { channel: 'telegram' }),
      said(2 * days, 'depan masjid', { channel: 'telegram', under: ['ours'] }),
    ],
    ['complaint 1', 'complaint 2', 'followup of 2'],
  ],
  [
    'opens a new one for a follow-up to what was withdrawn',
    [
      said(0, 'jalan rusak', { messageId: 'w', channel: 'x' }),
      said(20, '', { kind: 'delete', messageId: 'w', channel: 'x' }),
      said(40, 'di Sukmajaya Depok', { channel: 'x' }),
    ],
    ['complaint 1', 'edit of 1', 'complaint 2'],
  ],
  [
    'does not follow up on what is held',
    [said(0, 'tes'), said(10, 'di Sukmajaya Depok')],
    ['held: test', 'complaint 1'],
  ],
  [
    'opens one of its own for who asks for secrecy',
    [said(0, 'jalan rusak'), said(20, 'RAHASIA lurah minta uang'), said(40, 'tiap urus KTP')],
    ['complaint 1', 'complaint 2', 'followup of 2'],
  ],
  [
    'takes a sign sent by itself for what is said next',
    [said(0, pothole), said(20, 'LAPOR BARU'), said(30, 'lampu mati'), said(50, 'di Beji')],
    ['complaint 1', 'command: a sign without a report', 'complaint 2', 'followup of 2'],
  ],
  [
    'opens a new one behind /lapor tapped by itself',
    [
      said(0, pothole, { channel: 'telegram' }),
      said(20, '/lapor', { channel: 'telegram', kind: 'command', opensNew: true }),
      said(30, 'lampu mati', { channel: 'telegram' }),
    ],
    ['complaint 1', 'command: a word to us, no report', 'complaint 2'],
  ],
  [
    'follows up on what was said last, or on nothing: not on an older matter when that is withdrawn',
    [
      said(0, pothole, { channel: 'x' }),
      said(10, 'LAPOR BARU lampu jalan mati', { messageId: 'w', channel: 'x' }),
      said(20, '', { kind: 'delete', messageId: 'w', channel: 'x' }),
      said(30, 'di depan masjid', { channel: 'x' }),
    ],
    ['complaint 1', 'complaint 2', 'edit of 2', 'complaint 3'],
  ],
  [
    'opens a new one for an answer to what was withdrawn, whatever else is open',
    [
      said(0, pothole, { messageId: 'w', channel: 'x' }),
      said(days, 'Lampu jalan mati di Beji', { channel: 'x' }),
      said(2 * days, '', { kind: 'delete', messageId: 'w', channel: 'x' }),
      said(3 * days, 'sudah sebulan begini', { channel: 'x', under: ['w'] }),
    ],
    ['complaint 1', 'complaint 2', 'edit of 1', 'complaint 3'],
  ],
  [
    'keeps the reports of a relay number apart: they differ in place, and each stands alone',
    [
      said(0, 'Lampu jalan mati di Jl. Diponegoro Kalitidu (SMS Radio)'),
      said(20, 'Lampu jalan mati di Jl. Sumitro Ledok Kulon (SMS Radio)'),
      said(40, 'Lampu jalan mati di desa Ngujung Temayang (SMS Radio)'),
    ],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  [
    'keeps the questions at a counter apart: they differ in matter, and each stands alone',
    [
      said(0, 'Bagaimana cara mengurus KTP yang hilang di Kecamatan Beji?'),
      said(30, 'Mohon info jadwal pengobatan gratis puskesmas Kecamatan Beji'),
      said(50, 'Kapan sampah di Kecamatan Beji diangkut? Sudah seminggu menumpuk'),
    ],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  [
    'joins more about the same place and matter, however long',
    [
      said(0, 'Jalan rusak parah di Jl. Kenanga Depok'),
      said(30, 'Jalan di Jl. Kenanga itu berlubang dalam sekali, kemarin ada ibu-ibu jatuh'),
    ],
    ['complaint 1', 'followup of 1'],
  ],
];

/** The same words of the same reporter. */
const repeats: readonly Row[] = [
  [
    'counts the same three hours later as a repeat',
    [said(0, pothole), said(3 * hours, pothole)],
    ['complaint 1', 'repeat of 1'],
  ],
  [
    'sees through case, punctuation and abbreviations',
    [
      said(0, 'Tolong lampu jalan di desa Ngujung sudah lama mati, gelap sekali'),
      said(hours, 'TLG LAMPU JLN DI DS NGUJUNG SDH LAMA MATI. GELAP SEKALI!!'),
    ],
    ['complaint 1', 'repeat of 1'],
  ],
  [
    'ends after 72 hours',
    [said(0, pothole), said(72 * hours + 1, pothole)],
    ['complaint 1', 'complaint 2, same_report of 1'],
  ],
  [
    'is none when a place differs',
    [
      said(0, 'Mohon informasi alamat kantor sekretariat BPNT Kota Semarang'),
      said(hours, 'Mohon informasi alamat kantor sekretariat BPNT Kota Cirebon'),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'is none when a number differs',
    [
      said(0, 'Selokan mampet di depan rumah Jl. Kenanga nomor 12 Depok'),
      said(hours, 'Selokan mampet di depan rumah Jl. Kenanga nomor 17 Depok'),
    ],
    ['complaint 1', 'complaint 2, possible of 1'],
  ],
  [
    'is none when a name has another letter: there are two villages',
    [
      said(0, 'Lampu penerangan mati di desa Margasari, tolong diperbaiki'),
      said(60, 'Lampu penerangan mati di desa Margosari, tolong diperbaiki'),
      said(hours, 'Lampu penerangn mati di desa Margosari, tolong diperbaiki'),
    ],
    ['complaint 1', 'complaint 2', 'repeat of 2'],
  ],
  [
    'is none, and no follow-up either, when a person has another letter',
    [
      said(0, 'Bantuan untuk Ibu Aminah belum cair sampai sekarang'),
      said(60, 'Bantuan untuk Ibu Aminoh belum cair sampai sekarang'),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'of a short text without a place counts for ten minutes',
    [said(0, 'PJU mati'), said(10 * minutes, 'pju mati!'), said(21 * minutes, 'PJU mati')],
    ['complaint 1', 'repeat of 1', 'complaint 2'],
  ],
  [
    'of a short text at the same explicit place counts for 72 hours',
    [said(0, 'PJU mati Jl. Melati'), said(2 * days, 'PJU mati jl melati')],
    ['complaint 1', 'repeat of 1'],
  ],
  [
    'is none of what was withdrawn',
    [
      said(0, pothole, { messageId: 'w', channel: 'x' }),
      said(20, '', { kind: 'delete', messageId: 'w', channel: 'x' }),
      said(hours, pothole, { channel: 'x' }),
    ],
    ['complaint 1', 'edit of 1', 'complaint 2'],
  ],
  [
    'finds the same again among many of a relay',
    [
      ...Array.from({ length: 26 }, (_, index) =>
        said(
          index * 600,
          `Lampu jalan mati di Jl. ${streets[index] ?? ''} Kalitidu, tolong diperbaiki`,
        ),
      ),
      said(26 * 600, 'Lampu jalan mati di Jl. Mawar Kalitidu, tolong diperbaiki'),
    ],
    [...Array.from({ length: 26 }, (_, index) => `complaint ${index + 1}`), 'repeat of 1'],
  ],
  [
    'is none of words that were taken back',
    [
      said(0, pothole, { channel: 'x' }),
      said(60, 'lampunya juga mati semua di sana', { messageId: 'f', channel: 'x' }),
      said(70, '', { kind: 'delete', messageId: 'f', channel: 'x' }),
      said(80, '', { kind: 'delete', messageId: 'f', channel: 'x' }),
      said(90, 'lampunya juga mati semua di sana', { channel: 'x' }),
    ],
    ['complaint 1', 'followup of 1', 'edit of 1', 'ignored: taken back already', 'followup of 1'],
  ],
  [
    'is none when it now asks to stay unknown',
    [said(0, pothole), said(hours, `ANONIM ${pothole}`), said(2 * hours, `ANONIM ${pothole}`)],
    ['complaint 1', 'complaint 2', 'repeat of 2'],
  ],
];

/** Posts and comments, where others speak too. */
const threads: readonly Row[] = [
  [
    'joins the same author in the same conversation, also without a mention',
    [
      said(0, pothole, post('1')),
      said(3 * days, 'sudah seminggu belum ada tindakan', post('2', { addressed: 'none' })),
    ],
    ['complaint 1', 'followup of 1'],
  ],
  [
    'ignores a bystander who does not mention us',
    [
      said(0, pothole, post('1')),
      other(60, 'betul', post('2', { addressed: 'none', under: ['1'] })),
    ],
    ['complaint 1', 'ignored: said among others and not to us'],
  ],
  [
    'takes a bystander who mentions us for a reporter',
    [
      said(0, pothole, post('1')),
      other(60, 'Di Jl. Melati Beji lampu jalan juga mati', post('2', { under: ['1'] })),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    "takes a comment under the page's own post for a complaint",
    [
      said(0, pothole, comment('c1', ['page post'])),
      other(60, 'Air PDAM mati di Beji', comment('c2', ['page post'])),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    "joins the author's comments to their post, and ignores those of others",
    [
      said(0, pothole, post('p', { channel: 'facebook' })),
      said(days, 'tambah parah', comment('c1', ['p'])),
      other(days, 'sama di tempat saya', comment('c2', ['c1', 'p'])),
    ],
    ['complaint 1', 'followup of 1', "ignored: said in another citizen's thread and not to us"],
  ],
  [
    'takes all that a citizen says in their own thread for theirs, though it does not name us',
    [
      said(0, pothole, post('1', { under: ['root'] })),
      said(days, 'Sampah menumpuk di Jl. Melati Beji sudah seminggu', inOwn('2')),
      said(2 * days, 'RAHASIA lurahnya minta uang', inOwn('3')),
    ],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  [
    'judges what is said below their own held post anew',
    [said(0, 'tes', post('1')), said(60, pothole, post('2', { addressed: 'none', under: ['1'] }))],
    ['held: test', 'complaint 1'],
  ],
  [
    'ignores what a bystander edits as well',
    [
      said(0, pothole, post('p', { channel: 'facebook' })),
      other(60, 'sama', comment('c', ['p'])),
      other(90, 'Sama di tempat saya, Jl. Melati rusak', comment('c', ['p'], { kind: 'edit' })),
    ],
    ['complaint 1', ...Array<string>(2).fill(elsewhere)],
  ],
  [
    'takes the same post by two events for one message',
    [
      said(0, pothole, post('1', { eventId: 'mention-1' })),
      said(1, pothole, post('1', { eventId: 'reply-1' })),
    ],
    ['complaint 1', 'ignored: the same message by another event'],
  ],
];

/** What changes what was said. */
const changes: readonly Row[] = [
  [
    'tells of an edit',
    [
      said(0, 'jaln rusak', post('1')),
      said(60, 'jalan rusak di Depok', post('1', { kind: 'edit' })),
    ],
    ['complaint 1', 'edit of 1'],
  ],
  [
    'withdraws what is deleted, once',
    [
      said(0, pothole, post('1')),
      said(60, '', post('1', { kind: 'delete' })),
      said(61, '', post('1', { kind: 'delete' })),
    ],
    ['complaint 1', 'edit of 1', 'ignored: taken back already'],
  ],
  [
    'ignores the deletion of what we never had, and what it deletes when that comes later',
    [said(0, '', post('9', { kind: 'delete' })), said(0, pothole, post('9', { arrives: 60 }))],
    ['ignored: taken back, and never seen by us', 'ignored: taken back before it came'],
  ],
  [
    'withdraws an edited post that is deleted by the id of its newest version',
    [
      said(0, pothole, post('5001', { eventId: '5001' })),
      said(60, `${pothole}!`, post('5001', { kind: 'edit', eventId: '5003' })),
      said(90, '', post('5003', { kind: 'delete', eventId: '5003#delete' })),
    ],
    ['complaint 1', 'edit of 1', 'edit of 1'],
  ],
  [
    'judges an edit of what is held for what it says now',
    [
      said(0, 'tes', { messageId: 'h', channel: 'telegram' }),
      said(60, pothole, { messageId: 'h', kind: 'edit', channel: 'telegram' }),
    ],
    ['held: edited by its sender', 'complaint 1'],
  ],
  [
    'lets go of every version that is held when one is good, or all are taken back',
    [
      said(0, 'tes', { messageId: 'h', channel: 'telegram' }),
      said(60, 'tes tes', { messageId: 'h', kind: 'edit', channel: 'telegram' }),
      said(90, pothole, { messageId: 'h', kind: 'edit', channel: 'telegram' }),
      said(99, spam, { messageId: 'h', kind: 'edit', channel: 'telegram' }),
      said(120, pothole, { messageId: 'h', kind: 'edit', channel: 'telegram' }),
    ],
    [edited, edited, 'complaint 1', edited, 'edit of 1'],
  ],
  [
    'takes an edit that is a command now for the command',
    [
      said(0, 'CEK 482109376', { messageId: 'k', channel: 'telegram' }),
      said(30, 'CEK 4821093766', { messageId: 'k', kind: 'edit', channel: 'telegram' }),
    ],
    ['command: cek', 'command: cek'],
  ],
  [
    'joins an edit of what was held to what it belongs to',
    [
      said(0, 'tes', { messageId: 'h', channel: 'telegram' }),
      said(10, 'jalan rusak', { channel: 'telegram' }),
      said(30, 'di Sukmajaya Depok', { messageId: 'h', kind: 'edit', channel: 'telegram' }),
    ],
    [edited, 'complaint 1', 'followup of 1'],
  ],
  [
    'makes a complaint of its own of an edit that asks for secrecy',
    [
      said(0, 'lurah minta uang', { messageId: 'e', channel: 'telegram' }),
      said(30, 'ANONIM lurah minta uang', { messageId: 'e', kind: 'edit', channel: 'telegram' }),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'holds a late part of an album that turns out to be spam, and the late part of one that is held',
    [
      said(0, pothole, { ...withPhoto('a'), group: 'g', channel: 'telegram' }),
      said(30, spam, { ...withPhoto('b'), group: 'g', channel: 'telegram' }),
      said(200, spam, { ...withPhoto('c'), group: 'h', channel: 'telegram' }),
      said(230, '', { ...withPhoto('d'), group: 'h', channel: 'telegram' }),
    ],
    ['complaint 1', 'held: spam_suspected', 'held: spam_suspected', 'held: part of what is held'],
  ],
  [
    'adds no late part to what was withdrawn',
    [
      said(0, pothole, { ...withPhoto('a'), group: 'g', messageId: 'w', channel: 'telegram' }),
      said(20, '', { kind: 'delete', messageId: 'w', channel: 'telegram' }),
      said(30, '', { ...withPhoto('b'), group: 'g', channel: 'telegram' }),
    ],
    ['complaint 1', 'edit of 1', 'complaint 2'],
  ],
  [
    'lets go of what is held when its sender takes it back',
    [said(0, 'tes', post('h')), said(60, '', post('h', { kind: 'delete' }))],
    ['held: taken back by its sender', 'edit: taken back by its sender'],
  ],
];

/** Words to us. */
const commands: readonly Row[] = [
  [
    'makes no complaint of commands, in any case and punctuation',
    [
      said(0, 'CEK 4821093766'),
      said(200, 'bantu!'),
      said(400, 'Stop.'),
      said(600, 'mulai'),
      said(800, 'BATAL 4821093766'),
    ],
    ['command: cek', 'command: bantu', 'command: stop', 'command: mulai', 'command: batal'],
  ],
  [
    'takes a report that begins like a command for a report',
    [said(0, 'Bantu kami pak, jalan rusak di Depok'), said(hours, 'Cek lampu mati di Beji')],
    ['complaint 1', 'complaint 2'],
  ],
];

const byAnother = 'held: changed_by_another';

const neighbour = neighbourOf('+6281200000001', ['x', 'facebook']);
const another = (at: number, text: string, more: Partial<Saying> = {}): Saying =>
  said(at, text, { who: neighbour, ...more });

/** Who may change what was said. */
const authors: readonly Row[] = [
  ...(['edit', 'delete'] as const).map((kind): Row => [
    `keeps what somebody else does to a complaint for a person to see: ${kind}`,
    [said(0, pothole, post('1')), another(60, 'Tidak jadi', post('1', { kind }))],
    ['complaint 1', byAnother],
  ]),
  ...(['edit', 'delete'] as const).map((kind): Row => [
    `keeps what is held for its own author, whoever else would change it: ${kind}`,
    [
      said(0, 'tes', post('1')),
      another(60, 'Tidak jadi', post('1', { kind })),
      said(90, pothole, post('1', { kind: 'edit' })),
    ],
    ['held: edited by its sender', byAnother, 'complaint 1'],
  ]),
  [
    'lets the author change it behind what somebody else tried',
    [
      said(0, pothole, post('1')),
      another(60, 'Tidak jadi', post('1', { kind: 'edit' })),
      other(61, '', post('1', { kind: 'delete' })),
      said(90, '', post('1', { kind: 'delete' })),
    ],
    ['complaint 1', byAnother, byAnother, 'edit of 1'],
  ],
  [
    'takes nothing back that is still to come from somebody else',
    [another(0, '', post('1', { kind: 'delete' })), said(60, pothole, post('1', { arrives: 70 }))],
    ['ignored: taken back, and never seen by us', 'complaint 1'],
  ],
  [
    'takes an edit that does not name its author: only authors edit',
    [
      said(0, pothole, post('1', { channel: 'facebook' })),
      another(60, `${pothole} segera`, {
        ...post('1', { channel: 'facebook', kind: 'edit' }),
        unnamed: true,
      }),
    ],
    ['complaint 1', 'edit of 1'],
  ],
  [
    'keeps a removal that does not name its author for a person to see: a page removes, too',
    [
      said(0, pothole, post('1', { channel: 'facebook' })),
      another(60, '', { ...post('1', { channel: 'facebook', kind: 'delete' }), unnamed: true }),
    ],
    ['complaint 1', byAnother],
  ],
  [
    'asks nobody about the removal of what is no complaint',
    [
      said(0, 'wkwk', post('1', { channel: 'facebook', addressed: 'none' })),
      another(60, '', { ...post('1', { channel: 'facebook', kind: 'delete' }), unnamed: true }),
    ],
    [
      'ignored: said among others and not to us',
      'ignored: taken back, and no complaint of its own',
    ],
  ],
];

describe('judgement, message by message', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  afterEach(() =>
    select(
      db.database,
      'truncate deliveries, messages, words, signs, links, complaints, outbox, attachments, aliases, statuses, acts, reporters',
    ),
  );
  after(() => db.drop());

  const check = (rows: readonly Row[]) => {
    for (const [label, sayings, story] of rows) {
      it(label, async () => {
        const judging = createJudging(db);

        const ids: string[] = [];
        for (const saying of sayings) ids.push(...(await judging.tell([saying])));

        expect(await judging.story(ids)).to.deep.equal(story);
      });
    }
  };

  describe('what is held back', () => {
    check(held);
  });
  describe('a follow-up', () => {
    check(followUps);
  });
  describe('a repeat', () => {
    check(repeats);
  });
  describe('among others', () => {
    check(threads);
  });
  describe('a change', () => {
    check(changes);
    check(authors);
  });
  describe('a change, all in one batch', () => {
    for (const [label, sayings, story] of authors) {
      it(label, async () => {
        const judging = createJudging(db);

        const ids = await judging.tell(sayings);

        expect(await judging.story(ids)).to.deep.equal(story);
      });
    }
  });
  describe('a command', () => {
    check(commands);
  });

  it('keeps apart what one person says openly and under ANONIM, sent alone or in front', async () => {
    const judging = createJudging(db);
    const open = 'Petugas minta uang parkir liar di Jl. Mawar RT 3 RW 2 Depok setiap malam';
    const ids = await judging.tell([
      said(0, open),
      said(hours, 'ANONIM'),
      said(hours + 10, `${open}, tolong`),
      said(hours + 20, 'namanya pak Slamet'),
    ]);

    const events = await judging.events(ids);

    expect(await judging.story(ids)).to.deep.equal([
      'complaint 1',
      'command: a sign without a report',
      'complaint 2',
      'followup of 2',
    ]);
    expect(events.map((event) => event['anonymous'] ?? 'addition')).to.deep.equal([
      false,
      true,
      'addition',
    ]);
    const [named, anonymous, addition] = events;
    expect(anonymous).to.deep.include({
      messageIds: [],
      duplicate: { verdict: 'none', of: null, score: null, reasons: [] },
    });
    expect(anonymous?.['reporter']).not.to.deep.equal(named?.['reporter']);
    expect(addition?.['messageIds']).to.deep.equal([]);
  });

  it('gives the core what is quoted below the words, judges the words alone, and quotes nothing of who is anonymous', async () => {
    const judging = createJudging(db);
    const quoted = 'RAHASIA\nSLOT GACOR maxwin daftar https://gacor.example bonus 100%';
    const ids = await judging.tell([
      said(0, pothole, { quoted }),
      said(4 * days, `ANONIM ${pothole} di RT 5`, { quoted }),
    ]);

    const events = await judging.events(ids);

    expect(events.map(({ confidential, text }) => [confidential, text])).to.deep.equal([
      [false, `${pothole}\n\n> ${quoted.replace('\n', '\n> ')}`],
      [false, `${pothole} di RT 5`],
    ]);
  });

  it('names only new files in an edit, also when what it edits is emptied because its time is over', async () => {
    const judging = createJudging(db);
    const first = await judging.tell([
      said(0, pothole, { messageId: 'e1', attachments: [photoOf('a'), photoOf('b')] }),
    ]);
    const second = await judging.tell([
      said(hours, `${pothole} segera`, {
        ...{ kind: 'edit', messageId: 'e1' },
        attachments: [photoOf('a'), photoOf('c')],
      }),
    ]);
    await dropOldMessages(db.database, 0);
    await judging.tell([
      said(2 * hours, `${pothole} lekas`, {
        ...{ kind: 'edit', messageId: 'e1' },
        attachments: [photoOf('a'), photoOf('b'), photoOf('c'), photoOf('d')],
      }),
    ]);

    const events = await judging.events([...first, ...second]);

    expect(
      events.map(({ attachments }) => z.array(z.unknown()).parse(attachments).length),
    ).to.deep.equal([2, 1, 1]);
  });

  it('lets somebody decide about the deletion of what another said, and then applies it', async () => {
    const judging = createJudging(db);
    const [own = ''] = await judging.tell([said(0, pothole, post('1'))]);
    const [deletion = ''] = await judging.tell([other(60, '', post('1', { kind: 'delete' }))]);
    expect((await judging.events([own])).map(({ change }) => change)).to.deep.equal([undefined]);

    await releaseHeld(db.database, { id: deletion, who: 'sari', why: 'halaman sendiri' });
    await judging.judgeAll();

    expect((await judging.events([own])).map(({ change }) => change)).to.deep.equal([
      undefined,
      'withdrawn',
    ]);
    // In the order of whose complaint it is, whoever caused it.
    const rows = await select(
      db.database,
      'select distinct reporter, lane from outbox where complaint_id in (select complaint_id from messages where id = ?::bigint)',
      [own],
    );

    expect(rows).to.have.length(1);
  });
});
