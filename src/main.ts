import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { channels } from '../channels/index.ts';
import { runCommand } from './commands.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

const [name = 'all', ...args] = process.argv.slice(2);
const stop = new AbortController();
const halt = new AbortController();
/** Stopping is bounded; whatever hangs longer is left to the rows. */
const mostMs = 25_000;
/** npm passes on what the terminal has told us already: so soon after the first it is the same one. */
const echoMs = process.env['npm_lifecycle_event'] === undefined ? 0 : 500;
let firstAt: number | undefined;

function endNow(code: number): never {
  halt.abort(); // what would outlive us is killed, at once
  process.exit(code);
}

const serves = ['all', 'gateway', 'worker', 'hands'].includes(name);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (name === 'hands') return; // Ctrl-C reaches us too; the gateway says when to stop
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      stop.abort();
      // What serves has lost nothing; a tool that was ended half-way has not done what it was asked for.
      setTimeout(endNow, mostMs, serves ? 0 : 128 + constants.signals[signal]).unref();
    } else if (now - firstAt > echoMs) endNow(128 + constants.signals[signal]);
  });
}

const { stdout: out, stderr: err, env: environment } = process;
const world = { environment, modules: channels, out, err, parent: process };
process.exit(await runCommand(name, args, { ...world, stop: stop.signal, halt: halt.signal }));
