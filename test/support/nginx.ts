import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/bench/free-port.ts';
import { nginxPath } from './debian.ts';
import { eventually } from './gateway.ts';

/**
 * nginx in front of a gateway, as SETUP.md says, but for TLS and ports. `change` may put other lines in
 * their place. Out: its address, and how to end it.
 */
export async function startNginx(gatewayUrl: string, change = (config: string) => config) {
  const folder = await mkdtemp(join(tmpdir(), 'satu-pintu-nginx-'));
  const port = await freePort();
  const setup = await readFile(join(import.meta.dirname, '../../SETUP.md'), 'utf8');
  const [, ours = ''] = /```nginx\n([^]*?)```/.exec(setup) ?? [];
  const served = change(ours)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ +ssl_certificate.*$/gm, '')
    .replaceAll('http://127.0.0.1:1708', gatewayUrl);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; worker_rlimit_nofile 16384; pid ${folder}/pid;
     error_log ${folder}/error.log;
     events { worker_connections 8192; }
     http { access_log off;
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
       ${served} }`,
  );
  const child = spawn(nginxPath(), ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  await eventually('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(await readFile(`${folder}/error.log`, 'utf8'));
    return (await fetch(`${url}/healthz`).catch(() => null))?.ok;
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
