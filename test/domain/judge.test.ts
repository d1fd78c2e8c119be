import { expect } from 'chai';
import {
  type Earlier,
  type Facts,
  type Holding,
  judge,
  type Known,
  type Verdict,
} from '../../src/domain/judge.ts';
import { type InboundMessage, inboundMessage } from '../../src/domain/message.ts';
import { saidIn, senseOf } from '../../src/domain/said.ts';
import { reading } from '../support/reading.ts';

const known: Known = {
  id: '01999999-0000-7000-8000-000000000001',
  trackingNumber: '1000000005',
  anonymous: false,
  confidential: false,
  flags: [],
  reporter: 'r_abc',
};
const judged = (fields: Partial<Extract<Holding, { state: 'judged' }>> = {}): Holding => ({
  state: 'judged',
  complaint: known,
  isFirst: true,
  isWithdrawn: false,
  ...fields,
});

const nothing: Facts = {
  holding: { state: 'none' },
  released: false,
  alike: [],
  answered: null,
  latest: null,
  inDialogue: null,
  urgent: null,
  recent: null,
  inThread: null,
  isUnderOwnHeld: false,
  isByAnother: false,
  isTakenBack: false,
  isUnderAnothers: false,
  named: null,
};

const noon = '2026-11-21T05:00:00.000Z';

const earlier = (text: string, fields: Partial<Earlier> = {}): Earlier => ({
  complaint: known,
  at: Date.parse(noon) - 60_000,
  sense: senseOf(reading, text, null),
  agency: null,
  traces: [],
  ...fields,
});

function message(fields: Partial<InboundMessage> = {}): InboundMessage {
  const sender = { identity: '5123456789', name: 'Dewi', contact: null };
  const ids = { eventId: '1', messageId: '5:1', account: '777000', sender };
  return inboundMessage({ ...ids, text: 'Jalan rusak di Depok', ...fields });
}

const photo = { kind: 'image', mediaType: null, bytes: null, ref: 'f', name: null } as const;

/** The outcome, and what changes of which complaint. */
function verdictOn(fields: Partial<InboundMessage>, facts: Partial<Facts>): string {
  const one = message(fields);
  const said = saidIn(reading, [{ message: one, receivedAt: noon }]);
  return told(judge([one], said, { ...nothing, ...facts }));
}

function told(verdict: Verdict): string {
  const change = 'change' in verdict ? `, ${verdict.change}` : '';
  const why = 'reason' in verdict ? `: ${verdict.reason}` : '';
  const withdraws = 'withdraws' in verdict && verdict.withdraws ? ', withdraws' : '';
  return `${verdict.outcome}${change}${why}${withdraws}`;
}

