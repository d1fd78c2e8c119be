import { facebook } from './providers/facebook.ts';
import type { Simulator } from './providers/simulator.ts';
import { sms } from './providers/sms.ts';
import { telegram } from './providers/telegram.ts';
import { x } from './providers/x.ts';

export type { ProviderRequest } from './providers/simulator.ts';

/** One simulator per channel; each signs as its provider does. */
export const simulators: Readonly<Record<string, Simulator>> = { facebook, sms, telegram, x };
