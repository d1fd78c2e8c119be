import { connectRedis } from './connection.ts';

/**
 * What of a Redis would lose wake-ups. In: addresses. Out: one sentence each; none when it keeps what
 * it is given. Work itself is in PostgreSQL and is never lost by Redis. Throws when it does not answer.
 */
export async function redisWarnings(urls: readonly string[]): Promise<string[]> {
  const redis = connectRedis(urls, 'for-ever');
  redis.on('error', () => undefined); // ping below says it; an unheard 'error' would end the process
  try {
    const info = await Promise.race([
      redis.info(),
      new Promise<never>((_resolve, reject) => {
        setTimeout(() => {
          reject(new Error('no answer in 5 s'));
        }, 5000).unref();
      }),
    ]);
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
    const policy = field('maxmemory_policy');
    const persists = field('aof_enabled') === '1' || (await savesSnapshots(redis));
    return [
      ...(policy !== undefined && policy !== 'noeviction'
        ? [`Redis evicts keys when it is full (maxmemory-policy ${policy}); set noeviction`]
        : []),
      ...(field('aof_last_write_status') === 'err' || field('rdb_last_bgsave_status') === 'err'
        ? ['Redis cannot write to its disk just now; it may refuse what it is given']
        : []),
      ...(persists
        ? []
        : ['Redis does not persist (appendonly no, save ""); after its restart wake-ups are gone']),
    ];
  } catch (error) {
    return [
      `Redis cannot be checked (${error instanceof Error ? error.message : 'unknown'}); work goes on without it, slower`,
    ];
  } finally {
    redis.disconnect();
  }
}

async function savesSnapshots(redis: ReturnType<typeof connectRedis>): Promise<boolean> {
  // Managed servers forbid CONFIG; then nothing can be said against it.
  const answer: unknown = await redis.call('config', 'get', 'save').catch(() => null);
  return !Array.isArray(answer) || String(answer[1] ?? '') !== '';
}
