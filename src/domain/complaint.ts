import { z } from 'zod';
import { attachmentKind, contactSchema, locationSchema, reportClass } from './message.ts';

const instant = z.iso.datetime({ precision: 3 });

export const attachmentSchema = z.object({
  id: z.uuid(),
  kind: attachmentKind,
  mediaType: z.string().nullable(),
  bytes: z.number().int().nonnegative().nullable(),
  sha256: z.string().nullable(),
  state: z.enum(['pending', 'stored', 'rejected', 'gone']),
  url: z.string().nullable(),
});

const agencySchema = z.object({ keyword: z.string().nullable(), name: z.string().nullable() });

/** The complaint as every receiver sees it (contract section 5). Times are RFC 3339, UTC, milliseconds. */
export const complaintSchema = z.object({
  id: z.uuid(),
  trackingNumber: z.string().regex(/^\d{10}$/),
  class: reportClass.nullable(),
  channel: z.string(),
  channelAccount: z.string(),
  messageIds: z.array(z.string()),
  permalink: z.string().nullable(),
  reporter: z.object({
    ref: z.string().regex(/^r_/),
    name: z.string().nullable(),
    contact: contactSchema.nullable(),
  }),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  title: z.string().nullable(),
  text: z.string(),
  originalText: z.string(),
  occurredAt: z.string().nullable(),
  sentAt: instant.nullable(),
  receivedAt: instant,
  location: locationSchema.nullable(),
  agency: agencySchema.nullable(),
  category: z.string().nullable(),
  attachments: z.array(attachmentSchema),
  duplicate: z.object({
    verdict: z.enum(['none', 'same_report', 'possible']),
    of: z.uuid().nullable(),
    score: z.number().min(0).max(1).nullable(),
    reasons: z.array(z.string()),
  }),
  flags: z.array(z.string()),
});

/** What a change says of the complaint itself, where it changed that: the whole new value. */
const changes = {
  confidential: z.boolean().optional(),
  flags: z.array(z.string()).optional(),
};

/** What came to an existing complaint: only what is new, never a snapshot (contract section 6). */
export const additionSchema = z.object({
  complaintId: z.uuid(),
  trackingNumber: z.string(),
  change: z.enum(['followup', 'repeat', 'edited', 'attachments']),
  text: z.string(),
  originalText: z.string(),
  messageIds: z.array(z.string()),
  sentAt: instant.nullable(),
  receivedAt: instant,
  location: locationSchema.nullable(),
  agency: agencySchema.nullable(),
  attachments: z.array(attachmentSchema),
  ...changes,
});

/** That a complaint was taken back by who made it (contract section 6, change `withdrawn`). */
export const withdrawalSchema = z.object({
  complaintId: z.uuid(),
  trackingNumber: z.string(),
  change: z.literal('withdrawn'),
  sentAt: instant.nullable(),
  receivedAt: instant,
});

/** That a link between complaints was made or undone (contract section 6, change `duplicate`). */
export const linkChangeSchema = z.object({
  complaintId: z.uuid(),
  trackingNumber: z.string(),
  change: z.literal('duplicate'),
  duplicate: complaintSchema.shape.duplicate,
});

export type Agency = z.infer<typeof agencySchema>;
export type Attachment = z.infer<typeof attachmentSchema>;
export type Complaint = z.infer<typeof complaintSchema>;
export type Addition = z.infer<typeof additionSchema>;
export type Withdrawal = z.infer<typeof withdrawalSchema>;
export type Duplicate = Complaint['duplicate'];
export type LinkChange = z.infer<typeof linkChangeSchema>;

/** The states the routing core reports back, in the words of SP4N-LAPOR! (contract section 6). */
export const complaintStatus = z.enum([
  'terverifikasi',
  'terdisposisi',
  'diproses',
  'ditanggapi',
  'selesai',
  'ditunda',
  'diarsipkan',
]);

/**
 * JSON Schema (draft 2020-12) of the complaint, as served under /schemas/complaint/v1.json.
 * In: the address it is served at. Out: a JSON-ready object; it lets fields be
 * added later (`io: 'input'`), because v1 may grow. Throws nothing.
 */
export function complaintJsonSchema(address: string): Record<string, unknown> {
  return {
    ...z.toJSONSchema(complaintSchema, { io: 'input' }),
    $id: address,
    title: 'Complaint (v1)',
  };
}
