import type { Hosted } from '../providers/simulator.ts';
import type { World } from './fake.ts';
import type { Files, Recent } from './memory.ts';

export type Phone = {
  readonly sid: string;
  readonly number: string;
  url: string;
  method: 'POST' | 'GET';
  fallbackUrl: string;
};

export type TwilioMessage = {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply';
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly media: readonly Hosted[];
  readonly at: number;
};

export type Office = {
  readonly world: World;
  readonly account: string;
  readonly phone: Phone;
  readonly messages: Recent<TwilioMessage>;
  readonly files: Files;
  readonly optedOut: ReadonlySet<string>;
  readonly alerts: Recent<object>;
  readonly keep: (message: Omit<TwilioMessage, 'at'>) => void;
  readonly say: (sid: string, to: string, text: string) => void;
  readonly tell: (url: string, parameters: Readonly<Record<string, string>>) => Promise<unknown>;
};
