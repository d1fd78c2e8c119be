import { expect } from 'chai';
import { createBatcher } from '../src/batcher.ts';
import { Unavailable } from '../src/errors.ts';

type Batch = {
  readonly items: readonly string[];
  readonly commit: () => void;
  readonly fail: (error: Error) => void;
};

const limits = {
  mostItems: 100,
  mostBytes: 1000,
  concurrency: 1,
  queueItems: 1000,
  queueBytes: 100_000,
  timeoutMs: 5000,
};

/** A batcher whose statements stay open until the test says how they end. */
function batcherWith(given: Partial<typeof limits> = {}) {
  const batches: Batch[] = [];
  const batcher = createBatcher<string, string>({
    ...limits,
    ...given,
    sizeOf: (item) => item.length,
    flush: (items) =>
      new Promise((resolve, reject) => {
        const commit = () => {
          resolve((item, index) => `${String(index)}:${item}`);
        };
        batches.push({ items, commit, fail: reject });
      }),
  });
  return { batcher, batches };
}

/** Lets everything that is due happen: the I/O of this turn, and what follows from it. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

const items = (count: number, length = 1): string[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(length, '0'));

describe('a batcher', () => {
  it('lets items that arrive together share a statement, in order', async () => {
    const { batcher, batches } = batcherWith();

    const stored = Promise.all([batcher.add('a'), batcher.add('b'), batcher.add('c')]);
    await settle();
    batches[0]?.commit();

    expect(await stored).to.deep.equal(['0:a', '1:b', '2:c']);
    expect(batches.map((batch) => batch.items)).to.deep.equal([['a', 'b', 'c']]);
  });

  it('sends a lone item at once', async () => {
    const { batcher, batches } = batcherWith();

    const stored = batcher.add('alone');
    await settle();

    expect(batches).to.have.length(1);
    batches[0]?.commit();
    expect(await stored).to.equal('0:alone');
  });

  it('promises nothing before the statement is through', async () => {
    const { batcher, batches } = batcherWith();
    let promised = false;

    const stored = batcher.add('a').then(() => {
      promised = true;
    });
    await settle();

    expect(batches).to.have.length(1);
    expect(promised).to.equal(false);
    batches[0]?.commit();
    await stored;
    expect(promised).to.equal(true);
  });

  it('fills the next batch while the statements it may run are under way', async () => {
    const { batcher, batches } = batcherWith({ concurrency: 2 });

    const first = batcher.add('1');
    await settle();
    const second = batcher.add('2');
    await settle();
    const others = Promise.all(['3', '4', '5'].map(batcher.add));
    await settle();
    expect(batches.map((batch) => batch.items)).to.deep.equal([['1'], ['2']]);

    batches[0]?.commit();
    await first;
    await settle();
    expect(batches[2]?.items).to.deep.equal(['3', '4', '5']);
    batches[1]?.commit();
    batches[2]?.commit();
    await second;
    await others;
  });

  it('puts at most so many items into a statement', async () => {
    const { batcher, batches } = batcherWith({ mostItems: 4, concurrency: 9 });

    const stored = Promise.all(items(10).map(batcher.add));
    await settle();
    for (const batch of batches) batch.commit();
    await stored;

    expect(batches.map((batch) => batch.items.length)).to.deep.equal([4, 4, 2]);
  });

  it('puts at most so many bytes into a statement, but never less than one item', async () => {
    const { batcher, batches } = batcherWith({ mostBytes: 100, concurrency: 9 });

    const stored = Promise.all(
      [...items(3, 40), ...items(1, 500), ...items(1, 10)].map(batcher.add),
    );
    await settle();
    for (const batch of batches) batch.commit();
    await stored;

    const sizes = batches.map((batch) => batch.items.map((item) => item.length));
    expect(sizes).to.deep.equal([[40, 40], [40], [500], [10]]);
  });

  it('refuses when as many items wait as may', async () => {
    const { batcher, batches } = batcherWith({ queueItems: 3 });
    const first = batcher.add('first');
    await settle();

    const waiting = Promise.all(items(3).map(batcher.add));

    expect(batcher.isFull()).to.equal(true);
    expect(await failureOf(batcher.add('one too many'))).to.be.instanceOf(Unavailable);
    batches[0]?.commit();
    await first;
    await settle();
    expect(batcher.isFull()).to.equal(false);
    batches[1]?.commit();
    expect(await waiting).to.have.length(3);
  });

  it('refuses when as many bytes wait as may', async () => {
    const { batcher, batches } = batcherWith({ queueBytes: 100 });
    const first = batcher.add('first');
    await settle();

    const waiting = Promise.all(items(2, 60).map(batcher.add));

    expect(batcher.isFull()).to.equal(true);
    expect(await failureOf(batcher.add('x'))).to.be.instanceOf(Unavailable);
    batches[0]?.commit();
    await first;
    await settle();
    expect(batcher.isFull()).to.equal(false);
    batches[1]?.commit();
    await waiting;
  });

  it('tells every item of a failed batch, and goes on with the next', async () => {
    const { batcher, batches } = batcherWith({ mostItems: 2 });
    const failure = new Error('deadlock detected');

    const failed = Promise.all(['a', 'b'].map((item) => failureOf(batcher.add(item))));
    const next = batcher.add('c');
    await settle();
    batches[0]?.fail(failure);

    expect(await failed).to.deep.equal([failure, failure]);
    await settle();
    batches[1]?.commit();
    expect(await next).to.equal('0:c');
  });

  it('tells an item that the statement takes too long, and claims nothing for it', async () => {
    const { batcher, batches } = batcherWith({ timeoutMs: 20 });

    const error = await failureOf(batcher.add('slow'));

    expect(error).to.be.instanceOf(Unavailable);
    expect(batches.map((batch) => batch.items)).to.deep.equal([['slow']]);
    batches[0]?.commit();
    await batcher.drain();
  });

  it('drains: waits for what is queued and under way, whatever comes of it', async () => {
    const { batcher, batches } = batcherWith({ mostItems: 1 });
    let drained = false;
    const ended = Promise.allSettled([batcher.add('a'), batcher.add('b')]);

    const draining = batcher.drain().then(() => {
      drained = true;
    });
    await settle();
    batches[0]?.commit();
    await settle();
    expect(drained).to.equal(false);
    batches[1]?.fail(new Error('no'));
    await draining;

    expect((await ended).map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('is drained at once when nothing waits', async () => {
    const { batcher, batches } = batcherWith();

    await batcher.drain();

    expect(batches).to.deep.equal([]);
  });
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
}
