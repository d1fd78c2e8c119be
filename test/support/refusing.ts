import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type Refused = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

const ofTheConnection = ['host', 'connection', 'content-length', 'transfer-encoding'];

/** Stands where a gateway was and takes nothing (503); keeps what came, so that it can come again. */
export async function startRefusing(port = 0) {
  const refused: Refused[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers)
          .filter(([name]) => !ofTheConnection.includes(name))
          .map(([name, value]) => [name, String(value)]),
      );
      refused.push({ method: request.method ?? '', path: request.url ?? '', headers, body });
      response.writeHead(503).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    refused,
    /** Each delivery once, however often it was tried. */
    deliveries: (): readonly Refused[] => [
      ...new Map(refused.map((each) => [each.path + each.body.toString('base64'), each])).values(),
    ],
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
