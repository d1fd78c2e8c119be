import { polarity } from './abbreviations.ts';
import type { Token } from './comparable.ts';
import { isSlip, sharesRoot, shortens } from './slips.ts';

/**
 * What stands in the one text and what stands in its stead in the other; one of the two may be empty.
 * `edge`: before or behind all they have in common.
 */
export type Hunk = {
  readonly a: readonly Token[];
  readonly b: readonly Token[];
  readonly edge: boolean;
};

/**
 * Two texts laid side by side. `alike`: tokens that agree; `spanA`, `spanB`: tokens from the first to
 * the last that agree; `restA`, `restB`: tokens left over, `restWords`: those of them that are no
 * names and numbers; `added…` the kinds of particulars only one text has;
 * `changed`: what stands at the same spot and is not the same; `misspelt`: whether names that agree are a
 * slip of the finger apart: of a marked place alone, or of anything.
 */
export type Alignment = {
  readonly alike: number;
  readonly spanA: number;
  readonly spanB: number;
  readonly restA: number;
  readonly restB: number;
  readonly restWords: number;
  readonly changed: ReadonlySet<'name' | 'number' | 'word'>;
  readonly added: ReadonlySet<'name' | 'number' | 'unknown'>;
  readonly misspelt: Misspelt;
};

type Misspelt = 'none' | 'place' | 'name';

/** Beyond this many cells (texts of some 500 differing words) texts are not laid side by side. */
const mostCells = 250_000;

/** Lays two texts side by side. Symmetric but for A and B. Null if too long to do so. Throws nothing. */
export function align(a: readonly Token[], b: readonly Token[]): Alignment | null {
  const pairs = commonOrder(a, b);
  if (pairs === null) return null;
  const inA = new Set(a.map(({ text }) => text));
  const inB = new Set(b.map(({ text }) => text));
  const tally = { alike: pairs.length, restA: 0, restB: 0, restWords: 0 };
  const notes: Notes = { changed: new Set(), added: new Set() };
  let misspelt: Misspelt = 'none';
  for (const hunk of hunksBetween(a, b, pairs)) {
    const rest = reconcile(hunk);
    misspelt = worse(misspelt, rest.misspelt);
    tally.alike += Math.min(hunk.a.length - rest.a.length, hunk.b.length - rest.b.length);
    tally.restA += rest.a.length;
    tally.restB += rest.b.length;
    tally.restWords += [...rest.a, ...rest.b].filter(isPlainWord).length;
    note(
      rest,
      {
        a: rest.a.filter(({ text }) => !inB.has(text)),
        b: rest.b.filter(({ text }) => !inA.has(text)),
        edge: rest.edge,
      },
      notes,
    );
  }
  const [firstA, firstB] = pairs[0] ?? [0, 0];
  const [lastA, lastB] = pairs.at(-1) ?? [-1, -1];
  return { ...tally, spanA: lastA - firstA + 1, spanB: lastB - firstB + 1, ...notes, misspelt };
}

/** Which of two says more about misspelt names. */
export const worse = (one: Misspelt, other: Misspelt): Misspelt =>
  one === 'name' || other === 'none' ? one : other;

type Notes = {
  readonly changed: Set<'name' | 'number' | 'word'>;
  readonly added: Set<'name' | 'number' | 'unknown'>;
};

/**
 * `rest` is what differs at one spot, `fresh` what of it the other text has nowhere. A negation within the
 * text turns the sentence round, even one that occurs elsewhere too.
 */
function note(rest: Hunk, fresh: Hunk, { changed, added }: Notes): void {
  const differing = [...rest.a, ...rest.b];
  if (!rest.edge && differing.some(({ text }) => polarity.has(text))) changed.add('word');
  if (rest.a.length > 0 && rest.b.length > 0) {
    const kind = kindOfChange(rest.a, rest.b);
    const isNews = fresh.a.length > 0 && fresh.b.length > 0;
    if (isNews || isOther(rest, kind)) changed.add(kind);
  }
  const news = [...fresh.a, ...fresh.b];
  for (const token of news) noteAddition(token, { changed, added });
}

