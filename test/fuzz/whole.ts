import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { z } from 'zod';
import type { Channel, Environment, WebhookRequest } from '../../src/domain/channel.ts';
import { AppError } from '../../src/errors.ts';
import { mostBodyBytes } from '../../src/http/body.ts';
import { select } from '../../src/store/database.ts';
import { findDelivery } from '../../src/store/quarantine.ts';
import { createSeal } from '../../src/store/seal.ts';
import { providers } from '../conformance/providers.ts';
import { startCore } from '../support/core.ts';
import { startGateway } from '../support/gateway.ts';
import { type Answer, send, type Sent } from '../support/http.ts';
import {
  createTestDatabase,
  startTestPostgres,
  stopTestPostgres,
  type TestDatabase,
} from '../support/postgres.ts';
import { describeForgery } from './proving.ts';
import { forgeriesOf, type Forgery } from './forgeries.ts';
import { payloadsOf } from './payloads.ts';
import { describe } from './reading.ts';
import { deliveryOf, type Subject } from './subject.ts';

type Limits = { readonly count: number; readonly seed: number };
type Result = { readonly lines: readonly string[]; readonly faults: readonly string[] };

const sideBySide = 8;
const atOnce = 500;
const longestPath = 12_000; // no provider sends more, and node:http takes 16 kB of head
const forgeriesEach = 400;
const answeredWithinMs = 60_000;
const standstillMs = 120_000;

/**
 * The same deliveries through a real gateway and its workers, signed as they must be, and wrong proofs
 * beside them. Afterwards nothing waits, nothing broke, and nothing valid is quarantined.
 */
export async function fuzzWhole(subjects: readonly Subject[], limits: Limits): Promise<Result> {
  await startTestPostgres();
  const db = await createTestDatabase();
  const core = await startCore();
  const gateway = await startGateway({
    databaseUrl: db.url,
    coreUrl: core.url,
    environment: { ...settingsOf(subjects), LOG_LEVEL: 'error' },
  });
  const lines: string[] = [];
  const faults: string[] = [];
  const valid = new Set<string>();
  try {
    for (const subject of subjects) {
      const channel = await subject.open();
      const counts = await sendPayloads(gateway.url, { subject, channel, limits, valid, faults });
      lines.push(`${subject.name.padEnd(9)} http     ${counted(counts)}`);
      const refused = await sendForgeries(gateway.url, subject, limits.seed, faults);
      lines.push(`${subject.name.padEnd(9)} http     wrong proofs: ${counted(refused)}`);
    }
    lines.push(await drained(db, faults));
    lines.push(await lookedThrough(db, valid, faults));
    const errors = gateway.log().split('\n').filter(Boolean);
    for (const line of errors.slice(0, 5)) faults.push(`logged: ${line.slice(0, 1500)}`);
  } finally {
    await gateway.stop();
    await core.stop();
    await db.drop();
    await stopTestPostgres();
  }
  return { lines, faults };
}

// Nobody answers there, at once: what is fetched and looked for is not the matter here.
const nowhere = 'http://127.0.0.1:9';

function settingsOf(subjects: readonly Subject[]): Environment {
  const all = subjects.flatMap(({ name }) => Object.entries(providers[name]?.settings ?? {}));
  const urls = all
    .filter(([name]) => name.endsWith('_URL'))
    .map(([name]): [string, string] => [name, nowhere]);
  return Object.fromEntries<string | undefined>([...all, ...urls]);
}

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(', ');

type Sending = {
  readonly subject: Subject;
  readonly channel: Channel;
  readonly limits: Limits;
  readonly valid: Set<string>;
  readonly faults: string[];
};

async function sendPayloads(url: string, sending: Sending): Promise<Map<string, number>> {
  const { subject, channel, limits, valid, faults } = sending;
  const counts = new Map<string, number>();
  for (let sent = 0; sent < limits.count; sent += atOnce) {
    const numRuns = Math.min(atOnce, limits.count - sent);
    const payloads = fc.sample(payloadsOf(subject), { numRuns, seed: limits.seed + sent });
    await each(payloads, async (payload) => {
      const request = payload.way.request(payload.content, payload.way.proof?.secret ?? '');
      if (request.path.length > longestPath) {
        add(counts, 'too long for a URL');
        return;
      }
      if (payload.said !== null) valid.add(nameOf(deliveryOf(request)));
      const expected = statusFor(channel, request);
      const given = await answerTo(url, request);
      add(counts, `${given.status}`);
      if (given.status === expected) return;
      faults.push(
        `${subject.name}: ${given.status} (${given.body.slice(0, 200)}) instead of ${expected}: ${describe(payload)}`,
      );
    });
  }
  return counts;
}

/** What a mutated delivery comes to: it may name another account, or be longer than we take. */
function statusFor(channel: Channel, request: Sent): number {
  if ((request.body?.length ?? 0) > mostBodyBytes) return 413;
  try {
    channel.webhook?.authenticate(deliveryOf(request));
    return 200;
  } catch (error) {
    if (error instanceof AppError) return 401;
    throw error;
  }
}

