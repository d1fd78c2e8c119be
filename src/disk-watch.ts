import { Gauge, type Registry } from 'prom-client';
import type { Config } from './config.ts';
import { type Disk, lookAtDisks, readHistory, sampleDisks } from './disk.ts';
import type { Log } from './log.ts';
import type { Database } from './store/database.ts';
import { closeIncident, openIncident } from './store/operation.ts';

type Deps = {
  readonly config: Pick<Config, 'dataDir' | 'mediaDir'>;
  readonly database: Database;
  readonly registry: Registry;
  readonly log: Log;
  readonly now: () => number;
  readonly everyMs?: number;
};

const usualMs = 10 * 60_000;
/** Said again so often while it lasts. */
const againMs = 24 * 3_600_000;

/**
 * Looks at the disks now and then, keeps what it saw, and warns before one is full: in the log, as an
 * incident, and as metrics. Never throws; a database that is away hears of it at the next look.
 */
export function watchDisks(deps: Deps): { readonly close: () => void } {
  const { config, registry, log, now, everyMs = usualMs } = deps;
  const warnedAt = new Map<string, number>();
  let disks: readonly Disk[] = [];
  addGauges(registry, () => disks);

  const look = async (): Promise<void> => {
    try {
      disks = await lookAtDisks(config, readHistory(config.dataDir), now());
      for (const disk of disks) await tell(deps, disk, warnedAt);
      await sampleDisks(config.dataDir, disks, now());
    } catch (error) {
      log.warn({ err: error }, 'disks could not be looked at');
    }
  };
  void look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return {
    close: () => {
      clearInterval(timer);
    },
  };
}

async function tell(deps: Deps, disk: Disk, warnedAt: Map<string, number>): Promise<void> {
  const { database, log, now } = deps;
  const { folder, path, trouble, free } = disk;
  const before = warnedAt.get(folder);
  if (trouble !== null && (before === undefined || now() - before >= againMs)) {
    warnedAt.set(folder, now());
    log.warn({ folder, path, free, fullInDays: disk.fullInDays }, `disk ${trouble}`);
  }
  if (trouble === null) warnedAt.delete(folder);
  try {
    if (trouble === null) await closeIncident(database, 'disk', folder);
    else await openIncident(database, { kind: 'disk', subject: folder, detail: trouble });
  } catch (error) {
    log.debug({ err: error }, 'incident not recorded'); // done at the next look
  }
}

function addGauges(registry: Registry, disks: () => readonly Disk[]): void {
  const registers = [registry];
  const labelNames = ['folder'] as const;
  new Gauge({
    name: 'satupintu_disk_free_bytes',
    help: 'Room left on the disk of a folder (data: DATA_DIR, media: MEDIA_DIR if it has one of its own)',
    labelNames,
    registers,
    collect() {
      for (const { folder, free } of disks()) this.set({ folder }, free);
    },
  });
  new Gauge({
    name: 'satupintu_disk_full_days',
    help: 'Days until that disk is full at the rate of the last week; +Inf: not filling',
    labelNames,
    registers,
    collect() {
      for (const { folder, fullInDays } of disks()) this.set({ folder }, fullInDays ?? Infinity);
    },
  });
}
