import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { lookAtDisks, readHistory, sizeOf } from '../disk.ts';
import type { Channel } from '../domain/channel.ts';
import { type Check, failed, passed, warned } from '../domain/check.ts';
import { spoolFolder } from '../fallback.ts';
import { inspectSpool } from '../spool.ts';

/** The name of the check of PUBLIC_URL. */
export const ADDRESS = 'public address';

/** Whether providers can reach PUBLIC_URL by what it says; whether they do is asked elsewhere. */
export function publicAddress(config: Config, channels: readonly Channel[]): Check {
  const name = ADDRESS;
  const { publicUrl } = config;
  if (config.demo) return passed(name, `${publicUrl} (demo: nothing leaves this machine)`);
  const { protocol, hostname } = new URL(publicUrl);
  const says =
    protocol !== 'https:'
      ? `${publicUrl} is not https`
      : isPrivate(hostname)
        ? `${publicUrl} is an address of this machine or network only`
        : null;
  if (says === null) return passed(name, publicUrl);
  const remedy =
    'Set PUBLIC_URL to the https address that the TLS proxy serves (SETUP.md, part 1): providers call it, and signatures are checked against it.';
  return channels.some(({ webhook }) => webhook)
    ? failed(name, says, remedy)
    : warned(name, says, remedy);
}

/** Whether citizens can be told apart: we speak plain HTTP, so at an https address there is a proxy. */
export function proxyCheck({ demo, publicUrl, trustProxy }: Config): Check {
  const name = 'proxy';
  if (trustProxy > 0) return passed(name, `${trustProxy} in front (TRUST_PROXY)`);
  if (demo || !publicUrl.startsWith('https:')) return passed(name, 'none in front');
  return warned(
    name,
    'PUBLIC_URL is https, so a proxy is in front, but TRUST_PROXY is 0: all citizens count as one address',
    'Set TRUST_PROXY to the number of proxies (SETUP.md, part 1), or limits meant for one stranger stop everybody.',
  );
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return !host.includes('.') || /\.(local|internal|lan)$/.test(host);
  return /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^::1?$|^f[cde]/i.test(
    host,
  );
}

/** Whether DATA_DIR can hold what we keep there. */
export async function dataFolder({ dataDir }: Config): Promise<Check> {
  const name = 'data folder';
  const path = resolve(dataDir);
  const there = await stat(path).catch(() => null);
  if (there && !there.isDirectory()) {
    return failed(name, `${path} is no folder`, 'Set DATA_DIR to a folder.');
  }
  const folder = there ? path : await nearestFolder(path);
  const isUsable = await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isUsable) {
    const remedy = `Give ${folder} to the user who runs the gateway (chown), or set DATA_DIR to another folder.`;
    return failed(name, `${folder} cannot be written`, remedy);
  }
  return passed(name, there ? path : `${path} is made at the first start`);
}

/** How full the disks of DATA_DIR and MEDIA_DIR are, and when they will be. */
export async function diskChecks(config: Config, now: number): Promise<readonly Check[]> {
  try {
    const disks = await lookAtDisks(config, readHistory(config.dataDir), now);
    return disks.map(({ path, free, total, trouble }) =>
      trouble === null
        ? passed('disk', `${sizeOf(free)} of ${sizeOf(total)} free at ${path}`)
        : warned('disk', `${path}: ${trouble}`, diskRemedy),
    );
  } catch {
    return [
      warned('disk', `${config.dataDir} cannot be looked at`, 'Check that its disk is there.'),
    ];
  }
}

const diskRemedy =
  'Make room on that disk, or move the folder to a larger one. When it is full, nothing can be taken in.';

/** What a gateway took in while PostgreSQL was away, and has not moved into it yet. */
export async function spoolCheck({ dataDir }: Config, now: number): Promise<Check> {
  const folder = spoolFolder(dataDir);
  try {
    const { records, bytes, oldest } = await inspectSpool(folder);
    if (records === 0) return passed('spool', 'empty');
    const minutes =
      oldest === null ? 0 : Math.max(0, Math.round((now - oldest.getTime()) / 60_000));
    return warned(
      'spool',
      `${records} deliveries (${bytes} bytes) wait in ${folder}, the oldest for ${minutes} minutes`,
      'They move into PostgreSQL by themselves when it is back and the gateway runs. Do not delete the folder.',
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    const says = `${folder} cannot be read (${code})`;
    return failed('spool', says, 'Give the folder to the user who runs the gateway (chown).');
  }
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const there = await stat(parent).catch(() => null);
  return there?.isDirectory() || parent === path ? parent : nearestFolder(parent);
}
