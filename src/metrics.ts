import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
} from 'prom-client';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What `/metrics` tells (contract section 3). One set per process, made in the runtime.
 * `countPending` is null in the process beside a gateway, which tells it for both.
 */
export function createMetrics(countPending: CountPending | null) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'satupintu_' });
  const pending = countPending === null ? [] : [countPending];
  if (countPending !== null) tellPending(registry, pending);
  return {
    registry,
    /** Who is asked how much waits; a gateway adds its spool. */
    pending,
    deliveries: new Counter({
      name: 'satupintu_deliveries_total',
      help: 'Deliveries by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    drained: new Counter({
      name: 'satupintu_spool_drained_total',
      help: 'Spooled deliveries that were moved to the inbox, by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    messages: new Counter({
      name: 'satupintu_messages_total',
      help: 'Messages by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    backfill: new Counter({
      name: 'satupintu_backfill_messages_total',
      help: 'Messages that providers still held, by channel and whether we had them (present, added)',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    forwarded: new Counter({
      name: 'satupintu_events_forwarded_total',
      help: 'Tries to forward an event, by type and outcome',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    ack: new Histogram({
      name: 'satupintu_ack_seconds',
      help: 'From the arrival of a delivery to our 2xx',
      labelNames: ['channel'],
      buckets: seconds,
      registers,
    }),
    forward: new Histogram({
      name: 'satupintu_forward_seconds',
      help: 'From the arrival of a delivery to its acceptance by the core',
      labelNames: ['channel'],
      buckets: [...seconds, 30, 60, 300, 1800, 3600],
      registers,
    }),
  };
}

type CountPending = () => Promise<Readonly<Record<string, number>>>;

function tellPending(registry: Registry, sources: readonly CountPending[]): void {
  new Gauge({
    name: 'satupintu_pending',
    help: 'Work that waits, by stage; all zero when drained',
    labelNames: ['stage'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const count of sources) {
        try {
          for (const [stage, waiting] of Object.entries(await count()))
            this.set({ stage }, waiting);
        } catch {
          // The database is away: /readyz says so. The other metrics must still be told.
        }
      }
    },
  });
}

/** Prometheus text of several processes' metrics, added up. */
export function exposition(processes: readonly (readonly object[])[]): Promise<string> {
  return AggregatorRegistry.aggregate(processes.map((metrics) => [...metrics])).metrics();
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Tells how much waits in the spool, in the registry of the gateway that has it. */
export function tellSpool(
  { registry, pending }: Pick<Metrics, 'registry' | 'pending'>,
  status: () => { readonly records: number; readonly bytes: number; readonly oldest: Date | null },
): void {
  pending.push(() => Promise.resolve({ spool: status().records }));
  const gauges = [
    ['satupintu_spool_deliveries', 'Deliveries in the spool', () => status().records],
    ['satupintu_spool_bytes', 'Size of the spool on disk', () => status().bytes],
    [
      'satupintu_spool_oldest_seconds',
      'Age of the oldest delivery in the spool',
      () => secondsSince(status().oldest),
    ],
  ] as const;
  for (const [name, help, tell] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(tell());
      },
    });
  }
}

const secondsSince = (time: Date | null): number =>
  time === null ? 0 : Math.max(0, (Date.now() - time.getTime()) / 1000);
