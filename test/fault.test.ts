import { expect } from 'chai';
import { z } from 'zod';
import { Malformed } from '../src/errors.ts';
import { faultFrom, linesOf } from '../src/fault.ts';

const secret = 'Kusumaningtyas 081234567890';

/** What a citizen wrote, in the place where each kind of error quotes it. */
const rows: readonly (readonly [label: string, act: () => unknown, name: string])[] = [
  ['text that is no JSON', (): unknown => JSON.parse(secret), 'SyntaxError'],
  [
    'a value that zod refuses',
    () => z.object({ a: z.literal('b') }).parse({ a: secret }),
    'ZodError',
  ],
  [
    'a key that zod refuses',
    () => z.record(z.string(), z.number()).parse({ [secret]: 'x' }),
    'ZodError',
  ],
  [
    'a message of many lines, some like frames',
    () => fail(`a\n    at ${secret} (x.ts:1:1)\nb`),
    'Error',
  ],
  [
    'a database that quotes the row',
    () => fail(`invalid input: "${secret}"`, { code: '22P02' }),
    'Error',
  ],
  ['a code that is none', () => fail('x', { code: secret }), 'Error'],
  ['an address that is none', () => new URL(secret), 'TypeError'],
];

function fail(message: string, more: object = {}): never {
  throw Object.assign(new Error(message), more);
}

const faultOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return faultFrom(error);
  }
  throw new Error('nothing was thrown');
};

describe('what is kept of a fault of ours', () => {
  for (const [label, act, name] of rows) {
    it(`is where, and nothing of what it broke on: ${label}`, () => {
      const fault = faultOf(act);

      expect(fault.name).to.equal(name);
      expect(fault.frames.join('\n')).to.match(/at .*test\/fault\.test\.ts:\d+:\d+/);
      const all = linesOf(fault).join('\n');
      expect(all).not.to.contain('Kusumaningtyas').and.not.to.contain('081234567890');
      expect(all).not.to.contain(process.cwd());
    });
  }

  it('names the path inside the data that did not fit', () => {
    const schema = z.object({ sender: z.object({ name: z.string() }) });

    const fault = faultOf(() => schema.parse({ sender: { name: 1 } }));

    expect(fault.at).to.deep.equal(['sender.name: invalid_type']);
  });

  it('keeps the message of our own errors, which say nothing of a person, and codes', () => {
    expect(faultOf(() => fail('x', { code: '22P02' })).code).to.equal('22P02');
    const { said, code } = faultFrom(new Malformed('a stored delivery has no head'));
    expect([said, code]).to.deep.equal(['a stored delivery has no head', 'malformed']);
  });

  it('survives what is no error', () => {
    expect(faultFrom('halo').name).to.equal('string');
  });
});
