/** Long enough for what is being written; nobody who is answered notices. */
const gateMs = 250;

/** Closed for a moment, never longer, whoever forgets to open it. */
export function createGate() {
  let waiting: {
    readonly promise: Promise<unknown>;
    readonly resolve: (value: null) => void;
  } | null = null;
  let timer: NodeJS.Timeout | undefined;
  const open = (): void => {
    clearTimeout(timer);
    waiting?.resolve(null);
    waiting = null;
  };
  return {
    open,
    close: (): void => {
      if (waiting) return;
      waiting = Promise.withResolvers<null>();
      timer = setTimeout(open, gateMs);
    },
    passed: async (): Promise<void> => {
      await waiting?.promise;
    },
  };
}
