import type { Environment } from '../../domain/channel.ts';
import { credential, missing } from './credentials.ts';
import type { Hosted } from '../providers/simulator.ts';
import type { Outbound, World } from './fake.ts';
import type { Files, Recent } from './memory.ts';

export type Subscription = {
  readonly callbackUrl: string;
  readonly fields: readonly string[];
};

/** What citizens said and the page answered, as its inbox and its wall show it. */
export type Item = {
  readonly id: string;
  readonly list: 'messaging' | 'changes';
  readonly citizen: string;
  readonly name: string;
  readonly isOurs: boolean;
  readonly text: string;
  readonly files: readonly Hosted[];
  readonly at: number;
};

export type Office = {
  readonly world: World;
  readonly page: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly pageToken: string;
  readonly items: Recent<Item>;
  readonly files: Files;
  readonly subscription: () => Subscription | null;
  /** Asks the callback's owner first. Throws when the challenge does not come back. */
  readonly subscribe: (subscription: Subscription, verifyToken: string) => Promise<void>;
  readonly unsubscribe: () => void;
  /** What the page lets the app hear of; null: nothing. */
  readonly installed: () => readonly string[] | null;
  readonly install: (fields: readonly string[] | null) => void;
  readonly say: (citizen: string, text: string, where: Outbound['where']) => string;
};

/** The app's id and the page's token, made up where the settings name none. */
export function graphCredentials(settings: Environment) {
  const made = (name: string) => credential(settings, name, 'FACEBOOK_APP_SECRET');
  const appId =
    settings['FACEBOOK_APP_ID'] ?? String(BigInt(`0x${made('FACEBOOK_APP_ID').slice(0, 12)}`));
  const pageToken = settings['FACEBOOK_PAGE_TOKEN'] ?? `EAAB${made('FACEBOOK_PAGE_TOKEN')}`;
  const all = { FACEBOOK_APP_ID: appId, FACEBOOK_PAGE_TOKEN: pageToken };
  return { appId, pageToken, own: missing(settings, all) };
}
