const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const safe: unique symbol = Symbol('safe');

/** Markup that is safe to send as it stands; only `html` makes it. */
export type Html = { readonly [safe]: string };

type Part = string | number | Html | null | false | undefined | readonly Part[];

/**
 * Markup from a template. Whatever is put in is text and escaped, for content and quoted attributes
 * alike, unless it is markup itself; lists are joined, null, false and undefined are nothing.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { [safe]: String.raw({ raw: template }, ...parts.map(markupOf)) };
}

/** The text of a page, ready to be sent. */
export const textOf = (markup: Html): string => markup[safe];

function markupOf(part: Part): string {
  if (part === null || part === false || part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return isList(part) ? part.map(markupOf).join('') : part[safe];
}

const isList = (part: Html | readonly Part[]): part is readonly Part[] => Array.isArray(part);

/** Text made safe for HTML content and quoted attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
