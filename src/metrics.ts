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
export function createMetrics(
  countPending: (() => Promise<Readonly<Record<string, number>>>) | null,
) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'satupintu_' });
  if (countPending !== null) {
    new Gauge({
      name: 'satupintu_pending',
      help: 'Work that waits, by stage; all zero when drained',
      labelNames: ['stage'],
      registers,
      async collect() {
        this.reset();
        try {
          const counts = Object.entries(await countPending());
          for (const [stage, count] of counts) this.set({ stage }, count);
        } catch {
          // The database is away: /readyz says so. The other metrics must still be told.
        }
      },
    });
  }
  return {
    registry,
    deliveries: new Counter({
      name: 'satupintu_deliveries_total',
      help: 'Deliveries by channel and outcome',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    messages: new Counter({
      name: 'satupintu_messages_total',
      help: 'Messages by channel and outcome',
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

/** Prometheus text of several processes' metrics, added up. */
export function exposition(processes: readonly (readonly object[])[]): Promise<string> {
  return AggregatorRegistry.aggregate(processes.map((metrics) => [...metrics])).metrics();
}

export type Metrics = ReturnType<typeof createMetrics>;
