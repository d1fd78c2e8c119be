import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { channels } from '../channels/index.ts';
import { coreVariables, readConfig } from '../src/config.ts';
import type { Environment } from '../src/domain/channel.ts';
import { ConfigInvalid } from '../src/errors.ts';

const dataKey = Buffer.alloc(32, 5).toString('base64');
const nextKey = Buffer.alloc(32, 6).toString('base64');
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const nextSecret = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
const channelVariables = channels.flatMap(({ variables }) => variables);

const config = (environment: Environment) => readConfig(environment, channelVariables);

function problemsOf(environment: Environment): readonly string[] {
  try {
    config(environment);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  return [];
}

const namesIn = (problems: readonly string[]) => problems.map((problem) => problem.split(' ')[0]);

describe('the configuration', () => {
  describe('defaults', () => {
    it('are those of the contract', () => {
      expect(config({})).to.deep.equal({
        demo: true,
        port: 1708,
        host: '127.0.0.1',
        internalPort: 1709,
        internalPortFixed: false,
        internalHost: '127.0.0.1',
        publicUrl: 'http://127.0.0.1:1708',
        trustProxy: 0,
        dataDir: '.data',
        mediaDir: '.data/media',
        databaseUrl: null,
        redisUrls: null,
        dataKeys: null,
        core: null,
        keywords: ['TANGKAB', 'KUMHAM', 'BBM', 'LAPORHENDI', 'BJN', 'BATANGHARI'].map(
          (keyword) => ({
            keyword,
            name: null,
          }),
        ),
        rawRetentionDays: 30,
        logLevel: 'info',
      });
    });

    it('hold for every variable that is there but empty', () => {
      const names = [...coreVariables, ...channelVariables];
      const empty = Object.fromEntries(names.map((name) => [name, '']));

      expect(config(empty)).to.deep.equal(config({}));
    });

    it('follow HOST and PORT', () => {
      const { internalPort, publicUrl } = config({ HOST: '0.0.0.0', PORT: '8080' });

      expect(internalPort).to.equal(8081);
      expect(publicUrl).to.equal('http://0.0.0.0:8080');
    });

    it('make a free internal port of a free port', () => {
      expect(config({ PORT: '0' }).internalPort).to.equal(0);
    });

    it('cannot be changed afterwards', () => {
      expect(config({})).to.be.frozen;
    });
  });

  describe('values', () => {
    const rows: readonly {
      label: string;
      given: Environment;
      means: Partial<ReturnType<typeof config>>;
    }[] = [
      {
        label: 'INTERNAL_PORT as said',
        given: { INTERNAL_PORT: '9000' },
        means: { internalPort: 9000, internalPortFixed: true },
      },
      {
        label: 'INTERNAL_HOST',
        given: { INTERNAL_HOST: '::1' },
        means: { internalHost: '::1' },
      },
      {
        label: 'PUBLIC_URL without its slashes at the end',
        given: { PUBLIC_URL: 'https://lapor.example.go.id//' },
        means: { publicUrl: 'https://lapor.example.go.id' },
      },
      {
        label: 'PUBLIC_URL with a path',
        given: { PUBLIC_URL: 'https://example.go.id/lapor/' },
        means: { publicUrl: 'https://example.go.id/lapor' },
      },
      {
        label: 'several REDIS_URLs, a cluster',
        given: { REDIS_URL: 'redis://a:6379, rediss://b:6380' },
        means: { redisUrls: ['redis://a:6379', 'rediss://b:6380'] },
      },
      {
        label: 'several DATA_KEYs, newest first',
        given: { DATA_KEY: ` ${nextKey}  ${dataKey}\n` },
        means: { dataKeys: [nextKey, dataKey] },
      },
      {
        label: 'several ROUTING_CORE_SECRETs, while rotating',
        given: {
          ROUTING_CORE_URL: 'https://core.example.go.id/events',
          ROUTING_CORE_SECRET: `${nextSecret} ${secret}`,
        },
        means: {
          core: { url: 'https://core.example.go.id/events', secrets: [nextSecret, secret] },
          demo: false,
        },
      },
      {
        label: 'ROUTING_KEYWORDS, some with the name of their agency',
        given: { ROUTING_KEYWORDS: 'tangkab=Kabupaten Tangerang, BBM' },
        means: {
          keywords: [
            { keyword: 'TANGKAB', name: 'Kabupaten Tangerang' },
            { keyword: 'BBM', name: null },
          ],
        },
      },
      { label: 'TRUST_PROXY', given: { TRUST_PROXY: '2' }, means: { trustProxy: 2 } },
      {
        label: 'DATA_DIR',
        given: { DATA_DIR: '/srv/satu' },
        means: { dataDir: '/srv/satu', mediaDir: '/srv/satu/media' },
      },
      { label: 'MEDIA_DIR', given: { MEDIA_DIR: '/srv/files' }, means: { mediaDir: '/srv/files' } },
      { label: 'LOG_LEVEL', given: { LOG_LEVEL: 'debug' }, means: { logLevel: 'debug' } },
      {
        label: 'RAW_RETENTION_DAYS',
        given: { RAW_RETENTION_DAYS: '7' },
        means: { rawRetentionDays: 7 },
      },
    ];
    for (const { label, given, means } of rows) {
      it(`takes ${label}`, () => {
        expect(config(given)).to.deep.include(means);
      });
    }
  });

  describe('demo mode', () => {
    for (const name of [...channelVariables, 'ROUTING_CORE_URL']) {
      it(`ends when ${name} is set, and not when it is empty`, () => {
        const core = name === 'ROUTING_CORE_URL' ? { ROUTING_CORE_SECRET: secret } : {};

        expect(config({ ...core, [name]: 'http://core.example.go.id' }).demo).to.equal(false);
        expect(config({ [name]: '' }).demo).to.equal(true);
      });
    }

    const others: Environment = {
      PORT: '8080',
      HOST: '0.0.0.0',
      INTERNAL_PORT: '9000',
      INTERNAL_HOST: '10.0.0.7',
      PUBLIC_URL: 'https://lapor.example.go.id',
      TRUST_PROXY: '1',
      DATA_DIR: '/srv/satu',
      MEDIA_DIR: '/srv/files',
      DATABASE_URL: 'postgres://localhost/satu',
      REDIS_URL: 'redis://localhost',
      DATA_KEY: dataKey,
      ROUTING_CORE_SECRET: secret,
      ROUTING_KEYWORDS: 'BBM',
      RAW_RETENTION_DAYS: '7',
      LOG_LEVEL: 'warn',
    };
    for (const [name, value] of Object.entries(others)) {
      it(`is not changed by ${name}, nor is real mode`, () => {
        expect(config({ [name]: value }).demo).to.equal(true);
        const real = { DATA_KEY: dataKey, TELEGRAM_MODE: 'polling', [name]: value };
        expect(config(real).demo).to.equal(false);
      });
    }

    it('names no variable that is not decided on here', () => {
      expect([...Object.keys(others), 'ROUTING_CORE_URL']).to.have.members(coreVariables);
    });
  });

  describe('what goes together', () => {
    it('needs DATA_KEY in real mode with DATABASE_URL', () => {
      const problems = problemsOf({
        DATABASE_URL: 'postgres://localhost/satu',
        TWILIO_AUTH_TOKEN: 'x',
      });

      expect(namesIn(problems)).to.deep.equal(['DATA_KEY']);
      expect(problems[0]).to.contain('is missing');
    });

    it('needs no DATA_KEY in demo mode, nor with the embedded database', () => {
      expect(problemsOf({ DATABASE_URL: 'postgres://localhost/satu' })).to.deep.equal([]);
      expect(problemsOf({ TWILIO_AUTH_TOKEN: 'x' })).to.deep.equal([]);
    });

    it('needs ROUTING_CORE_SECRET with ROUTING_CORE_URL', () => {
      const problems = problemsOf({ ROUTING_CORE_URL: 'https://core.example.go.id' });

      expect(namesIn(problems)).to.deep.equal(['ROUTING_CORE_SECRET']);
      expect(problems[0]).to.contain('is missing');
    });

    it('needs INTERNAL_PORT when no port follows PORT', () => {
      expect(namesIn(problemsOf({ PORT: '65535' }))).to.deep.equal(['INTERNAL_PORT']);
      expect(problemsOf({ PORT: '65535', INTERNAL_PORT: '9000' })).to.deep.equal([]);
    });
  });

  describe('problems', () => {
    const wrong: Readonly<Record<string, readonly string[]>> = {
      PORT: ['rahasia', '-1', '65536', '1.5'],
      INTERNAL_PORT: ['rahasia', '70000'],
      INTERNAL_HOST: ['rahasia dua', 'http://rahasia', '[rahasia]'],
      PUBLIC_URL: ['rahasia', 'ftp://rahasia.example', 'rahasia.example.go.id'],
      TRUST_PROXY: ['rahasia', '-1', '99'],
      DATABASE_URL: ['rahasia', 'mysql://rahasia@localhost/x'],
      REDIS_URL: ['rahasia', 'http://rahasia', 'redis://a,rahasia', ','],
      DATA_KEY: [
        'rahasia',
        Buffer.from('rahasia').toString('base64'),
        `${dataKey} rahasia`,
        Buffer.alloc(33, 'rahasia').toString('base64'),
      ],
      ROUTING_CORE_URL: ['rahasia', 'amqp://rahasia'],
      ROUTING_CORE_SECRET: ['rahasia', `${secret} rahasia`, 'whsec_rahasia', secret.slice(6)],
      ROUTING_KEYWORDS: ['rahasia dua', 'BBM,,KUMHAM', '='],
      RAW_RETENTION_DAYS: ['rahasia', '0', '-1', '1e9'],
      LOG_LEVEL: ['rahasia', 'verbose'],
    };

    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        it(`name ${name} and say what it must be, for ${JSON.stringify(value.slice(0, 24))}`, () => {
          const core: Environment =
            name === 'ROUTING_CORE_URL' ? { ROUTING_CORE_SECRET: secret } : {};

          const problems = problemsOf({ ...core, [name]: value });

          expect(namesIn(problems)).to.deep.equal([name]);
          expect(problems[0]).to.match(/ must be /);
          expectNoValueIn(problems, [value]);
        });
      }
    }

    it('come all at once, one line each, with what is missing beside what is wrong', () => {
      const environment = {
        ...Object.fromEntries(
          Object.entries(wrong).flatMap(([name, [value]]) =>
            name === 'ROUTING_CORE_SECRET' || name === 'DATA_KEY' ? [] : [[name, value]],
          ),
        ),
      };

      const problems = problemsOf(environment);

      expect(namesIn(problems)).to.have.members([...Object.keys(wrong)]);
      expect(problems).to.have.length(Object.keys(wrong).length);
      expectNoValueIn(problems, Object.values(environment).map(String));
    });

    it('are the lines of the error a person sees', () => {
      expect(() => config({ PORT: 'x', LOG_LEVEL: 'y' })).to.throw(
        ConfigInvalid,
        /^PORT must be .*\nLOG_LEVEL must be .*$/,
      );
    });
  });

  describe('.env.example', () => {
    const lines = () =>
      readFileSync(new URL('../.env.example', import.meta.url), 'utf8').split('\n');
    const variableIn = (line: string) => /^(?:# ?)?([A-Z][A-Z0-9_]+)=/.exec(line)?.[1] ?? null;

    it('has every variable of the core and of every channel, each once, and no other', () => {
      const names = lines().flatMap((line) => variableIn(line) ?? []);

      expect(names).to.have.members([...coreVariables, ...channelVariables]);
    });

    it('says above each of them, in a comment, what it is', () => {
      const all = lines();

      const bare = all.filter(
        (line, index) =>
          variableIn(line) !== null &&
          (!/^#+ \S/.test(all[index - 1] ?? '') || variableIn(all[index - 1] ?? '') !== null),
      );

      expect(bare).to.deep.equal([]);
    });
  });
});

function expectNoValueIn(problems: readonly string[], values: readonly string[]): void {
  for (const value of values.filter(({ length }) => length > 5)) {
    expect(problems.join('\n')).not.to.contain(value);
  }
  expect(problems.join('\n')).not.to.contain('rahasia');
}
