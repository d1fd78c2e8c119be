import { Agent } from 'node:http';
import { type IClientSettings, TwitterApi, type TwitterApiTokens } from 'twitter-api-v2';

/** The SDK for app (bearer token) or account (four keys), at `apiUrl`, given up when `signal` says so. */
export function clientFor(
  access: string | TwitterApiTokens,
  apiUrl: string,
  signal: AbortSignal,
): TwitterApi {
  const base = apiUrl.replace(/\/+$/, '');
  const settings: Partial<IClientSettings> = {
    // Nobody listens for the errors of the SDK's decompression: a broken stream would end the process.
    compression: 'identity',
    // It always uses https.request, which speaks plain HTTP through an agent that does.
    ...(base.startsWith('http:') ? { httpAgent: new Agent() } : {}),
    plugins: [
      {
        onBeforeRequestConfig: ({ params }) => {
          params.url = params.url.replace('https://api.x.com', () => base);
        },
        onBeforeRequest: ({ requestOptions }) => {
          requestOptions.signal = signal;
        },
      },
    ],
  };
  return typeof access === 'string'
    ? new TwitterApi(access, settings)
    : new TwitterApi(access, settings);
}
