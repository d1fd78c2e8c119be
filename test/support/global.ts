import { closeBrowser } from './browser.ts';
import { installWhatIsMissing } from './debian.ts';
import { startTestPostgres, stopTestPostgres } from './postgres.ts';
import { stopTestRedis } from './redis.ts';

export async function mochaGlobalSetup(): Promise<void> {
  installWhatIsMissing();
  await startTestPostgres();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestPostgres();
}

/** What keeps a process alive: a test that leaves one of these behind has not cleaned up. */
const leaky = new Set(['TCPServerWrap', 'TCPSocketWrap', 'PipeServerWrap', 'PipeWrap']);
let before = 0;

const count = () => process.getActiveResourcesInfo().filter((kind) => leaky.has(kind)).length;

/** Run around each file: files run side by side, each in a process of its own or one after another. */
export const mochaHooks = {
  beforeAll(): void {
    before = count();
  },
  async afterAll(): Promise<void> {
    await closeBrowser();
    await stopTestRedis();
    for (let tries = 0; tries < 50 && count() > before; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const left = process.getActiveResourcesInfo().filter((kind) => leaky.has(kind));
    if (left.length > before) throw new Error(`tests left open: ${left.join(', ')}`);
  },
};