describe('judge', () => {
  type Row = readonly [
    label: string,
    fields: Partial<InboundMessage>,
    facts: Partial<Facts>,
    verdict: string,
  ];
  const rows: readonly Row[] = [
    ['a message is a new complaint', {}, {}, 'complaint'],
    [
      "a channel's own command makes no complaint",
      { kind: 'command' },
      {},
      'command: a word to us, no report',
    ],
    [
      'an own contact card makes no complaint',
      { kind: 'profile' },
      {},
      'ignored: own contact, kept with the reporter',
    ],
    [
      'a command comes before a follow-up',
      { text: 'CEK' },
      { recent: earlier('Jalan rusak') },
      'command: cek',
    ],
    ['a command with a photo is a report', { text: 'CEK', attachments: [photo] }, {}, 'complaint'],
    [
      'BATAL withdraws the complaint that is theirs',
      { text: 'BATAL 1000000005' },
      { named: known },
      'command: batal, withdraws',
    ],
    [
      'BATAL of nothing of theirs withdraws nothing',
      { text: 'BATAL 1000000005' },
      {},
      'command: batal',
    ],
    [
      'a sign without a report opens nothing',
      { text: 'RAHASIA' },
      {},
      'command: a sign without a report',
    ],
    ['an edit waits for its message', { kind: 'edit' }, { holding: { state: 'waiting' } }, 'wait'],
    ['an edit tells of its complaint', { kind: 'edit' }, { holding: judged() }, 'edit, edited'],
    ['an edit of what we never had is a complaint', { kind: 'edit' }, {}, 'complaint'],
    [
      'an edit of what we never had and was not said to us is nothing',
      { kind: 'edit', addressed: 'none' },
      {},
      'ignored: said among others and not to us',
    ],
    [
      'an edit that turns into spam is held',
      { kind: 'edit', text: 'SLOT GACOR maxwin daftar https://g.example bonus 100%' },
      { holding: judged() },
      'held: spam_suspected',
    ],
    [
      'an edit of what is held is judged anew',
      { kind: 'edit' },
      { holding: { state: 'held' } },
      'complaint',
    ],
    [
      'a delete waits for its message',
      { kind: 'delete' },
      { holding: { state: 'waiting' } },
      'wait',
    ],
    [
      'a delete withdraws the complaint',
      { kind: 'delete' },
      { holding: judged() },
      'edit, withdrawn',
    ],
    [
      'a delete of what came to a complaint takes only that back',
      { kind: 'delete', text: '' },
      { holding: judged({ isFirst: false }) },
      'edit, edited',
    ],
    [
      'a second delete is nothing',
      { kind: 'delete' },
      { holding: judged({ isWithdrawn: true }) },
      'ignored: taken back already',
    ],
    [
      'a late part of an album brings its files',
      { group: 'g', attachments: [photo] },
      { holding: judged() },
      'followup, attachments',
    ],
    [
      'the same message by another event is nothing',
      {},
      { holding: judged() },
      'ignored: the same message by another event',
    ],
    [
      'the same words again are a repeat',
      {},
      { alike: [earlier('Jalan rusak di Depok')] },
      'repeat, repeat',
    ],
    [
      'the same words with a photo are a follow-up',
      { attachments: [photo] },
      { alike: [earlier('Jalan rusak di Depok')] },
      'followup, followup',
    ],
    [
      'the same words to another agency are another complaint',
      { text: 'BJN Jalan rusak di Depok', mayBeginWithKeyword: true },
      { alike: [earlier('Jalan rusak di Depok', { agency: 'TANGKAB' })] },
      'complaint',
    ],
    [
      'the same words under ANONIM are another complaint',
      { text: 'ANONIM Jalan rusak di Depok' },
      { alike: [earlier('Jalan rusak di Depok')] },
      'complaint',
    ],
    [
      'what comes soon is a follow-up',
      { text: 'dekat pasar' },
      { recent: earlier('Jalan rusak') },
      'followup, followup',
    ],
    [
      'what comes soon about another place is another complaint',
      { text: 'Lampu jalan mati di Jl. Melati Beji' },
      { recent: earlier('Lampu jalan mati di Jl. Kenanga Cimanggis') },
      'complaint',
    ],
    [
      'an answer goes to what it answers',
      { text: 'sudah baik' },
      { answered: known },
      'followup, followup',
    ],
    [
      '#lapor opens a new one',
      { opensNew: true },
      { answered: known, recent: earlier('Air keruh') },
      'complaint',
    ],
    [
      'what is said to nobody of us is nothing',
      { addressed: 'none' },
      {},
      'ignored: said among others and not to us',
    ],
    [
      "what stands in another's thread is nothing",
      { addressed: 'thread' },
      { isUnderAnothers: true },
      "ignored: said in another citizen's thread and not to us",
    ],
    [
      "what stands in another's thread and names us is a complaint",
      {},
      { isUnderAnothers: true },
      'complaint',
    ],
    ['a test is held', { text: 'tes' }, {}, 'held: test'],
    ['a released test is a complaint', { text: 'tes' }, { released: true }, 'complaint'],
    ['a test with a photo is a complaint', { text: 'tes', attachments: [photo] }, {}, 'complaint'],
  ];
  for (const [label, fields, facts, verdict] of rows) {
    it(label, () => {
      expect(verdictOn(fields, facts)).to.equal(verdict);
    });
  }

  it('takes parts of which one is for us as for us, and parts of which none is as nothing', () => {
    const ours = message({ group: 'g' });
    const others = message({ group: 'g', addressed: 'none' });
    const said = saidIn(reading, [{ message: ours, receivedAt: noon }]);

    expect(judge([others, ours], said, nothing).outcome).to.equal('complaint');
    expect(judge([others, others], said, nothing).outcome).to.equal('ignored');
  });
});
