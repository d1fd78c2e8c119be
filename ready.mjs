// Runs before every npm script, on whatever Node the machine has (20 or newer): makes sure that what
// package-lock.json asks for is installed. Afterwards node_modules/.bin/node is the Node we run on.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createServer } from 'node:net';

const script = process.env.npm_lifecycle_event ?? '';
const isProduction =
  process.env.NODE_ENV === 'production' || /\bdev\b/.test(process.env.npm_config_omit ?? '');
/** Tests bring tools of their own; everything else runs without them. */
const needsDev = ['pretest', 'prechaos', 'prefuzz'].includes(script);
/** Packages are gathered here and then put in place of the old ones, which work until that moment. */
const staging = `.node_modules-${process.pid}`;

if (!isReady()) {
  if (needsDev && isProduction) {
    fail('This needs the development packages; install them with: npm ci --include=dev');
  }
  await untilAlone();
  putBackWhatWasLeft();
  if (!isReady()) await install(); // somebody else may just have done it
}
process.exit();

/** Whether every package is there in its version, as npm noted when it installed them. */
function isReady() {
  const found = packagesIn('node_modules/.package-lock.json');
  const wanted = Object.entries(packagesIn('package-lock.json')).filter(
    ([path, { optional, dev, devOptional }]) =>
      path !== '' && !optional && (needsDev || !(dev || devOptional)),
  );
  return (
    fs.existsSync('node_modules/.bin/node') &&
    `node_modules/node-linux-${process.arch}` in found &&
    wanted.every(([path, { version }]) => found[path]?.version === version)
  );
}

function packagesIn(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : {};
}

/**
 * Roles that start together on a fresh clone install once. The lock is a name in the kernel's table of
 * sockets: it goes with the process, however that ends.
 */
async function untilAlone() {
  const folder = createHash('sha256').update(fs.realpathSync('.')).digest('hex').slice(0, 32);
  for (let waits = 0; !(await isTaken(`\0satu-pintu-install-${folder}`)); waits += 1) {
    if (waits === 0) console.error('Somebody else is installing here; waiting for it ...');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function isTaken(name) {
  return new Promise((resolve) => {
    createServer()
      .once('error', () => resolve(false))
      .listen(name, () => resolve(true));
  });
}

/** An install that was killed may have left its packages half-way, and the old ones aside. */
function putBackWhatWasLeft() {
  for (const left of fs.readdirSync('.').filter((name) => /^\.node_modules-\d+$/.test(name))) {
    if (!fs.existsSync('node_modules') && fs.existsSync(`${left}/old`)) {
      fs.renameSync(`${left}/old`, 'node_modules');
    }
    fs.rmSync(left, { recursive: true, force: true });
  }
}

async function install() {
  console.error('Installing what is missing (once, about a minute) ...');
  fs.mkdirSync(staging);
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    if (fs.existsSync(file)) fs.copyFileSync(file, `${staging}/${file}`);
  }
  const code = await npm('ci', '--include=optional', isProduction ? '--omit=dev' : '--include=dev');
  if (code !== 0)
    fail('Installing failed; npm says why above. What was there before is untouched.');
  if (!fs.existsSync(`${staging}/node_modules/.bin/node`)) {
    fail(`No Node 24 for ${process.platform}-${process.arch}: Linux on x64 or arm64 is needed.`);
  }
  try {
    if (fs.existsSync('node_modules')) fs.renameSync('node_modules', `${staging}/old`);
    fs.renameSync(`${staging}/node_modules`, 'node_modules');
  } catch (error) {
    fail(`node_modules cannot be replaced (${error.code}); stop what uses it and run: npm ci`);
  }
  fs.rmSync(staging, { recursive: true, force: true });
}

function npm(...args) {
  const program = process.env.npm_execpath;
  const all = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: staging, stdio: ['ignore', 2, 2] };
  const child = program?.endsWith('.js')
    ? spawn(process.execPath, [program, ...all], options)
    : spawn('npm', all, options);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`npm could not be run: ${error.message}`));
    child.on('exit', resolve);
  });
}

function fail(message) {
  console.error(message);
  if (!fs.existsSync(`${staging}/old`)) fs.rmSync(staging, { recursive: true, force: true });
  process.exit(1);
}
