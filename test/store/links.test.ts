import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import { linkChangeSchema } from '../../src/domain/complaint.ts';
import { findActs } from '../../src/store/acts.ts';
import { select } from '../../src/store/database.ts';
import { linkComplaints, unlinkComplaint } from '../../src/store/links-by-hand.ts';
import { findLinks } from '../../src/store/links.ts';
import { createJudging, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const text = (place: string) =>
  `Trotoar di depan pasar ${place} dipakai berjualan sampai ke tengah jalan, pejalan kaki turun ke aspal`;

describe('links between complaints', () => {
  let db: TestDatabase;
  let judging: ReturnType<typeof createJudging>;
  const by = { who: 'sari', why: 'foto yang sama', newId };
  let who = 0;

  before(async () => {
    db = await createTestDatabase();
    judging = createJudging(db);
  });
  after(() => db.drop());

  /** A complaint of somebody new. Out: its id. */
  const complaint = async (words: string): Promise<string> => {
    const sayings = [{ who: `+62812900000${(who += 1)}`, at: who * 1000, text: words }];
    const [message = ''] = await judging.tell(sayings);
    const [row] = await select(
      db.database,
      'select complaint_id from messages where id = ?::bigint',
      [message],
    );
    return String(row?.['complaint_id']);
  };
  const changesOf = async (complaintId: string) => {
    const rows = await select(
      db.database,
      `select sealed from outbox where complaint_id = ?::uuid and sealed is not null order by seq`,
      [complaintId],
    );
    return rows.map(({ sealed }) => {
      if (!Buffer.isBuffer(sealed)) throw new Error('no data');
      return linkChangeSchema.parse(JSON.parse(seal.open('event', sealed).toString())).duplicate;
    });
  };
  const linkOf = async (id: string) => (await findLinks(db.database, [id]))(id);
  const none = { verdict: 'none', of: null, score: null, reasons: [] };

  it('made by the judge are the ones of the complaint as it was sent', async () => {
    const first = await complaint(text('Cisalak'));
    const second = await complaint(text('Cisalak'));

    const link = await linkOf(second);
    expect(link).to.deep.include({ verdict: 'same_report', of: first });
    expect(link.score).to.be.within(0.9, 1);
    expect(link.reasons).not.to.deep.equal([]);
    expect(await linkOf(first)).to.deep.equal(none);
    expect(await changesOf(second)).to.deep.equal([]);
  });

  it('lead to the first of a group, whichever of its copies was likest', async () => {
    const first = await complaint(text('Musi'));
    await complaint(text('Musi'));
    const third = await complaint(text('Musi'));

    expect((await linkOf(third)).of).to.equal(first);
  });

  it('can be undone: the complaint stands by itself, and the core is told', async () => {
    const first = await complaint(text('Agung'));
    const second = await complaint(text('Agung'));

    await unlinkComplaint(db.database, seal, second, by);

    expect(await linkOf(second)).to.deep.equal(none);
    expect(await changesOf(second)).to.deep.equal([none]);
    const [act] = await findActs(db.database, 'complaint', second);
    expect(act).to.deep.include({ who: 'sari', act: 'unlink', why: 'foto yang sama' });
    expect(await changesOf(first)).to.deep.equal([]);
  });

  it('can be made by hand, to the first of the group of whatever is named', async () => {
    const first = await complaint(text('Kemiri'));
    const copy = await complaint(text('Kemiri'));
    const alone = await complaint('Selokan mampet di Jl. Dahlia Cimanggis');

    const link = { complaintId: alone, of: copy, verdict: 'same_report' as const };
    await linkComplaints(db.database, seal, link, by);

    const made = { verdict: 'same_report', of: first, score: null, reasons: ['by_hand'] };
    expect(await linkOf(alone)).to.deep.equal(made);
    expect(await changesOf(alone)).to.deep.equal([made]);
  });

  it('take a whole group along, and tell the core of every one', async () => {
    const first = await complaint(text('Sukatani'));
    const head = await complaint(text('Tugu'));
    const member = await complaint(text('Tugu'));

    const link = { complaintId: head, of: first, verdict: 'same_report' as const };
    await linkComplaints(db.database, seal, link, by);

    expect((await linkOf(member)).of).to.equal(first);
    expect((await changesOf(member)).map(({ of }) => of)).to.deep.equal([first]);
    const later = await complaint(text('Tugu'));
    expect((await linkOf(later)).of, 'compared with what is first now').not.to.equal(head);
  });

  it('cannot lead a complaint to itself, nor from or to nothing', async () => {
    const first = await complaint(text('Depok Jaya'));
    const second = await complaint(text('Depok Jaya'));
    const nobody = newId();
    const attempt = (complaintId: string, of: string) =>
      linkComplaints(db.database, seal, { complaintId, of, verdict: 'possible' }, by).then(
        () => 'linked',
        (error: unknown) => (error instanceof Error ? error.message : 'failed'),
      );

    expect(await attempt(first, first)).to.match(/itself/);
    expect(await attempt(first, second), 'its own copy').to.match(/itself/);
    expect(await attempt(nobody, first)).to.equal(`no complaint has the id ${nobody}`);
    expect(await attempt(first, nobody)).to.equal(`no complaint has the id ${nobody}`);
    const undone = await unlinkComplaint(db.database, seal, first, by).catch(String);
    expect(undone).to.match(/no link/);
  });
});
