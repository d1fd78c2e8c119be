import { kindOf } from '../providers/simulator.ts';
import type { Item, Office } from './graph-state.ts';
import type { Call } from './server.ts';

const USUAL_PAGE = 25;
const LARGEST_PAGE = 100;

/** Part of a list, and how to ask for what is behind it. The cursor is there at the end as well. */
function paged(
  call: Call,
  all: readonly { readonly id: string }[],
  { size, after }: { readonly size: number; readonly after: string },
): object {
  const start = after === '' ? 0 : all.findIndex(({ id }) => cursorOf(id) === after) + 1;
  const data = all.slice(start, start + Math.min(size, LARGEST_PAGE));
  const [first] = data;
  const last = data.at(-1);
  if (!first || !last) return { data };
  const cursors = { before: cursorOf(first.id), after: cursorOf(last.id) };
  const query = new URLSearchParams(call.query);
  query.set('after', cursors.after);
  const next = `https://graph.facebook.com${call.path}?${query.toString()}`;
  const isMore = start + data.length < all.length;
  return { data, paging: { cursors, ...(isMore ? { next } : {}) } };
}

const cursorOf = (id: string): string => Buffer.from(id).toString('base64url');

const asked = ({ query }: Call) => ({
  size: Number(query.get('limit') ?? USUAL_PAGE),
  after: query.get('after') ?? '',
});

/** Those spoken in last come first, each with the newest of its messages. */
export function conversations({ items, page }: Office, call: Call): object {
  const mine = items.all().filter(({ list }) => list === 'messaging');
  const people = Map.groupBy(mine, ({ citizen }) => citizen);
  const size = Number(/messages\.limit\((\d+)\)/.exec(call.query.get('fields') ?? '')?.[1] ?? 25);
  const all = [...people].map(([citizen, said]) => ({
    id: `t_${citizen}`,
    updated_time: timeOf(said[0]),
    messages: paged(
      call,
      said.map((item) => conversationMessage(item, page)),
      { size, after: '' },
    ),
  }));
  return paged(call, all, asked(call));
}

/** The messages of one conversation, newest first. */
export function thread({ items, page }: Office, call: Call): object {
  const said = items
    .all()
    .filter(({ list, citizen }) => list === 'messaging' && citizen === call.named('citizen'));
  return paged(
    call,
    said.map((item) => conversationMessage(item, page)),
    asked(call),
  );
}

function conversationMessage(item: Item, page: string) {
  const us = { name: 'LAPOR!', id: page };
  const them = { name: item.name, id: item.citizen };
  const [from, to] = item.isOurs ? [us, them] : [them, us];
  return {
    id: item.id,
    message: item.text,
    from,
    to: { data: [to] },
    created_time: timeOf(item),
    ...(item.files.length > 0 ? { attachments: { data: item.files.map(attachmentOf) } } : {}),
  };
}

function attachmentOf({ id, url, mediaType, bytes, name }: Item['files'][number]): object {
  const kind = kindOf(mediaType);
  return {
    ...{ id, mime_type: mediaType, name: name ?? id, size: bytes },
    ...(kind === 'image' ? { image_data: { url, preview_url: url } } : {}),
    ...(kind === 'video' ? { video_data: { url } } : {}),
    ...(kind === 'image' || kind === 'video' ? {} : { file_url: url }),
  };
}

/** What visitors wrote on the page, newest first. */
export function posts({ items, page }: Office, call: Call): object {
  const all = items
    .all()
    .filter(({ list, isOurs }) => list === 'changes' && !isOurs)
    .map((item) => ({
      id: item.id,
      from: { id: item.citizen, name: item.name },
      message: item.text,
      created_time: timeOf(item),
      permalink_url: `https://www.facebook.com/${page}/posts/${item.id.split('_').at(-1) ?? ''}`,
      ...(item.files.length > 0 ? { attachments: { data: [picturesOf(item)] } } : {}),
    }));
  return paged(call, all, asked(call));
}

function picturesOf({ files }: Item): object {
  const each = files.map(({ url }) => ({
    media_type: 'photo',
    type: 'photo',
    url,
    media: { image: { src: url } },
  }));
  return each.length > 1
    ? { media_type: 'album', type: 'album', subattachments: { data: each } }
    : (each[0] ?? {});
}

/** As the Graph API writes times. */
function timeOf(item: Item | undefined): string {
  return new Date(item?.at ?? 0).toISOString().replace(/\.\d+Z$/, '+0000');
}