/** A name for a name is another even at the edge, and where both occur elsewhere. */
const isOther = ({ a, b, edge }: Hunk, kind: 'name' | 'number' | 'word'): boolean =>
  (kind !== 'word' && !edge) || areBoth(isProper, a, b);

type Pair = readonly [a: number, b: number];

/** The longest common subsequence, as pairs of positions. */
function commonOrder(a: readonly Token[], b: readonly Token[]): readonly Pair[] | null {
  const start = commonStart(a, b, 0);
  const end = commonStart(a.toReversed(), b.toReversed(), start);
  const middle = middleOrder(textsOf(a, start, end), textsOf(b, start, end));
  if (middle === null) return null;
  const pairs: Pair[] = Array.from({ length: start }, (_, at) => [at, at]);
  for (const [one, other] of middle) pairs.push([one + start, other + start]);
  for (let at = end; at > 0; at -= 1) pairs.push([a.length - at, b.length - at]);
  return pairs;
}

/** How many tokens from the beginning are the same, leaving `spared` to the other end. */
function commonStart(a: readonly Token[], b: readonly Token[], spared: number): number {
  const most = Math.min(a.length, b.length) - spared;
  const differs = a.findIndex((token, at) => at >= most || token.text !== b[at]?.text);
  return differs < 0 ? Math.max(0, most) : differs;
}

const textsOf = (tokens: readonly Token[], start: number, end: number): readonly string[] =>
  tokens.slice(start, tokens.length - end).map(({ text }) => text);

