import { expect } from 'chai';
import { complaintSchema } from '../../src/domain/complaint.ts';
import {
  additionFrom,
  complaintFrom,
  type Holding,
  judge,
  type Received,
  type Verdict,
  wordsFrom,
} from '../../src/domain/judge.ts';
import { type InboundMessage, inboundMessage } from '../../src/domain/message.ts';

const known = { id: '01999999-0000-7000-8000-000000000001', trackingNumber: '1000000005' };
const none: Holding = { state: 'none' };
const waiting: Holding = { state: 'waiting' };
const judged: Holding = { state: 'judged', complaint: known };
const fruitless: Holding = { state: 'judged', complaint: null };

const from = { identity: '5123456789', name: 'Dewi', contact: null };

function message(fields: Partial<InboundMessage> = {}): InboundMessage {
  const ids = { eventId: '1', messageId: '5:1', account: '777000' };
  return inboundMessage({ ...ids, sender: from, text: 'Jalan rusak', ...fields });
}

describe('judge', () => {
  const ours = message({ group: '5:1' });
  const others = message({ group: '5:1', addressed: 'none' });
  const edit = message({ kind: 'edit' });
  const othersEdit = message({ kind: 'edit', addressed: 'none' });

  type Row = readonly [
    label: string,
    parts: readonly [InboundMessage, ...InboundMessage[]],
    holding: Holding,
    outcome: Verdict['outcome'],
  ];
  const rows: readonly Row[] = [
    ['a word to us makes no complaint', [message({ kind: 'command' })], none, 'command'],
    ['an own contact card makes no complaint', [message({ kind: 'profile' })], none, 'ignored'],
    ['a message is a new complaint', [message()], none, 'complaint'],
    ['the parts of an album are one', [ours, ours, ours], none, 'complaint'],
    ['a late part joins the complaint of its album', [ours], judged, 'followup'],
    ['a late part of what made no complaint makes one', [ours], fruitless, 'complaint'],
    ['one part that is for us brings the others', [others, ours, others], none, 'complaint'],
    ['parts that are all not for us are ignored', [others, others], none, 'ignored'],
    ['a part that is not for us joins an album that is', [others], judged, 'followup'],
    ['a part that is not for us follows an ignored album', [others], fruitless, 'ignored'],
    ['an edit changes the complaint of its message', [edit], judged, 'edit'],
    ['an edit waits for its message', [edit], waiting, 'wait'],
    ['an edit of a message never seen is a new complaint', [edit], none, 'complaint'],
    ['an edit of a command is a new complaint', [edit], fruitless, 'complaint'],
    ['an edit of what was not for us is ignored', [othersEdit], none, 'ignored'],
    ['an edit of what was ignored is ignored', [othersEdit], fruitless, 'ignored'],
    ['an edit in a group changes a complaint that is known', [othersEdit], judged, 'edit'],
  ];
  for (const [label, parts, holding, outcome] of rows) {
    it(label, () => {
      const verdict = judge(parts, holding);

      expect(verdict.outcome).to.equal(outcome);
      if ('complaint' in verdict) expect(verdict.complaint).to.equal(known);
      if ('reason' in verdict) expect(verdict.reason).not.to.equal('');
    });
  }

  it('calls a late part a change of the attachments, and an edit an edit', () => {
    expect(judge([ours], judged)).to.have.property('change', 'attachments');
    expect(judge([edit], judged)).to.have.property('change', 'edited');
  });
});

const receivedAt = '2026-11-21T10:00:00.123Z';

function received(fields: Partial<InboundMessage>, at = receivedAt): Received {
  return { message: message(fields), receivedAt: at };
}

const noKeyword = (text: string) => ({ agency: null, rest: text });
const firstWord = (text: string) => {
  const [keyword = '', ...rest] = text.split(' ');
  return { agency: { keyword, name: null, ignored: true }, rest: rest.join(' ') };
};

