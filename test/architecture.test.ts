import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { channels } from '../channels/index.ts';
import * as errors from '../src/errors.ts';

const root = new URL('../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const names = channels.map(({ name }) => name);

describe('the architecture', () => {
  describe('channels', () => {
    it('are all in the registry: every file and folder of channels/', () => {
      const there = readdirSync(new URL('channels/', root))
        .filter((entry) => entry !== '_shared' && entry !== 'index.ts')
        .map((entry) => entry.replace(/\.ts$/, ''));

      expect(names).to.have.members(there);
    });

    it('stand in the registry in alphabetical order', () => {
      expect(names).to.deep.equal([...names].sort());
    });

    it('share no variable', () => {
      const variables = channels.flatMap((channel) => channel.variables);

      expect(new Set(variables).size).to.equal(variables.length);
    });

    for (const { name, variables } of channels) {
      it(`have fixtures: ${name}`, () => {
        expect(readdirSync(new URL(`test/fixtures/${name}/`, root))).not.to.be.empty;
      });

      it(`have a test file: ${name}`, () => {
        expect(existsSync(new URL(`test/channels/${name}.test.ts`, root))).to.equal(true);
      });

      it(`have their variables in .env.example: ${name}`, () => {
        const example = textOf('.env.example');

        const missing = variables.filter(
          (variable) => !new RegExp(`^(# ?)?${variable}=`, 'm').test(example),
        );

        expect(missing).to.deep.equal([]);
      });
    }
  });

  describe('errors', () => {
    const classes = Object.entries(errors)
      .filter(([, value]) => value.prototype instanceof errors.AppError)
      .map(([name]) => name);

    /** First column of the table under the heading "… Errors …" of ARCHITECTURE.md. */
    const documented = (): string[] => {
      const [, section = ''] = textOf('ARCHITECTURE.md').split(/^#+ .*errors?\b.*$/im);
      const [untilNextHeading = ''] = section.split(/^#+ /m);
      return [...untilNextHeading.matchAll(/^\|([^|]*)\|/gm)]
        .flatMap(([, first = '']) => [...first.matchAll(/`(\w+)/g)].map(([, name = '']) => name))
        .filter((name) => name !== 'AppError');
    };

    it('stand in the table of ARCHITECTURE.md, all of them, and no others', () => {
      expect(documented()).to.have.members(classes);
    });

    it('have a name and a code of their own', () => {
      const made = [
        new errors.ConfigInvalid([]),
        new errors.Unauthenticated(''),
        new errors.Malformed(''),
        new errors.Invalid(''),
        new errors.NotFound(''),
        new errors.Conflict(''),
        new errors.TooLarge(''),
        new errors.TooSlow(''),
        new errors.OverShare(''),
        new errors.Unavailable(''),
        new errors.UpstreamUnavailable(''),
        new errors.UpstreamThrottled('', 1),
        new errors.UpstreamRejected('', '400'),
      ];

      expect(made.map(({ name }) => name)).to.have.members(classes);
      expect(new Set(made.map(({ code }) => code)).size).to.equal(made.length);
    });
  });

  describe('the world', () => {
    const files = ['src', 'channels', 'workers', 'migrations'].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => `${folder}/${file}`),
    );
    const filesWith = (pattern: RegExp) => files.filter((file) => pattern.test(textOf(file)));

    it('is asked for its environment and arguments, and left, in main.ts alone', () => {
      const ways =
        /\bprocess\s*(\?\.|\.|\[\s*['"`])\s*(env|argv|exit|exitCode|abort|loadEnvFile)\b|from 'node:process'|from 'process'/;

      expect(filesWith(ways)).to.deep.equal(['src/main.ts']);
    });

    it('hears of us through the log, never through console', () => {
      expect(filesWith(/\bconsole\s*[.[]/)).to.deep.equal([]);
    });

    it('normalises Unicode in one file, which cuts what would make that slow', () => {
      expect(filesWith(/\.normalize\(/)).to.deep.equal(['src/domain/text.ts']);
    });

    it('sees no default export and no import without its extension', () => {
      expect(filesWith(/^export default /m)).to.deep.equal([]);
      expect(filesWith(/from '\.[^']*(?<!\.ts)';/)).to.deep.equal([]);
    });
  });

  describe('the tree', () => {
    it('has no further folder at its top', () => {
      const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root })
        .toString()
        .split('\n');

      const folders = new Set(files.filter((file) => file.includes('/')).map(topOf));

      expect(['src', 'channels', 'workers', 'migrations', 'test', '.ci']).to.include.members([
        ...folders,
      ]);
      expect([...folders]).to.include.members(['src', 'channels', 'workers', 'migrations', 'test']);
    });
  });
});

function topOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}
