import { AppError } from '../../src/errors.ts';
import { type Given, readArgs } from './args.ts';
import type { Failure } from './run.ts';
import type { Subject } from './subject.ts';
import { subjects } from './subjects.ts';
import { watched } from './watch.ts';
import { fuzzWhole } from './whole.ts';

// Sends and reads what no platform should send, until something breaks.

const thread = new URL('thread.ts', import.meta.url);
const patienceMs = 20_000;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function sayFailure(channel: string, option: string, failure: Failure): void {
  say(`\n${channel} FAILED: ${failure.what}\n${failure.payload}`);
  say(
    `again: npm run fuzz -- --channel ${channel} --seed ${failure.seed} ${option} --path ${failure.path}\n`,
  );
}

type Task = 'reading' | 'proofs';

const options: Readonly<Record<Task, string>> = {
  reading: '--signatures 0 --http 0',
  proofs: '--count 0 --http 0',
};

async function run(what: Task, channel: string, count: number, given: Given): Promise<boolean> {
  if (count === 0) return true;
  const limits = { count, seed: given.seed, path: given.path };
  const startedAt = Date.now();
  const { summary, failure } = await watched(thread, { what, channel, limits }, patienceMs);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  say(`${channel.padEnd(9)} ${what.padEnd(8)} ${summary} (${seconds} s)`);
  if (failure) sayFailure(channel, options[what], failure);
  return failure === null;
}

async function main(given: Given): Promise<boolean> {
  say(`fuzz: seed ${given.seed}`);
  const results: boolean[] = [];
  for (const channel of given.channels) {
    results.push(await run('reading', channel, given.count, given));
    results.push(await run('proofs', channel, given.signatures, given));
  }
  if (given.http > 0) results.push(await overHttp(given));
  return results.every(Boolean);
}

async function overHttp({ channels, http: count, seed }: Given): Promise<boolean> {
  const chosen = channels.flatMap((name): Subject[] => {
    const subject = subjects[name];
    return subject?.ways.some(({ proof }) => proof !== null) ? [subject] : [];
  });
  const { lines, faults } = await fuzzWhole(chosen, { count, seed });
  for (const line of lines) say(line);
  for (const fault of faults) say(`HTTP FAILED: ${fault}`);
  return faults.length === 0;
}

try {
  const given = readArgs(process.argv.slice(2), Object.keys(subjects));
  process.exitCode = (await main(given)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
