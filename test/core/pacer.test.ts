import { expect } from 'chai';
import { createPacer } from '../../src/core/pacer.ts';

/** A pacer whose clock stands until it is moved, and whose jitter is always the longest. */
function setUp() {
  let now = 1_000_000;
  const changes: string[] = [];
  const pacer = createPacer({
    now: () => now,
    random: () => 1,
    changed: (state) => changes.push(state),
  });
  const fail = (...events: readonly string[]) => {
    for (const event of events) pacer.failed(event, 'the core answered 503', null);
  };
  return {
    pacer,
    changes,
    fail,
    pause: () => Math.max(pacer.nextAt() - now, 0),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('the pacer', () => {
  it('lets everything through while the core is well', () => {
    const { pacer } = setUp();

    expect([pacer.admit('a'), pacer.admit('b'), pacer.admit('c')]).to.deep.equal([
      true,
      true,
      true,
    ]);
  });

  it('closes the gates after three failures in a row', () => {
    const { pacer, fail, pause } = setUp();

    fail('a', 'b');
    expect(pacer.admit('c')).to.equal(true);

    fail('c');
    expect(pacer.admit('d')).to.equal(false);
    expect(pause()).to.equal(500);
  });

  it('counts anew after a success', () => {
    const { pacer, fail } = setUp();

    fail('a', 'b');
    pacer.succeeded();
    fail('c', 'd');

    expect(pacer.admit('e')).to.equal(true);
  });

  it('then lets one probe through, and nothing beside it', () => {
    const { pacer, fail, pass } = setUp();
    fail('a', 'b', 'c');

    pass(500);

    expect([pacer.admit('d'), pacer.admit('e')]).to.deep.equal([true, false]);
  });

  it('probes at growing distances, up to half a minute', () => {
    const { pacer, fail, pause, pass } = setUp();
    fail('a', 'b', 'c');

    const pauses = Array.from({ length: 9 }, () => {
      const ms = pause();
      pass(ms);
      expect(pacer.admit('probe')).to.equal(true);
      fail('probe');
      return ms;
    });

    expect(pauses).to.deep.equal([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('learns nothing from what was under way when the gates closed', () => {
    const { pacer, fail, pause, pass } = setUp();

    fail('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    expect(pause()).to.equal(500);

    pass(500);
    pacer.admit('probe');
    fail('late');
    expect(pacer.admit('other')).to.equal(false);
    expect(pause()).to.equal(0);
  });

  it('opens the gates with the first success', () => {
    const { pacer, fail, pass } = setUp();
    fail('a', 'b', 'c');
    pass(500);
    pacer.admit('probe');

    pacer.succeeded();

    expect([pacer.admit('d'), pacer.admit('e')]).to.deep.equal([true, true]);
  });

  it('closes no gates for one event that fails again and again', () => {
    const { pacer, fail, pause } = setUp();

    fail('a', 'a', 'a', 'a', 'a', 'a', 'a', 'a');

    expect(pause()).to.equal(0);
    expect(pacer.admit('b')).to.equal(true);
  });

  it('closes them as soon as another fails as well', () => {
    const { fail, pause } = setUp();

    fail('a', 'a', 'a', 'a', 'b');

    expect(pause()).to.equal(500);
  });

  it('obeys a Retry-After at once, for all, and whatever succeeds meanwhile', () => {
    const { pacer, pass } = setUp();

    pacer.failed('a', 'the core answered 429', 7000);
    pacer.succeeded();
    pass(6999);
    expect(pacer.admit('b')).to.equal(false);

    pass(1);
    expect(pacer.admit('b')).to.equal(true);
  });

  it('tells once that the core is away and once that it is back', () => {
    const { pacer, fail, changes } = setUp();
    pacer.succeeded();
    pacer.succeeded();

    fail('a', 'b');
    expect(changes).to.deep.equal(['back']);

    fail('c', 'd', 'e');
    pacer.succeeded();
    pacer.succeeded();
    expect(changes).to.deep.equal(['back', 'away', 'back']);
  });

  it('tells that the core is away also when it is one event that fails', () => {
    const { fail, changes } = setUp();

    fail('a', 'a', 'a');

    expect(changes).to.deep.equal(['away']);
  });
});
