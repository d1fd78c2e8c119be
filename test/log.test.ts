import { expect } from 'chai';
import { z } from 'zod';
import { Unavailable, UpstreamUnavailable } from '../src/errors.ts';
import { createLimiter, createLimiters, createLog } from '../src/log.ts';
import { select } from '../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

const secret = 'sangat-rahasia-1234567890';

describe('log', () => {
  let lines: string[];

  const logWith = (secrets: readonly string[], level = 'info') =>
    createLog(level, secrets, { write: (line) => lines.push(line) });

  beforeEach(() => {
    lines = [];
  });

  it('writes one JSON line per event, of its level and above', () => {
    const log = logWith([], 'warn');

    log.info({ channel: 'sms' }, 'delivery stored');
    log.warn({ channel: 'sms' }, 'delivery quarantined');

    expect(lines).to.have.length(1);
    expect(JSON.parse(lines[0] ?? '')).to.include({ channel: 'sms', msg: 'delivery quarantined' });
    expect(lines[0]?.endsWith('\n')).to.equal(true);
  });

  const places: Readonly<Record<string, object>> = {
    'a field': { url: `https://api.telegram.org/bot${secret}/getMe` },
    'the name of a field': { [secret]: 1 },
    'a nested field': { deep: [{ deeper: { token: `x${secret}y${secret}` } }] },
    "an error's message": { err: new Error(`connect ${secret}`) },
    "an error's cause": { err: new Unavailable('away', { cause: new Error(secret) }) },
    "an error's stack": { err: Object.assign(new Error('no'), { stack: `at ${secret}` }) },
  };
  for (const [place, fields] of Object.entries(places)) {
    it(`cuts a secret out of ${place}`, () => {
      const log = logWith([secret]);

      log.error(fields, 'failed');

      expect(lines.join('')).not.to.contain(secret);
      expect(lines.join('')).to.contain('[secret]');
    });
  }

  it('cuts a secret out of the message itself', () => {
    const log = logWith([secret]);

    log.info({}, `token ${secret} was refused`);

    expect(JSON.parse(lines[0] ?? '')).to.include({ msg: 'token [secret] was refused' });
  });

  it('cuts out a secret that JSON writes differently', () => {
    const odd = 'kata"sandi\\dengan\ttanda';
    const log = logWith([odd]);

    log.info({ given: odd }, 'checked');

    expect(JSON.parse(lines[0] ?? '')).to.include({ given: '[secret]' });
  });

  it('cuts out the whole of a secret that begins with another', () => {
    const log = logWith([secret, `${secret}-baru`]);

    log.info({ given: `${secret}-baru` }, 'checked');

    expect(lines.join('')).to.contain('"[secret]"');
  });

  it('leaves what is too short to be a secret', () => {
    const log = logWith(['', '1708']);

    log.info({ number: '1708' }, 'checked');

    expect(JSON.parse(lines[0] ?? '')).to.include({ number: '1708' });
  });

  it('says of something thrown that is no error only what type it is', () => {
    logWith([]).error({ err: 'Budi 081234567890' }, 'failed');

    expect(lines.join('')).not.to.contain('Budi');
    expect(JSON.parse(lines[0] ?? '')).to.deep.include({ err: { type: 'string' } });
  });

  it('names class, code and message of an error and of its causes', () => {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const err = new Unavailable('not stored', {
      cause: new UpstreamUnavailable('no answer', { cause }),
    });

    logWith([]).error({ err }, 'failed');

    const { stack, ...reset } = errorsIn(lines[0]).cause?.cause ?? {};
    expect(errorsIn(lines[0])).to.include({ type: 'Unavailable', code: 'unavailable' });
    expect(errorsIn(lines[0]).cause).to.include({ type: 'UpstreamUnavailable' });
    expect(reset).to.deep.equal({ type: 'Error', code: 'ECONNRESET', message: 'read ECONNRESET' });
    expect(stack).to.contain('log.test.ts');
  });

  it('ends a circle of causes', () => {
    const err = new Error('first');
    err.cause = new Error('second', { cause: err });

    logWith([]).error({ err }, 'failed');

    expect(lines).to.have.length(1);
  });

  describe('of what PostgreSQL says', () => {
    let db: TestDatabase;

    before(async () => {
      db = await createTestDatabase('template0');
      await select(
        db.database,
        'create table reports (id uuid primary key, name text check (length(name) < 30))',
      );
    });

    after(async () => {
      await db.drop();
    });

    const personal = 'Bu Ratna - RT 05: "0812-9876-5432" - Gang Melati';
    const id = '01990000-0000-7000-8000-000000000001';

    const failureOf = async (sql: string, bindings: readonly unknown[]): Promise<unknown> => {
      try {
        await select(db.database, sql, bindings);
      } catch (error) {
        return error;
      }
      throw new Error('PostgreSQL took it');
    };

    const rows = [
      {
        label: 'a value of the wrong type',
        sql: 'insert into reports (id) values (?::uuid)',
        bindings: [personal],
        says: /^invalid input syntax for type uuid$/,
      },
      {
        label: 'a row that breaks a rule',
        sql: 'insert into reports values (?, ?)',
        bindings: [id, personal],
        says: /violates check constraint/,
      },
      {
        label: 'broken JSON',
        sql: 'select ?::jsonb',
        bindings: [personal],
        says: /^invalid input syntax for type json$/,
      },
    ];
    for (const { label, sql, bindings, says } of rows) {
      it(`keeps the complaint and drops the row: ${label}`, async () => {
        const err = await failureOf(sql, bindings);

        logWith([]).error({ err }, 'failed');

        expect(errorsIn(lines[0]).message).to.match(says);
        expect(errorsIn(lines[0]).code).to.match(/^2[23]/);
        expectNothingOf(personal, lines);
      });

      it(`drops the row of a cause as well: ${label}`, async () => {
        const cause = await failureOf(sql, bindings);

        logWith([]).error({ err: new Unavailable('not stored', { cause }) }, 'failed');
        logWith([]).error({ err: new Error('a fault of ours', { cause }) }, 'failed');

        expect(errorsIn(lines[0]).cause?.code).to.match(/^2[23]/);
        expect(errorsIn(lines[1]).cause?.code).to.match(/^2[23]/);
        expectNothingOf(personal, lines);
      });
    }

    it('drops the whole row of a broken unique rule', async () => {
      const again = () => failureOf('insert into reports values (?, ?)', [id, 'Ratna Dewi']);
      await select(db.database, 'insert into reports values (?, ?)', [id, 'Ratna Dewi']);

      logWith([]).error({ err: await again() }, 'failed');

      expect(errorsIn(lines[0]).message).to.match(/duplicate key value/);
      expect(lines.join('')).not.to.contain('Ratna');
      expect(lines.join('')).not.to.contain(id);
    });
  });
});

