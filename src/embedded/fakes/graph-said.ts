import { z } from 'zod';
import type { Office } from './graph-state.ts';
import { type Answer, type Call, type Fields, json, textIn } from './server.ts';

const LONGEST_TEXT = 2000;
const WINDOW_MS = 24 * 3_600_000;

export function failure(status: number, code: number, message: string, subcode?: number): Answer {
  const error = {
    message,
    type: 'OAuthException',
    code,
    ...(subcode === undefined ? {} : { error_subcode: subcode }),
    fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUv',
  };
  return json(status, { error });
}

const recipient = z.union([z.object({ id: z.string() }), z.object({ comment_id: z.string() })]);
const message = z.object({ text: z.string().min(1) });

export function sendMessage(office: Office, fields: Fields): Answer {
  const to = recipient.safeParse(partOf(fields, 'recipient')).data;
  const said = message.safeParse(partOf(fields, 'message')).data;
  if (!to) return failure(400, 100, '(#100) The parameter recipient is required');
  if (!said) return failure(400, 100, '(#100) The parameter message is required');
  const citizen = 'id' in to ? to.id : (office.items.get(to.comment_id)?.citizen ?? '');
  const problem =
    problemWithText(said.text, textIn(fields, 'tag')) ??
    problemWithCitizen(office, citizen, 'id' in to && textIn(fields, 'tag') === '');
  if (problem) return problem;
  const id = office.say(citizen, said.text, 'private');
  return json(200, { recipient_id: citizen, message_id: id });
}

function problemWithText(text: string, tag: string): Answer | null {
  if (text.length > LONGEST_TEXT) {
    return failure(
      400,
      100,
      '(#100) Length of param message[text] must be less than or equal to 2000',
    );
  }
  return tag === '' || tag === 'HUMAN_AGENT' ? null : failure(400, 100, '(#100) Invalid parameter');
}

function problemWithCitizen({ items, world }: Office, citizen: string, isBound: boolean) {
  if (!/^\d{5,}$/.test(citizen)) return failure(400, 100, '(#100) No matching user found', 2018001);
  // Whom it does not know after a start may have written before it.
  const last = items.all().find((item) => item.citizen === citizen && !item.isOurs);
  return isBound && last && world.now() - last.at > WINDOW_MS
    ? failure(400, 10, '(#10) This message is sent outside of allowed window.', 2018278)
    : null;
}

/** A part of a call: an object, or as forms carry it, its JSON. */
function partOf(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export function comment(office: Office, call: Call, fields: Fields): Answer {
  const object = call.named('object');
  const answered = office.items.get(object);
  const text = textIn(fields, 'message');
  if (!answered)
    return failure(
      400,
      100,
      `Unsupported post request. Object with ID '${object}' does not exist`,
      33,
    );
  if (text === '') return failure(400, 100, '(#100) The parameter message is required');
  return json(200, { id: office.say(answered.citizen, text, 'public') });
}
