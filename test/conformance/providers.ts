import { facebook } from './providers/facebook.ts';
import type { Provider } from './providers/provider.ts';
import { sms } from './providers/sms.ts';
import { telegram } from './providers/telegram.ts';
import { x } from './providers/x.ts';

export type { Provider, Way } from './providers/provider.ts';

/** Numbers of the messages in `unreadable` that can be read after all. */
export const oddNumbers = [901, 902, 903, 904, 905] as const;

export const providers: Readonly<Record<string, Provider>> = { facebook, sms, telegram, x };
