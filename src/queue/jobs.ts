import { z } from 'zod';
import { laneCount } from '../domain/event.ts';
import type { Stage } from '../store/lanes.ts';

/** One queue per stage, so that slow forwarding never starves reading. */
export const queueNames: Readonly<Record<Stage, string>> = {
  read: 'satu-pintu-read',
  judge: 'satu-pintu-judge',
  forward: 'satu-pintu-forward',
};

/** A job says no more than: this lane has work. The rows say which. */
export const jobSchema = z.object({
  lane: z
    .number()
    .int()
    .min(0)
    .max(laneCount - 1),
});
