import { createServer } from 'node:http';
import { publicUrl } from './settings.ts';

/** In the providers' place: they have nothing that webhooks missed, and nothing to complain of. */
export async function startProviderStub(port: number) {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answerTo(request.url ?? '')));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function answerTo(path: string): object {
  if (path.includes('/getWebhookInfo')) {
    const url = `${publicUrl}/webhooks/telegram`;
    return { ok: true, result: { url, has_custom_certificate: false, pending_update_count: 0 } };
  }
  if (path.includes('/getMe')) {
    return {
      ok: true,
      result: { id: 777000, is_bot: true, username: 'LaporBot', first_name: 'L' },
    };
  }
  if (path.startsWith('/telegram')) return { ok: true, result: [] };
  if (path.startsWith('/twilio')) return { messages: [], next_page_uri: null };
  return { data: [], meta: { result_count: 0 } };
}
