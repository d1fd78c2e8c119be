import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { startTarget, type Target, withstands } from '../support/attack.ts';
import { eventually } from '../support/gateway.ts';

/** As a stranger writes it, who knows what a delivery looks like but no secret. */
const headOf = (bytes: number): string =>
  [
    'POST /webhooks/sms HTTP/1.1',
    'Host: lapor.example.go.id',
    'Content-Type: application/x-www-form-urlencoded',
    'X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    `Content-Length: ${bytes}`,
    '\r\n',
  ].join('\r\n');

const busy = /^HTTP\/1\.1 503 [^]*\r\nretry-after: \d+\r\n/i;

describe('one stranger who leaves bodies unfinished', () => {
  let target: Target;

  beforeEach(async () => {
    target = await startTarget();
  });

  afterEach(async () => {
    await target.stop();
  });

  it('uses up nobody else’s memory with 140 of 2 MB, and is told 503', async () => {
    const body = Buffer.alloc(2 * 1024 * 1024 - 1, 'a');
    const answers: (() => string)[] = [];

    await withstands(target, async ({ open }) => {
      for (let count = 0; count < 140; count += 1) {
        const { socket, heard } = await open(headOf(body.length + 1));
        socket.write(body);
        answers.push(heard);
        await pause(10);
      }
      await eventually('most were told', () =>
        Promise.resolve(answers.filter((heard) => busy.test(heard())).length >= 110),
      );
    });

    const cut = answers.filter((heard) => heard() !== '' && !busy.test(heard()));
    expect(cut.map((heard) => heard())).to.deep.equal([]);
  });

  it('takes nobody’s place with 2,000 that drip, and is told 503', async () => {
    await withstands(target, async ({ open, sockets }) => {
      const dripping: (() => string)[] = [];
      for (let count = 0; count < 2000; count += 50) {
        const some = await Promise.all(Array.from({ length: 50 }, () => open(headOf(40_000))));
        dripping.push(...some.map(({ heard }) => heard));
        await pause(20);
      }
      const drip = setInterval(() => {
        for (const socket of sockets) socket.write('a');
      }, 1000);
      await eventually('all were told', () =>
        Promise.resolve(dripping.every((heard) => busy.test(heard()))),
      ).finally(() => {
        clearInterval(drip);
      });
    });
  });
});
