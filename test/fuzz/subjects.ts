import { readdirSync } from 'node:fs';
import type fc from 'fast-check';
import { channels } from '../../channels/index.ts';
import { providers, type Way } from '../conformance/providers.ts';
import { fixture, opened } from '../support/channel-cases.ts';
import type { Sent } from '../support/http.ts';
import { facebookDelivery } from './arbitraries/facebook.ts';
import { smsForm, smsJson } from './arbitraries/sms.ts';
import { telegramUpdate } from './arbitraries/telegram.ts';
import { webSubmission } from './arbitraries/web.ts';
import { xEvent } from './arbitraries/x.ts';
import type { FuzzWay, Proof, Subject, Subjects, Valid } from './subject.ts';

function openerOf(name: string): Subject['open'] {
  return async () => {
    const module = channels.find((each) => each.name === name);
    if (!module) throw new Error(`there is no channel ${name}`);
    return opened(module, providers[name]?.settings ?? {});
  };
}

function fixturesOf(name: string): readonly Buffer[] {
  const folder = new URL(`../fixtures/${name}/`, import.meta.url);
  const adopted = providers[name]?.adopted ?? ((bytes: Buffer) => bytes);
  return readdirSync(folder).map((file) => adopted(fixture(name, file)));
}

function wayOf(name: string, label: string): Way {
  const way = providers[name]?.ways.find((each) => each.label === label);
  if (!way) throw new Error(`${name} has no way ${label}`);
  return way;
}

const secretOf = (name: string): string => providers[name]?.secret ?? '';

/** A channel whose deliveries are JSON in a POST, proved by one header. */
function postedJson(
  name: string,
  label: string,
  header: string,
  valid: fc.Arbitrary<Valid>,
): Subject {
  const { request, proof: covers } = wayOf(name, label);
  const says = ({ body }: Sent) => Buffer.from(body ?? []).toString('latin1');
  const proof = { header, covers, secret: secretOf(name), says };
  const fixtures = fixturesOf(name);
  return {
    name,
    open: openerOf(name),
    ways: [{ label, shape: 'json', request, valid, fixtures, proof }],
  };
}

const isJson = (content: Buffer): boolean => content.toString().startsWith('{');

const parametersOf = (form: Buffer | string): string =>
  JSON.stringify([...new URLSearchParams(form.toString())].sort());

/**
 * Twilio signs parameters, however they are escaped, and its SDK takes a URL for the same that has the same
 * parameters spelled otherwise (`?a=1&` for `?a=1`): who repeats a request so repeats its MessageSid.
 */
function saidToTwilio({ path, headers, body }: Sent): string {
  const [place = '', query = ''] = path.split('?', 2);
  const isForm = headers['content-type']?.includes('form') ?? false;
  const bytes = Buffer.from(body ?? []);
  const content = isForm ? parametersOf(bytes) : bytes.toString('latin1');
  return [place, parametersOf(query), content].join(' ');
}

// What cannot stand in a request line is escaped, as every HTTP client does.
const escapedForUrl = (content: Buffer): Buffer =>
  Buffer.from(
    content.toString('latin1').replace(/[^\x21\x24-\x7e]/g, (character) => {
      return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    }),
  );

const asJson = (form: Buffer): Buffer =>
  Buffer.from(JSON.stringify(Object.fromEntries(new URLSearchParams(form.toString()))));

function smsSubject(): Subject {
  const all = fixturesOf('sms');
  const forms = all.filter((content) => !isJson(content));
  const objects = forms.map(asJson);
  const proof: Proof = {
    header: 'x-twilio-signature',
    covers: 'content',
    secret: secretOf('sms'),
    says: saidToTwilio,
  };
  const form = wayOf('sms', 'form');
  const query = wayOf('sms', 'GET');
  const ways: FuzzWay[] = [
    {
      ...{
        label: form.label,
        shape: 'form',
        request: form.request,
        valid: smsForm,
        fixtures: forms,
      },
      proof,
    },
    {
      ...{
        label: 'JSON',
        shape: 'json',
        request: wayOf('sms', 'JSON').request,
        valid: smsJson,
        proof,
      },
      fixtures: [...objects, ...all.filter(isJson)],
    },
    {
      ...{ label: query.label, shape: 'form', valid: smsForm, fixtures: forms, proof },
      request: (content, secret) => query.request(escapedForUrl(content), secret),
    },
  ];
  return { name: 'sms', open: openerOf('sms'), ways };
}

/** What the form's own route stored, read back by the worker; nobody else can bring it in. */
function webSubject(): Subject {
  const way: FuzzWay = {
    ...{ label: 'submission', shape: 'json', valid: webSubmission, proof: null },
    fixtures: fixturesOf('web'),
    request: (content) => ({ method: 'POST', path: '/', headers: {}, body: content }),
  };
  return { name: 'web', open: openerOf('web'), ways: [way] };
}

export const subjects: Subjects = {
  sms: smsSubject(),
  x: postedJson('x', 'event', 'x-twitter-webhooks-signature', xEvent),
  facebook: postedJson('facebook', 'delivery', 'x-hub-signature-256', facebookDelivery),
  telegram: postedJson('telegram', 'update', 'x-telegram-bot-api-secret-token', telegramUpdate),
  web: webSubject(),
};
