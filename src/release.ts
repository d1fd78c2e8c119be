import type { Log } from './log.ts';

export type ReleaseList = {
  readonly push: (name: string, release: () => Promise<unknown>) => void;
  readonly run: (log: Pick<Log, 'warn'>) => Promise<void>;
};

const stepMs = 25_000;

/** What was opened, closed in reverse order; each step has a time limit, and none stops the others. */
export function createReleaseList(): ReleaseList {
  const steps: { name: string; release: () => Promise<unknown> }[] = [];
  return {
    push: (name, release) => {
      steps.push({ name, release });
    },
    run: async (log) => {
      for (let step = steps.pop(); step; step = steps.pop()) {
        const { name, release } = step;
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_resolve, reject) => {
          timer = setTimeout(() => {
            reject(new Error('took too long'));
          }, stepMs);
        });
        try {
          await Promise.race([release(), late]);
        } catch (error) {
          log.warn({ err: error, part: name }, 'part did not close well');
        } finally {
          clearTimeout(timer);
        }
      }
    },
  };
}
