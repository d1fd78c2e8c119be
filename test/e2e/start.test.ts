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

  const channels = ['sms', 'telegram', 'x', 'facebook'];
  const npm = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('npm', ['run', '--silent', ...args], { env: home.environment });
    return stdout;
  };
  /** What the npm scripts of these names run, without the second that npm itself takes. */
  const command = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, ['src/main.ts', ...args], {
      env: home.environment,
    });
    return stdout;
  };
  const onPage = (texts: readonly string[]) =>
    eventually(
      `${texts.join(', ')} on the page`,
      async () => {
        const page = await (await fetch(`${home.url}/core`)).text();
        return texts.every((text) => page.includes(text)) ? page : null;
      },
      6000,
    );

  /** A test message is held, seen, and forwarded when somebody lets it through; another is not. */
  const looksAfterWhatIsHeld = async () => {
    // Somebody who has not said anything yet: within two minutes it would be a follow-up.
    await command('simulate', 'telegram', 'tes 123', '--from', '5099000001');
    await command('simulate', 'telegram', 'tes 456', '--from', '5099000002');
    const list = await eventually('both held', async () => {
      const text = await command('held', 'list');
      return text.includes('tes 456') ? text : null;
    });
    const [first = '', second = ''] = list.split('\n').map((line) => line.trim().split(' ')[0]);
    expect(await command('held', 'show', first))
      .to.match(/held as +test\n/)
      .and.contain('tes 123');
    expect(await npm('held', '--', 'release', first, '--why', 'warga menelepon')).to.contain(
      'release by',
    );
    const refusal: unknown = await command('held', 'discard', second).catch((e: unknown) => e);
    expect(stderrOf(refusal)).to.contain('discard needs a reason');
    await command('held', 'discard', second, '--why', 'uji coba', '--who', 'sari');
    await onPage(['tes 123']);
    expect(await command('held', 'list')).to.equal('Nothing is held.\n');
  };

  it('prints the addresses, takes simulated messages on every channel to /core, and stops on SIGTERM without leaving a process', async () => {
    const tree = await startTree(home);
    expect(tree.output()).to.contain(home.url).and.to.contain('DEMO');

    for (const channel of channels) {
      const text = `Lampu jalan mati lewat ${channel} <b>`;
      const simulate = channel === 'sms' ? npm('simulate', '--', channel, text) : null;
      expect(await (simulate ?? command('simulate', channel, text))).to.contain(`${channel}: 200`);
    }
    const page = await onPage(channels.map((channel) => `lewat ${channel}`));
    expect(page).to.contain('lewat sms &lt;b&gt;').and.to.contain('DEMO');

    await looksAfterWhatIsHeld();

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
