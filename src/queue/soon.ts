/** Waits for something to be done, but no longer than so many milliseconds. Throws what it throws. */
export async function soon(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([done, late]).finally(() => {
    clearTimeout(timer);
  });
}
