import { randomInt } from 'node:crypto';
import { v7 as newId } from 'uuid';
import { createCoreClient } from '../../src/core/client.ts';
import { createPacer } from '../../src/core/pacer.ts';
import { inboundMessageSchema } from '../../src/domain/message.ts';
import { createSigner } from '../../src/domain/signature.ts';
import { newTrackingNumber } from '../../src/domain/tracking-number.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openDatabase, select } from '../../src/store/database.ts';
import { stages } from '../../src/store/lanes.ts';
import { createPseudonyms, createSeal } from '../../src/store/seal.ts';
import { createCare } from '../../workers/care.ts';
import { createForward } from '../../workers/forward.ts';
import { createJudge } from '../../workers/judge.ts';
import { createRead } from '../../workers/read.ts';
import { createRunLane } from '../../workers/run.ts';
import { coreSecret } from './core.ts';
import { reading } from './reading.ts';

/**
 * A worker process that some words kill, in the stage they name. It works off what waits and ends, if it
 * lives. In: a database's address, and the core's.
 */
const [databaseUrl = '', coreUrl = ''] = process.argv.slice(2);

/** The stage at which words are deadly: "racun judge". */
export type Deadly = 'read' | 'judge' | 'forward';

const deadly = (stage: Deadly, text: string): void => {
  if (text.includes(`racun ${stage}`)) process.kill(process.pid, 'SIGKILL');
};

const database = openDatabase(
  { connectionString: databaseUrl },
  { poolSize: 10, statementTimeoutMs: 20_000 },
);
const seal = createSeal([Buffer.alloc(32, 3).toString('base64')]);
const pseudonym = createPseudonyms(Buffer.alloc(32, 4));
const signer = createSigner(Buffer.alloc(32, 5));
const log = createLog('silent', [], { write: () => undefined });
const metrics = createMetrics(null);
const shared = { database, seal, log, metrics, wake: () => undefined };
const core = createCoreClient({ url: coreUrl, secrets: [coreSecret], now: Date.now });
const sms = {
  name: 'sms',
  secrets: [],
  read: ({ body }: { body: Uint8Array }) => {
    const text = Buffer.from(body).toString();
    deadly('read', text);
    return { messages: [inboundMessageSchema.parse(JSON.parse(text))], ignored: [] };
  },
};
const run = createRunLane(
  {
    read: createRead({ ...shared, channels: new Map([['sms', sms]]), pseudonym }),
    judge: createJudge({
      ...shared,
      reading,
      sign: ({ words, sense }) => {
        deadly('judge', words.text);
        return signer(sense.comparable);
      },
      newId,
      anonymousRef: (id) => pseudonym('anonymous', id),
      attachmentUrl: (id) => id,
      newTrackingNumber: () => newTrackingNumber(randomInt),
    }),
    forward: createForward({
      ...shared,
      core: {
        send: (event) => {
          deadly('forward', JSON.stringify(event.data));
          return core.send(event);
        },
      },
      pacer: createPacer({ now: Date.now, random: Math.random, changed: () => undefined }),
      now: Date.now,
      random: Math.random,
    }),
  },
  log,
  // Fewer deaths than in the product: each takes a process.
  createCare({ database, log, lanePatience: 0, itemPatience: 2, mostPauseMs: 100 }),
);

const pending = {
  read: `select distinct 0 as lane from deliveries where state = 'pending'`,
  judge: `select distinct lane from messages where state = 'pending' order by lane`,
  forward: `select distinct lane from outbox where state = 'pending' order by lane`,
};
for (const stage of stages) {
  const lanes = await select(database, pending[stage]);
  await Promise.all(lanes.map(({ lane }) => run(stage, Number(lane))));
}
await database.destroy();
