import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import type { SubmittedFile } from '../src/domain/submission.ts';
import { Malformed } from '../src/errors.ts';
import { createMedia, type Media } from '../src/media.ts';
import { planted, pngOf } from './support/pictures.ts';

const png = pngOf(100);
const box = (brand: string) =>
  Buffer.from(`\0\0\0\u0018ftyp${brand}\0\0\0\0${brand}mif1`, 'latin1');
const asHeif = (heic: Buffer): Buffer => {
  heic.write('mif1', 8);
  return heic;
};
const megabytes = 1024 * 1024;

describe('media', () => {
  let folder: string;
  let media: Media;
  let now = Date.now();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'satu-pintu-media-'));
    media = createMedia({ folder, log: { warn: () => undefined }, now: () => now });
  });

  after(async () => {
    media.close();
    await rm(folder, { recursive: true });
  });

  const drafts = () => readdir(join(folder, 'drafts'));
  const pathOf = (id: string) => join(folder, 'files', id.slice(-2), id);

  async function taken(bytes: Buffer, pieces = 65_536): Promise<SubmittedFile> {
    const chunks = Array.from({ length: Math.ceil(bytes.length / pieces) }, (_, index) =>
      bytes.subarray(index * pieces, (index + 1) * pieces),
    );
    const file = await media.take(Readable.from(chunks), 'berkas');
    if (typeof file === 'string') throw new Error(`refused: ${file}`);
    return file;
  }

  async function kept(bytes: Buffer): Promise<SubmittedFile> {
    const file = await taken(bytes);
    expect(await media.keep([{ draft: file.id, id: file.id }])).to.deep.equal([]);
    return file;
  }

  async function contentOf({ id, key }: SubmittedFile): Promise<Buffer | undefined> {
    const opened = await media.open(id, key);
    return opened ? buffer(opened.stream) : undefined;
  }

  describe('take', () => {
    const accepted: readonly (readonly [string, Buffer, string])[] = [
      ['JPEG', planted('foto.jpg'), 'image/jpeg'],
      ['PNG', planted('foto.png'), 'image/png'],
      ['WebP', planted('foto.webp'), 'image/webp'],
      ['HEIC', planted('foto.heic'), 'image/heic'],
      ['HEIF', asHeif(planted('foto.heic')), 'image/heif'],
      ['PDF', planted('surat.pdf'), 'application/pdf'],
      ['MP4', planted('film.mp4'), 'video/mp4'],
    ];
    for (const [label, bytes, mediaType] of accepted) {
      it(`takes ${label}, by its bytes, and keeps of it what tells nothing about its maker`, async () => {
        const file = await kept(bytes);

        const clean = (await contentOf(file)) ?? Buffer.alloc(0);
        const sha256 = createHash('sha256').update(clean).digest('hex');
        expect(file).to.include({ mediaType, bytes: clean.length, sha256, name: 'berkas' });
        expect(bytes.toString('latin1')).to.match(/penanda/i);
        expect(clean.toString('latin1')).not.to.match(/penanda/i);
      });
    }

    const refused: readonly (readonly [string, Buffer, string])[] = [
      ['BMP', Buffer.from('BM6\0\0\0', 'latin1'), 'type'],
      ['GIF', Buffer.from('GIF89a'), 'type'],
      ['AVIF', box('avif'), 'type'],
      ['QuickTime', box('qt  '), 'type'],
      ['a web page', Buffer.from('<!doctype html><script>'), 'type'],
      ['a drawing with script', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), 'type'],
      ['a program', Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), 'type'],
      ['a ZIP', Buffer.from('PK\x03\x04\x14\0', 'latin1'), 'type'],
      ['words', Buffer.from('Laporan saya'), 'type'],
      ['megabytes of something else', Buffer.alloc(3 * megabytes, 7), 'type'],
      ['nothing', Buffer.alloc(0), 'empty'],
      ['what begins as a picture and is none', pngOf(100).subarray(0, 30), 'broken'],
      ['a picture over 10 MB', Buffer.concat([png, Buffer.alloc(10 * megabytes)]), 'size'],
    ];
    for (const [label, bytes, why] of refused) {
      it(`refuses ${label}, and leaves nothing of it`, async () => {
        const before = await drafts();

        const source = Readable.from([bytes.subarray(0, 5000), bytes.subarray(5000)]);
        expect(await media.take(source, 'foto.jpg')).to.equal(why);

        expect(source.readableEnded).to.equal(true);
        expect(await drafts()).to.deep.equal(before);
      });
    }

    it('takes a picture of exactly 10 MB, told by its first bytes however they come', async () => {
      expect(await taken(pngOf(10 * megabytes))).to.include({ bytes: 10 * megabytes });
      expect(await taken(png, 3)).to.include({ mediaType: 'image/png' });
    });

    it('keeps files apart that come at once, and leaves nothing of them as they came', async () => {
      const all = Array.from({ length: 8 }, (_, index) => pngOf(100_000 + index, `foto ${index}`));

      const files = await Promise.all(all.map((bytes) => kept(bytes)));

      const contents = await Promise.all(files.map(contentOf));
      expect(contents.map((bytes) => bytes?.toString('latin1', 41, 47))).to.deep.equal(
        all.map((_, index) => `foto ${index}`),
      );
      expect((await drafts()).filter((name) => name.includes('part'))).to.deep.equal([]);
    });

    it('leaves nothing of a file that breaks off', async () => {
      const before = await drafts();
      const source = Readable.from(
        (async function* () {
          yield png;
          await Promise.resolve();
          throw new Malformed('broke off');
        })(),
      );

      const failure = await media.take(source, 'foto.png').catch((error: unknown) => error);

      expect(failure).to.be.instanceOf(Malformed);
      expect(await drafts()).to.deep.equal(before);
    });
  });

  describe('open', () => {
    for (const length of [100, 65_536, 65_537, 131_072, 200_001]) {
      it(`gives back ${length} bytes as they came`, async () => {
        const bytes = pngOf(length);

        const file = await kept(bytes);

        expect((await media.open(file.id, file.key))?.bytes).to.equal(length);
        expect((await contentOf(file))?.equals(bytes)).to.equal(true);
      });
    }

    it('keeps nothing readable on the disk', async () => {
      const words = 'Rahasia warga '.repeat(20);

      const { id } = await kept(pngOf(1000, words));

      expect((await readFile(pathOf(id))).includes('Rahasia')).to.equal(false);
      expect((await readFile(pathOf(id))).includes(png)).to.equal(false);
    });

    it('knows no file that is gone, and none that is no id', async () => {
      expect(await media.open(newId(), 'a'.repeat(43))).to.equal(null);
      const failure = await media.open('../../etc/passwd', '').catch((error: unknown) => error);
      expect(failure).to.have.property('code', 'not_found');
    });

    type Damage = (path: string) => Promise<unknown>;
    const flipped: Damage = async (path) => {
      const bytes = await readFile(path);
      bytes[70_000] = (bytes[70_000] ?? 0) ^ 1;
      await writeFile(path, bytes);
    };
    const swapped: Damage = async (path) => {
      const bytes = await readFile(path);
      const frame = 65_552;
      const [one, two] = [bytes.subarray(0, frame), bytes.subarray(frame, 2 * frame)];
      await writeFile(path, Buffer.concat([two, one, bytes.subarray(2 * frame)]));
    };
    const damages: readonly (readonly [string, Damage])[] = [
      ['was changed', flipped],
      ['had parts swapped', swapped],
      ['was cut off at a frame', (path) => truncate(path, 2 * 65_552)],
      ['was cut off within a frame', (path) => truncate(path, 65_560)],
      ['was emptied', (path) => truncate(path, 0)],
    ];
    for (const [label, damage] of damages) {
      it(`fails for a file that ${label}, before giving out what is not verified`, async () => {
        const bytes = pngOf(200_000, randomBytes(190_000));
        const file = await kept(bytes);
        await damage(pathOf(file.id));

        const seen: Buffer[] = [];
        const opened = await media.open(file.id, file.key);
        opened?.stream.on('data', (chunk: Buffer) => seen.push(chunk));
        const failure = await new Promise((resolve) => {
          opened?.stream.on('error', resolve).on('end', resolve);
        });

        expect(failure).to.be.instanceOf(Malformed);
        const given = Buffer.concat(seen);
        expect(bytes.subarray(0, given.length).equals(given)).to.equal(true);
      });
    }

    it('opens with no other key', async () => {
      const file = await kept(png);
      const key = randomBytes(32).toString('base64url');

      const failure = await contentOf({ ...file, key }).catch((error: unknown) => error);

      expect(failure).to.be.instanceOf(Malformed);
    });
  });

  describe('keep', () => {
    it('keeps a draft under several ids, each as often as asked', async () => {
      const { id: draft, key } = await taken(png);
      const [one, two] = [newId(), newId()];

      for (const id of [one, one, two]) expect(await media.keep([{ draft, id }])).to.be.empty;
      await Promise.all([one, two].map((id) => media.keep([{ draft, id }])));
      await media.remove([one]);

      expect(await media.open(one, key)).to.equal(null);
      expect((await (await media.open(two, key))?.stream.toArray())?.length).to.equal(1);
    });

    it('needs no draft of what is kept already', async () => {
      const { id } = await kept(png);
      await media.drop([id]);

      expect(await media.hasDraft(id)).to.equal(false);
      expect(await media.keep([{ draft: id, id }])).to.be.empty;
    });

    it('names drafts that are gone, and then keeps none', async () => {
      const there = await taken(png);
      const gone = newId();
      const id = newId();

      const answer = await media.keep([
        { draft: there.id, id },
        { draft: gone, id: newId() },
      ]);

      expect(answer).to.deep.equal([gone]);
      expect(await media.open(id, there.key)).to.equal(null);
    });
  });

  describe('sweep', () => {
    it('deletes drafts after a day, and nothing that is kept', async () => {
      const [old, young, keeper] = [await taken(png), await taken(png), await kept(png)];
      const yesterday = new Date(now - 24 * 3600 * 1000 - 1000);
      for (const { id } of [old, keeper]) {
        await utimes(join(folder, 'drafts', id), yesterday, yesterday);
      }

      await media.sweep();

      expect(await media.hasDraft(old.id)).to.equal(false);
      expect(await media.hasDraft(young.id)).to.equal(true);
      expect(await contentOf(keeper)).to.deep.equal(png);
      now += 25 * 3600 * 1000;
      await media.sweep();
      expect(await media.hasDraft(young.id)).to.equal(false);
    });
  });
});
