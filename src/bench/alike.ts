import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { v7 as newId } from 'uuid';
import { createJudge } from '../../workers/judge.ts';
import { createHearing } from '../../workers/heard.ts';
import { recall } from '../../workers/memory.ts';
import { loadAreas } from '../areas.ts';
import { createDictionary } from '../dictionary.ts';
import { duplicateAmong } from '../domain/duplicate.ts';
import { saidIn, type Understanding } from '../domain/said.ts';
import { createSigner } from '../domain/signature.ts';
import { newTrackingNumber } from '../domain/tracking-number.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { UpstreamUnavailable } from '../errors.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { type Database, migrate, openDatabase, select } from '../store/database.ts';
import { takeMessages } from '../store/messages.ts';
import { createSeal, type Seal } from '../store/seal.ts';
import { evaluatePairs, evaluationTable } from './duplicates.ts';
import { fill, say } from './stored.ts';
import { createRandom, createTexts } from './texts.ts';

type Out = { write(text: string): void };
type Options = { readonly file: string | null; readonly stored: number };

const judged = 300;
const silent = { info: () => undefined, warn: () => undefined };

/**
 * `npm run bench -- duplicates <file> [--stored N]`: precision and recall on a file of labelled pairs,
 * and what judging one message takes among N stored complaints of the last 30 days. Out: the exit code.
 */
export async function benchDuplicates({ file, stored }: Options, out: Out): Promise<number> {
  const isOrdinaryWord = createDictionary();
  const reading: Understanding = {
    gazetteer: await loadAreas(),
    isOrdinaryWord,
    readKeyword: (rest) => ({ agency: null, rest }),
  };
  const signer = createSigner(randomBytes(32));
  if (file !== null) {
    const lines = createInterface({ input: createReadStream(file) });
    out.write(`${evaluationTable(await evaluatePairs(reading, signer, lines))}\n`);
  }
  if (stored > 0) await time({ reading, signer, stored }, out);
  return 0;
}

type Given = {
  readonly reading: Understanding;
  readonly signer: ReturnType<typeof createSigner>;
  readonly stored: number;
};

async function time(given: Given, out: Out): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-bench-'));
  const server = await startPostgres({
    dataDir,
    password: randomBytes(16).toString('hex'),
    log: silent,
  });
  // One connection, because settings of filling are settings of a session.
  const database = openDatabase(server.connection, { poolSize: 1, statementTimeoutMs: 1_200_000 });
  try {
    await migrate(server.connection);
    await timeIn(database, given, out);
  } finally {
    await database.destroy();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function timeIn(database: Database, { reading, signer, stored }: Given, out: Out) {
  const seal = createSeal([randomBytes(32).toString('base64')]);
  const nextText = createTexts(createRandom(1708));
  const deps = { database, seal, reading, signer, nextText };
  await fill(deps, stored, (done) => {
    if (done % 100_000 === 0) out.write(`  stored ${done}\n`);
  });
  const judge = createJudge({
    ...deps,
    sign: ({ sense }) => signer(sense.comparable),
    newId,
    anonymousRef: (id) => `r_${id}`,
    attachmentUrl: (id) => id,
    newTrackingNumber: () => newTrackingNumber((max) => Math.floor(Math.random() * max)),
    wake: () => undefined,
    metrics: createMetrics(null),
    log: createLog('silent', [], { write: () => undefined }),
  });
  const stride = Math.max(1, Math.floor(stored / judged));
  const copies = await storedTexts({ database, seal, stride });
  const [decidedMs, judgedMs, candidates]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < judged; index += 1) {
    // Half of them new, half copies of what somebody else said.
    const text = (index % 2 === 0 ? undefined : copies[index]) ?? nextText();
    await say(deps, index, text);
    const { waiting } = await takeMessages(database, seal, 0, 1);
    const [message] = waiting;
    if (!message) throw new UpstreamUnavailable('the message is not there');
    // Cold: the judge below finds the same pages again.
    const startedAt = performance.now();
    const said = saidIn(reading, [message]);
    const pending = { waiting: message, said, signature: signer(said.sense.comparable) };
    const memory = await recall(database, { seal, reading, hearing: createHearing(reading) }, [
      pending,
    ]);
    const alike = memory.candidatesFor(pending);
    duplicateAmong(said.sense.comparable, alike);
    decidedMs.push(performance.now() - startedAt);
    candidates.push(alike.length);
    const judgedAt = performance.now();
    await judge(0);
    judgedMs.push(performance.now() - judgedAt);
  }
  const linked = await countLinks(database);
  const ms = (values: readonly number[]) =>
    `median ${at(values, 0.5).toFixed(1)} ms, p95 ${at(values, 0.95).toFixed(1)} ms, p99 ${at(values, 0.99).toFixed(1)} ms`;
  out.write(
    [
      `one message among ${stored} stored complaints (${judged} tried, one at a time):`,
      `  understood, recalled and compared: ${ms(decidedMs)}`,
      `  judged from row to commit:         ${ms(judgedMs)}`,
      `  candidates from the index: median ${at(candidates, 0.5)}, p99 ${at(candidates, 0.99)}, most ${at(candidates, 1)}`,
      `  copies linked: ${linked} of ${judged / 2}`,
      JSON.stringify({
        stored,
        decidedMedianMs: at(decidedMs, 0.5),
        judgedMedianMs: at(judgedMs, 0.5),
      }),
      '',
    ].join('\n'),
  );
}

async function countLinks(database: Database): Promise<string> {
  const where = "where verdict = 'same_report'";
  const [links] = await select(database, `select count(*) from links ${where}`);
  return String(links?.['count']);
}

/** Some of what is stored, to be said again by others. */
type Kept = { readonly database: Database; readonly seal: Seal; readonly stride: number };

async function storedTexts({ database, seal, stride }: Kept): Promise<string[]> {
  const rows = await select(
    database,
    `select sealed from words where message_id % ${stride} = 0 order by message_id limit ${judged}`,
  );
  return rows.map(({ sealed }) => {
    if (!Buffer.isBuffer(sealed)) return '';
    const kept: unknown = JSON.parse(seal.open('words', sealed).toString());
    return typeof kept === 'object' && kept !== null && 'text' in kept ? String(kept.text) : '';
  });
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
