import { type IncomingHttpHeaders, request } from 'node:http';

export type Sent = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

type How = 'content-length' | 'chunked';

/**
 * Sends these bytes, whatever they are, on a connection of their own: fetch would tidy up the path and
 * choose how the body is framed.
 */
export function send(base: string, sent: Sent, how: How = 'content-length'): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const { method, path, body } = sent;
  const length =
    body !== null && how === 'content-length' ? { 'content-length': String(body.length) } : {};
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, agent: false, headers: { ...sent.headers, ...length } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
        incoming.on('error', reject);
      },
    );
    // An answer that came before the last byte was sent counts; this only rejects when none came.
    outgoing.on('error', reject);
    if (body !== null) outgoing.write(body);
    outgoing.end();
  });
}

export function get(base: string, path: string): Promise<Answer> {
  return send(base, { method: 'GET', path, headers: {}, body: null });
}
