import { connectRedis } from '../queue/connection.ts';

const ANSWER_WITHIN_MS = 3000;

/** Why Redis does not answer, as a code; null when it does. */
export async function redisTrouble(urls: readonly string[]): Promise<string | null> {
  const redis = connectRedis(urls, 'for-ever');
  try {
    return await new Promise<string | null>((resolve) => {
      setTimeout(() => {
        resolve('no answer in 3 s');
      }, ANSWER_WITHIN_MS).unref();
      redis.on('error', (error: Error) => {
        resolve(codeOf(error));
      });
      redis.ping().then(
        () => {
          resolve(null);
        },
        (error: unknown) => {
          resolve(codeOf(error));
        },
      );
    });
  } finally {
    redis.disconnect();
  }
}

/** Of what Redis says itself, the first word is the code (NOAUTH, WRONGPASS); the rest may repeat us. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^[A-Z]+\b/.exec(error.message)?.[0] ?? 'error';
}
