import { existsSync } from 'node:fs';
import { channels } from '../channels/index.ts';
import { runCommand } from './commands.ts';

if (existsSync('.env')) process.loadEnvFile('.env');

const [name = 'all', ...args] = process.argv.slice(2);
const stop = new AbortController();
let firstAt = 0;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (name === 'hands') return; // Ctrl-C reaches us too; the gateway says when to stop
    firstAt ||= Date.now();
    stop.abort(); // each step of closing has a time limit
    // One Ctrl-C comes twice: from the terminal, and passed on by npm. Only a later one is meant as more.
    if (Date.now() - firstAt > 2000) process.exit(1);
  });
}

const code = await runCommand(name, args, {
  environment: process.env,
  modules: channels,
  out: process.stdout,
  err: process.stderr,
  parent: process,
  stop: stop.signal,
});
process.exit(code);
