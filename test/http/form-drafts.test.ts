import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { createDrafts } from '../../src/http/form/drafts.ts';
import { createMedia, draftMs, type Media } from '../../src/media.ts';
import { jpegOf } from '../support/pictures.ts';

const kilobytes = 1024;

describe('drafts that lie', () => {
  let folder: string;
  let media: Media;
  let at = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'satu-pintu-drafts-'));
    media = createMedia({ folder, log: { warn: () => undefined }, now: Date.now });
  });

  after(async () => {
    media.close();
    await rm(folder, { recursive: true });
  });

  const limited = () => createDrafts({ media, now: () => at, most: 400 * kilobytes });

  /** A photo of so many kilobytes on disk, as a form that is shown again leaves it. */
  async function photo(size: number) {
    const bytes = jpegOf(Buffer.alloc(size * kilobytes));
    const file = await media.take(Readable.from([bytes]), 'foto.jpg');
    if (typeof file === 'string') throw new Error(`refused: ${file}`);
    return file;
  }

  const left = async (files: readonly { readonly id: string }[]) => {
    const there = new Set(await readdir(join(folder, 'drafts')));
    return files.map(({ id }) => there.has(id));
  };

  it('are of one network never more than its share; its oldest go, and never what comes', async () => {
    const { lay } = limited();
    const files = [await photo(150), await photo(150), await photo(150)] as const;

    for (const [index, file] of files.entries()) await lay(`2001:db8:5:6::${index}`, [file]);

    expect(await left(files)).to.deep.equal([false, true, true]);
  });

  it('of others stay, whatever one network sends', async () => {
    const { lay } = limited();
    const [mine, flood] = [await photo(300), await photo(300)];
    await lay('192.0.2.1', [mine]);

    await lay('192.0.2.2', [flood]);
    await lay('192.0.2.2', [await photo(300)]);

    expect(await left([mine, flood])).to.deep.equal([true, false]);
  });

  it('count for something however small they are', async () => {
    const { lay } = limited();
    const files = await Promise.all(Array.from({ length: 7 }, () => photo(1)));

    for (const file of files) await lay('192.0.2.3', [file]);

    expect(await left(files)).to.deep.equal([false, ...Array.from({ length: 6 }, () => true)]);
  });

  it('count no more when their day is over', async () => {
    const { lay } = limited();
    const [old, one, other] = [await photo(300), await photo(300), await photo(90)];
    await lay('192.0.2.4', [old]);
    at += draftMs;

    await lay('192.0.2.4', [one, other]);

    expect(await left([one, other])).to.deep.equal([true, true]);
  });
});
