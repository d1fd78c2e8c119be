import type { WebhookRequest } from '../domain/channel.ts';
import { linesOf } from '../fault.ts';
import { type Folded, type Kept, type Name, nameOf, reasonOf, type Whole } from '../quarantine.ts';

const unopened = '(cannot be opened: its key is not in DATA_KEY)';

type Asked = { readonly limit: number; readonly of?: Name };

/** The list, one line for each fold, and how to go on. `asked`: what was asked for. */
export function listing(all: readonly Folded[], { limit, of }: Asked, now: number): string {
  if (all.length === 0) return 'Nothing is held.\n';
  const lines = all.map(({ kept, count, newestAt }) =>
    [
      nameOf(kept).padEnd(8),
      ageOf(kept.receivedAt, now).padStart(4),
      kept.channel.padEnd(9),
      printable(reasonOf(kept)).padEnd(15),
      ...(count > 1 ? [`×${count}, newest ${ageOf(newestAt, now)}`] : []),
      briefOf(kept),
    ]
      .join('  ')
      .trimEnd(),
  );
  const last = all.at(-1);
  const folded = all.find(({ count }) => count > 1);
  const again = of ? `list --of ${nameOf(of)}` : 'list';
  return [
    ...lines,
    ...(folded ? [`Each of such a ×: npm run held -- list --of ${nameOf(folded.kept)}`] : []),
    ...(all.length === limit && last
      ? [`More: npm run held -- ${again} --after ${nameOf(last.kept)}`]
      : []),
    '',
  ].join('\n');
}

function ageOf(at: Date, now: number): string {
  const minutes = Math.max(0, Math.floor((now - at.getTime()) / 60_000));
  if (minutes < 60) return `${minutes}m`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`;
}

function briefOf(kept: Kept): string {
  switch (kept.kind) {
    case 'delivery':
      return '';
    case 'event':
      return `${kept.trackingNumber} ${kept.type.split('.').at(-2) ?? ''}${behindOf(kept.behind)}`;
    case 'message': {
      if (kept.message === null) return unopened;
      const line = printable(kept.message.originalText).replace(/\s+/g, ' ').trim();
      return line.length > 70 ? `${line.slice(0, 69).toWellFormed()}…` : line;
    }
  }
}

const behindOf = (count: number): string => (count === 0 ? '' : `, ${count} waiting behind it`);

type Row = readonly [name: string, value: string];

/** One of them with all there is to know. */
export function whole({ kept, fault, acts }: Whole): string {
  const rows: readonly Row[] = [
    ['id', nameOf(kept)],
    ['received', kept.receivedAt.toISOString()],
    ['channel', kept.channel],
    ...detailsOf(kept),
    ...(fault === null ? [] : [['broke at', linesOf(fault).join('\n')] as const]),
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(10)}${printable(value)}`);
  return `${lines.join('\n')}\n${history(acts)}`;
}

function detailsOf(kept: Kept): readonly Row[] {
  switch (kept.kind) {
    case 'delivery':
      return [
        ['state', kept.state],
        ['reason', kept.reason],
        ...kept.ignored.map((reason) => ['ignored', reason] as const),
        ...requestRows(kept.request),
      ];
    case 'message':
      return [
        [kept.state === 'held' ? 'held as' : 'reason', kept.reason],
        ...(kept.message === null ? [['text', unopened] as const] : messageRows(kept.message)),
      ];
    case 'event':
      return [
        ['complaint', `${kept.trackingNumber}, ${kept.complaintId}`],
        ['type', kept.type],
        ['state', `${reasonOf(kept)}, after ${kept.tries} tries${behindOf(kept.behind)}`],
        ['answer', kept.answer?.detail ?? 'none'],
      ];
  }
}

type Message = NonNullable<Extract<Kept, { kind: 'message' }>['message']>;

const messageRows = (message: Message): readonly Row[] => [
  ['sent', message.sentAt ?? 'not said by the provider'],
  ['from', message.sender.name ?? message.sender.contact?.value ?? 'unknown'],
  ['files', String(message.attachments.length)],
  ['text', message.originalText],
];

function requestRows(request: WebhookRequest | null): readonly Row[] {
  if (request === null) return [['request', '(deleted, or its key is not in DATA_KEY)']];
  const { method, url, headers, body } = request;
  return [
    ['request', `${method} ${url}`],
    ...Object.entries(headers).map(([name, value]) => ['header', `${name}: ${value}`] as const),
    ['body', `${body.length} bytes\n${Buffer.from(body).toString()}`],
  ];
}

/** What was done with it: who, when and why. */
export function history(acts: Whole['acts']): string {
  return acts
    .map(({ at, who, act, why }) =>
      printable(`${at}  ${act} by ${who}${why ? `: ${why}` : ''}`).concat('\n'),
    )
    .join('');
}

/**
 * What strangers wrote must not steer the terminal of who reads it, nor pass for a line of ours: controls
 * and invisible signs go, further lines stand below the first.
 */
export function printable(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{C}\n]/gu, ' ')
    .replaceAll('\n', `\n${' '.repeat(10)}`);
}
