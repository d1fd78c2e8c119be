import { randomBytes } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Environment } from '../../domain/channel.ts';
import type { Sending, Simulator } from './simulator.ts';

export const sms: Simulator = {
  needs: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
  request: smsRequest,
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
