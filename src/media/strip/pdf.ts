/** Bounds of what is looked at: information about a document is short, and trailers are few. */
const most = {
  ...{ trailer: 2048, trailers: 256, object: 65_536, objects: 16, dictionary: 1024 },
  /** No document has so many of anything that is looked for; each costs time. */
  places: 20_000,
};

/** How zlib writes nothing at all. */
const emptyFlate = Buffer.from('789c030000000001', 'hex');

/**
 * Takes out of a PDF (ISO 32000), in place, what can be taken without unpacking it: the document information
 * and XMP, where they do not stand in a compressed object stream (there only the way to the first is taken),
 * and what cameras wrote into JPEGs that were put in whole. Every byte stays where it is, because tables name
 * places; what does not look as expected stays as it is, because this may be the only copy.
 */
export function cleanPdf(bytes: Buffer): Buffer[] {
  // Each is looked for once, whoever names it: that reads the whole file.
  const further = informationOf(bytes).flatMap((each) => blankObjects(bytes, each, () => true));
  for (const each of new Set(further.slice(0, most.objects))) blankObjects(bytes, each, isString);
  blankMetadata(bytes);
  blankBetween(bytes, '<?xpacket begin', '<?xpacket end');
  blankBetween(bytes, '<x:xmpmeta', '</x:xmpmeta>');
  blankPhotos(bytes);
  return [bytes];
}

/** Where words stand, the first of them; the search goes on from where `skip` says. */
function* placesOf(bytes: Buffer, words: string) {
  let next = 0;
  const skip = (to: number): void => {
    next = Math.max(next, to);
  };
  for (let places = 0; places < most.places; places += 1) {
    const at = bytes.indexOf(words, next, 'latin1');
    if (at < 0) return;
    next = at + words.length;
    yield { at, skip };
  }
}

/** The objects that trailers, old ones too, call their /Info; the trailers forget them. */
function informationOf(bytes: Buffer): readonly string[] {
  const found = new Set<string>();
  for (const word of ['trailer', '/XRef']) {
    let trailers = 0;
    for (const { at } of placesOf(bytes, word)) {
      if ((trailers += 1) > most.trailers) break;
      const from = word === 'trailer' ? at : at - textBefore(bytes, at, ' obj').length;
      const text = bytes.toString('latin1', from, at + most.trailer).split(/startxref|stream/)[0];
      const reference = /\/Info\s+(\d{1,10}\s+\d{1,5})\s+R/.exec(text ?? '');
      if (!reference) continue;
      found.add((reference[1] ?? '').replace(/\s+/, ' '));
      bytes.fill(' ', from + reference.index, from + reference.index + reference[0].length);
    }
  }
  return [...found].slice(0, most.objects);
}

/** What stands before a place, as far back as a word. */
const textBefore = (bytes: Buffer, at: number, word: string): string =>
  bytes
    .toString('latin1', Math.max(0, at - most.trailer), at)
    .split(word)
    .at(-1) ?? '';

const isDigit = (sign = 0): boolean => sign >= 0x30 && sign <= 0x39;

const isString = (body: string): boolean => /^\s*(?:\(|<(?!<))/.test(body);

/** Blanks the strings of an object, as often as it was written. Out: the objects it refers to. */
function blankObjects(
  bytes: Buffer,
  reference: string,
  isMeant: (body: string) => boolean,
): readonly string[] {
  const found = new Set<string>();
  let objects = 0;
  for (const { at } of placesOf(bytes, `${reference} obj`)) {
    if (isDigit(bytes[at - 1])) continue; // 12 of 112
    if ((objects += 1) > most.objects) break;
    const from = at + reference.length + 4;
    const [body = ''] = bytes.toString('latin1', from, from + most.object).split('endobj');
    if (!isMeant(body)) continue;
    blankStrings(bytes, from, from + body.length);
    for (const [value] of body.matchAll(/(?<!\d)\d{1,10} \d{1,5}(?= R\b)/g)) found.add(value);
  }
  return [...found].slice(0, most.objects);
}

function blankStrings(bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; at += 1) {
    const sign = bytes[at];
    const start = at + 1;
    if (sign === 0x3c && bytes[start] === 0x3c) at = start;
    else if (sign === 0x3c || sign === 0x28) {
      at = sign === 0x3c ? bytes.indexOf('>', start) : parenthesisEnd(bytes, start, to);
      if (at < 0 || at > to) return;
      bytes.fill(' ', start, at);
    }
  }
}

function parenthesisEnd(bytes: Buffer, start: number, to: number): number {
  let depth = 1;
  for (let at = start; at < to; at += 1) {
    if (bytes[at] === 0x5c) at += 1;
    else if (bytes[at] === 0x28) depth += 1;
    else if (bytes[at] === 0x29 && (depth -= 1) === 0) return at;
  }
  return -1;
}

/** Streams of XMP, compressed ones too: they decompress to nothing. */
function blankMetadata(bytes: Buffer): void {
  for (const { at, skip } of placesOf(bytes, '/Metadata')) {
    const before = textBefore(bytes, at, ' obj');
    if (!/\/Type\s*$/.test(before)) continue;
    const after = bytes.toString('latin1', at, at + most.dictionary);
    const opening = /^[^]*?>>\s*stream\r?\n/.exec(after);
    if (!opening) continue;
    const from = at + opening[0].length;
    const to = bytes.indexOf('endstream', from, 'latin1');
    if (to < 0) return;
    const isCompressed =
      (before + opening[0]).includes('/Filter') && to - from >= emptyFlate.length;
    bytes.fill(isCompressed ? 0 : ' ', from, to);
    if (isCompressed) emptyFlate.copy(bytes, from);
    skip(to);
  }
}

function blankBetween(bytes: Buffer, opening: string, closing: string): void {
  for (const { at, skip } of placesOf(bytes, opening)) {
    const end = bytes.indexOf(closing, at, 'latin1');
    if (end < 0) return;
    bytes.fill(' ', at, end + closing.length);
    skip(end);
  }
}

/** Of JPEGs as they came from a camera: application segments and comments, but for colours. */
function blankPhotos(bytes: Buffer): void {
  for (const { at, skip } of placesOf(bytes, '\u00ff\u00d8\u00ff')) {
    const before = bytes.toString('latin1', Math.max(0, at - 8), at);
    if (/stream\r?\n$/.test(before)) skip(blankPhoto(bytes, at + 2));
  }
}

/** Out: where it stopped. */
function blankPhoto(bytes: Buffer, start: number): number {
  let at = start;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xda || marker === 0xd9) break;
    const end = at + 2 + Math.max(bytes.readUInt16BE(at + 2), 2);
    const isSaid = (marker & 0xf0) === 0xe0 || marker === 0xfe;
    const isColour = ['JFIF\0', 'ICC_P', 'Adobe'].includes(
      bytes.toString('latin1', at + 4, at + 9),
    );
    if (isSaid && !isColour) bytes.fill(0, at + 4, Math.min(end, bytes.length));
    at = end;
  }
  return at;
}
