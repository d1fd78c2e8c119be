import type { Config } from './config.ts';
import type { Channel } from './domain/channel.ts';
import type { Demo } from './demo.ts';
import type { Keys } from './foundation.ts';
import type { Intake } from './intake.ts';
import type { Log } from './log.ts';
import type { Media } from './media.ts';
import type { Metrics } from './metrics.ts';
import type { QueueSource } from './queue/connection.ts';
import type { Wake } from './queue/wake.ts';
import type { ReleaseList } from './release.ts';
import type { Fallback } from './spool/fallback.ts';
import type { Connection, Database } from './store/database.ts';
import type { Seal } from './store/seal.ts';

/**
 * What a process does: everything, taking in, working off, or working off beside a gateway that
 * started it (`hands`: no listener, no lock, ends with the gateway).
 */
export type Role = 'all' | 'gateway' | 'worker' | 'hands';

/** Everything built, once. Parts take from it only what they use. */
export type Parts = {
  readonly config: Config;
  readonly keys: Keys;
  readonly log: Log;
  readonly release: ReleaseList;
  /** null in real mode. */
  readonly demo: Demo | null;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly database: Database;
  /** For questions that must be answered soon or not at all. */
  readonly healthDatabase: Database;
  /** For the pages of citizens, who wait for an answer. */
  readonly pagesDatabase: Database;
  readonly seal: Seal;
  readonly metrics: Metrics;
  /** Files that citizens send along; null where none are taken in. */
  readonly media: Media | null;
  readonly wake: Wake;
  readonly intake: Intake;
  /** For what was asked of providers: into PostgreSQL or not at all. */
  readonly asking: Intake;
  /** What is done while PostgreSQL is away; null where nothing is taken in. */
  readonly fallback: Fallback | null;
  readonly queueSource: QueueSource;
  readonly closing: AbortController;
  /** Metrics of each process of this tree. */
  readonly tellers: (() => Promise<readonly object[]>)[];
  readonly connection: Connection;
};
