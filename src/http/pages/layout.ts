import { type Html, html, textOf } from './html.ts';

/** What every page needs to know. */
export type Site = {
  readonly demo: boolean;
  /** On the internal listener, where the pages for citizens are not. */
  readonly internal?: boolean;
  /** The address of a style sheet or script. */
  readonly asset: (name: string) => string;
};

type Page = {
  readonly title: string;
  /** The address of this page, so that the navigation can say where one is. */
  readonly at: string;
  readonly styles?: readonly string[];
  /** They run when the page is read; every page works without them. */
  readonly scripts?: readonly string[];
  readonly main: Html;
  /** Wider than a column of text: lists and boards. */
  readonly wide?: boolean;
};

const links = [
  { href: '/', text: 'Buat laporan' },
  { href: '/lacak', text: 'Lacak laporan' },
];
const demoLinks = [
  { href: '/simulator', text: 'Simulator' },
  { href: '/core', text: 'Inti penyaluran' },
];

/** A whole page: head, demo banner, navigation, content, foot. */
export function layout(site: Site, page: Page): string {
  const styles = ['base.css', ...(page.styles ?? [])];
  const scripts = [...(site.demo ? ['frame.js'] : []), ...(page.scripts ?? [])];
  return `<!doctype html>\n${textOf(
    html`<html lang="id">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#0b5563" />
        <title>${page.title} · Satu Pintu</title>
        <link rel="icon" href="${site.asset('icon.svg')}" type="image/svg+xml" />
        ${styles.map((name) => html`<link rel="stylesheet" href="${site.asset(name)}" /> `)}
        ${scripts.map((name) => html`<script src="${site.asset(name)}" type="module"></script> `)}
      </head>
      <body>
        <a class="skip" href="#isi">Langsung ke isi</a>
        ${site.demo && demoBanner} ${header(site, page.at)}
        <main id="isi" tabindex="-1" ${page.wide ? html` class="wide"` : ''}>${page.main}</main>
        <footer class="foot">
          <p>
            Satu Pintu menerima laporan untuk SP4N-LAPOR! lewat SMS 1708, X, Facebook, Telegram, dan
            halaman ini.
          </p>
        </footer>
      </body>
    </html> `,
  )}`;
}

const demoBanner = html`<aside aria-label="Demo">
  <p class="demo"><strong>DEMO</strong> Tidak ada yang dikirim ke instansi mana pun.</p>
</aside>`;

function header(site: Site, at: string): Html {
  const shown = [...(site.internal ? [] : links), ...(site.demo ? demoLinks : [])];
  const home = site.internal ? '/core' : '/';
  return html`<header class="top">
    <a class="brand" href="${home}"
      ><img src="${site.asset('icon.svg')}" alt="" width="32" height="32" /><span
        >Satu Pintu <small>SP4N-LAPOR!</small></span
      ></a
    >
    ${shown.length > 0 && navigation(shown, at)}
  </header>`;
}

type Link = { readonly href: string; readonly text: string };

function navigation(shown: readonly Link[], at: string): Html {
  const link = ({ href, text }: Link) =>
    html`<li><a href="${href}" ${href === at && html`aria-current="page"`}>${text}</a></li>`;
  return html`<nav aria-label="Utama">
    <ul>
      ${shown.map(link)}
    </ul>
  </nav>`;
}
