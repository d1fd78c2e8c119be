import type { ChannelModule } from '../src/domain/channel.ts';
import { facebook } from './facebook/index.ts';
import { sms } from './sms/index.ts';
import { telegram } from './telegram/index.ts';
import { web } from './web.ts';
import { x } from './x/index.ts';

export const channels: readonly ChannelModule[] = [facebook, sms, telegram, web, x];
