import { createHash } from 'node:crypto';
import type { Channel, ChannelModule, Receipt, WebhookRequest } from '../src/domain/channel.ts';
import {
  attachmentKindFromMediaType,
  type AttachmentRef,
  inboundMessage,
  type Sender,
} from '../src/domain/message.ts';
import { type Submission, submissionSchema } from '../src/domain/submission.ts';
import { Malformed } from '../src/errors.ts';

/**
 * The web form. What it takes in is checked and stored by the form's own route; this reads it back, as
 * every channel does. It has no variables and is always open.
 */
export const web: ChannelModule = {
  name: 'web',
  variables: [],
  demo: () => ({}),
  open: () => Promise.resolve(channel),
};

const channel: Channel = { name: 'web', secrets: [], read };

function read({ body }: WebhookRequest): Receipt {
  const submission = submissionFrom(body);
  const { key, text, location } = submission;
  const message = inboundMessage({
    eventId: key,
    messageId: key,
    account: 'web',
    sender: senderOf(submission),
    text,
    location,
    attachments: submission.attachments.map(fileFrom),
    // Each form is a report of its own: nothing in it says that it goes on about another.
    setting: 'public',
    form: {
      trackingNumber: submission.trackingNumber,
      class: submission.class,
      title: submission.title,
      occurredOn: submission.occurredOn,
      agency: submission.agency,
      anonymous: submission.anonymous,
      confidential: submission.confidential,
      suspicious: submission.suspicious,
      traces: submission.traces,
    },
  });
  return { messages: [message], ignored: [] };
}

function submissionFrom(body: Uint8Array): Submission {
  try {
    return submissionSchema.parse(JSON.parse(Buffer.from(body).toString()));
  } catch (cause) {
    throw new Malformed('not a submission of the form', { cause });
  }
}

/**
 * Who stays unknown is somebody else each time. Everybody else is who can be reached there by this name:
 * a telephone may be a family's, and nobody's report is to carry the name of another.
 */
function senderOf({ key, name, contact }: Submission): Sender {
  if (contact === null) return { identity: `anonymous:${key}`, name, contact };
  const person = JSON.stringify(
    [contact.kind, contact.value, name].map((one) => one?.toLowerCase()),
  );
  const identity = `person:${createHash('sha256').update(person).digest('hex')}`;
  return { identity, name, contact };
}

function fileFrom(file: Submission['attachments'][number]): AttachmentRef {
  const { id, key, name, mediaType, bytes, sha256 } = file;
  const kind = attachmentKindFromMediaType(mediaType);
  return { kind, mediaType, bytes, ref: `media:${id}`, name, stored: { id, key, sha256 } };
}
