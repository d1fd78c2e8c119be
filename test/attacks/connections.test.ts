import { setTimeout as pause } from 'node:timers/promises';
import { startTarget, type Target, withstands } from '../support/attack.ts';

describe('one stranger who holds connections', () => {
  let target: Target;

  before(async () => {
    target = await startTarget();
  });

  after(async () => {
    await target.stop();
  });

  const kinds = {
    'that say nothing': '',
    'that stop in the middle of their head': 'POST /webhooks/sms HTTP/1.1\r\nHost: a\r\nX-A: ',
    'that were answered and stay': 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
  };
  for (const [kind, bytes] of Object.entries(kinds)) {
    it(`locks nobody out with 5,000 ${kind}`, async () => {
      await withstands(target, async ({ open }) => {
        for (let count = 0; count < 5000; count += 100) {
          await Promise.all(Array.from({ length: 100 }, () => open(bytes)));
          await pause(30);
        }
        await pause(1000);
      });
    });
  }
});
