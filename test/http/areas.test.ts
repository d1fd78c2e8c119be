import express from 'express';
import { expect } from 'chai';
import { loadAreaLines } from '../../src/areas.ts';
import { createAreas } from '../../src/http/areas.ts';
import { createFailureHandler } from '../../src/http/failures.ts';
import { listen, type Listener } from '../../src/http/listen.ts';
import { createLog } from '../../src/log.ts';

describe('suggestions of areas', () => {
  let listener: Listener;
  let url = '';

  before(async () => {
    const app = express().use(createAreas(loadAreaLines));
    listener = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    url = `http://127.0.0.1:${listener.port}/wilayah`;
  });

  after(() => listener.close());

  const rows: readonly (readonly [typed: string, first: string | null])[] = [
    ['genuk', 'Genuk, Kota Semarang, Jawa Tengah'],
    ['GENUK sem', 'Genuk, Kota Semarang, Jawa Tengah'],
    ['kota bandung', 'Kota Bandung, Jawa Barat'],
    ['bandung', 'Kabupaten Bandung, Jawa Barat'],
    ['jawa te', 'Jawa Tengah'],
    ['jl. mawar, genuk', null],
    ['g', null],
    ['', null],
    ['<script>', null],
  ];
  for (const [typed, first] of rows) {
    it(`for "${typed}" begin with ${first ?? 'nothing'}`, async () => {
      const response = await fetch(`${url}?q=${encodeURIComponent(typed)}`);
      const lines: unknown = await response.json();

      expect(lines).to.be.an('array').with.length.at.most(8);
      expect(Array.isArray(lines) ? (lines[0] ?? null) : undefined).to.equal(first);
    });
  }

  it('are none for a question that is no text', async () => {
    expect(await (await fetch(`${url}?q[a]=1`)).json()).to.deep.equal([]);
  });

  it('are there again after they could not be read once', async () => {
    let tries = 0;
    const load = () => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('too many open files')) : loadAreaLines();
    };
    const app = express().use(
      createAreas(load),
      createFailureHandler(createLog('silent', [], { write: () => undefined })),
    );
    const failing = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    const ask = () => fetch(`http://127.0.0.1:${failing.port}/wilayah?q=genuk`);

    const answers = [await ask(), await ask(), await ask()];

    expect(answers.map(({ status }) => status)).to.deep.equal([500, 200, 200]);
    expect(tries).to.equal(2);
    await failing.close();
  });
});