describe('wordsFrom', () => {
  it('normalises the text, and leaves the original as it was sent', () => {
    const words = wordsFrom(
      [
        received({
          text: ' ja\u200blan\r\nrusak #lapor',
          originalText: ' ja\u200blan\r\nrusak\u0000',
        }),
      ],
      noKeyword,
    );

    expect(words.text).to.equal('jalan\nrusak');
    expect(words.originalText).to.equal(' ja\u200blan\r\nrusak\ufffd');
  });

  it('joins the captions of parts by line feeds, and leaves out the empty ones', () => {
    const words = wordsFrom(
      [
        received({ text: '', originalText: '' }),
        received({ text: 'depan', originalText: 'depan' }),
        received({ text: 'belakang ', originalText: 'belakang ' }),
      ],
      noKeyword,
    );

    expect(words.text).to.equal('depan\nbelakang');
    expect(words.originalText).to.equal('depan\nbelakang ');
  });

  it('names every message once, in inbox order', () => {
    const parts: readonly [Received, ...Received[]] = [
      received({ messageId: '5:9' }),
      received({ messageId: '5:7' }),
      received({ messageId: '5:9' }),
    ];

    expect(wordsFrom(parts, noKeyword).messageIds).to.deep.equal(['5:9', '5:7']);
  });

  it("takes the first part's times and the first place named", () => {
    const place = { text: 'Pasar', latitude: -7.1, longitude: 111.8 };
    const words = wordsFrom(
      [
        received({ sentAt: '2026-11-21T09:59:58.000Z' }),
        received(
          { sentAt: '2026-11-21T09:59:59.000Z', location: place },
          '2026-11-21T10:00:01.000Z',
        ),
        received({ location: { text: 'lain', latitude: null, longitude: null } }),
      ],
      noKeyword,
    );

    expect(words.sentAt).to.equal('2026-11-21T09:59:58.000Z');
    expect(words.receivedAt).to.equal(receivedAt);
    expect(words.location).to.deep.equal(place);
  });

  it('reads a keyword only where a message may begin with one, and nothing but its name and agency', () => {
    const keyed = received({ text: 'BJN lampu mati', mayBeginWithKeyword: true });
    const plain = received({ text: 'BJN lampu mati' });

    expect(wordsFrom([keyed], firstWord)).to.deep.include({
      text: 'lampu mati',
      agency: { keyword: 'BJN', name: null },
    });
    expect(wordsFrom([plain], firstWord)).to.deep.include({ text: 'BJN lampu mati', agency: null });
  });
});

describe('complaintFrom', () => {
  const identity = { ...known, channel: 'sms', reporterRef: 'r_abc', attachments: [] };

  it('makes a complaint of the contract, without name and contact', () => {
    const complaint = complaintFrom(
      identity,
      [received({ permalink: 'https://x.example/1' })],
      noKeyword,
    );

    expect(complaintSchema.parse(complaint)).to.deep.equal({
      id: known.id,
      trackingNumber: known.trackingNumber,
      class: null,
      channel: 'sms',
      channelAccount: '777000',
      messageIds: ['5:1'],
      permalink: 'https://x.example/1',
      reporter: { ref: 'r_abc', name: null, contact: null },
      anonymous: false,
      confidential: false,
      title: null,
      text: 'Jalan rusak',
      originalText: 'Jalan rusak',
      occurredAt: null,
      sentAt: null,
      receivedAt,
      location: null,
      agency: null,
      category: null,
      attachments: [],
      duplicate: { verdict: 'none', of: null, score: null, reasons: [] },
      flags: [],
    });
  });

  const rows: readonly (readonly [
    label: string,
    fields: Partial<InboundMessage>,
    flags: string[],
  ])[] = [
    ['nothing but files', { text: '' }, ['incomplete']],
    ['nothing but noise', { text: ' \u200b\n' }, ['incomplete']],
    ['nothing but the tag', { text: '#lapor' }, ['incomplete']],
    ['a single word', { text: 'banjir' }, []],
    ['nothing but a place', { text: '', location: { text: null, latitude: 1, longitude: 2 } }, []],
  ];
  for (const [label, fields, flags] of rows) {
    it(`${flags.length > 0 ? 'flags as incomplete' : 'does not flag'} ${label}`, () => {
      expect(complaintFrom(identity, [received(fields)], noKeyword).flags).to.deep.equal(flags);
    });
  }
});

describe('additionFrom', () => {
  it('says what came to which complaint, and nothing of what was there before', () => {
    const addition = additionFrom(known, 'edited', [received({ text: 'baru' })], [], noKeyword);

    expect(addition).to.deep.equal({
      complaintId: known.id,
      trackingNumber: known.trackingNumber,
      change: 'edited',
      text: 'baru',
      originalText: 'baru',
      messageIds: ['5:1'],
      sentAt: null,
      receivedAt,
      location: null,
      agency: null,
      attachments: [],
    });
  });
});
