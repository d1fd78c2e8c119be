import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './debian.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | null = null;

/** Real Chromium, started once for the whole run; Debian's, installed when absent. */
function openBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: chromiumPath(),
    args: flags,
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  const open = browser;
  browser = null;
  await (await open)?.close();
}

type Look = {
  readonly width?: number;
  readonly dark?: boolean;
  readonly javaScript?: boolean;
  readonly timeZone?: string;
};

export type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly leave: () => Promise<void>;
};

/** A visitor of their own: no cookies, a phone unless said. What a script throws fails the test on leaving. */
export async function visit(url: string, look: Look = {}): Promise<Visit> {
  const { width = 360, dark = false, javaScript = true, timeZone = 'Asia/Jakarta' } = look;
  const context = await (
    await openBrowser()
  ).newContext({
    viewport: { width, height: width < 600 ? 720 : 900 },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: javaScript,
    locale: 'id-ID',
    timezoneId: timeZone,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A page that was meant to be refused is no fault of its scripts.
    const isStatus = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isStatus) faults.push(message.text());
  });
  await page.goto(url);
  return {
    page,
    context,
    leave: async () => {
      await context.close();
      if (faults.length > 0) throw new Error(`the page said: ${faults.join('\n')}`);
    },
  };
}

/** What axe finds wrong by WCAG 2.2 A and AA and its best practices, one line each; none is what we want. */
export async function axe(page: Page): Promise<string[]> {
  // Legacy: it puts the results of frames together in the page itself; a new page for that takes a second.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Whether nothing sticks out sideways: no page may scroll in two directions. */
export function fits(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
}
