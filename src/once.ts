/** Runs it until it succeeded once; whoever asks meanwhile waits for the same run. A failure is not remembered. */
export function onceDone<Value>(act: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | null = null;
  return () => {
    running ??= act().catch((error: unknown) => {
      running = null;
      throw error;
    });
    return running;
  };
}
