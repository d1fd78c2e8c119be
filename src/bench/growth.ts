import { loadAreas } from '../areas.ts';
import { createDictionary } from '../dictionary.ts';
import { createSigner } from '../domain/signature.ts';
import { findRunning } from '../embedded/postgres/running.ts';
import { openSecrets } from '../embedded/secrets.ts';
import { UpstreamUnavailable } from '../errors.ts';
import { type Connection, openDatabase } from '../store/database.ts';
import { pseudonymKey } from '../store/operation.ts';
import { createSeal, keyFor } from '../store/seal.ts';
import { type Settings, wordsSeed } from './given.ts';
import { bareSpeed, bytesOf, type EndToEnd, type Measuring, throughAll } from './measure.ts';
import { fill } from './stored.ts';
import { createRandom, createTexts } from './texts.ts';

/** What "small" is: the speed among so many is the measure of the others. */
const small = 10_000;

export type Growth = {
  readonly stored: number;
  readonly small: Among;
  readonly full: Among;
  /** The speed among all of them, as a share of the speed among few; each to bare Express at its time. */
  readonly ratio: number;
};

type Among = { readonly barePerSecond: number; readonly endToEnd: EndToEnd };

/** The whole path among few stored complaints, then among `stored`. */
export async function measureGrowth(
  measuring: Measuring,
  { stored, count }: { readonly stored: number; readonly count: number },
  progress: (text: string) => void,
): Promise<Growth> {
  await fillTo(measuring.settings, 0, Math.min(small, stored), progress);
  const before = await among(measuring, 'small', count);
  await fillTo(measuring.settings, Math.min(small, stored), stored, progress);
  const after = await among(measuring, 'full', count);
  const ratioOf = ({ barePerSecond, endToEnd }: Among) => endToEnd.perSecond / barePerSecond;
  return { stored, small: before, full: after, ratio: ratioOf(after) / ratioOf(before) };
}

async function among(measuring: Measuring, kind: 'small' | 'full', count: number): Promise<Among> {
  // Once unmeasured: what was just written is in nobody's memory yet, and plans are made anew.
  await throughAll(measuring, kind, 500);
  const bare = await bareSpeed(measuring.generator, bytesOf(measuring.phones(kind, count)));
  return {
    barePerSecond: bare.perSecond,
    endToEnd: await throughAll(measuring, kind, count),
  };
}

/** Puts complaints into the product's own database, sealed and signed with its own keys. */
async function fillTo(
  settings: Settings,
  from: number,
  count: number,
  progress: (text: string) => void,
): Promise<void> {
  // One connection, because settings of filling are settings of a session.
  const database = openDatabase(await connectionOf(settings), {
    poolSize: 1,
    statementTimeoutMs: 1_800_000,
  });
  try {
    const seal = createSeal([settings.DATA_KEY]);
    const key = await pseudonymKey(database, seal);
    const deps = {
      ...{ database, seal },
      reading: { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() },
      signer: createSigner(keyFor(key, 'signatures')),
      nextText: createTexts(createRandom(from + 1), createRandom(wordsSeed)),
    };
    const tell = (done: number) => {
      if (done % 100_000 === 0 || done === count) progress(`  stored ${done}\n`);
    };
    await fill(deps, count, tell, from);
  } finally {
    await database.destroy();
  }
}

/** Of the database that the product has started. */
export async function connectionOf({ DATA_DIR: dataDir }: Settings): Promise<Connection> {
  const connection = await findRunning(dataDir, openSecrets(dataDir).hex('postgres'));
  if (!connection) throw new UpstreamUnavailable('the database of the product is not there');
  return connection;
}
