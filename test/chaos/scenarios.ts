import type { Chance } from './chance.ts';
import type { Installation } from './installation.ts';
import type { Product } from './processes.ts';

/** What a scenario has in its hands while the load runs. */
export type Stage = {
  readonly at: Installation;
  readonly chance: Chance;
  readonly isShort: boolean;
  /** How long the outage lasts. */
  readonly seconds: number;
  /** How often each is killed. */
  readonly kills: number;
  /** Throws when the run is given up. */
  readonly rest: (ms: number) => Promise<void>;
  /** A time in which answers and `/readyz` are those of an outage. */
  readonly outage: (act: () => Promise<void>) => Promise<void>;
  /** For the report. */
  readonly note: (text: string) => void;
  readonly broke: (what: string, who: string) => void;
  readonly killed: (what: string) => void;
};

export type Scenario = {
  readonly about: string;
  readonly seconds: number;
  readonly shortSeconds: number;
  readonly kills?: { readonly long: number; readonly short: number };
  /** Stores and processes live on, so that every count of the workers must agree too. */
  readonly isSteady?: boolean;
  /** Nobody may get another answer than 2xx, or a refused connection. */
  readonly isUnnoticed?: boolean;
  readonly run: (stage: Stage) => Promise<void>;
};

const define = <Name extends string>(list: Readonly<Record<Name, Scenario>>) => list;

export const scenarios = define({
  kill: {
    about: 'kill -9 of gateways and workers at random moments',
    ...{ seconds: 60, shortSeconds: 4, kills: { long: 20, short: 1 } },
    run: async (stage) => {
      await stage.outage(async () => {
        const { gateways, workers } = stage.at;
        await Promise.all([killInTurn(stage, gateways), killInTurn(stage, workers)]);
      });
    },
  },
  'kill-stores': {
    about: 'kill -9 of PostgreSQL and of Redis, each several times',
    ...{ seconds: 60, shortSeconds: 3, kills: { long: 8, short: 2 } },
    run: killStores,
  },
  'postgres-off': {
    about: 'PostgreSQL stopped; a gateway is killed -9 and started meanwhile',
    ...{ seconds: 300, shortSeconds: 3 },
    run: async (stage) => {
      const { postgres } = stage.at;
      await stage.outage(async () => {
        await postgres.off();
        await restartOneHalfWay(stage);
        await postgres.on();
      });
    },
  },
  'redis-off': {
    about: 'Redis stopped',
    ...{ seconds: 300, shortSeconds: 3 },
    run: async (stage) => {
      await stage.outage(async () => {
        await stage.at.redis?.off();
        await stage.rest(stage.seconds * 1000);
        await stage.at.redis?.on();
      });
    },
  },
  'both-off': {
    about: 'PostgreSQL and Redis stopped; a gateway is killed -9 and started meanwhile',
    ...{ seconds: 300, shortSeconds: 3 },
    run: async (stage) => {
      const { postgres, redis } = stage.at;
      await stage.outage(async () => {
        await Promise.all([postgres.off(), redis?.off()]);
        await restartOneHalfWay(stage);
        await postgres.on();
        await stage.rest(500);
        await redis?.on();
      });
    },
  },
  'redis-flushed': {
    about: 'FLUSHALL again and again while everything is on its way',
    ...{ seconds: 60, shortSeconds: 3, isSteady: true },
    run: async (stage) => {
      const end = Date.now() + stage.seconds * 1000;
      await stage.outage(async () => {
        while (Date.now() < end) {
          await stage.rest(stage.chance.between(300, stage.isShort ? 1000 : 4000));
          await stage.at.redis?.flush();
          stage.killed('FLUSHALL');
        }
      });
    },
  },
  'postgres-hangs': {
    about: 'PostgreSQL stopped in its tracks (SIGSTOP), then its port a black hole',
    ...{ seconds: 80, shortSeconds: 6 },
    run: async (stage) => {
      const { postgres } = stage.at;
      const half = stage.seconds * 500;
      await stage.outage(async () => {
        postgres.freeze();
        await stage.rest(half);
        postgres.thaw();
      });
      await stage.rest(stage.isShort ? 500 : 5000);
      await stage.outage(async () => {
        postgres.hush();
        await stage.rest(half);
        await postgres.unhush();
      });
    },
  },
  'disk-full': {
    about: 'PostgreSQL stopped, and the disk of the spool full for the first half of it',
    ...{ seconds: 60, shortSeconds: 4 },
    run: diskFull,
  },
  'core-down': {
    about: 'the routing core refuses connections',
    ...{ seconds: 600, shortSeconds: 3, isSteady: true },
    run: async (stage) => {
      const { core } = stage.at;
      await stage.outage(async () => {
        await core.off();
        await stage.rest(stage.seconds * 1000);
        await core.on();
      });
    },
  },
  'core-late': {
    about: 'the routing core takes events and says so after our time-out of 10 s',
    ...{ seconds: 60, shortSeconds: 2, isSteady: true },
    run: async (stage) => {
      const { core } = stage.at;
      await stage.outage(async () => {
        core.feel({ kind: 'late', ms: 10_500 });
        await stage.rest(stage.seconds * 1000);
        core.feel({ kind: 'well' });
      });
    },
  },
  'core-trouble': {
    about:
      'the routing core slow, answering 500, failing every third time, 429 with Retry-After, hanging',
    ...{ seconds: 100, shortSeconds: 5, isSteady: true },
    run: async (stage) => {
      const { core } = stage.at;
      await stage.outage(async () => {
        for (const mood of [
          { kind: 'slow', ms: 1000 },
          { kind: 'failing' },
          { kind: 'moody' },
          { kind: 'busy', retryAfterSeconds: 1 },
          { kind: 'hanging' },
        ] as const) {
          core.feel(mood);
          await stage.rest(stage.seconds * 200);
        }
        core.feel({ kind: 'well' });
      });
    },
  },
  rolling: {
    about: 'SIGTERM to each gateway and each worker in turn, started again, under load',
    ...{ seconds: 60, shortSeconds: 6, kills: { long: 4, short: 1 }, isUnnoticed: true },
    run: rolling,
  },
});