async function sendForgeries(
  url: string,
  { name, ways }: Subject,
  seed: number,
  faults: string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const forgeries = ways.flatMap((way) =>
    way.proof === null
      ? []
      : fc.sample(forgeriesOf(way, way.proof), { numRuns: forgeriesEach, seed }).map((forgery) => ({
          forgery,
          excluded: forgery.excluded ?? unsendable(forgery, way.proof?.header ?? ''),
        })),
  );
  await each(forgeries, async ({ forgery, excluded }) => {
    if (excluded !== null) {
      add(counts, excluded);
      return;
    }
    const { forged } = forgery;
    // Header values are bytes to HTTP: what is no ASCII goes as UTF-8.
    const headers = Object.fromEntries(
      Object.entries(forged.headers).map(([header, value]): [string, string] => [
        header,
        Buffer.from(value).toString('latin1'),
      ]),
    );
    const given = await answerTo(url, { ...forged, headers });
    add(counts, `${given.status}`);
    if (given.status === 401 && given.body === '') return;
    faults.push(
      `${name}: ${given.status} (${given.body.slice(0, 200)}) to a wrong proof: ${describeForgery(forgery)}`,
    );
  });
  return counts;
}

/** Why HTTP does not bring it to us as it is; null when it does. */
function unsendable({ forged, right }: Forgery, header: string): string | null {
  const value = forged.headers[header] ?? '';
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return 'control characters: not HTTP';
  const isTrimmedAway = value.replace(/^[ \t]+|[ \t]+$/g, '') === right.headers[header];
  if (isTrimmedAway && value !== right.headers[header]) return 'white space that HTTP trims';
  return forged.path.length > longestPath ? 'too long for a URL' : null;
}

async function answerTo(url: string, request: Sent): Promise<Answer> {
  const late = new Promise<Answer>((resolve) => {
    setTimeout(resolve, answeredWithinMs, { status: 0, headers: {}, body: 'no answer' }).unref();
  });
  const broken = (error: unknown): Answer => ({ status: -1, headers: {}, body: String(error) });
  return Promise.race([send(url, request).catch(broken), late]);
}

async function each<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (const item of left) await act(item);
    }),
  );
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

const nameOf = ({ method, url, body }: WebhookRequest): string =>
  createHash('sha256').update(`${method} ${url} `).update(body).digest('hex');

const numberSchema = z.coerce.number();

async function numberOf(db: TestDatabase, query: string): Promise<number> {
  const [row] = await select(db.database, `select (${query}) as number`, []);
  return numberSchema.parse(z.object({ number: z.unknown() }).parse(row).number);
}

const waiting = `(select count(*) from deliveries where state = 'pending')
  + (select count(*) from messages where state = 'pending')
  + (select count(*) from outbox where state = 'pending')`;

async function drained(db: TestDatabase, faults: string[]): Promise<string> {
  const startedAt = Date.now();
  let last = -1;
  for (let since = Date.now(); Date.now() - since < standstillMs;) {
    const left = await numberOf(db, waiting);
    if (left === 0) return `drained after ${Math.round((Date.now() - startedAt) / 1000)} s`;
    if (left !== last) since = Date.now();
    last = left;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  faults.push(`${last} deliveries, messages or events still wait, and nothing moves`);
  return 'not drained';
}

const rowSchema = z.object({ id: z.string(), reason: z.string() });

/** What ended elsewhere than it should: quarantined by a fault of ours, or although it was valid. */
async function lookedThrough(
  db: TestDatabase,
  valid: ReadonlySet<string>,
  faults: string[],
): Promise<string> {
  const quarantined = await select(
    db.database,
    `select id, reason from deliveries where state = 'quarantined' order by id`,
    [],
  );
  for (const row of quarantined) {
    const fault = await faultOf(db, rowSchema.parse(row), valid);
    if (fault !== null) faults.push(fault);
  }
  for (const [what, query] of Object.entries(nowhereElse)) {
    const count = await numberOf(db, query);
    if (count > 0) faults.push(`${count} ${what}`);
  }
  const counts = await Promise.all(
    ['deliveries', 'messages', 'complaints', 'outbox'].map(
      async (table) => `${table} ${await numberOf(db, `select count(*) from ${table}`)}`,
    ),
  );
  return `${counts.join(', ')}; quarantined deliveries ${quarantined.length}`;
}

const nowhereElse = {
  'messages quarantined': `select count(*) from messages where state = 'quarantined'`,
  'events that did not reach the core': `select count(*) from outbox where state <> 'done'`,
  'faults recorded': 'select count(*) from faults',
};

const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);

async function faultOf(
  db: TestDatabase,
  { id, reason }: z.infer<typeof rowSchema>,
  valid: ReadonlySet<string>,
): Promise<string | null> {
  const { request } = await findDelivery(db.database, seal, id);
  if (request === null) return `delivery ${id} cannot be opened`;
  const isValid = valid.has(nameOf(request));
  if (!isValid && !/fault of ours|database cannot hold|process/.test(reason)) return null;
  const shown = JSON.stringify(Buffer.from(request.body).toString()).slice(0, 1500);
  const kind = isValid ? 'although valid' : 'by a fault of ours';
  return `quarantined ${kind}: ${reason}: ${request.url} ${shown}`;
}
