import { isSame } from './credentials.ts';
import { newMessageSid } from '../providers/sms.ts';
import type { World } from './fake.ts';
import {
  type Answer,
  bytes,
  type Call,
  fieldsOf,
  json,
  type Route,
  route,
  textIn,
} from './server.ts';
import type { Office, Phone } from './twilio-office.ts';
import { messageList, messageResource } from './twilio-messages.ts';

const MEDIA_LINK_MS = 300_000;
const LONGEST_TEXT = 1600;

export function failure(status: number, code: number, message: string): Answer {
  const info = `https://www.twilio.com/docs/errors/${code}`;
  return json(status, { code, message, more_info: info, status });
}

const notFound = (path: string): Answer =>
  failure(404, 20404, `The requested resource ${path} was not found`);

export function twilioErrors({ report }: World) {
  return {
    otherwise: ({ path }: Call) => notFound(path),
    failed: (error: unknown) => {
      report(error);
      return failure(500, 20500, 'An internal server error has occurred');
    },
  };
}

export function twilioRoutes(office: Office): readonly Route[] {
  const { account, alerts } = office;
  const base = `/2010-04-01/Accounts/${account}`;
  const closed = (method: string, path: string, answer: Route['answer']): Route =>
    route(method, path, (call) =>
      isOwner(office, call) ? answer(call) : failure(401, 20003, 'Authenticate'),
    );
  return [
    closed('GET', `${base}.json`, () => json(200, accountResource(account))),
    closed('GET', `${base}/Balance.json`, () =>
      json(200, { account_sid: account, balance: '25.00', currency: 'USD' }),
    ),
    closed('GET', `${base}/Messages.json`, (call) => json(200, messageList(office, call))),
    closed('POST', `${base}/Messages.json`, (call) => create(office, call)),
    closed('GET', `${base}/Messages/:sid.json`, (call) => {
      const message = office.messages.get(call.named('sid'));
      return message ? json(200, messageResource(account, message)) : notFound(call.path);
    }),
    closed('GET', `${base}/Messages/:sid/Media.json`, (call) => mediaList(office, call)),
    closed('GET', `${base}/Messages/:sid/Media/:media`, (call) => mediaLink(office, call)),
    // Where that leads needs no password: its address is the secret, and soon worthless.
    route('GET', '/storage/:media', (call) => stored(office, call)),
    ...phoneRoutes(office, base, closed),
    closed('GET', '/v1/Alerts', () =>
      json(200, { alerts: alerts.all(), meta: { key: 'alerts', next_page_url: null } }),
    ),
  ];
}

type Closed = (method: string, path: string, answer: Route['answer']) => Route;

/** Short codes such as 1708 stand in a list of their own. */
function phoneRoutes(office: Office, base: string, closed: Closed): readonly Route[] {
  const { phone } = office;
  const [path, key, name] = phone.number.startsWith('+')
    ? ['IncomingPhoneNumbers', 'incoming_phone_numbers', 'PhoneNumber']
    : ['SMS/ShortCodes', 'short_codes', 'ShortCode'];
  const one = (act: (call: Call) => void) => (call: Call) => {
    if (call.named('sid') !== phone.sid) return notFound(call.path);
    act(call);
    return json(200, phoneResource(office, path));
  };
  const other = path === 'SMS/ShortCodes' ? 'IncomingPhoneNumbers' : 'SMS/ShortCodes';
  const otherKey = path === 'SMS/ShortCodes' ? 'incoming_phone_numbers' : 'short_codes';
  return [
    closed('GET', `${base}/${path}.json`, ({ query }) => {
      const isMeant = phone.number.includes(query.get(name) ?? '');
      return json(200, listOf(key, isMeant ? [phoneResource(office, path)] : [], base));
    }),
    closed('GET', `${base}/${other}.json`, () => json(200, listOf(otherKey, [], base))),
    closed(
      'GET',
      `${base}/${path}/:sid.json`,
      one(() => undefined),
    ),
    closed(
      'POST',
      `${base}/${path}/:sid.json`,
      one((call) => {
        change(phone, call);
      }),
    ),
  ];
}

function isOwner({ account, world }: Office, { headers }: Call): boolean {
  const tokens = (world.settings['TWILIO_AUTH_TOKEN'] ?? '').split(/\s+/).filter(Boolean);
  const [scheme, given = ''] = (headers.authorization ?? '').split(' ');
  const words = Buffer.from(given, 'base64').toString();
  return scheme === 'Basic' && tokens.some((token) => isSame(words, `${account}:${token}`));
}

function accountResource(sid: string): object {
  return {
    sid,
    friendly_name: 'LAPOR!',
    status: 'active',
    type: 'Full',
    uri: `/2010-04-01/Accounts/${sid}.json`,
  };
}

