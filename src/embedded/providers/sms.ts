import { randomBytes, randomUUID } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Environment } from '../../domain/channel.ts';
import { segmentsOf } from './segments.ts';
import { below, type Hosted, type Sending, type Signed, type Simulator } from './simulator.ts';

type Parameters = Readonly<Record<string, string>>;

export const sms: Simulator = {
  needs: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
  request: (settings, publicUrl, sending) => {
    const parameters = smsParameters(settings, sending, newMessageSid('SM'), []);
    return below(publicUrl, signedForm(settings, 'POST', `${publicUrl}/webhooks/sms`, parameters));
  },
};

export const someNumber = '+6281234567890';

export function newMessageSid(kind: 'SM' | 'MM' | 'ME'): string {
  return kind + randomBytes(16).toString('hex');
}

/** The words of an SMS. A phone shares a place as a link to a map: SMS knows no locations. */
export function smsText({ text, location }: Sending): string {
  if (!location) return text;
  const link = `https://maps.google.com/?q=${location.latitude},${location.longitude}`;
  return text === '' ? link : `${text}\n${link}`;
}

/** A message as Twilio puts it into a webhook; one with media is an MMS. */
export function smsParameters(
  settings: Environment,
  sending: Sending,
  sid: string,
  media: readonly Hosted[],
): Parameters {
  const text = smsText(sending);
  return {
    ToCountry: 'ID',
    AccountSid: settings['TWILIO_ACCOUNT_SID'] ?? '',
    ApiVersion: '2010-04-01',
    Body: text,
    From: sending.from ?? someNumber,
    FromCountry: 'ID',
    MessageSid: sid,
    NumMedia: String(media.length),
    NumSegments: String(media.length > 0 ? 1 : segmentsOf(text)),
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    To: settings['TWILIO_NUMBER'] ?? '1708',
    ...Object.fromEntries(
      media.flatMap(({ url, mediaType }, index) => [
        [`MediaUrl${index}`, url],
        [`MediaContentType${index}`, mediaType],
      ]),
    ),
  };
}

/** A webhook as Twilio calls it; the fragment of a URL holds Twilio's own settings and is not sent. */
export function signedForm(
  settings: Environment,
  method: 'POST' | 'GET',
  address: string,
  parameters: Parameters,
): Signed {
  const [token = ''] = (settings['TWILIO_AUTH_TOKEN'] ?? '').split(/\s+/);
  const bare = address.replace(/#.*$/s, '');
  const form = new URLSearchParams(parameters).toString();
  const url = method === 'GET' ? `${bare}${bare.includes('?') ? '&' : '?'}${form}` : bare;
  const signed = method === 'GET' ? {} : parameters;
  return {
    method,
    url,
    headers: {
      ...(method === 'GET'
        ? {}
        : { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
      'i-twilio-idempotency-token': randomUUID(),
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, url, signed),
    },
    body: method === 'GET' ? '' : form,
  };
}
