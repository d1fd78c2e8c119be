import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import {
  daysUntilFull,
  diskTrouble,
  lookAtDisks,
  readHistory,
  type Sample,
  sampleDisks,
  withSample,
} from '../src/disk.ts';
import { watchDisks } from '../src/disk-watch.ts';
import { createLog } from '../src/log.ts';
import { select } from '../src/store/database.ts';
import { eventually } from './support/gateway.ts';
import { createTestDatabase } from './support/postgres.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 22);
const giga = 1024 ** 3;

/** A sample each hour of the last `hours`; `free` by how many hours ago. */
const hourly = (hours: number, free: (ago: number) => number): Sample[] =>
  Array.from({ length: hours + 1 }, (_, index) => hours - index).map((ago) => ({
    at: now - ago * hour,
    free: free(ago),
  }));

describe('the forecast of a disk', () => {
  const rows: readonly (readonly [string, Sample[], number | null])[] = [
    ['foretells a steady growth', hourly(168, (ago) => (100 + ago) * giga), 100 / 24],
    ['says nothing of a disk that stays', hourly(168, () => 100 * giga), null],
    ['says nothing of a disk that empties', hourly(168, (ago) => (300 - ago) * giga), null],
    ['waits until enough is known', hourly(5, (ago) => (100 + ago) * giga), null],
    [
      'does not take one big file for a habit',
      hourly(168, (ago) => (ago > 80 ? 500 : 300) * giga),
      null,
    ],
    [
      'sees the growth through one deletion',
      hourly(168, (ago) => (ago > 160 ? 50 : 100 + ago) * giga),
      100 / 24,
    ],
    ['forgets what is older than a week', hourly(400, (ago) => (ago > 168 ? ago : 9) * giga), null],
    ['knows nothing without samples', [], null],
    [
      'passes over a future that a turned-back clock has left',
      [...hourly(48, (ago) => (100 + ago) * giga), { at: now + 90 * hour, free: 900 * giga }],
      100 / 24,
    ],
    [
      'bears two samples of one moment',
      [...hourly(48, () => giga), ...hourly(48, () => giga)],
      null,
    ],
  ];

  for (const [label, samples, days] of rows) {
    it(label, () => {
      const found = daysUntilFull(samples, now);

      if (days === null) expect(found).to.equal(null);
      else expect(found).to.be.closeTo(days, 0.3);
    });
  }

  const troubles: readonly (readonly [number, number | null, RegExp | null])[] = [
    [50, null, null],
    [50, 14.1, null],
    [50, 13.9, /^full in 13 days at the rate of the last week \(50 GiB of 100 GiB free\)$/],
    [9.9, null, /^nearly full: 9.9 GiB of 100 GiB free$/],
    [10, 400, null],
  ];
  for (const [free, fullInDays, says] of troubles) {
    it(`${says ? 'warns' : 'does not warn'} at ${free} % free, full in ${String(fullInDays)} days`, () => {
      const trouble = diskTrouble({ total: 100 * giga, free: free * giga, fullInDays });

      if (says === null) expect(trouble).to.equal(null);
      else expect(trouble).to.match(says);
    });
  }

  it('is made of one sample an hour, of a week, and bears a clock that is turned back', () => {
    const all = hourly(300, () => 1);
    const kept = all.reduce<readonly Sample[]>(withSample, []);
    expect(kept).to.have.length(169);

    expect(withSample(kept, { at: now + hour / 2, free: 2 }), 'too soon').to.have.length(168);
    const back = withSample(kept, { at: now - 100 * hour + 1, free: 2 });
    expect(back.every(({ at }) => at <= now - 100 * hour + 1)).to.equal(true);
  });
});

describe('the watch over the disks', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-disk-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const folders = () => ({ dataDir, mediaDir: join(dataDir, 'not', 'there') });

  it('keeps what it saw, and reads it again', async () => {
    const disks = await lookAtDisks(folders(), {}, now);
    expect(
      disks.map(({ folder }) => folder),
      'one disk',
    ).to.deep.equal(['data']);

    await sampleDisks(dataDir, disks, now);
    await sampleDisks(dataDir, disks, now + hour);

    expect(readHistory(dataDir)['data']).to.have.length(2);
  });

  it('begins anew when its file is no use', async () => {
    await writeFile(join(dataDir, 'disk.json'), '{"data":[{"at":');

    expect(readHistory(dataDir)).to.deep.equal({});
    await sampleDisks(dataDir, await lookAtDisks(folders(), {}, now), now);
    expect(JSON.parse(await readFile(join(dataDir, 'disk.json'), 'utf8'))).to.have.keys('data');
  });

  it('warns once in the log, opens an incident, tells it as a metric, and ends it', async () => {
    const db = await createTestDatabase();
    const lines: string[] = [];
    const registry = new Registry();
    const [disk] = await lookAtDisks(folders(), {}, Date.now());
    const free = disk?.free ?? 0;
    // It lost half of what is left in a day: full in one day more.
    const history = (loss: number) => {
      const at = (ago: number) => ({
        at: Date.now() - ago * hour,
        free: free + (ago / 24) * loss,
      });
      return JSON.stringify({ data: [24, 18, 12, 6, 2].map(at) });
    };
    await writeFile(join(dataDir, 'disk.json'), history(free));
    const log = createLog('info', [], { write: (line) => lines.push(line) });
    const watch = watchDisks({
      ...{ config: folders(), database: db.database, registry, log, now: Date.now, everyMs: 50 },
    });
    const open = () =>
      select(db.database, `select detail from incidents where kind = 'disk' and closed_at is null`);
    try {
      const [incident] = await eventually('an incident', async () => {
        const rows = await open();
        return rows.length > 0 && rows;
      });
      expect(incident?.['detail']).to.match(/^full in \d+ days/);
      const text = await registry.metrics();
      expect(text).to.match(/satupintu_disk_free_bytes\{folder="data"\} \d{6,}/);
      expect(text).to.match(/satupintu_disk_full_days\{folder="data"\} [01]\.\d+/);

      await eventually('it is over', async () => {
        // Again and again: a look that is under way writes what it read before.
        await writeFile(join(dataDir, 'disk.json'), history(-free / 100));
        return (await open()).length === 0;
      });
      expect(lines.filter((line) => line.includes('full in'))).to.have.length(1);
      expect(await registry.metrics()).to.match(/satupintu_disk_full_days\{folder="data"\} \+?Inf/);
    } finally {
      watch.close();
      await db.drop();
    }
  });
});
