import { z } from 'zod';
import { failed, inspection, passed, warned } from '../../src/domain/check.ts';
import type { Finding, Inspection, Repair, Site } from '../../src/domain/check.ts';
import { ask, detailOf, type Heard, troubleWith } from '../_shared/outbound.ts';

type Account = {
  readonly sid: string;
  /** Any of them opens the account. */
  readonly tokens: readonly string[];
  readonly number: string;
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
};

/** An opened account: asks for a path below it; posts when there is a form. */
type Open = (path: string, form?: Readonly<Record<string, string>>) => Promise<Heard>;

/** Connection settings Twilio keeps for itself: three more tries, whatever went wrong. */
const TRY_AGAIN = '#rc=3&rp=all';

/**
 * How Twilio sees our number (REST API 2010-04-01: Account, IncomingPhoneNumber, ShortCode). By plain
 * HTTP: the SDK takes its hosts and proxies from the environment, which is none of a channel's business.
 */
export function inspectTwilio(account: Account): Inspection {
  return inspection(account.tokens, async (site) => {
    const opened = await Promise.all(
      account.tokens.map(async (token) => {
        const open = openWith(account, token, site.signal);
        return { open, heard: await open('.json') };
      }),
    );
    const working = opened.find(({ heard }) => heard.status === 200) ?? opened[0];
    if (!working) return [];
    const refused = opened.filter(({ heard }) => heard.status === 401).length;
    const found = accountFrom(account, working.heard, refused);
    return working.heard.status === 200
      ? [found, ...(await numberFindings(account, working.open, site))]
      : [found];
  });
}

function openWith({ sid, apiUrl, fetch }: Account, token: string, signal: AbortSignal): Open {
  const base = `${apiUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${sid}`;
  const headers = { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` };
  return (path, form) =>
    ask(fetch, `${base}${path}`, {
      signal,
      headers,
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
}

const platformOf = ({ apiUrl }: Account) => ({
  name: 'Twilio',
  apiUrl,
  variable: 'TWILIO_API_URL',
});

const status = z.object({ status: z.string() });

function accountFrom(account: Account, heard: Heard, refused: number): Finding {
  if (heard.status === 401 || heard.status === 403 || heard.status === 404) {
    return failed(
      'account',
      `Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN (${heard.status})`,
      'Copy both again from the first page of the Twilio Console (Account Info), the primary auth token.',
    );
  }
  if (heard.status !== 200) return troubleWith('account', platformOf(account), heard);
  const is = status.safeParse(heard.body).data?.status ?? 'unknown';
  if (is !== 'active') {
    return failed(
      'account',
      `the account is ${is}`,
      'Log in to the Twilio Console: it says what is owed or missing.',
    );
  }
  return refused === 0
    ? passed('account', 'active')
    : warned(
        'account',
        `active, but Twilio refuses ${refused} of ${account.tokens.length} tokens in TWILIO_AUTH_TOKEN`,
        'Take the old token out of TWILIO_AUTH_TOKEN when the rotation is over.',
      );
}

const sender = z.object({
  sid: z.string().regex(/^\w+$/),
  phone_number: z.string().optional(),
  short_code: z.string().optional(),
  sms_url: z.string().nullish(),
  sms_method: z.string().nullish(),
  sms_application_sid: z.string().nullish(),
  capabilities: z.object({ sms: z.boolean().optional() }).nullish(),
});

type Sender = z.output<typeof sender> & { readonly path: string };

const lists = z.object({
  incoming_phone_numbers: z.array(sender).default([]),
  short_codes: z.array(sender).default([]),
});

const isShort = (number: string): boolean => /^\d{3,6}$/.test(number);

async function numberFindings(
  account: Account,
  open: Open,
  site: Site,
): Promise<readonly Finding[]> {
  const asked = encodeURIComponent(account.number);
  const numbers = await open(`/IncomingPhoneNumbers.json?PhoneNumber=${asked}`);
  if (numbers.status !== 200) return [troubleWith('number', platformOf(account), numbers)];
  const codes = isShort(account.number)
    ? await open(`/SMS/ShortCodes.json?ShortCode=${asked}`)
    : null;
  const found = [...sendersIn(codes), ...sendersIn(numbers)].find(
    // Twilio also lists what only contains the digits asked for.
    (each) => (each.phone_number ?? each.short_code) === account.number,
  );
  if (!found) return [notListed(account, site)];
  return [capability(account, found), webhook(open, found, site)];
}

function sendersIn(heard: Heard | null): readonly Sender[] {
  const data = heard?.status === 200 ? lists.safeParse(heard.body).data : undefined;
  const under = (path: string) => (each: z.output<typeof sender>) => ({ ...each, path });
  return [
    ...(data?.short_codes ?? []).map(under('/SMS/ShortCodes')),
    ...(data?.incoming_phone_numbers ?? []).map(under('/IncomingPhoneNumbers')),
  ];
}

function notListed({ number }: Account, { webhookUrl }: Site): Finding {
  return isShort(number)
    ? warned(
        'number',
        `Twilio lists no short code ${number} in this account, so its webhook cannot be seen`,
        `Where the short code is set up, enter ${webhookUrl}${TRY_AGAIN} for "A message comes in", HTTP POST.`,
      )
    : failed(
        'number',
        `this account has no number ${number}`,
        'Set TWILIO_NUMBER to a number of Phone Numbers > Manage > Active numbers, with + and country code.',
      );
}

function capability({ number }: Account, found: Sender): Finding {
  return found.capabilities?.sms === false
    ? failed('number', `${number} cannot receive SMS`, 'Take a number with the capability SMS.')
    : passed('number', `${number} is in this account`);
}

function webhook(open: Open, found: Sender, { webhookUrl }: Site): Finding {
  const wanted = `${webhookUrl}${TRY_AGAIN}`;
  const fix = () => setWebhook(open, found, wanted);
  const remedy = `npm run doctor -- --fix enters ${wanted} for "A message comes in", HTTP POST.`;
  if (found.sms_application_sid) {
    return failed('webhook', 'a TwiML App of the number takes the messages instead', remedy, fix);
  }
  const url = found.sms_url ?? '';
  if (url === '') return failed('webhook', 'Twilio has no address for incoming SMS', remedy, fix);
  const [bare = '', settings = ''] = url.split('#');
  if (bare !== webhookUrl) {
    return failed('webhook', `Twilio sends to ${bare}, not to ${webhookUrl}`, remedy, fix);
  }
  if (!/(^|&)rc=[1-5]/.test(settings)) {
    return warned(
      'webhook',
      'Twilio sends here, but tries each message only once: when it fails, the message is lost',
      remedy,
      fix,
    );
  }
  return passed('webhook', `${found.sms_method ?? 'POST'} ${bare}, tried again when it fails`);
}

async function setWebhook(open: Open, { sid, path }: Sender, wanted: string): Promise<Repair> {
  const heard = await open(`${path}/${sid}.json`, {
    SmsUrl: wanted,
    SmsMethod: 'POST',
    ...(path === '/IncomingPhoneNumbers' ? { SmsApplicationSid: '' } : {}),
  });
  return heard.status === 200
    ? { name: 'webhook', isDone: true, says: `Twilio now sends to ${wanted}` }
    : { name: 'webhook', isDone: false, says: `Twilio refuses the address: ${detailOf(heard)}` };
}
