import { expect } from 'chai';
import { dueMs, percentile } from '../../src/bench/figures.ts';
import { statusOf } from '../../src/bench/wire.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  const rows: readonly (readonly [label: string, values: number[], share: number, is: number])[] = [
    ['is the middle of an odd number of values', [3, 1, 2], 0.5, 2],
    ['is the lower of two middles', [4, 1, 3, 2], 0.5, 2],
    ['is what 99 of 100 are not above', hundred, 0.99, 99],
    ['is the highest where the rest is less than one value', hundred, 0.999, 100],
    ['is the lowest for no share at all', hundred, 0, 1],
    ['is the only value, whatever the share', [7], 0.01, 7],
    ['is 0 of nothing', [], 0.5, 0],
    ['sorts by size, not as text', [10, 9, 100], 1, 100],
  ];
  for (const [label, values, share, is] of rows) {
    it(label, () => {
      expect(percentile(values, share)).to.equal(is);
    });
  }
});

describe('dueMs', () => {
  it('spreads requests evenly over each second, beginning at once', () => {
    expect([0, 1, 200, 250].map((index) => dueMs(index, 200))).to.deep.equal([0, 5, 1000, 1250]);
  });
});

describe('statusOf', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n';
  const rows: readonly (readonly [label: string, heard: string, is: number | null])[] = [
    ['waits for the end of the head', head, null],
    ['waits for the rest of the body', `${head}Content-Length: 5\r\n\r\nabcd`, null],
    ['reads an answer with its whole body', `${head}Content-Length: 5\r\n\r\nabcde`, 200],
    ['reads an answer that says it is empty', `${head}content-length: 0\r\n\r\n`, 200],
    ['reads one without a body', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['waits for the last chunk', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`, null],
    ['reads chunks', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`, 200],
    ['reads a refusal', 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n', 503],
  ];
  for (const [label, heard, is] of rows) {
    it(label, () => {
      expect(statusOf(heard)).to.equal(is);
    });
  }
});
