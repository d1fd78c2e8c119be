import type { Environment } from '../../domain/channel.ts';
import type { Posted } from '../providers/x.ts';
import { credential, missing } from './credentials.ts';
import type { Outbound, World } from './fake.ts';
import type { Files, Recent } from './memory.ts';
import type { OAuthKeys } from './oauth1.ts';
import type { Hooks } from './x-hooks.ts';

export type Office = {
  readonly world: World;
  readonly startedAt: number;
  readonly us: { readonly id: string; readonly name: string; readonly username: string };
  readonly bearer: string;
  readonly keys: OAuthKeys;
  readonly hooks: Hooks;
  readonly posts: Recent<Posted>;
  /** What the account posted of late: X takes nothing twice. */
  readonly lastPosts: Recent<string>;
  readonly files: Files;
  /** The base of this API, as clients sign it. */
  readonly url: () => string;
  /** Higher each time, so that nothing is behind a cursor that has just moved. */
  readonly newId: () => string;
  readonly say: (citizen: string, text: string, where: Outbound['where']) => string;
};

/** The app's and the account's credentials, made up where the settings have none. */
export function xCredentials(settings: Environment) {
  const given = (name: string) => credential(settings, name, 'X_CONSUMER_SECRET');
  const names = ['X_CONSUMER_KEY', 'X_ACCESS_TOKEN', 'X_ACCESS_SECRET', 'X_BEARER_TOKEN'];
  const own = missing(settings, Object.fromEntries(names.map((name) => [name, given(name)])));
  const keys = {
    consumerKey: given('X_CONSUMER_KEY'),
    consumerSecret: settings['X_CONSUMER_SECRET'] ?? '',
    token: given('X_ACCESS_TOKEN'),
    tokenSecret: given('X_ACCESS_SECRET'),
  };
  return { keys, bearer: given('X_BEARER_TOKEN'), own };
}
