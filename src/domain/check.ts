/** One thing looked at. `says` is what was found, `remedy` what to do about it (null when nothing). */
export type Check = {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly says: string;
  readonly remedy: string | null;
  /** Whether `repair` can set it right. */
  readonly fixable: boolean;
};

/** What one repair came to, in words. */
export type Repair = { readonly name: string; readonly isDone: boolean; readonly says: string };

/** A check together with how to set right what it found. */
export type Finding = Check & { readonly fix?: () => Promise<Repair> };

/** Where the platform should reach us, and until when it may be asked. */
export type Site = {
  /** PUBLIC_URL + /webhooks/<channel>. */
  readonly webhookUrl: string;
  readonly signal: AbortSignal;
};

/** What a platform sees of us. Neither throws: what cannot be asked is a check that failed. */
export type Inspection = {
  readonly probe: (site: Site) => Promise<readonly Check[]>;
  /** Idempotent: touches only what is wrong now. */
  readonly repair: (site: Site) => Promise<readonly Repair[]>;
};

type Fix = () => Promise<Repair>;

export const passed = (name: string, says: string): Finding => ({
  ...{ name, state: 'ok', says, remedy: null, fixable: false },
});

export const warned = (name: string, says: string, remedy: string, fix?: Fix): Finding => ({
  ...{ name, state: 'warning', says, remedy, fixable: fix !== undefined },
  ...(fix ? { fix } : {}),
});

export const failed = (name: string, says: string, remedy: string, fix?: Fix): Finding => ({
  ...{ name, state: 'failed', says, remedy, fixable: fix !== undefined },
  ...(fix ? { fix } : {}),
});

/** What is shorter also stands in ordinary words. */
const SHORTEST_SECRET = 6;

/**
 * `probe` and `repair` from one look at the platform. In: secrets, which are cut out of what was found (a
 * platform may repeat what it was asked), and what looks. Out: both; they throw what `examine` throws.
 */
export function inspection(
  secrets: readonly string[],
  examine: (site: Site) => Promise<readonly Finding[]>,
): Inspection {
  const dangerous = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  const clean = (text: string): string =>
    dangerous.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), printable(text));
  return {
    probe: async (site) =>
      (await examine(site)).map(({ name, state, says, remedy, fixable }) => {
        return { name, state, says: clean(says), remedy, fixable };
      }),
    repair: async (site) => {
      const repairs: Repair[] = [];
      // One after the other: a subscription needs the webhook that the repair before it has made.
      for (const { fix } of await examine(site)) {
        if (!fix) continue;
        const repair = await fix();
        repairs.push({ ...repair, says: clean(repair.says) });
      }
      return repairs;
    },
  };
}

/** What a platform says must neither steer the terminal of who reads it nor fill it. */
function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 600);
}
