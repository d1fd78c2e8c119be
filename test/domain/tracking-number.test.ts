import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import {
  isTrackingNumber,
  newPromisedNumber,
  newTrackingNumber,
} from '../../src/domain/tracking-number.ts';

const digits = '0123456789';

describe('a tracking number', () => {
  const samples = Array.from({ length: 200 }, () => newTrackingNumber(randomInt));

  it('has ten digits, the first not 0, and is known for one of ours', () => {
    for (const number of samples) {
      expect(number).to.match(/^[1-9]\d{9}$/);
      expect(isTrackingNumber(number)).to.equal(true);
    }
  });

  const checked: readonly (readonly [digits: string, check: number])[] = [
    ['100000000', 5],
    ['482109376', 6],
    ['999999999', 0],
  ];
  for (const [start, check] of checked) {
    it(`ends with the check digit of Damm: ${check} behind ${start}`, () => {
      const number = newTrackingNumber(() => Number(start) - 100_000_000);

      expect(number).to.equal(`${start}${check}`);
      expect(isTrackingNumber(number)).to.equal(true);
    });
  }

  it('finds every single wrong digit', () => {
    for (const number of samples) {
      for (let at = 0; at < 10; at += 1) {
        for (const digit of digits.replace(number.charAt(at), '')) {
          const wrong = number.slice(0, at) + digit + number.slice(at + 1);
          expect(isTrackingNumber(wrong), `${number} as ${wrong}`).to.equal(false);
        }
      }
    }
  });

  it('finds every swap of neighbours', () => {
    for (const number of samples) {
      for (let at = 0; at < 9; at += 1) {
        const [one, two] = [number.charAt(at), number.charAt(at + 1)];
        if (one === two) continue;
        const wrong = number.slice(0, at) + two + one + number.slice(at + 2);
        expect(isTrackingNumber(wrong), `${number} as ${wrong}`).to.equal(false);
      }
    }
  });

  const kinds = [
    { label: 'given', make: newTrackingNumber, count: 800_000_000, first: 100_000_000 },
    { label: 'promised', make: newPromisedNumber, count: 100_000_000, first: 900_000_000 },
  ];
  for (const { label, make, count, first } of kinds) {
    it(`takes every random number once, none likelier than another, when it is ${label}`, () => {
      const values = [0, 1, count / 2, count - 1];
      const asked: number[] = [];

      const made = values.map((value) =>
        make((max) => {
          asked.push(max);
          return value;
        }),
      );

      expect(asked).to.deep.equal(values.map(() => count));
      expect(made.map((number) => Number(number.slice(0, 9)))).to.deep.equal(
        values.map((value) => first + value),
      );
      expect(made.every(isTrackingNumber)).to.equal(true);
    });
  }

  for (const wrong of [
    '',
    '123',
    '12345678901',
    '0000000000',
    'abcdefghij',
    ' 1000000000',
    '１２３４５６７８９０',
  ]) {
    it(`is not ${JSON.stringify(wrong)}`, () => {
      expect(isTrackingNumber(wrong)).to.equal(false);
    });
  }
});
