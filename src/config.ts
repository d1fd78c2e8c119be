import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './domain/channel.ts';
import type { RoutingKeyword } from './domain/keywords.ts';
import { ConfigInvalid } from './errors.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const days = z.coerce.number().int().min(1).max(3650);
const keyword = /^([\p{L}\p{N}]+)(?:=(.+))?$/u;
const webhookSecret = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

const schema = z.object({
  PORT: port.default(1708),
  HOST: z.string().default('127.0.0.1'),
  INTERNAL_PORT: port.optional(),
  INTERNAL_HOST: z
    .string()
    .regex(/^[\w.:-]+$/)
    .default('127.0.0.1'),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: z.coerce.number().int().min(0).max(16).default(0),
  DATA_DIR: z.string().default('.data'),
  MEDIA_DIR: z.string().optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.url({ protocol: /^rediss?$/ })).min(1))
    .optional(),
  DATA_KEY: z
    .string()
    .transform((value) => value.split(/\s+/).filter((part) => part !== ''))
    .pipe(z.array(z.base64().refine((key) => Buffer.from(key, 'base64').length === 32)).min(1))
    .optional(),
  ROUTING_CORE_URL: z.url({ protocol: /^https?$/ }).optional(),
  ROUTING_CORE_SECRET: z
    .string()
    .transform((value) => value.split(/\s+/).filter((part) => part !== ''))
    .pipe(z.array(z.string().regex(webhookSecret)).min(1))
    .optional(),
  ROUTING_KEYWORDS: z
    .string()
    .default('TANGKAB,KUMHAM,BBM,LAPORHENDI,BJN,BATANGHARI')
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(keyword))),
  RAW_RETENTION_DAYS: days.default(30),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** The core's variables; channels have their own. */
export const coreVariables: readonly string[] = Object.keys(schema.shape);

/** What is wrong with a value, without repeating it. */
const expectations: Readonly<Record<string, string>> = {
  PORT: 'must be a port number, 0 to 65535',
  INTERNAL_PORT: 'must be a port number, 0 to 65535',
  INTERNAL_HOST: 'must be an address or name of this machine',
  PUBLIC_URL: 'must be an http(s) address',
  TRUST_PROXY: 'must be the number of proxies in front, 0 to 16',
  DATABASE_URL: 'must be a postgres:// address',
  REDIS_URL: 'must be a redis:// address, or several separated by commas',
  DATA_KEY: 'must be 32 bytes in base64, several separated by spaces (openssl rand -base64 32)',
  ROUTING_CORE_URL: 'must be an http(s) address',
  ROUTING_CORE_SECRET: 'must be whsec_ and 24 to 64 bytes in base64, several separated by spaces',
  ROUTING_KEYWORDS: 'must be words separated by commas, each optionally with =agency name',
  RAW_RETENTION_DAYS: 'must be a number of days, 1 to 3650',
  LOG_LEVEL: 'must be a pino level: fatal, error, warn, info, debug, trace or silent',
};

export type Config = {
  readonly demo: boolean;
  readonly port: number;
  readonly host: string;
  readonly internalPort: number;
  /** True when INTERNAL_PORT was said, so that another free port may not be taken instead. */
  readonly internalPortFixed: boolean;
  readonly internalHost: string;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly trustProxy: number;
  readonly dataDir: string;
  /** Where citizens' files are; several gateways share it. */
  readonly mediaDir: string;
  readonly databaseUrl: string | null;
  readonly redisUrls: readonly string[] | null;
  /** Base64, newest first; null: made and kept in dataDir. */
  readonly dataKeys: readonly string[] | null;
  /** null: the embedded core. */
  readonly core: { readonly url: string; readonly secrets: readonly string[] } | null;
  readonly keywords: readonly RoutingKeyword[];
  readonly rawRetentionDays: number;
  readonly logLevel: string;
};

/**
 * Reads the core's variables. In: the environment, and every channel's variable names (they decide
 * demo mode). Out: a frozen Config. Throws ConfigInvalid with one line per variable, never a value.
 */
export function readConfig(environment: Environment, channelVariables: readonly string[]): Config {
  const given = Object.fromEntries(
    coreVariables.filter((name) => environment[name]).map((name) => [name, environment[name]]),
  );
  const parsed = schema.safeParse(given);
  const names = new Set(parsed.error?.issues.map((issue) => String(issue.path[0])));
  const problems = [...names].map((name) => `${name} ${expectations[name] ?? 'is not valid'}`);
  const demo =
    environment['ROUTING_CORE_URL'] === undefined || environment['ROUTING_CORE_URL'] === ''
      ? channelVariables.every((name) => !environment[name])
      : false;
  problems.push(...missingTogether(given, demo));
  if (!parsed.success || problems.length > 0) throw new ConfigInvalid(problems);
  return configFrom(parsed.data, demo);
}

function missingTogether(given: Environment, demo: boolean): string[] {
  const problems: string[] = [];
  if (given['ROUTING_CORE_URL'] && !given['ROUTING_CORE_SECRET']) {
    problems.push('ROUTING_CORE_SECRET is missing: events to ROUTING_CORE_URL are signed with it');
  }
  if (!demo && given['DATABASE_URL'] && !given['DATA_KEY']) {
    problems.push('DATA_KEY is missing: it seals what is kept in DATABASE_URL');
  }
  if (Number(given['PORT']) === 65_535 && !given['INTERNAL_PORT']) {
    problems.push('INTERNAL_PORT is missing: no port follows PORT');
  }
  return problems;
}

/** Whether only this machine reaches what listens there. In: an address or name, IPv6 without brackets. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host);

/** Where this machine reaches what listens on a host: "every address" is none to call. */
export const reachedAt = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

/** `http://host:port`; an IPv6 host goes in brackets. */
export function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function configFrom(values: z.output<typeof schema>, demo: boolean): Config {
  const base = values.PUBLIC_URL ?? addressOf(values.HOST, values.PORT);
  return Object.freeze({
    demo,
    port: values.PORT,
    host: values.HOST,
    internalPort: values.INTERNAL_PORT ?? (values.PORT === 0 ? 0 : values.PORT + 1),
    internalPortFixed: values.INTERNAL_PORT !== undefined,
    internalHost: values.INTERNAL_HOST,
    publicUrl: base.replace(/\/+$/, ''),
    trustProxy: values.TRUST_PROXY,
    dataDir: values.DATA_DIR,
    mediaDir: values.MEDIA_DIR ?? join(values.DATA_DIR, 'media'),
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrls: values.REDIS_URL ?? null,
    dataKeys: values.DATA_KEY ?? null,
    core:
      values.ROUTING_CORE_URL && values.ROUTING_CORE_SECRET
        ? { url: values.ROUTING_CORE_URL, secrets: values.ROUTING_CORE_SECRET }
        : null,
    keywords: values.ROUTING_KEYWORDS.map((entry) => {
      const [, word = '', name] = keyword.exec(entry) ?? [];
      return { keyword: word.toUpperCase(), name: name ?? null };
    }),
    rawRetentionDays: values.RAW_RETENTION_DAYS,
    logLevel: values.LOG_LEVEL,
  });
}
