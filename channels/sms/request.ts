import { z } from 'zod';
import type { WebhookRequest } from '../../src/domain/channel.ts';
import { Malformed } from '../../src/errors.ts';

export type Fields = Readonly<Record<string, readonly string[]>>;

/** What a delivery says, by parameter. Throws Malformed. */
export function fieldsOf(request: WebhookRequest): Fields {
  const { query } = partsOf(request.url);
  if (request.method === 'GET') return grouped(query);
  const text = textOf(request.body);
  return isJson(request, query) ? jsonFields(text) : grouped(new URLSearchParams(text));
}

// The signed URL has no fragment: Twilio keeps connection settings such as #rc=3 for itself.
export function partsOf(address: string): { url: string; path: string; query: URLSearchParams } {
  const url = address.replace(/#.*$/s, '');
  const [path = '', ...query] = url.split('?');
  return { url, path, query: new URLSearchParams(query.join('?')) };
}

export function textOf(body: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}

export function grouped(params: URLSearchParams): Fields {
  const names = new Map<string, string[]>();
  for (const [name, value] of params) {
    const values = names.get(name);
    if (values) values.push(value);
    else names.set(name, [value]);
  }
  return Object.fromEntries(names);
}

function jsonFields(text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Malformed('the body is not JSON');
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(parsed);
  if (!fields.success) throw new Malformed('the body is not a JSON object');
  const scalars = Object.entries(fields.data).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  return Object.fromEntries(scalars.map(([name, value]) => [name, [String(value)]]));
}

export function isJson(request: WebhookRequest, query: URLSearchParams): boolean {
  return request.method !== 'GET' && query.has('bodySHA256');
}
