import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';

export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** A credential as the settings have it; where they have none, one that follows from a secret of theirs. */
export function credential(settings: Environment, name: string, from: string): string {
  return (
    settings[name] ??
    createHmac('sha256', settings[from] ?? '')
      .update(name)
      .digest('hex')
  );
}

/** Of those names the ones that the settings do not have, with their credentials. */
export function missing(
  settings: Environment,
  credentials: Readonly<Record<string, string>>,
): Environment {
  return Object.fromEntries(Object.entries(credentials).filter(([name]) => !settings[name]));
}

export function bearerOf(authorization: string | undefined): string {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
}
