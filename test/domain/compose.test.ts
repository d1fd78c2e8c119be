import { expect } from 'chai';
import { additionSchema, complaintSchema, withdrawalSchema } from '../../src/domain/complaint.ts';
import { additionFrom, complaintFrom, withdrawalFrom } from '../../src/domain/compose.ts';
import { noDuplicate } from '../../src/domain/duplicate.ts';
import { type InboundMessage, inboundMessage } from '../../src/domain/message.ts';
import { saidIn } from '../../src/domain/said.ts';
import { reading } from '../support/reading.ts';

const receivedAt = '2026-11-21T10:00:00.123Z';
const known = {
  id: '01999999-0000-7000-8000-000000000001',
  trackingNumber: '1000000005',
  anonymous: false,
  confidential: false,
  flags: [],
  reporter: 'r_abc',
};
const identity = {
  ...known,
  channel: 'sms',
  reporterRef: 'r_abc',
  attachments: [],
  duplicate: noDuplicate,
};

function message(fields: Partial<InboundMessage> = {}): InboundMessage {
  const sender = { identity: '5123456789', name: 'Dewi', contact: null };
  const ids = { eventId: '1', messageId: '5:1', account: '777000', sender };
  return inboundMessage({ ...ids, text: 'Jalan rusak di Depok', ...fields });
}

const made = (fields: Partial<InboundMessage> = {}) => {
  const one = message(fields);
  return complaintFrom(identity, one, saidIn(reading, [{ message: one, receivedAt }]));
};

describe('complaintFrom', () => {
  it('makes a complaint of the contract, without name and contact', () => {
    const complaint = made({ permalink: 'https://x.example/1' });

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
      text: 'Jalan rusak di Depok',
      originalText: 'Jalan rusak di Depok',
      occurredAt: null,
      sentAt: null,
      receivedAt,
      location: null,
      agency: null,
      category: null,
      attachments: [],
      duplicate: noDuplicate,
      flags: [],
    });
  });

  it('leaves nothing in an anonymous one that leads back to its message', () => {
    const complaint = made({ text: 'ANONIM: lurah minta uang', permalink: 'https://x.example/1' });

    expect(complaint).to.deep.include({
      anonymous: true,
      permalink: null,
      messageIds: [],
      text: 'lurah minta uang',
    });
  });

  it('sets what leading words ask for, on every channel and behind a keyword too', () => {
    expect(made({ text: 'rahasia jalan rusak' })).to.deep.include({ confidential: true });
    expect(made({ text: 'BJN RAHASIA jalan rusak', mayBeginWithKeyword: true })).to.deep.include({
      confidential: true,
      text: 'jalan rusak',
      agency: { keyword: 'BJN', name: null },
    });
  });

  const point = { text: null, latitude: -6.2, longitude: 106.8 };
  const flags: readonly (readonly [string, Partial<InboundMessage>, readonly string[]])[] = [
    ['nothing but files', { text: '' }, ['incomplete']],
    ['nothing but noise', { text: ' \u200b\n' }, ['incomplete']],
    ['nothing but the tag', { text: '#lapor' }, ['incomplete']],
    ['letters nobody can read', { text: 'hcjnnb' }, ['incomplete']],
    ['a single word of matter', { text: 'banjir' }, []],
    ['two words', { text: 'PJU mati' }, []],
    ['nothing but a place', { text: '', location: point }, []],
    ['a NIK', { text: 'KTP saya NIK 3374.0112.3456.0001 belum jadi' }, ['personal_data']],
  ];
  for (const [label, fields, expected] of flags) {
    it(`flags ${label}: ${expected.join(', ') || 'nothing'}`, () => {
      expect(made(fields).flags).to.deep.equal(expected);
    });
  }
});

describe('additionFrom', () => {
  it('says what came to which complaint, and nothing of what was there before', () => {
    const said = saidIn(reading, [{ message: message({ text: 'baru' }), receivedAt }]);

    const addition = additionFrom(known, 'edited', said, []);

    expect(additionSchema.parse(addition)).to.deep.equal({
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
    const toAnonymous = additionFrom({ ...known, anonymous: true }, 'followup', said, []);
    expect(toAnonymous.messageIds).to.deep.equal([]);
  });
});

describe('withdrawalFrom', () => {
  it('says which complaint was taken back, and when', () => {
    const sentAt = '2026-11-21T09:59:59.000Z';
    const said = saidIn(reading, [{ message: message({ sentAt }), receivedAt }]);

    expect(withdrawalSchema.parse(withdrawalFrom(known, said))).to.deep.equal({
      complaintId: known.id,
      trackingNumber: known.trackingNumber,
      change: 'withdrawn',
      sentAt,
      receivedAt,
    });
  });
});

describe('saidIn', () => {
  const of = (...parts: readonly Partial<InboundMessage>[]) => {
    const [first = {}, ...others] = parts;
    const received = (fields: Partial<InboundMessage>) => ({
      message: message(fields),
      receivedAt,
    });
    return saidIn(reading, [received(first), ...others.map(received)]);
  };

  it('joins the captions of parts in inbox order and leaves out the empty ones', () => {
    const { words } = of(
      { text: '', originalText: '' },
      { text: 'depan', originalText: 'depan' },
      { text: 'belakang ', originalText: 'belakang ' },
    );

    expect(words).to.deep.include({ text: 'depan\nbelakang', originalText: 'depan\nbelakang ' });
  });

  it('says a caption once that stands with every part', () => {
    expect(of({ text: 'depan' }, { text: 'depan' }, { text: '' }).words.text).to.equal('depan');
  });

  it('names every message once, in inbox order', () => {
    const { words } = of({ messageId: '5:9' }, { messageId: '5:7' }, { messageId: '5:9' });

    expect(words.messageIds).to.deep.equal(['5:9', '5:7']);
  });

  it("takes the first part's times and the first place named", () => {
    const place = { text: 'Pasar', latitude: -7.1, longitude: 111.8 };
    const { words, at } = of(
      { sentAt: '2026-11-21T09:59:58.000Z' },
      { sentAt: '2026-11-21T09:59:59.000Z', location: place },
      { location: { text: 'lain', latitude: null, longitude: null } },
    );

    expect(words).to.deep.include({
      sentAt: '2026-11-21T09:59:58.000Z',
      receivedAt,
      location: place,
    });
    expect(at).to.equal(Date.parse('2026-11-21T09:59:58.000Z'));
  });

  it('goes by our own time where the provider gives none', () => {
    expect(of({}).at).to.equal(Date.parse(receivedAt));
  });

  it('hears a wish for secrecy at the very end of the longest text', () => {
    const text = `${'Jalan rusak di depan pasar. '.repeat(2000)}Tolong rahasiakan nama saya`;

    expect(of({ text })).to.deep.include({ secrecyAsked: true, anonymous: false });
  });

  it('reads a keyword only where a message may begin with one', () => {
    const keyed = of({ text: 'BJN lampu mati', mayBeginWithKeyword: true });
    const plain = of({ text: 'BJN lampu mati' });

    expect(keyed.words).to.deep.include({
      text: 'lampu mati',
      agency: { keyword: 'BJN', name: null },
    });
    expect(keyed.opensNew).to.equal(true);
    expect(plain.words).to.deep.include({ text: 'BJN lampu mati', agency: null });
    expect(plain.opensNew).to.equal(false);
  });
});
