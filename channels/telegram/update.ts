import { z } from 'zod';
import { Malformed } from '../../src/errors.ts';

const MOST_ITEMS = 200; // Telegram keeps 100 entities of a message and some five sizes of a photo

// What a report does not need must not stand in its way: a field of an unexpected shape counts as absent.
function lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((items) =>
      items.slice(0, MOST_ITEMS).flatMap((item) => {
        const parsed = schema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      }),
    );
}

const seconds = z.int().min(0).max(253_402_300_799); // to the end of the year 9999

const user = z.object({
  id: z.int(),
  is_bot: lenient(z.boolean()),
  first_name: lenient(z.string()),
  last_name: lenient(z.string()),
});

const file = z.object({
  file_id: z.string().min(1),
  mime_type: lenient(z.string()),
  file_name: lenient(z.string()),
  file_size: lenient(z.int().nonnegative()),
  width: lenient(z.number()),
  height: lenient(z.number()),
});

const point = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
});

const entity = z.object({
  type: z.string(),
  offset: z.int().nonnegative(),
  length: z.int().positive(),
  user: lenient(user),
  url: lenient(z.string().max(2048)),
});

const message = z.object({
  message_id: z.int(),
  date: seconds,
  chat: z.object({ id: z.int(), type: lenient(z.string()) }),
  edit_date: lenient(seconds),
  from: lenient(user),
  sender_chat: lenient(z.object({ id: z.int() })),
  is_automatic_forward: lenient(z.boolean()),
  reply_to_message: lenient(
    z.object({
      message_id: z.int(),
      from: lenient(user),
      text: lenient(z.string()),
      caption: lenient(z.string()),
      forum_topic_created: z.unknown().optional(),
    }),
  ),
  quote: lenient(z.object({ text: z.string() })),
  media_group_id: lenient(z.string().max(200)),
  text: lenient(z.string()),
  entities: listOf(entity),
  caption: lenient(z.string()),
  caption_entities: listOf(entity),
  photo: listOf(file),
  document: lenient(file),
  animation: lenient(file),
  video: lenient(file),
  video_note: lenient(file),
  voice: lenient(file),
  audio: lenient(file),
  location: lenient(point),
  venue: lenient(
    z.object({
      location: lenient(point),
      title: lenient(z.string()),
      address: lenient(z.string()),
    }),
  ),
  checklist: lenient(
    z.object({
      title: z.string(),
      title_entities: listOf(entity),
      tasks: listOf(z.object({ text: z.string() })),
    }),
  ),
  poll: lenient(
    z.object({
      question: z.string(),
      question_entities: listOf(entity),
      options: listOf(z.object({ text: z.string() })),
    }),
  ),
  contact: lenient(
    z.object({
      phone_number: z.string(),
      first_name: lenient(z.string()),
      last_name: lenient(z.string()),
      user_id: lenient(z.int()),
    }),
  ),
});

const raw = z.record(z.string(), z.unknown());

export type Entity = z.output<typeof entity>;
export type File = z.output<typeof file>;
export type Message = z.output<typeof message>;

/** `fields` are the names of everything the message carries, also of what we do not read. */
export type Update = {
  readonly id: number;
  readonly kinds: readonly string[];
  readonly subject: {
    readonly kind: 'message' | 'edited_message';
    readonly message: Message;
    readonly fields: readonly string[];
  } | null;
};

export function updateFromBytes(body: Uint8Array): Update {
  const update = raw.safeParse(jsonFrom(body)).data;
  if (!update) throw new Malformed('the update is not an object');
  const id = z.int().safeParse(update['update_id']).data;
  if (id === undefined) throw new Malformed('update_id is missing or not an integer');
  const kinds = Object.keys(update).filter((name) => name !== 'update_id');
  if ('message' in update) return { id, kinds, subject: subjectFrom('message', update['message']) };
  if ('edited_message' in update) {
    return { id, kinds, subject: subjectFrom('edited_message', update['edited_message']) };
  }
  return { id, kinds, subject: null };
}

function subjectFrom(kind: 'message' | 'edited_message', value: unknown): Update['subject'] {
  const fields = raw.safeParse(value).data;
  if (!fields) throw new Malformed(`${kind} is not an object`);
  const parsed = message.safeParse(value);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => [kind, ...issue.path].join('.'));
    throw new Malformed(`${names.join(', ')}: missing or of the wrong type`);
  }
  return { kind, message: parsed.data, fields: Object.keys(fields) };
}

function jsonFrom(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Malformed('the update is not JSON');
  }
}