function phoneResource({ account, phone }: Office, path: string): object {
  return {
    sid: phone.sid,
    account_sid: account,
    ...(path === 'SMS/ShortCodes' ? { short_code: phone.number } : { phone_number: phone.number }),
    friendly_name: phone.number,
    api_version: '2010-04-01',
    sms_url: phone.url,
    sms_method: phone.method,
    sms_fallback_url: phone.fallbackUrl,
    sms_fallback_method: 'POST',
    sms_application_sid: '',
    status: 'in-use',
    capabilities: { sms: true, mms: true, voice: false, fax: false },
    uri: `/2010-04-01/Accounts/${account}/${path}/${phone.sid}.json`,
  };
}

function listOf(key: string, items: readonly object[], base: string): object {
  const uri = `${base}/${key}.json?PageSize=50&Page=0`;
  return {
    [key]: items,
    page: 0,
    page_size: 50,
    start: 0,
    end: Math.max(0, items.length - 1),
    uri,
    first_page_uri: uri,
    next_page_uri: null,
    previous_page_uri: null,
  };
}

function change(phone: Phone, call: Call): void {
  const fields = fieldsOf(call);
  if ('SmsUrl' in fields) phone.url = textIn(fields, 'SmsUrl');
  if ('SmsFallbackUrl' in fields) phone.fallbackUrl = textIn(fields, 'SmsFallbackUrl');
  if ('SmsMethod' in fields) {
    phone.method = textIn(fields, 'SmsMethod').toUpperCase() === 'GET' ? 'GET' : 'POST';
  }
}

function create(office: Office, call: Call): Answer {
  const { phone, world, account } = office;
  const fields = fieldsOf(call);
  const to = textIn(fields, 'To');
  const text = textIn(fields, 'Body');
  const problem = problemWith(
    office,
    to,
    textIn(fields, 'From') || textIn(fields, 'MessagingServiceSid'),
    text,
  );
  if (problem) return problem;
  const sid = newMessageSid('SM');
  const message = {
    sid,
    direction: 'outbound-api',
    from: phone.number,
    to,
    text,
    media: [],
  } as const;
  office.keep(message);
  office.say(sid, to, text);
  const callback = textIn(fields, 'StatusCallback');
  // Twilio answers first and tells of the way of the message later.
  if (callback !== '')
    setImmediate(() => void tellStatus(office, callback, sid, to).catch(world.report));
  return json(201, {
    ...messageResource(account, { ...message, at: world.now() }),
    status: 'queued',
    date_sent: null,
  });
}

function problemWith(
  { phone, optedOut }: Office,
  to: string,
  from: string,
  text: string,
): Answer | null {
  if (to === '') return failure(400, 21604, "A 'To' phone number is required.");
  if (!/^\+?\d{3,15}$/.test(to)) return failure(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  if (from === '') return failure(400, 21603, "A 'From' phone number is required.");
  if (from !== phone.number && !from.startsWith('MG')) {
    return failure(
      400,
      21606,
      `The 'From' phone number provided (${from}) is not a valid message-capable Twilio phone number for this destination.`,
    );
  }
  if (text === '') return failure(400, 21602, 'Message body is required.');
  if (text.length > LONGEST_TEXT) {
    return failure(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
  }
  return optedOut.has(to) ? failure(400, 21610, 'Attempt to send to unsubscribed recipient') : null;
}

async function tellStatus(
  { account, phone, tell, world }: Office,
  callback: string,
  sid: string,
  to: string,
): Promise<void> {
  for (const status of ['sent', 'delivered']) {
    const done =
      status === 'delivered'
        ? { RawDlrDoneDate: new Date(world.now()).toISOString().replace(/\D/g, '').slice(2, 12) }
        : {};
    await tell(callback, {
      AccountSid: account,
      ApiVersion: '2010-04-01',
      From: phone.number,
      MessageSid: sid,
      MessageStatus: status,
      SmsSid: sid,
      SmsStatus: status,
      To: to,
      ...done,
    });
  }
}

function mediaList({ account, messages }: Office, call: Call): Answer {
  const message = messages.get(call.named('sid'));
  if (!message) return notFound(call.path);
  const items = message.media.map(({ id, mediaType }) => ({
    sid: id,
    account_sid: account,
    parent_sid: message.sid,
    content_type: mediaType,
    uri: `${call.path.replace(/\.json$/, '')}/${id}.json`,
  }));
  return json(200, listOf('media_list', items, `/2010-04-01/Accounts/${account}`));
}

function mediaLink({ messages, files, world }: Office, call: Call): Answer {
  const id = call.named('media').replace(/\.json$/, '');
  const isPart = messages.get(call.named('sid'))?.media.some((file) => file.id === id);
  if (!isPart || !files.get(id)) return notFound(call.path);
  const location = `/storage/${id}?Expires=${world.now() + MEDIA_LINK_MS}`;
  return { status: 307, headers: { location }, body: '' };
}

function stored({ files, world }: Office, call: Call): Answer {
  const file = files.get(call.named('media'));
  const isLate = Number(call.query.get('Expires')) < world.now();
  return file && !isLate ? bytes(file) : { status: 403, body: 'AccessDenied' };
}
