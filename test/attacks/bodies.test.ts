import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import {
  providerSends,
  startTarget,
  type Stranger,
  type Target,
  withstands,
} from '../support/attack.ts';
import { eventually } from '../support/gateway.ts';
import { startNginx } from '../support/nginx.ts';

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

  before(async () => {
    target = await startTarget({ TRUST_PROXY: '1' });
  });

  after(async () => {
    await target.stop();
  });

  /** 140 bodies of 2 MB without their last byte; out: what was answered to each. */
  const leaveUnfinished = async ({ open }: Stranger): Promise<(() => string)[]> => {
    const body = Buffer.alloc(2 * 1024 * 1024 - 1, 'a');
    const answers: (() => string)[] = [];
    for (let count = 0; count < 140; count += 1) {
      const { socket, heard } = await open(headOf(body.length + 1));
      socket.write(body);
      answers.push(heard);
      await pause(10);
    }
    return answers;
  };

  it('uses up nobody else’s memory with 140 of 2 MB, and is told 503', async () => {
    let answers: (() => string)[] = [];

    await withstands(target, async (stranger) => {
      answers = await leaveUnfinished(stranger);
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

  it('is in no provider’s way that sends 2,000 deliveries a second from one address', async () => {
    await withstands(target, async (stranger) => {
      const provider = providerSends(target.url, 2000);
      await leaveUnfinished(stranger);
      const { sent, refused, perSecond } = await provider.stop();

      expect(refused.slice(0, 3), `of ${sent}, ${perSecond} a second`).to.deep.equal([]);
      expect(sent).to.be.above(500);
    });
  });

  it('is told apart from citizens behind the proxy of SETUP.md, whose address all have', async () => {
    const nginx = await startNginx(target.url);

    await withstands({ ...target, url: nginx.url }, async (stranger) => {
      await leaveUnfinished(stranger);
    }).finally(nginx.stop);
  });

  it('is told apart behind a proxy that limits nothing and passes bodies on as they come', async () => {
    const nginx = await startNginx(target.url, (config) =>
      config
        .replaceAll(/^ *limit_.*$/gm, '')
        .replace('proxy_request_buffering on', 'proxy_request_buffering off'),
    );

    await withstands({ ...target, url: nginx.url }, async (stranger) => {
      const provider = providerSends(nginx.url, 500);
      const answers = await leaveUnfinished(stranger);
      await eventually('most were told', () =>
        Promise.resolve(answers.filter((heard) => busy.test(heard())).length >= 100),
      );
      expect((await provider.stop()).refused).to.deep.equal([]);
    }).finally(nginx.stop);
  });
});
