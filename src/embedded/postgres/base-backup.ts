import { PassThrough } from 'node:stream';
import { Client, type Connection as Wire, type Submittable } from 'pg';
import type { Connection } from './ready.ts';

/** So that neither the disk nor the gateway beside it is kept from answering. */
const kilobytesPerSecond = 98_304;
const slot = 'satu_pintu_backup';
const highWaterMark = 4 * 1024 * 1024;

/**
 * The whole cluster as PostgreSQL itself copies it while it works (BASE_BACKUP, what pg_basebackup asks
 * for): a tar, with the log that makes it consistent. Page checksums are verified on the way. The stream
 * fails with what PostgreSQL says.
 */
export function baseBackup(connection: Connection, signal: AbortSignal): AsyncIterable<Buffer> {
  const out = new PassThrough({ highWaterMark });
  const client = new Client(Object.assign({ replication: 'true', ssl: false }, connection));
  const fail = (error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('unknown', { cause: error }));
  };
  client.on('error', fail);
  const stop = () => {
    fail(signal.reason);
  };
  signal.addEventListener('abort', stop);
  copy(client, out)
    .then(() => out.end(), fail)
    .finally(() => {
      signal.removeEventListener('abort', stop);
      void client.end().catch(() => undefined); // what went wrong was told above
    });
  return out;
}

async function copy(client: Client, out: PassThrough): Promise<void> {
  await client.connect();
  // Until we are gone the server keeps the log from here on, however long the copying takes.
  await client.query(
    `CREATE_REPLICATION_SLOT ${slot}_${process.pid} TEMPORARY PHYSICAL RESERVE_WAL`,
  );
  await new Promise<void>((resolve, reject) => {
    client.query(copying(out, resolve, reject));
  });
}

const command = `BASE_BACKUP (LABEL 'satu-pintu', CHECKPOINT 'fast', WAL true, WAIT false, MANIFEST 'no',
  MAX_RATE ${kilobytesPerSecond})`;

/** The kinds of messages: the first byte of each. */
const newArchive = 'n'.charCodeAt(0);
const data = 'd'.charCodeAt(0);

type Handlers = Submittable & {
  handleRowDescription(): void;
  handleDataRow(): void;
  handleCommandComplete(): void;
  handleEmptyQuery(): void;
  handlePortalSuspended(): void;
  handleCopyData(message: { chunk: Buffer }, wire: Wire): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
};

/** What pg asks of a query of one's own; it has none that copies. */
function copying(out: PassThrough, done: () => void, failed: (error: Error) => void): Handlers {
  let archives = 0;
  const ignore = () => undefined;
  return {
    submit: (wire) => {
      wire.query(command);
    },
    handleRowDescription: ignore,
    handleDataRow: ignore,
    handleCommandComplete: ignore,
    handleEmptyQuery: ignore,
    handlePortalSuspended: ignore,
    handleCopyData: ({ chunk }, wire) => {
      if (chunk[0] === newArchive) archives += 1;
      if (archives > 1) failed(new Error('the cluster has tablespaces outside of its folder'));
      if (chunk[0] !== data || out.destroyed) return;
      // pg goes on using the memory it shows us.
      if (out.write(Buffer.from(chunk.subarray(1)))) return;
      wire.stream.pause();
      out.once('drain', () => wire.stream.resume());
    },
    handleError: failed,
    handleReadyForQuery: done,
  };
}