export type ScenarioName = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios).filter(
  (name): name is ScenarioName => name in scenarios,
);

async function killInTurn(stage: Stage, products: readonly Product[]): Promise<void> {
  for (let done = 0; done < stage.kills; done += 1) {
    await stage.rest(stage.chance.between(200, 2000));
    const product = stage.chance.pick(products);
    await product?.kill();
    stage.killed(product?.role ?? '');
    await stage.rest(stage.chance.between(0, 300));
    await product?.start();
  }
}

async function killStores(stage: Stage): Promise<void> {
  const { postgres, redis } = stage.at;
  const repeat = async (kill: () => Promise<void>, on: () => Promise<void>, name: string) => {
    for (let done = 0; done < stage.kills; done += 1) {
      await stage.rest(stage.chance.between(300, stage.isShort ? 800 : 3000));
      await kill();
      stage.killed(name);
      await stage.rest(stage.chance.between(0, stage.isShort ? 500 : 3000));
      await on();
    }
  };
  await stage.outage(async () => {
    await Promise.all([
      repeat(postgres.kill, postgres.on, 'PostgreSQL'),
      redis ? repeat(redis.kill, redis.on, 'Redis') : Promise.resolve(),
    ]);
  });
}

/** What a gateway has promised without a database must survive its own end too. */
async function restartOneHalfWay(stage: Stage): Promise<void> {
  await stage.rest(stage.seconds * 500);
  const gateway = stage.chance.pick(stage.at.gateways);
  await gateway?.kill();
  stage.killed('gateway');
  gateway?.launch();
  await stage.rest(stage.seconds * 500);
}

async function diskFull(stage: Stage): Promise<void> {
  const { postgres, gateways, diskOf } = stage.at;
  const half = stage.seconds * 500;
  stage.note(`full disk: ${diskOf('gateway-1')?.how ?? 'none'}`);
  await stage.outage(async () => {
    for (const { name, pid } of gateways) diskOf(name)?.fill(pid());
    try {
      await postgres.off();
      await stage.rest(half);
    } finally {
      for (const { name, pid } of gateways) diskOf(name)?.empty(pid());
    }
    await stage.rest(half);
    await postgres.on();
  });
}

const stopWithinMs = 30_000;

/** Gateways one after the other, and workers too: at any time one of each is there. */
async function rolling(stage: Stage): Promise<void> {
  const roll = async (products: readonly Product[]): Promise<void> => {
    for (let round = 0; round < stage.kills; round += 1) {
      for (const product of products) {
        await stage.rest(stage.chance.between(100, stage.isShort ? 300 : 3000));
        const { code, ms } = await product.terminate();
        if (code !== 0) stage.broke(`ended with ${code} on SIGTERM`, product.name);
        if (ms > stopWithinMs) stage.broke(`took ${ms} ms to stop`, product.name);
        stage.killed(`SIGTERM to a ${product.role}`);
        await product.start();
      }
    }
  };
  const { gateways, workers } = stage.at;
  await stage.outage(async () => {
    await Promise.all([roll(gateways), roll(workers)]);
  });
}
