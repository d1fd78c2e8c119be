import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { Channel } from '../domain/channel.ts';
import { type Check, failed, passed, warned } from '../domain/check.ts';

/** The name of the check of PUBLIC_URL. */
export const ADDRESS = 'public address';

const LEAST_FREE_BYTES = 1024 ** 3;

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
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < LEAST_FREE_BYTES) {
    return warned(name, `less than 1 GiB is free in ${folder}`, 'Make room on that disk.');
  }
  return passed(name, there ? path : `${path} is made at the first start`);
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const there = await stat(parent).catch(() => null);
  return there?.isDirectory() || parent === path ? parent : nearestFolder(parent);
}
