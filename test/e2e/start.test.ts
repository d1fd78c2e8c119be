import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from '../support/gateway.ts';
import { type Home, makeHome, processesOf, startTree } from '../support/tree.ts';

const run = promisify(execFile);

/** What a failed command said. */
function stderrOf(failure: unknown): string {
  return failure instanceof Error && 'stderr' in failure ? String(failure.stderr) : '';
}

describe('npm start', () => {
  let home: Home;

  before(async () => {
    home = await makeHome();
  });

  after(() => home.remove());

  it('prints the addresses, takes simulated messages on every channel to /core, and stops on SIGTERM without leaving a process', async () => {
    const tree = await startTree(home);
    expect(tree.output()).to.contain(home.url).and.to.contain('DEMO');

    for (const channel of ['sms', 'telegram']) {
      const { stdout } = await run(
        'npm',
        ['run', '--silent', 'simulate', '--', channel, `Lampu jalan mati lewat ${channel} <b>`],
        { env: home.environment },
      );
      expect(stdout).to.contain(`${channel}: 200`);
    }
    const page = await eventually(
      'both on the page',
      async () => {
        const text = await (await fetch(`${home.url}/core`)).text();
        return text.includes('lewat sms') && text.includes('lewat telegram') ? text : null;
      },
      4000,
    );
    expect(page).to.contain('lewat sms &lt;b&gt;').and.to.contain('DEMO');

    tree.child.kill('SIGTERM');
    await tree.exited();
    await eventually('no process left', () =>
      Promise.resolve(processesOf(home.dataDir).length === 0),
    );
  });

  it('stops everything on Ctrl-C, which reaches every process of the terminal at once', async () => {
    const tree = await startTree(home, { LOG_LEVEL: 'info' });

    tree.ctrlC();
    await tree.exited();

    await eventually('no process left', () =>
      Promise.resolve(processesOf(home.dataDir).length === 0),
    );
    expect(tree.output()).to.contain('"stopped"');
  });

  it('says clearly that the port is taken, and leaves nothing behind', async () => {
    const tree = await startTree(home);
    const other = await makeHome();

    const failure = await run('npm', ['start', '--silent'], {
      env: { ...other.environment, PORT: home.environment.PORT },
    }).catch((error: unknown) => error);

    expect(stderrOf(failure)).to.match(/PORT \d+ .*another program listens there/);
    expect(processesOf(other.dataDir)).to.deep.equal([]);
    tree.child.kill('SIGINT');
    await tree.exited();
    await other.remove();
  });

  it('says clearly that the same DATA_DIR is in use', async () => {
    const tree = await startTree(home);

    const failure = await run('npm', ['start', '--silent'], {
      env: { ...home.environment, PORT: '0', INTERNAL_PORT: '0' },
    }).catch((error: unknown) => error);

    expect(stderrOf(failure))
      .to.contain(home.dataDir)
      .and.to.match(/already runs/);
    tree.child.kill('SIGTERM');
    await tree.exited();
  });

  it('names every missing variable of a half-configured channel at once', async () => {
    const failure = await run('npm', ['start', '--silent'], {
      env: { ...home.environment, TELEGRAM_MODE: 'webhook', TWILIO_NUMBER: '1708' },
    }).catch((error: unknown) => error);

    const said = stderrOf(failure);
    for (const name of [
      'TELEGRAM_BOT_TOKEN',
      'TELEGRAM_SECRET_TOKEN',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_AUTH_TOKEN',
    ]) {
      expect(said).to.contain(`${name} is missing`);
    }
  });
});
