import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { AppError } from '../../src/errors.ts';
import { type Given, readArgs } from './args.ts';
import { destroyAll, startInstallation } from './installation.ts';
import { reportOf } from './report.ts';
import { type Result, runScenario } from './run.ts';
import { type ScenarioName, scenarioNames, scenarios } from './scenarios.ts';

// Breaks everything that can break, under load, and looks whether a promise was broken with it.

const stop = new AbortController();
const isGivenUp = (): boolean => stop.signal.aborted;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}
process.on('exit', destroyAll);

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  try {
    const given = readArgs(args);
    if (given.list) {
      const lines = scenarioNames.map((name) => `${name.padEnd(16)}${scenarios[name].about}\n`);
      process.stdout.write(lines.join(''));
      return 0;
    }
    return await run(given);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function run(given: Given): Promise<number> {
  const startedAt = Date.now();
  const failures: string[] = [];
  const waiting = [...given.scenarios];
  const results = new Map<ScenarioName, Result>();
  const shared = given.short && given.sideBySide === 1 ? await startInstallation(given) : null;
  const serve = async (): Promise<void> => {
    for (let name = waiting.shift(); name && !isGivenUp(); name = waiting.shift()) {
      try {
        const result = await runOne(given, name, shared);
        results.set(name, result);
        process.stderr.write(`${name}: ${summary(result)}\n`);
      } catch (error) {
        if (isGivenUp()) throw error;
        // The others can tell something still.
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        process.stderr.write(`${name} broke off: ${String(error)}\n`);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: given.sideBySide }, serve));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write('given up\n');
  } finally {
    await shared?.close();
  }
  const ordered = given.scenarios.flatMap((name) => results.get(name) ?? []);
  const text = reportOf(ordered, about(given, startedAt), failures);
  if (given.report === null) process.stdout.write(`${text}\n`);
  else await writeFile(given.report, `${text}\n`);
  const isWhole = ordered.length === given.scenarios.length;
  return isWhole && ordered.every(({ broken }) => broken.length === 0) ? 0 : 1;
}

type Shared = Awaited<ReturnType<typeof startInstallation>> | null;

async function runOne(given: Given, name: ScenarioName, shared: Shared): Promise<Result> {
  const at = shared ?? (await startInstallation(given));
  try {
    const series = scenarioNames.indexOf(name) + 1;
    process.stderr.write(`${name}: ${scenarios[name].about}\n`);
    const { seconds, kills, rate, short: isShort } = given;
    const seed = given.seed + series;
    const setting = { seed, series, isShort, seconds, kills, rate, stop: stop.signal };
    return await runScenario(at, name, setting);
  } finally {
    if (given.keep) process.stderr.write(`${name}: kept in ${at.folder}\n`);
    if (shared === null) await at.close();
  }
}

function summary({ seconds, broken, counts }: Result): string {
  const verdict = broken.length === 0 ? 'kept' : `BROKEN (${broken.length})`;
  return `${verdict}, ${seconds} s, ${counts.sent} messages, ${counts.ok} × 2xx`;
}

function about(given: Given, startedAt: number): string {
  const { queue, seed, short, sideBySide, gateways, workers } = given;
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  return [
    `${new Date(startedAt).toISOString()}, ${minutes} minutes, seed ${seed}, queue on ${queue},`,
    `${short ? 'short' : 'full'} form, ${sideBySide} at a time, Node ${process.version}, ${cpus().length} cores.`,
    `Gateways ${gateways}, workers ${workers}, PostgreSQL with fsync, Redis with AOF.`,
    'Kept: every invariant of that run held.',
  ].join(' ');
}
