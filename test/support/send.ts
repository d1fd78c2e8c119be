import type { Environment } from '../../src/domain/channel.ts';
import { simulators } from '../../src/embedded/providers.ts';
import { channelSettings, publicUrl } from './gateway.ts';
import webhooks from 'twilio/lib/webhooks/webhooks.js';

/** Sends what a citizen writes, signed by the provider's simulator. */
export function sendText(
  gatewayUrl: string,
  channel: string,
  text: string,
  from: string | null = null,
  settings: Environment = channelSettings,
): Promise<Response> {
  const simulator = simulators[channel];
  if (!simulator) throw new Error(`no simulator for ${channel}`);
  const { path, ...request } = simulator.request(settings, publicUrl, { text, from });
  return fetch(gatewayUrl + path, request);
}

/** Sends a Telegram update as it is. */
export function sendUpdate(gatewayUrl: string, update: unknown): Promise<Response> {
  return fetch(`${gatewayUrl}/webhooks/telegram`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': channelSettings['TELEGRAM_SECRET_TOKEN'] ?? '',
    },
    body: JSON.stringify(update),
  });
}

/** Sends an SMS with the given parameters, signed as Twilio signs. */
export function sendSms(
  gatewayUrl: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Response> {
  const all = {
    AccountSid: channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
    To: '1708',
    ...parameters,
  };
  const path = '/webhooks/sms';
  return fetch(gatewayUrl + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(
        channelSettings['TWILIO_AUTH_TOKEN'] ?? '',
        publicUrl + path,
        all,
      ),
    },
    body: new URLSearchParams(all).toString(),
  });
}

type Fields = Readonly<Record<string, string>>;

const filledIn: Fields = {
  klasifikasi: 'pengaduan',
  judul: 'Lampu jalan padam',
  lokasi: 'Jl. Kemuning, Kec. Gedebage, Kota Bandung',
  kontak: '0812-3456-7890',
};

type FormFile = { readonly name: string; readonly type: string; readonly bytes: Uint8Array };

/** Opens the web form as a browser without scripts does, fills it in, and sends it. */
export async function sendForm(
  gatewayUrl: string,
  fields: Fields,
  files: readonly FormFile[] = [],
): Promise<Response> {
  const page = await fetch(gatewayUrl);
  const hidden = (await page.text()).matchAll(/type="hidden" name="(\w+)" value="([^"]+)"/g);
  const given: Fields = Object.fromEntries(
    [...hidden].map(([, name = '', value = '']) => [name, value]),
  );
  const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...given, ...filledIn, ...fields })) {
    body.append(name, value);
  }
  for (const { name, type, bytes } of files) {
    body.append('lampiran', new File([Buffer.from(bytes)], name, { type }));
  }
  return fetch(gatewayUrl, { method: 'POST', headers: { cookie: cookies.join('; ') }, body });
}
