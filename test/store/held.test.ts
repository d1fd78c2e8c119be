import { expect } from 'chai';
import { findActs } from '../../src/store/acts.ts';
import { discardHeld, findHeld, listHeld, releaseHeld } from '../../src/store/held.ts';
import { createJudging, photo, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('what is held', () => {
  let db: TestDatabase;
  let judging: ReturnType<typeof createJudging>;
  let who = 0;

  before(async () => {
    db = await createTestDatabase();
    judging = createJudging(db);
  });
  after(() => db.drop());

  const citizen = () => `+62813900000${(who += 1)}`;
  const tell = async (text: string, at = 0, from = citizen()): Promise<string> => {
    const [id = ''] = await judging.tell([{ who: from, at, text }]);
    return id;
  };

  it('is listed in inbox order, page by page, with why and what it says', async () => {
    const first = await tell('tes');
    const second = await tell('Selamat pagi');

    const page = await listHeld(db.database, seal, { after: null, limit: 1, only: null });
    const next = await listHeld(db.database, seal, {
      after: page[0]?.id ?? null,
      limit: 10,
      only: null,
    });

    expect(page.map(({ id, reason }) => [id, reason])).to.deep.equal([[first, 'test']]);
    expect(next.map(({ id, reason }) => [id, reason])).to.deep.equal([[second, 'greeting']]);
    expect(next[0]?.message?.originalText).to.equal('Selamat pagi');
  });

  it('is forwarded when it is released, as if just judged, flagged for what it was', async () => {
    const id = await tell('tes 123');

    await releaseHeld(db.database, { id, who: 'budi', why: 'warga menelepon' });
    await judging.judgeAll();

    expect(await judging.story([id])).to.deep.equal(['complaint 1']);
    const [event] = await judging.events([id]);
    expect(event).to.deep.include({ text: 'tes 123' });
    expect(event?.['flags']).to.include('test');
    const [act] = await findActs(db.database, 'message', id);
    expect(act).to.deep.include({ who: 'budi', act: 'release', why: 'warga menelepon' });
  });

  it('goes to the complaint it belongs to by its own time when it is released', async () => {
    const from = citizen();
    const report = await tell('Jalan rusak di Jl. Kenanga Depok', 0, from);
    const spam = 'SLOT GACOR maxwin daftar https://gacor.example bonus new member 100%';
    const id = await tell(spam, 60, from);
    expect(await judging.story([id])).to.deep.equal(['held: spam_suspected']);

    await releaseHeld(db.database, { id, who: 'budi', why: null });
    await judging.judgeAll();

    expect(await judging.story([report, id])).to.deep.equal(['complaint 1', 'followup of 1']);
  });

  it('belongs to nothing that was said after it', async () => {
    const from = citizen();
    const id = await tell('tes', 0, from);
    const report = await tell('Selokan mampet di Jl. Teratai Beji', 30, from);

    await releaseHeld(db.database, { id, who: 'budi', why: null });
    await judging.judgeAll();

    expect(await judging.story([id, report])).to.deep.equal(['complaint 1', 'complaint 2']);
  });

  it('brings all parts of its album along', async () => {
    const album = (ref: string, text: string) => ({
      who: '+628139999999',
      at: 0,
      text,
      group: 'album',
      attachments: [{ ...photo, ref }],
    });
    const spam = 'SLOT GACOR maxwin daftar https://gacor.example bonus new member 100%';
    const ids = await judging.tell([album('a', spam), album('b', '')]);
    expect(await judging.story(ids)).to.deep.equal([
      'held: spam_suspected',
      'held: spam_suspected',
    ]);

    const count = await releaseHeld(db.database, { id: ids[1] ?? '', who: 'budi', why: null });
    await judging.judgeAll();

    expect(count).to.equal(2);
    expect(await judging.story(ids)).to.deep.equal(['complaint 1', 'followup of 1']);
    const [event] = await judging.events(ids);
    expect(event?.['attachments']).to.have.length(2);
  });

  it('ends when it is discarded, with who and why, and is listed no more', async () => {
    const id = await tell('tes tes');

    await discardHeld(db.database, { id, who: 'budi', why: 'hanya uji coba' });

    expect(await judging.story([id])).to.deep.equal(['held: discarded: hanya uji coba']);
    expect(
      (await listHeld(db.database, seal, { after: null, limit: 99, only: null })).map(
        (one) => one.id,
      ),
    ).not.to.include(id);
    expect(await findActs(db.database, 'message', id)).to.have.length(1);
  });

  it('can be decided once: what is not held (any more), or is not there, is said', async () => {
    const id = await tell('testing');
    await releaseHeld(db.database, { id, who: 'budi', why: null });
    const attempt = (act: Promise<unknown>) =>
      act.then(
        () => 'done',
        (error: unknown) => (error instanceof Error ? error.message : 'failed'),
      );
    const decision = { who: 'budi', why: 'x' };

    expect(await attempt(releaseHeld(db.database, { ...decision, id }))).to.match(/not held/);
    expect(await attempt(discardHeld(db.database, { ...decision, id }))).to.match(/not held/);
    expect(await attempt(releaseHeld(db.database, { ...decision, id: '999999' }))).to.match(
      /no message has the id 999999/,
    );
    expect(await attempt(findHeld(db.database, seal, id))).to.match(/no held message/);
  });
});
