import { segmentsOf } from '../providers/segments.ts';
import type { Call } from './server.ts';
import type { Office, TwilioMessage } from './twilio-office.ts';

const USUAL_PAGE = 50;
const LARGEST_PAGE = 1000;

export function messageResource(account: string, message: TwilioMessage): object {
  const { sid, direction, from, to, text, media, at } = message;
  const uri = `/2010-04-01/Accounts/${account}/Messages/${sid}`;
  const date = new Date(at).toUTCString().replace('GMT', '+0000');
  return {
    sid,
    account_sid: account,
    api_version: '2010-04-01',
    messaging_service_sid: null,
    direction,
    from,
    to,
    body: text,
    status: direction === 'inbound' ? 'received' : 'delivered',
    num_media: String(media.length),
    num_segments: String(media.length > 0 ? 1 : segmentsOf(text)),
    date_created: date,
    date_sent: date,
    date_updated: date,
    error_code: null,
    error_message: null,
    price: null,
    price_unit: 'USD',
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}

/** Newest first, as asked for: by number, by day or time, page by page. */
export function messageList({ account, messages }: Office, { query, path }: Call): object {
  const size = Math.min(Number(query.get('PageSize') ?? USUAL_PAGE), LARGEST_PAGE);
  const page = Number(query.get('Page') ?? 0);
  const meant = messages.all().filter((message) => isMeant(message, query));
  const shown = meant.slice(page * size, (page + 1) * size);
  const uriOf = (number: number): string => {
    const asked = new URLSearchParams(query);
    asked.set('PageSize', String(size));
    asked.set('Page', String(number));
    return `${path}?${asked.toString()}`;
  };
  return {
    messages: shown.map((message) => messageResource(account, message)),
    page,
    page_size: size,
    start: page * size,
    end: page * size + Math.max(0, shown.length - 1),
    uri: uriOf(page),
    first_page_uri: uriOf(0),
    next_page_uri: meant.length > (page + 1) * size ? uriOf(page + 1) : null,
    previous_page_uri: page > 0 ? uriOf(page - 1) : null,
  };
}

function isMeant({ from, to, at }: TwilioMessage, query: URLSearchParams): boolean {
  const timeOf = (name: string): number => Date.parse(query.get(name) ?? '');
  const [since, until, day] = [timeOf('DateSent>'), timeOf('DateSent<'), query.get('DateSent')];
  return (
    (query.get('To') ?? to) === to &&
    (query.get('From') ?? from) === from &&
    !(at < since) &&
    !(at > until) &&
    (day === null || new Date(at).toISOString().startsWith(day.slice(0, 10)))
  );
}
