import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

const own = join(import.meta.dirname, '../ready.mjs');
const nobody = 'http://127.0.0.1:1/';

/** A project of three packages that lie beside it, so that no registry is needed; or asked. */
describe('what runs before every npm script', () => {
  let base = '';
  let project = '';

  const pack = (name: string, version: string, bin?: string): string => {
    const folder = join(base, 'package');
    mkdirSync(folder, { recursive: true });
    const manifest = { name, version, ...(bin === undefined ? {} : { bin: { [bin]: 'run.sh' } }) };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    const archive = join(base, `${name}-${version}.tgz`);
    execFileSync('tar', ['czf', archive, '-C', base, 'package']);
    return `file:${archive}`;
  };
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--no-audit', '--no-fund', '--registry', nobody], {
      cwd,
      stdio: 'pipe',
    });
  const wants = (version: string, range = pack('library', version)) => {
    const node = `node-linux-${process.arch}`;
    const manifest = {
      name: 'project',
      version: '1.0.0',
      dependencies: { library: range },
      optionalDependencies: { [node]: pack(node, '24.0.0', 'node') },
      devDependencies: { tool: pack('tool', '1.0.0') },
    };
    // Locked elsewhere, as by whoever committed it: npm would note in node_modules what is not there yet.
    const elsewhere = mkdtempSync(join(base, 'elsewhere-'));
    writeFileSync(join(elsewhere, 'package.json'), JSON.stringify(manifest));
    npm(elsewhere, 'install', '--package-lock-only');
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(elsewhere, file), join(project, file));
    }
  };
  const ready = async (script: string, environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, ['ready.mjs'], {
      cwd: project,
      env: {
        PATH: process.env['PATH'],
        HOME: base,
        npm_config_registry: nobody,
        npm_config_fetch_retries: '0',
        npm_lifecycle_event: script,
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, said };
  };
  const installed = () =>
    existsSync(join(project, 'node_modules'))
      ? readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))
      : [];
  const all = ['library', `node-linux-${process.arch}`, 'tool'];
  const leftovers = () => readdirSync(project).filter((name) => name.startsWith('.node_modules'));

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'satu-pintu-ready-'));
    project = join(base, 'project');
    mkdirSync(project);
    copyFileSync(own, join(project, 'ready.mjs'));
    wants('1.0.0');
  });

  afterEach(() => {
    rmSync(base, { recursive: true, force: true });
  });

  it('installs everything on a fresh clone, once', async () => {
    const first = await ready('prestart');
    const second = await ready('pretest');

    expect(first.said).to.include('Installing');
    expect(second).to.deep.equal({ code: 0, said: '' });
    expect(installed()).to.deep.equal(all);
    expect(leftovers()).to.deep.equal([]);
  });

  it('installs once when four roles start at once on a fresh clone', async () => {
    const ends = await Promise.all(
      ['prestart', 'pregateway', 'preworker', 'preworker'].map((script) => ready(script)),
    );

    expect(ends.map(({ code }) => code)).to.deep.equal([0, 0, 0, 0]);
    expect(ends.filter(({ said }) => said.includes('Installing'))).to.have.length(1);
    expect(installed()).to.deep.equal(all);
  });

  it('leaves an install without development packages as it is, also without a registry', async () => {
    npm(project, 'ci', '--omit=dev');

    expect(await ready('pregateway')).to.deep.equal({ code: 0, said: '' });
    expect(installed()).not.to.include('tool');
  });

  it('installs no development packages in production, and says what a test would need', async () => {
    const environment = { NODE_ENV: 'production' };

    expect((await ready('pregateway', environment)).code).to.equal(0);
    expect(installed()).not.to.include('tool');
    const test = await ready('pretest', environment);
    expect(test.code).to.equal(1);
    expect(test.said).to.include('npm ci --include=dev');
  });

  it('adds the development packages for a test', async () => {
    npm(project, 'ci', '--omit=dev');

    expect((await ready('pretest')).code).to.equal(0);
    expect(installed()).to.deep.equal(all);
  });

  it('installs a package whose version has changed', async () => {
    await ready('prestart');
    wants('1.0.1');

    expect((await ready('prestart')).code).to.equal(0);
    const manifest = readFileSync(join(project, 'node_modules/library/package.json'), 'utf8');
    expect(manifest).to.include('1.0.1');
  });

  it('leaves what works when the new packages cannot be had, and says so', async () => {
    await ready('prestart');
    wants('1.0.1');
    rmSync(join(base, 'library-1.0.1.tgz'));

    const failed = await ready('prestart');

    expect(failed.code).to.equal(1);
    expect(failed.said).to.include('What was there before is untouched');
    expect(installed()).to.deep.equal(all);
    expect(leftovers()).to.deep.equal([]);
  });

  it('puts back what a killed install had set aside', async () => {
    await ready('prestart');
    mkdirSync(join(project, '.node_modules-1'));
    execFileSync('mv', ['node_modules', '.node_modules-1/old'], { cwd: project });

    const { code, said } = await ready('prestart');

    expect({ code, said }).to.deep.equal({ code: 0, said: '' });
    expect(installed()).to.deep.equal(all);
    expect(leftovers()).to.deep.equal([]);
  });
});
