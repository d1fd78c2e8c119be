import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { join } from 'node:path';
import { Unavailable } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { inspectSpool, openSpool, type Spool } from '../../src/spool.ts';
import type { SpoolRecord } from '../../src/spool/record.ts';

const log = createLog('silent', [], { write: () => undefined });

const delivery = (text: string): SpoolRecord => ({
  kind: 'delivery',
  delivery: {
    channel: 'sms',
    digest: randomBytes(32),
    sealed: Buffer.from(text),
    receivedAt: new Date('2026-11-01T01:02:03.004Z'),
  },
});

const textOf = (record: SpoolRecord): string =>
  record.kind === 'delivery' ? record.delivery.sealed.toString() : record.number;

/** Everything that waits, taken and done. */
async function drain(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  for (let taken = await spool.take(); taken; taken = await spool.take()) {
    texts.push(...taken.records.map(textOf), ...taken.damaged.map(() => 'damaged'));
    await taken.done();
  }
  return texts;
}

describe('the spool', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'satu-pintu-spool-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const segments = async () => (await readdir(folder)).filter((name) => name.endsWith('.spool'));
  const open = (segmentBytes?: number) =>
    openSpool({ folder, log, ...(segmentBytes && { segmentBytes }) });
  const fill = async (spool: Spool, texts: readonly string[]) => {
    for (const text of texts) await spool.append(delivery(text));
  };

  it('gives back deliveries and promised numbers in the order they came, whole', async () => {
    const spool = await open();
    const first = delivery('satu');
    await spool.append(first);
    await spool.append({ kind: 'claim', key: 'k', number: '9123', at: new Date(5000) });
    const taken = await spool.take();
    expect(taken?.records).to.deep.equal([
      first,
      { kind: 'claim', key: 'k', number: '9123', at: new Date(5000) },
    ]);
    expect(spool.isEmpty()).to.equal(false);
    await taken?.done();
    expect(spool.isEmpty()).to.equal(true);
    expect(await segments()).to.deep.equal([]);
    await spool.close();
  });

  it('keeps what was taken and not done, for the next process too', async () => {
    const spool = await open();
    await fill(spool, ['a', 'b', 'c']);
    await spool.take();
    await spool.close();

    const next = await open();
    expect(next.status()).to.deep.include({
      records: 3,
      oldest: new Date('2026-11-01T01:02:03.004Z'),
    });
    await fill(next, ['d']);
    expect(await drain(next)).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(await segments()).to.deep.equal([]);
    await next.close();
  });

  it('begins a segment when one is full, and deletes each only when all of it is done', async () => {
    const spool = await open(1000);
    const texts = Array.from({ length: 1200 }, (_, index) => `laporan ${index}`);
    await Promise.all(texts.map((text) => spool.append(delivery(text))));
    await fill(spool, ['satu lagi']);
    const before = (await segments()).length;
    expect(before).to.be.greaterThan(1);
    const taken = await spool.take();
    expect(taken?.records).to.have.length(500);
    await taken?.done();
    expect(await segments()).to.have.length(before);
    expect(await drain(spool)).to.deep.equal([...texts.slice(500), 'satu lagi']);
    expect(await segments()).to.deep.equal([]);
    await spool.close();
  });

  it('takes while others append, and loses and doubles nothing', async () => {
    const spool = await open(4000);
    const texts = Array.from({ length: 3000 }, (_, index) => String(index));
    const appended = (async () => {
      for (let at = 0; at < texts.length; at += 50) {
        await Promise.all(texts.slice(at, at + 50).map((text) => spool.append(delivery(text))));
      }
    })();
    const taken: string[] = [];
    while (taken.length < texts.length) {
      taken.push(...(await drain(spool)));
      await setImmediate(); // nothing to take is known at once; those who append need their turn
    }
    await appended;
    expect(taken).to.deep.equal(texts);
    expect(spool.isEmpty()).to.equal(true);
    await spool.close();
  });

  it('lets many share a sync', async () => {
    const spool = await open();
    await Promise.all(Array.from({ length: 900 }, () => spool.append(delivery('x'.repeat(300)))));
    // One name on disk, whatever was appended: had each begun a segment, there would be 900.
    expect(await segments()).to.have.length(1);
    expect((await inspectSpool(folder)).records).to.equal(900);
    await spool.close();
  });

  it('gets over a record whose writing broke off when the machine died', async () => {
    const spool = await open();
    await fill(spool, ['a', 'b']);
    await spool.close();
    const [name = ''] = await segments();
    const bytes = await readFile(join(folder, name));
    await appendFile(join(folder, name), bytes.subarray(0, 40));

    const next = await open();
    await fill(next, ['c']);
    expect(await drain(next)).to.deep.equal(['a', 'b', 'c']);
    await next.close();
  });

  it('hands over bytes that went bad, and everything around them', async () => {
    const spool = await open();
    await fill(spool, ['a', 'b', 'c']);
    await spool.close();
    const [name = ''] = await segments();
    const path = join(folder, name);
    const bytes = await readFile(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(path, bytes);

    const next = await open();
    const taken = await next.take();
    expect(taken?.records.map(textOf)).to.deep.equal(['a', 'c']);
    expect(taken?.damaged).to.have.length(1);
    expect(taken?.damaged[0]?.includes(Buffer.from('b'))).to.equal(true);
    await taken?.done();
    expect(next.isEmpty()).to.equal(true);
    await next.close();
  });

  it('says Unavailable when nothing can be written', async () => {
    const spool = await open();
    await rm(folder, { recursive: true });
    const error = await spool.append(delivery('a')).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Unavailable);
    expect(spool.isEmpty()).to.equal(true);
    await spool.probe().then(
      () => expect.fail('written'),
      () => undefined,
    );
    await spool.close();
  });

  it('tells anybody how much waits, and nothing of a folder that is not there', async () => {
    const spool = await open();
    await fill(spool, ['a', 'b']);
    const told = await inspectSpool(folder);
    expect(told.records).to.equal(2);
    expect(told.bytes).to.be.greaterThan(0);
    expect(told.oldest).to.deep.equal(new Date('2026-11-01T01:02:03.004Z'));
    await spool.close();
    expect(await inspectSpool(join(folder, 'none'))).to.deep.equal({
      records: 0,
      bytes: 0,
      oldest: null,
    });
  });
});
