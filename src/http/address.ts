import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** IPv6 addresses that only carry an IPv4 address: mapped, and those of translators (RFC 6052, 6145). */
const carriesIPv4 = new Set(['ipv4Mapped', 'rfc6052', 'rfc6145']);

/**
 * The one reader of addresses. In: an address as a socket or a proxy writes it, also with a port, in
 * brackets, with a zone. Out: the network that counts as one sender: an IPv4 address, or the first 64 bits
 * of an IPv6 address, where everybody has more addresses than there are stars; `unknown` for all else.
 */
export function networkOf(address = ''): string {
  if (isIPv4(address)) return address;
  const framed = /^\[([^\]]+)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(address);
  const bare = framed?.[1] ?? framed?.[2] ?? address;
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return 'unknown';
  const parsed = ipaddr.IPv6.parse(bare);
  if (carriesIPv4.has(parsed.range())) return parsed.toByteArray().slice(-4).join('.');
  return parsed.parts
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':');
}

/**
 * Tells the network a request comes from, with `trustProxy` proxies of ours in front: each adds the
 * address it was called from at the right end of X-Forwarded-For, and what stands further left anybody may
 * have written. Counted as Express counts for `request.ip`.
 */
export function createNetworkReader(trustProxy: number): (request: IncomingMessage) => string {
  return ({ socket, headers }) => {
    const forwarded = trustProxy > 0 ? headers['x-forwarded-for'] : undefined;
    if (forwarded === undefined) return networkOf(socket.remoteAddress);
    const hops = String(forwarded).split(',');
    return networkOf((hops.at(-trustProxy) ?? hops[0] ?? '').trim());
  };
}
