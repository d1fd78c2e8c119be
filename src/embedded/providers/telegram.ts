import { randomInt } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';
import type { Sending, Simulator } from './simulator.ts';

export const telegram: Simulator = {
  needs: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_SECRET_TOKEN'],
  request: telegramRequest,
};

function telegramRequest(settings: Environment, _publicUrl: string, { text, from }: Sending) {
  const id = Number(from ?? 5_012_345_678);
  const command = /^\/\w+/.exec(text)?.[0];
  const update = {
    update_id: randomInt(100_000_000, 2_000_000_000),
    message: {
      message_id: randomInt(1, 2_000_000_000),
      date: Math.floor(Date.now() / 1000),
      chat: { id, type: 'private', first_name: 'Siti' },
      from: { id, is_bot: false, first_name: 'Siti', language_code: 'id' },
      text,
      ...(command
        ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] }
        : {}),
    },
  };
  return {
    method: 'POST',
    path: '/webhooks/telegram',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': settings['TELEGRAM_SECRET_TOKEN'] ?? '',
    },
    body: JSON.stringify(update),
  } as const;
}
