import { expect } from 'chai';
import type { Understanding } from '../../src/domain/said.ts';
import { createHearing } from '../../workers/heard.ts';
import { reading } from '../support/reading.ts';

const kept = (text: string) => ({
  text,
  location: null,
  agency: null,
  anonymous: false,
  confidential: false,
  traces: [],
});

describe('what was heard lately', () => {
  let looked = 0;
  const counting: Understanding = {
    ...reading,
    isOrdinaryWord: (word) => {
      looked += 1;
      return reading.isOrdinaryWord(word);
    },
  };

  it('is understood once, and not before it is asked for', () => {
    const hearing = createHearing(counting);
    hearing.keep('a', kept('Lampu jalan mati di desa Tegalwangi'));

    expect(looked).to.equal(0);
    const first = hearing.of('a')?.sense();
    const once = looked;

    expect(once).to.be.greaterThan(0);
    expect(hearing.of('a')?.sense()).to.equal(first);
    expect(looked).to.equal(once);
    expect([...(first?.comparable.places ?? [])]).to.deep.equal(['desa tegalwangi']);
  });

  it('is what its own sealed bytes say, also where another said the same words', () => {
    const hearing = createHearing(reading);
    hearing.keep('a', kept('Lampu mati'));
    hearing.keep('b', { ...kept('Lampu mati'), anonymous: true });

    expect(hearing.of('a')?.anonymous).to.equal(false);
    expect(hearing.of('b')?.anonymous).to.equal(true);
    expect(hearing.of('c')).to.equal(undefined);
  });

  it('is bounded: what was not asked for longest goes first', () => {
    const hearing = createHearing(reading, 600);
    const text = 'x'.repeat(100); // and 100 for the entry itself

    for (const mark of ['a', 'b', 'c']) hearing.keep(mark, kept(text));
    hearing.of('a');
    hearing.keep('d', kept(text));

    expect(['a', 'b', 'c', 'd'].filter((mark) => hearing.of(mark))).to.deep.equal(['a', 'c', 'd']);
  });

  it('counts what is kept anew once', () => {
    const hearing = createHearing(reading, 600);

    for (let times = 0; times < 9; times += 1) hearing.keep('a', kept('x'.repeat(100)));
    hearing.keep('b', kept('x'.repeat(100)));

    expect(['a', 'b'].filter((mark) => hearing.of(mark))).to.deep.equal(['a', 'b']);
  });
});
