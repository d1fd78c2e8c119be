import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { channels } from '../../channels/index.ts';
import { doctor } from '../../src/doctor.ts';
import type { ChannelModule, Environment } from '../../src/domain/channel.ts';

const checkSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed']),
  says: z.string(),
  remedy: z.string().nullable(),
  fixable: z.boolean(),
});

const reportSchema = z.object({
  mode: z.enum(['demo', 'real']).nullable(),
  publicUrl: z.string().nullable(),
  repairs: z.array(z.object({ name: z.string(), isDone: z.boolean(), says: z.string() })),
  checks: z.array(checkSchema),
  summary: z.object({ ok: z.int(), warnings: z.int(), failures: z.int() }),
});

type Given = {
  readonly args?: readonly string[];
  readonly modules?: readonly ChannelModule[];
  /** Where PUBLIC_URL really is. */
  readonly gatewayUrl?: string;
  readonly now?: () => number;
};

/** Runs `npm run doctor` in this process. */
export async function runDoctor(environment: Environment, given: Given = {}) {
  let text = '';
  const publicUrl = environment['PUBLIC_URL'] ?? '';
  const code = await doctor(
    given.args ?? [],
    {
      environment,
      modules: given.modules ?? channels,
      out: { write: (words) => (text += words) },
      stop: new AbortController().signal,
    },
    {
      // The name of the public address means nothing here.
      fetch: (asked, options) =>
        fetch(
          publicUrl !== '' && typeof asked === 'string' && asked.startsWith(publicUrl)
            ? (given.gatewayUrl ?? 'http://127.0.0.1:1') + asked.slice(publicUrl.length)
            : asked,
          options,
        ),
      now: given.now ?? Date.now,
      newId,
    },
  );
  return { code, text };
}

export async function examine(environment: Environment, given: Given = {}) {
  const args = [...(given.args ?? []), '--json'];
  const { code, text } = await runDoctor(environment, { ...given, args });
  const report = reportSchema.parse(JSON.parse(text));
  return {
    code,
    report,
    /** Of the first check of this name. */
    check: (name: string) => {
      const found = report.checks.find((each) => each.name === name);
      if (!found) throw new Error(`no check ${name} among ${JSON.stringify(report.checks)}`);
      return found;
    },
  };
}
