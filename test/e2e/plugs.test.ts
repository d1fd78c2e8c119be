import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/gateway.ts';
import { type Home, makeHome, processesOf, startTree } from '../support/tree.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('pulling plugs on npm start', () => {
  let home: Home;
  let tree: Awaited<ReturnType<typeof startTree>>;

  before(async () => {
    home = await makeHome();
    tree = await startTree(home);
  });

  after(async () => {
    tree.child.kill('SIGTERM');
    await tree.exited();
    expect(processesOf(home.dataDir)).to.deep.equal([]);
    await home.remove();
  });

  const simulate = (text: string) =>
    run('npm', ['run', '--silent', 'simulate', '--', 'sms', text], { env: home.environment });

  const arrived = (text: string) =>
    eventually(
      `"${text}" at the core`,
      async () => (await (await fetch(`${home.url}/core`)).text()).includes(text),
      15_000,
    );

  const pidOf = (argument: string): number | undefined =>
    processesOf(home.dataDir).find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
      } catch {
        return false; // it ended between the two looks
      }
    });

  it('starts the workers again when their process is killed, and adds up the metrics of both', async () => {
    const before = pidOf('hands');
    process.kill(before ?? 0, 'SIGKILL');

    await simulate('Pohon tumbang di Jl. Kenanga');

    await arrived('Pohon tumbang di Jl. Kenanga');
    expect(pidOf('hands')).to.be.a('number').and.not.equal(before);
    const lines = [
      /^satupintu_deliveries_total\{.*outcome="accepted".*\} 1$/m,
      /^satupintu_messages_total\{.*outcome="complaint".*\} 1$/m,
      /^satupintu_pending\{stage="forward"\} 0$/m,
    ];
    // The core has it a moment before we have recorded that.
    await eventually('the metrics of both', async () => {
      const metrics = await (await fetch(`${home.internalUrl}/metrics`)).text();
      return lines.every((line) => line.test(metrics));
    });
  });

  it('starts PostgreSQL again when it is killed, and goes on', async () => {
    const [pid = ''] = readFileSync(join(home.dataDir, 'postgres/postmaster.pid'), 'utf8').split(
      '\n',
    );
    process.kill(Number(pid), 'SIGKILL');

    await eventually(
      'ready again',
      async () => (await fetch(`${home.internalUrl}/readyz`)).ok,
      20_000,
    );

    await simulate('Air PDAM keruh di Genuk');
    await arrived('Air PDAM keruh di Genuk');
  });

  it('lets the workers end with a gateway that was killed, and the next start takes over its PostgreSQL', async () => {
    process.kill(pidOf('all') ?? 0, 'SIGKILL');
    await tree.exited();
    await eventually('workers gone', () => Promise.resolve(pidOf('hands') === undefined));

    tree = await startTree(home);

    await arrived('Air PDAM keruh di Genuk');
    await simulate('Jembatan roboh di Talang Empat');
    await arrived('Jembatan roboh di Talang Empat');
  });
});
