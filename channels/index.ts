import type { ChannelModule } from '../src/domain/channel.ts';
import { sms } from './sms.ts';
import { telegram } from './telegram/index.ts';

export const channels: readonly ChannelModule[] = [sms, telegram];
