// Runs before every npm script, on whatever Node the machine has (20 or newer): makes sure that what
// package-lock.json asks for is installed. Afterwards node_modules/.bin/node is the Node we run on.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const stamp = 'node_modules/.ready';
const wanted = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!isReady()) {
  console.error('Installing what is missing (once, about a minute) ...');
  const npm = process.env.npm_execpath;
  const args = [
    'ci',
    '--include=optional',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const child = npm?.endsWith('.js')
    ? spawn(process.execPath, [npm, ...args], { stdio: ['ignore', 2, 2] })
    : spawn('npm', args, { stdio: ['ignore', 2, 2] });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`npm could not be run: ${error.message}`));
  child.on('exit', (code) => {
    if (code !== 0) fail('Installing failed; npm says why above. Nothing was started.');
    if (!existsSync('node_modules/.bin/node')) {
      fail(`No Node 24 for ${process.platform}-${process.arch}: Linux on x64 or arm64 is needed.`);
    }
    writeFileSync(stamp, wanted);
  });
}

function isReady() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
