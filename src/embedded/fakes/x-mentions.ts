import type { Posted } from '../providers/x.ts';
import { type Answer, type Call, json } from './server.ts';
import { invalid, notFound } from './x-answers.ts';
import type { Office } from './x-office.ts';

const USUAL_PAGE = 10;

/** Newest first, between two ids or times; `data` is absent when there is nothing. */
export function mentions({ us, posts }: Office, call: Call): Answer {
  const { query } = call;
  if (call.named('id') !== us.id) return notFound(call.named('id'), 'id');
  const size = Number(query.get('max_results') ?? USUAL_PAGE);
  if (!(size >= 5 && size <= 100)) {
    const given = String(query.get('max_results'));
    return invalid(
      `The \`max_results\` query parameter value [${given}] is not between 5 and 100`,
      {
        max_results: [given],
      },
    );
  }
  const meant = posts.all().filter((each) => isMeant(each, query));
  const page = meant.slice(0, size);
  const [newest] = page;
  const oldest = page.at(-1);
  if (!newest || !oldest) return json(200, { meta: { result_count: 0 } });
  const next = meant.length > page.length ? { next_token: oldest.post.id } : {};
  return json(200, {
    data: page.map(({ post }) => post),
    ...includesOf(page, query.get('expansions') ?? ''),
    meta: {
      newest_id: newest.post.id,
      oldest_id: oldest.post.id,
      result_count: page.length,
      ...next,
    },
  });
}

function isMeant({ post }: Posted, query: URLSearchParams): boolean {
  const id = BigInt(post.id);
  const at = Date.parse(String(post['created_at']));
  const idOf = (name: string): bigint | null => {
    const given = query.get(name) ?? '';
    return /^\d+$/.test(given) ? BigInt(given) : null;
  };
  const [since, until, page] = [idOf('since_id'), idOf('until_id'), idOf('pagination_token')];
  const isAfter = since === null || id > since;
  const isBefore = [until, page].every((end) => end === null || id < end);
  const from = Date.parse(query.get('start_time') ?? '');
  const to = Date.parse(query.get('end_time') ?? '');
  return isAfter && isBefore && !(at < from) && !(at >= to);
}

function includesOf(page: readonly Posted[], expansions: string): object {
  const wanted = [
    ...(expansions.includes('author_id') ? (['users'] as const) : []),
    ...(expansions.includes('attachments.media_keys') ? (['media'] as const) : []),
  ];
  const lists = wanted.map((name) => {
    const items = page.flatMap(({ includes }) => includes[name]);
    return [name, items] as const;
  });
  const filled = lists.filter(([, items]) => items.length > 0);
  return filled.length > 0 ? { includes: Object.fromEntries(filled) } : {};
}
