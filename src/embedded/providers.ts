import { randomBytes, randomInt } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Environment } from '../domain/channel.ts';

/** What a citizen does: the text, and who writes (a phone number, a user id). */
export type Sending = { readonly text: string; readonly from: string | null };

/** An HTTP request as the provider would make it. `path` begins at the gateway's root. */
export type ProviderRequest = {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Simulator = {
  /** The settings it cannot sign without. */
  readonly needs: readonly string[];
  readonly request: (settings: Environment, publicUrl: string, sending: Sending) => ProviderRequest;
};

/** One simulator per channel; each signs as its provider does. */
export const simulators: Readonly<Record<string, Simulator>> = {
  sms: { needs: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'], request: smsRequest },
  telegram: {
    needs: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_SECRET_TOKEN'],
    request: telegramRequest,
  },
};

function smsRequest(settings: Environment, publicUrl: string, { text, from }: Sending) {
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const parameters = {
    AccountSid: settings['TWILIO_ACCOUNT_SID'] ?? '',
    ApiVersion: '2010-04-01',
    Body: text,
    From: from ?? '+6281234567890',
    FromCountry: 'ID',
    MessageSid: sid,
    NumMedia: '0',
    NumSegments: String(Math.max(1, Math.ceil(text.length / 153))),
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    To: settings['TWILIO_NUMBER'] ?? '1708',
  };
  const path = '/webhooks/sms';
  const [token = ''] = (settings['TWILIO_AUTH_TOKEN'] ?? '').split(/\s+/);
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(
        token,
        publicUrl + path,
        parameters,
      ),
    },
    body: new URLSearchParams(parameters).toString(),
  } as const;
}

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
