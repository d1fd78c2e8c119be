import { z } from 'zod';

/** What one thread sends, and at what times (null: as soon as an answer is there). Times: epoch milliseconds. */
export const shareSchema = z.object({
  port: z.number(),
  width: z.number(),
  requests: z.array(z.instanceof(Uint8Array)),
  schedule: z
    .object({
      beginAt: z.number(),
      first: z.number(),
      stride: z.number(),
      perSecond: z.number(),
    })
    .nullable(),
});

export type Share = Omit<z.infer<typeof shareSchema>, 'requests'> & {
  readonly requests: readonly Uint8Array[];
};

/** What became of it, request by request. */
export const sentSchema = z.object({
  statuses: z.instanceof(Uint16Array),
  latencies: z.instanceof(Float64Array),
  startedAt: z.number(),
  endedAt: z.number(),
});
