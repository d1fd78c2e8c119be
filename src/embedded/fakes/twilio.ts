import { createHash } from 'node:crypto';
import type { Hosted, PhoneFile, Sending } from '../providers/simulator.ts';
import { newMessageSid, signedForm, smsParameters, smsText, someNumber } from '../providers/sms.ts';
import { type Courier, createCourier, isTaken, type Reply, sentOf, unsent } from './courier.ts';
import type { Fake, Sent, World } from './fake.ts';
import { type Conversations, createConversations, createFiles, createRecent } from './memory.ts';
import { startServer } from './server.ts';
import { twilioErrors, twilioRoutes } from './twilio-api.ts';
import type { Office, Phone, TwilioMessage } from './twilio-office.ts';

const ANSWER_WITHIN_MS = 15_000;
const PAUSES_MS = [250, 1000, 4000];
const MOST_MESSAGES = 1000;
const MOST_ALERTS = 100;
const MOST_MEDIA = 10;
const STOP = /^(stop|unsubscribe|end|quit|stopall|revoke|optout|cancel)$/i;
const START = /^(start|yes|unstop)$/i;

/** Twilio with one account and one number. */
export async function startTwilio(world: World): Promise<Fake> {
  const courier = createCourier(world, ANSWER_WITHIN_MS);
  const conversations = createConversations();
  const optedOut = new Set<string>();
  const office = createOffice(world, courier, conversations, optedOut);
  const { phone } = office;
  const server = await startServer({ ...twilioErrors(world), routes: twilioRoutes(office) });

  return {
    url: server.url,
    variables: { TWILIO_API_URL: server.url },
    connect: (gatewayUrl) => {
      courier.reachAt(gatewayUrl);
      phone.url = `${world.publicUrl}/webhooks/sms#rc=3&rp=all`;
      phone.method = 'POST';
      return Promise.resolve();
    },
    send: async (sending) => {
      const from = sending.from ?? someNumber;
      if (START.test(sending.text.trim())) optedOut.delete(from);
      const sent = await deliver(office, courier, server.url, { ...sending, from });
      if (STOP.test(sending.text.trim()) && !optedOut.has(from)) {
        optedOut.add(from);
        answer(
          office,
          from,
          'You have successfully been unsubscribed. Reply START to resubscribe.',
        );
      }
      return sent;
    },
    conversation: conversations.of,
    close: async () => {
      courier.close();
      await server.close();
    },
  };
}

function createOffice(
  world: World,
  courier: Courier,
  conversations: Conversations,
  optedOut: ReadonlySet<string>,
): Office {
  const { settings, now } = world;
  const messages = createRecent<TwilioMessage>(MOST_MESSAGES);
  return {
    world,
    account: settings['TWILIO_ACCOUNT_SID'] ?? '',
    phone: phoneOf(world),
    messages,
    files: createFiles(),
    optedOut,
    alerts: createRecent(MOST_ALERTS),
    keep: (message) => {
      messages.put(message.sid, { ...message, at: now() });
    },
    say: (sid, to, text) => {
      conversations.add(to, { id: sid, at: now(), text, where: 'private' });
    },
    tell: (address, parameters) =>
      courier.deliver(signedForm(settings, 'POST', address, parameters), { pausesMs: [] }),
  };
}

type Written = Sending & { readonly from: string };

async function deliver(
  office: Office,
  courier: Courier,
  apiUrl: string,
  sending: Written,
): Promise<Sent> {
  const { phone, world, alerts } = office;
  const { settings, now } = world;
  const { from, files = [] } = sending;
  const sid = newMessageSid(files.length > 0 ? 'MM' : 'SM');
  const media = files.slice(0, MOST_MEDIA).map((file) => hosted(office, apiUrl, sid, file));
  const text = smsText(sending);
  office.keep({ sid, direction: 'inbound', from, to: phone.number, text, media });
  if (phone.url === '') return unsent([sid], `no SmsUrl is set for ${phone.number}`);
  const parameters = smsParameters(settings, sending, sid, media);
  const signed = signedForm(settings, phone.method, phone.url, parameters);
  const delivered = await courier.deliver(signed, patienceOf(phone.url));
  if (!isTaken(delivered.reply)) alerts.put(sid, alertOf(sid, signed.url, now()));
  else for (const said of spokenIn(delivered.reply)) answer(office, from, said);
  return sentOf([sid], [delivered]);
}

function answer({ phone, keep, say }: Office, to: string, text: string): void {
  const sid = newMessageSid('SM');
  keep({ sid, direction: 'outbound-reply', from: phone.number, to, text, media: [] });
  say(sid, to, text);
}

function hosted({ account, files }: Office, apiUrl: string, sid: string, file: PhoneFile): Hosted {
  const id = newMessageSid('ME');
  files.put(id, file);
  const url = `${apiUrl}/2010-04-01/Accounts/${account}/Messages/${sid}/Media/${id}`;
  return { id, url, mediaType: file.mediaType, bytes: file.bytes.length, name: null };
}

function phoneOf({ settings }: World): Phone {
  const number = settings['TWILIO_NUMBER'] ?? '1708';
  const hex = createHash('sha256').update(number).digest('hex').slice(0, 32);
  return {
    sid: `${number.startsWith('+') ? 'PN' : 'SC'}${hex}`,
    number,
    url: '',
    method: 'POST',
    fallbackUrl: '',
  };
}

/** Twilio comes again only when the URL's fragment asks for it; by itself, when it could not connect. */
function patienceOf(url: string) {
  const wishes = new URLSearchParams(/#(.*)$/s.exec(url)?.[1]);
  const again = (wishes.get('rp') ?? 'ct').split(',');
  const kinds = (status: number | null) =>
    status === null ? ['ct', 'rt'] : [status >= 500 ? '5xx' : '4xx'];
  return {
    pausesMs: PAUSES_MS.slice(0, Number(wishes.get('rc') ?? 1)),
    isWorthAgain: ({ status }: Reply) =>
      ['all', ...kinds(status)].some((kind) => again.includes(kind)),
  };
}

/** Plain text goes to the citizen as it is, and so does what TwiML tells to say. */
function spokenIn({ type, body }: Reply): readonly string[] {
  if (type.startsWith('text/plain')) return body === '' ? [] : [body];
  return [...body.matchAll(/<Message\b[^>]*>(?:\s*<Body>)?([^<]+)/g)].flatMap(
    ([, said]) => said ?? [],
  );
}

function alertOf(sid: string, url: string, now: number): object {
  return {
    sid: `NO${sid.slice(2)}`,
    error_code: '11200',
    log_level: 'error',
    alert_text: 'HTTP retrieval failure',
    request_url: url,
    resource_sid: sid,
    date_created: new Date(now).toISOString(),
  };
}
