import { expect } from 'chai';
import fc from 'fast-check';
import { frame, scan } from '../../src/spool/frame.ts';

const payloads = ['satu', 'dua dua', 'tiga tiga tiga'].map((text) => Buffer.from(text));
const written = Buffer.concat(payloads.map(frame));
const starts = [0, frame(payloads[0] ?? Buffer.alloc(0)).length];

function read(bytes: Buffer) {
  const { frames, torn } = scan(bytes);
  return {
    torn,
    said: frames.map((each) => (each.kind === 'record' ? each.payload.toString() : 'damaged')),
  };
}

describe('records of the spool', () => {
  it('gives back what was written, in order', () => {
    expect(read(written)).to.deep.equal({ torn: 0, said: ['satu', 'dua dua', 'tiga tiga tiga'] });
    expect(read(Buffer.alloc(0))).to.deep.equal({ torn: 0, said: [] });
  });

  it('recognises a record whose writing broke off at any byte, and keeps those before it', () => {
    const whole = written.length - frame(payloads[2] ?? Buffer.alloc(0)).length;
    for (let length = whole + 1; length < written.length; length += 1) {
      expect(read(written.subarray(0, length))).to.deep.equal({
        torn: length - whole,
        said: ['satu', 'dua dua'],
      });
    }
  });

  it('takes zeros at the end for data that did not reach the disk', () => {
    const zeros = Buffer.alloc(4096);
    expect(read(Buffer.concat([written, zeros])).torn).to.equal(4096);
  });

  it('tells of any byte that went bad, and reads on behind it', () => {
    const second = starts[1] ?? 0;
    const end = second + frame(payloads[1] ?? Buffer.alloc(0)).length;
    for (let at = second; at < end; at += 1) {
      const spoilt = Buffer.from(written);
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x40;
      expect(read(spoilt), `byte ${at}`).to.deep.equal({
        torn: 0,
        said: ['satu', 'damaged', 'tiga tiga tiga'],
      });
    }
  });

  it('never loses a byte without a word, whatever stands in the file', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
        fc.nat(60),
        (contents, spoils, cut) => {
          const bytes = Buffer.concat(contents.map((content) => frame(Buffer.from(content))));
          for (const [at, value] of spoils) if (at < bytes.length) bytes[at] = value;
          const rest = bytes.subarray(0, Math.max(0, bytes.length - cut));
          const { frames, torn } = scan(rest);
          const told = frames.reduce(
            (sum, each) =>
              sum + (each.kind === 'record' ? 16 + each.payload.length : each.bytes.length),
            torn,
          );
          expect(told).to.equal(rest.length);
        },
      ),
    );
  });
});