describe('a limiter', () => {
  it('lets one line through in its time and says how many it kept back', () => {
    let now = 1_000_000;
    const limit = createLimiter(10_000, () => now);
    const written: number[] = [];
    const write = (withheld: number) => written.push(withheld);

    limit(write);
    for (let tries = 0; tries < 99; tries += 1) limit(write);
    now += 9_999;
    limit(write);
    now += 1;
    limit(write);
    now += 10_000;
    limit(write);

    expect(written).to.deep.equal([0, 100, 0]);
  });

  it('of one key keeps back no line of another, and remembers no more keys than it can hold', () => {
    const limit = createLimiters(10_000, () => 1_000_000);
    const written: string[] = [];
    const write = (key: string) => {
      limit(key, () => written.push(key));
    };

    for (const key of ['flood', 'flood', 'real', 'flood', 'real']) write(key);
    expect(written).to.deep.equal(['flood', 'real']);

    for (let count = 0; count < 1000; count += 1) write(String(count));
    write('flood');
    expect(written.filter((key) => key === 'flood')).to.have.length(2);
  });
});

type Said = {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly stack?: string | undefined;
  readonly cause?: Said | undefined;
};

const said: z.ZodType<Said> = z.object({
  type: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  stack: z.string().optional(),
  cause: z.lazy(() => said.optional()),
});

function errorsIn(line = ''): Said {
  return z.object({ err: said }).parse(JSON.parse(line)).err;
}

function expectNothingOf(personal: string, lines: readonly string[]): void {
  const words = personal.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);
  for (const word of words) expect(lines.join('')).not.to.contain(word);
}
