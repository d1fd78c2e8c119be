/** What `/metrics` says: value by whole line name, `satupintu_x_total{channel="sms",outcome="accepted"}`. */
export type Figures = ReadonlyMap<string, number>;

/** Reads Prometheus text. */
export function figuresFrom(text: string): Figures {
  return new Map(
    text.split('\n').flatMap((line): [string, number][] => {
      const end = line.lastIndexOf(' ');
      if (line.startsWith('#') || end < 0) return [];
      return [[line.slice(0, end), Number(line.slice(end + 1))]];
    }),
  );
}

/** The sum of all lines of a metric whose labels hold all of these. */
export function sumOf(
  figures: Figures,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum = 0;
  for (const [line, value] of figures) {
    if (line !== name && !line.startsWith(`${name}{`)) continue;
    if (wanted.every((label) => line.includes(label))) sum += value;
  }
  return sum;
}

export function added(all: readonly Figures[]): Figures {
  const sums = new Map<string, number>();
  for (const figures of all) {
    for (const [line, value] of figures) sums.set(line, (sums.get(line) ?? 0) + value);
  }
  return sums;
}

export function less(now: Figures, before: Figures): Figures {
  return new Map([...now].map(([line, value]) => [line, value - (before.get(line) ?? 0)]));
}

/** Asks a process; null when it does not answer. */
export async function scrape(internalPort: number, ms = 3000): Promise<Figures | null> {
  const text = await ask(internalPort, '/metrics', ms);
  return text?.status === 200 ? figuresFrom(text.body) : null;
}

/** Asks the internal listener of a process; null when there is no answer. */
export async function ask(
  internalPort: number,
  path: string,
  ms: number,
): Promise<{ readonly status: number; readonly body: string } | null> {
  try {
    const signal = AbortSignal.timeout(ms);
    const answer = await fetch(`http://127.0.0.1:${internalPort}${path}`, { signal });
    return { status: answer.status, body: (await answer.text()).trim() };
  } catch {
    return null;
  }
}