function middleOrder(a: readonly string[], b: readonly string[]): readonly Pair[] | null {
  const width = b.length + 1;
  if ((a.length + 1) * width > mostCells) return null;
  const best = new Uint16Array((a.length + 1) * width);
  const at = (cell: number): number => best[cell] ?? 0;
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      const cell = row * width + column;
      best[cell] =
        a[row] === b[column] ? at(cell + width + 1) + 1 : Math.max(at(cell + width), at(cell + 1));
    }
  }
  const pairs: Pair[] = [];
  let [row, column] = [0, 0];
  while (row < a.length && column < b.length) {
    const cell = row * width + column;
    if (a[row] === b[column]) pairs.push([row++, column++]);
    else if (at(cell + width) >= at(cell + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}

function hunksBetween(
  a: readonly Token[],
  b: readonly Token[],
  pairs: readonly Pair[],
): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [fromA, fromB] = [0, 0];
  for (const [atA, atB] of [...pairs, [a.length, b.length] as const]) {
    if (atA > fromA || atB > fromB) {
      const edge = (fromA === 0 && fromB === 0) || (atA === a.length && atB === b.length);
      hunks.push({ a: a.slice(fromA, atA), b: b.slice(fromB, atB), edge });
    }
    [fromA, fromB] = [atA + 1, atB + 1];
  }
  return hunks;
}

/** Where so many words face so many others, nobody's finger slipped: another text stands there. */
const mostSlips = 50 * 50;

/** Takes out what is the same after all: slips, short forms, forms of one root, words parted or joined. */
function reconcile({ a, b, edge }: Hunk): Hunk & { readonly misspelt: Misspelt } {
  let misspelt: Misspelt = 'none';
  const pairs = a.length * b.length;
  if (pairs === 0 || pairs > mostSlips) return { a, b, edge, misspelt };
  if (isSameJoined(a, b)) return { a: [], b: [], edge, misspelt };
  let restB = b;
  const restA: Token[] = [];
  for (let at = 0; at < a.length;) {
    const found = counterpart(a, at, restB);
    if (found === null) restA.push(...a.slice(at, at + 1));
    else restB = restB.toSpliced(found.at, found.theirs);
    misspelt = worse(misspelt, found?.misspelt ?? 'none');
    at += found?.ours ?? 1;
  }
  return { a: restA, b: restB, edge, misspelt };
}

type Counterpart = {
  readonly at: number;
  readonly ours: number;
  readonly theirs: number;
  readonly misspelt: Misspelt;
};

/** Where the same stands in `others`, and how many words it takes here and there. */
function counterpart(
  tokens: readonly Token[],
  from: number,
  others: readonly Token[],
): Counterpart | null {
  for (const [ours, theirs] of [
    [1, 1],
    [2, 1],
    [1, 2],
  ] as const) {
    const here = tokens.slice(from, from + ours);
    const at = others.findIndex((_, start) =>
      isSameText(here, others.slice(start, start + theirs)),
    );
    if (at >= 0) return { at, ours, theirs, misspelt: 'none' };
  }
  return misspeltCounterpart(tokens[from], others);
}

function misspeltCounterpart(
  token: Token | undefined,
  others: readonly Token[],
): Counterpart | null {
  const at = others.findIndex((other) => token !== undefined && isMisspelt(token, other));
  if (token === undefined || at < 0) return null;
  return { at, ours: 1, theirs: 1, misspelt: kindOfSlip(token, others[at]) };
}

/** Two words of the dictionary are two names, whatever else agrees; so the address alone cannot show it. */
const kindOfSlip = (one: Token, other: Token | undefined): Misspelt =>
  one.kind === 'place' && other?.kind === 'place' && !(one.known && other.known) ? 'place' : 'name';

function isSameText(a: readonly Token[], b: readonly Token[]): boolean {
  const [[one], [other]] = [a, b];
  if (a.length !== b.length || one === undefined || other === undefined) return isSameJoined(a, b);
  return one.text === other.text || (isComparable(one, other) && isSameWord(one, other));
}

/** Digits and masks never slip, a negation is no slip, and two names the gazetteer knows are two. */
const isComparable = (a: Token, b: Token): boolean =>
  !isNumber(a) &&
  !isNumber(b) &&
  !(a.kind === 'area' && b.kind === 'area') &&
  !polarity.has(a.text) &&
  !polarity.has(b.text);

function isSameJoined(a: readonly Token[], b: readonly Token[]): boolean {
  if (a.length === b.length || [...a, ...b].some(({ kind }) => kind === 'number')) return false;
  const text = (tokens: readonly Token[]) => tokens.map((token) => token.text).join('');
  return text(a) === text(b);
}

function isSameWord(a: Token, b: Token): boolean {
  // "desa" and "kelurahan" are used alike; whether the places differ is judged with their names.
  if (a.kind === 'marker' && b.kind === 'marker') return true;
  if (areDistinct(a, b)) return false;
  if (a.known && b.known) return sharesRoot(a.text, b.text);
  if (isSlip(a.text, b.text)) return true;
  if (a.name || b.name) return false;
  return a.known ? shortens(b.text, a.text) : shortens(a.text, b.text);
}

/** Between two names, or two words that no dictionary knows, a letter is a difference. */
const areDistinct = (a: Token, b: Token): boolean => areNames(a, b) || !(a.known || b.known);

/** "di jembtan" stands where names stand, but "jembatan" is none. */
const areNames = (a: Token, b: Token): boolean => (a.name && b.name) || (a.proper && b.proper);

const isMisspelt = (a: Token, b: Token): boolean =>
  isComparable(a, b) && areDistinct(a, b) && isSlip(a.text, b.text);

const isPlainWord = (token: Token): boolean => !token.name && !token.proper && !isNumber(token);

const isNumber = ({ kind }: Token): boolean => kind === 'number' || kind === 'mask';

function kindOfChange(a: readonly Token[], b: readonly Token[]): 'name' | 'number' | 'word' {
  if (a.some(isNumber) || b.some(isNumber)) return 'number';
  const both = areBoth(isUnknown, a, b) || areBoth(isProper, a, b);
  return both || [...a, ...b].some(({ name }) => name) ? 'name' : 'word';
}

const areBoth = (is: (t: Token) => boolean, a: readonly Token[], b: readonly Token[]): boolean =>
  a.some(is) && b.some(is);

const isUnknown = ({ known }: Token): boolean => !known;

const isProper = ({ proper }: Token): boolean => proper;

/** A negation more turns the sentence round; a name or number more is news; other words are colour. */
function noteAddition(token: Token, { changed, added }: Notes): void {
  if (polarity.has(token.text)) changed.add('word');
  else if (isNumber(token)) added.add('number');
  // Areas are compared as places; of a street's name a part may be more than the other has.
  else if (token.name && token.kind !== 'area') added.add('name');
  else if (token.led || (!token.known && token.kind !== 'area')) added.add('unknown');
}
