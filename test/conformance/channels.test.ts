import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { channels } from '../../channels/index.ts';
import { readConfig } from '../../src/config.ts';
import type { Channel, ChannelModule, Environment } from '../../src/domain/channel.ts';
import { ConfigInvalid, Malformed } from '../../src/errors.ts';
import { mostBodyBytes } from '../../src/http/body.ts';
import { startRuntime } from '../../src/runtime.ts';
import { select } from '../../src/store/database.ts';
import { openDelivery } from '../../src/store/inbox.ts';
import { createSeal } from '../../src/store/seal.ts';
import { fixture, mutated, opened, randomFrom, stillTools } from '../support/channel-cases.ts';
import { coreSecret, startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Answer, get, send, type Sent } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { oddNumbers, type Provider, providers, type Way } from './providers.ts';

const dataKey = Buffer.alloc(32, 1).toString('base64');
const seal = createSeal([dataKey]);
const foreign = 'secret-of-somebody-else-000000000';
const modules = channels.filter(({ name }) => name in providers);

describe('every webhook channel', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let number = 0;
  const texts: string[] = [];

  const newText = (about: string): { text: string; number: number } => {
    number += 1;
    const text = `Jembatan Cikapundung nomor ${String(number)} ambrol (${about})`;
    texts.push(text);
    return { text, number };
  };

  const countDeliveries = async (): Promise<number> => {
    const [row] = await select(db.database, 'select count(*) from deliveries');
    return Number(row?.['count']);
  };

  /** The newest delivery once it is read or quarantined, with what was kept of it. */
  const newestEnded = () =>
    eventually('the newest delivery ended', async () => {
      const [row] = await select(
        db.database,
        'select state, reason, sealed from deliveries order by id desc limit 1',
      );
      const { state, reason, sealed } = row ?? {};
      return state !== 'pending' && sealed instanceof Buffer
        ? { state, reason, kept: openDelivery(seal, sealed) }
        : null;
    });

  const reachesTheCore = (text: string) =>
    core.until((calls) => calls.some(({ event }) => event.data['text'] === text));

  /** Sends it with the right proof, and holds the answer to the provider's success. */
  const succeeds = async (provider: Provider, sent: Sent): Promise<void> => {
    const answer = await send(gateway.url, sent);
    expect(answer.status).to.equal(200);
    expect(answer.body).to.equal(provider.success.body);
    expect(answer.headers['content-type']).to.match(new RegExp(`^${provider.success.type}(;|$)`));
  };

  /** Sends it and sees it turned away: 401, no word why, nothing stored. */
  const isTurnedAway = async (sent: Sent): Promise<void> => {
    const before = await countDeliveries();

    const answer = await send(gateway.url, sent);

    expect(answer.status).to.equal(401);
    expect(answer.body).to.equal('');
    expect(await countDeliveries()).to.equal(before);
  };

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    const settings = Object.values(providers).map((provider) => provider.settings);
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: Object.fromEntries(settings.flatMap((each) => Object.entries(each))),
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  it('has an entry in test/conformance/providers.ts', async () => {
    const open = await Promise.all(channels.map((module) => opened(module, demoOf(module))));

    const needed = open.filter(({ webhook }) => webhook).map(({ name }) => name);

    expect(Object.keys(providers)).to.include.members(needed);
  });

  for (const module of modules) {
    const { name } = module;
    const provider = providerOf(name);

    describe(name, () => {
      let channel: Channel;

      before(async () => {
        channel = await opened(module, provider.settings);
      });

      for (const way of provider.ways) {
        itKeepsItsPromises(provider, way);
      }

      it('answers 401 when its proof was left out', async () => {
        const [way] = provider.ways;
        const { text, number } = newText('unsigned');

        await isTurnedAway(unproved(requestOf(way, text, number, provider.secret)));
      });

      it('answers 401 before a body comes whose headers prove nothing, and keeps the line', async () => {
        const [way] = provider.ways;
        const { text, number } = newText('not yet sent');
        const sent = requestOf(way, text, number, provider.secret);
        const refused = [unproved(sent)];
        if (way.proof === 'token') refused.push(requestOf(way, text, number, foreign));

        for (const each of refused) {
          const line = await begin(gateway.url, each);
          await eventually('401', () => Promise.resolve(line.heard().startsWith('HTTP/1.1 401 ')));
          line.finish();
          line.ask('/healthz');
          await eventually('the next answer', () =>
            Promise.resolve(line.heard().includes(' 200 ')),
          );
          line.close();
        }
      });

      it('takes the same delivery five times at once as one', async () => {
        const [way] = provider.ways;
        const { text, number } = newText('five times');
        const sent = requestOf(way, text, number, provider.secret);
        const outcome = (of: string) =>
          gateway.metric(`satupintu_deliveries_total{channel="${name}",outcome="${of}"}`);
        const before = {
          accepted: await outcome('accepted'),
          repeated: await outcome('repeated'),
          deliveries: await countDeliveries(),
        };

        const answers = await Promise.all(Array.from({ length: 5 }, () => send(gateway.url, sent)));

        expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
        await reachesTheCore(text);
        expect(await outcome('accepted')).to.equal(before.accepted + 1);
        expect(await outcome('repeated')).to.equal(before.repeated + 4);
        expect(await countDeliveries()).to.equal(before.deliveries + 1);
        const messages = await select(
          db.database,
          `select id from messages where delivery_id = (select max(id) from deliveries)`,
        );
        expect(messages).to.have.length(1);
        expect(core.events().filter(({ data }) => data['text'] === text)).to.have.length(1);
      });

      it('answers 200 to 300 mutated fixtures, ends each of them, and goes on', async () => {
        const random = randomFrom(17);
        const files = await readdir(new URL(`../fixtures/${name}/`, import.meta.url));
        const contents = Array.from({ length: 300 }, () =>
          mutated(provider.adopted(fixture(name, files[random(files.length)] ?? '')), random),
        );
        const { text, number } = newText('after the mutants');
        const [way] = provider.ways;

        const answers = await inTurns(contents, 16, (content) =>
          send(gateway.url, way.request(content, provider.secret)),
        );

        const taken = answers.filter(({ status }) => status === 200);
        expect(taken).to.have.length.above(250);
        // A mutant that names another account is the one thing that may still be refused.
        expect(answers.filter(({ status }) => status === 401).length + taken.length).to.equal(300);
        await succeeds(provider, requestOf(way, text, number, provider.secret));
        await reachesTheCore(text);
        const pending = await select(
          db.database,
          `select id from deliveries where state = 'pending'`,
        );
        expect(pending).to.deep.equal([]);
      });

      it('reads every fixture purely: twice the same, its bytes untouched', async () => {
        const files = await readdir(new URL(`../fixtures/${name}/`, import.meta.url));

        expect(files).not.to.be.empty;
        for (const file of files) {
          const request = provider.stored(file, fixture(name, file));
          const before = Buffer.from(request.body);
          const first = outcomeOf(channel, request);
          expect(outcomeOf(channel, request), file).to.deep.equal(first);
          expect(Buffer.from(request.body).equals(before), file).to.equal(true);
        }
      });

      for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        it(`answers ${method} with 405 and what is allowed, unless it uses it`, async () => {
          const { webhook } = channel;
          const used: string[] = [
            ...(webhook?.methods ?? []),
            ...(webhook?.handshake ? ['GET'] : []),
          ];
          const wanted = used.includes(method)
            ? { status: 401, allow: undefined }
            : { status: 405, allow: used.join(', ') };

          const { status, headers, body } = await send(gateway.url, {
            method,
            path: `/webhooks/${name}`,
            headers: {},
            body: null,
          });

          expect({ status, allow: headers.allow }).to.deep.equal(wanted);
          expect(body).to.equal('');
        });
      }

      it('is not found below a path it does not use', async () => {
        const answer = await get(gateway.url, `/webhooks/${name}/lain`);

        expect(answer.status).to.equal(404);
      });

      it('has a valid setting for each of its variables in providers.ts', () => {
        expect(Object.keys(provider.settings)).to.have.members(module.variables);
      });

      for (const missing of provider.needed) {
        it(`names ${missing} when only that is missing`, async () => {
          const error = await failureOf(module, { ...provider.settings, [missing]: '' });

          expect(namesIn(error)).to.deep.equal([missing]);
          expectNoValueIn(error, provider);
        });
      }

      for (const only of module.variables) {
        it(`names everything that is missing beside ${only}, at once`, async () => {
          const error = await failureOf(module, { [only]: provider.settings[only] });

          expect(namesIn(error)).to.have.members(provider.needed.filter((each) => each !== only));
          expectNoValueIn(error, provider);
        });
      }
    });
  }

  function itKeepsItsPromises(provider: Provider, way: Way): void {
    const { label, proof, filled } = way;

    it(`${label}: answers with the provider's own success and brings the message to the core`, async () => {
      const { text, number } = newText('success');
      const sent = requestOf(way, text, number, provider.secret);

      await succeeds(provider, sent);

      const { state, kept } = await newestEnded();
      expect(state).to.equal('read');
      expect(kept.method).to.equal(sent.method);
      expect(kept.url).to.equal(publicUrl + sent.path);
      expect(Buffer.from(kept.body).equals(sent.body ?? Buffer.alloc(0))).to.equal(true);
      await reachesTheCore(text);
    });

    it(`${label}: answers 401 to the proof of a foreign secret`, async () => {
      const { text, number } = newText('foreign');

      await isTurnedAway(requestOf(way, text, number, foreign));
    });

    it(`${label}: answers 401 when one byte of its ${proof} was flipped`, async () => {
      const { text, number } = newText('flipped');
      const content = way.message(text, number);
      const sent = way.request(content, provider.secret);
      const places = proof === 'token' ? provider.secret.length : content.length;

      for (const at of [0, Math.floor(places / 2), places - 1]) {
        const forged =
          proof === 'token'
            ? way.request(content, flipped(Buffer.from(provider.secret), at).toString())
            : way.request(flipped(content, at), provider.secret);
        await isTurnedAway(
          proof === 'token'
            ? forged
            : // The proof of one content with another content.
              sent.method === 'GET'
              ? { ...sent, path: forged.path }
              : { ...sent, body: forged.body },
        );
      }
    });

    for (const row of way.unreadable) {
      const end = row.ends === 'read' ? 'reads it' : 'quarantines it with its reason';
      it(`${label}: answers 200 to ${row.label}, keeps its bytes and ${end}`, async () => {
        const before = await countDeliveries();
        const sent = way.request(row.content, provider.secret);

        await succeeds(provider, sent);

        const { state, reason, kept } = await newestEnded();
        expect(await countDeliveries()).to.equal(before + 1);
        expect(kept.url).to.equal(publicUrl + sent.path);
        expect(Buffer.from(kept.body).equals(sent.body ?? Buffer.alloc(0))).to.equal(true);
        if (row.ends === 'read') {
          expect([state, reason]).to.deep.equal(['read', null]);
        } else {
          expect(state).to.equal('quarantined');
          expect(reason).to.match(row.ends);
        }
      });
    }

    for (const { label: what, content } of way.refused ?? []) {
      it(`${label}: answers 401 to ${what}, however well signed, and stores nothing`, () =>
        isTurnedAway(way.request(content, provider.secret)));
    }

    it(`${label}: goes on with the next message after what it could not read`, async () => {
      const { text, number } = newText('goes on');

      await succeeds(provider, requestOf(way, text, number, provider.secret));

      await reachesTheCore(text);
    });

    if (filled === null) return;

    for (const how of ['content-length', 'chunked'] as const) {
      it(`${label}: takes exactly 3 MB (${how})`, async () => {
        const { text, number } = newText(`3 MB, ${how}`);
        const content = filled(way.message(text, number), mostBodyBytes);

        const answer = await send(gateway.url, way.request(content, provider.secret), how);

        expect(answer.status).to.equal(200);
        expect((await newestEnded()).kept.body).to.have.length(3 * 1024 * 1024);
        await reachesTheCore(text);
      });

      it(`${label}: answers 413 to 3 MB and one byte (${how}), stores nothing, stays ready`, async () => {
        const { text, number } = newText(`over 3 MB, ${how}`);
        const content = filled(way.message(text, number), mostBodyBytes + 1);
        const before = await countDeliveries();

        const answer = await send(gateway.url, way.request(content, provider.secret), how);

        expect(answer.status).to.equal(413);
        expect(await countDeliveries()).to.equal(before);
        expect((await get(gateway.internalUrl, '/readyz')).status).to.equal(200);
      });
    }
  }

  describe('closed, none of its variables set', () => {
    let closed: TestGateway;

    before(async () => {
      closed = await startGateway({
        databaseUrl: db.url,
        coreUrl: core.url,
        role: 'gateway',
        environment: emptyOf(channels),
      });
    });

    after(async () => {
      await closed.stop();
    });

    for (const { name } of modules) {
      it(`is 404 for ${name}, however well proved and by whatever method`, async () => {
        const provider = providerOf(name);
        const { text, number } = newText('closed');
        const sent = requestOf(provider.ways[0], text, number, provider.secret);
        const before = await countDeliveries();

        const answers = [
          await send(closed.url, sent),
          await send(closed.url, { ...sent, method: 'PUT' }),
          await get(closed.url, `/webhooks/${name}`),
        ];

        expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404]);
        expect(await countDeliveries()).to.equal(before);
      });
    }
  });

  describe('half configured', () => {
    it('stops the start, naming what all channels miss at once and no value', async () => {
      const halves = modules.map(({ name }) => providerOf(name));
      const environment: Environment = {
        ...emptyOf(channels),
        ...Object.fromEntries(
          halves.map(({ needed, settings }) => [needed[0] ?? '', settings[needed[0] ?? '']]),
        ),
      };

      const error = await startFailure(db, environment);

      expect(namesIn(error)).to.have.members(halves.flatMap(({ needed }) => needed.slice(1)));
      for (const provider of halves) expectNoValueIn(error, provider);
    });
  });

  describe('in the log of all this', () => {
    it('left every line it should have', () => {
      expect(gateway.log()).to.contain('delivery read');
      expect(gateway.log()).to.contain('delivery quarantined');
      expect(gateway.log()).to.contain('delivery not authentic');
      expect(gateway.log()).to.contain('message judged');
      expect(gateway.log()).to.contain('event sent');
    });

    it('left no error', () => {
      const errors = gateway
        .log()
        .split('\n')
        .filter((line) => /^\{"level":(50|60)/.test(line));

      expect(errors).to.deep.equal([]);
    });

    it('left no secret', () => {
      const secrets = Object.values(providers).flatMap(({ settings, secret }) => [
        secret,
        ...Object.entries(settings).flatMap(([name, value]) =>
          /TOKEN|SECRET|SID/.test(name) && value ? [value] : [],
        ),
      ]);

      for (const secret of [...secrets, dataKey, coreSecret, foreign]) {
        expect(gateway.log()).not.to.contain(secret);
      }
    });

    it('left no text, no number, no name', () => {
      const numbers = [...Array.from({ length: number }, (_, index) => index + 1), ...oddNumbers];
      const personal = Object.values(providers).flatMap((provider) =>
        numbers.flatMap((each) => provider.personal(each)),
      );

      for (const trace of [...texts, 'Cikapundung', ...personal]) {
        expect(gateway.log()).not.to.contain(trace);
      }
    });
  });
});

function providerOf(name: string): Provider & { readonly ways: readonly [Way, ...Way[]] } {
  const provider = providers[name];
  const [first, ...others] = provider?.ways ?? [];
  if (!provider || !first) throw new Error(`${name} has no way in test/conformance/providers.ts`);
  return { ...provider, ways: [first, ...others] };
}

function requestOf(way: Way, text: string, number: number, secret: string): Sent {
  return way.request(way.message(text, number), secret);
}

function unproved(sent: Sent): Sent {
  const headers = Object.entries(sent.headers).filter(([name]) => name.startsWith('content-'));
  return { ...sent, headers: Object.fromEntries(headers) };
}

/** A request on a line of its own, of whose body nothing is sent until `finish`. */
async function begin(base: string, { method, path, headers, body }: Sent) {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  await new Promise((resolve) => socket.once('connect', resolve));
  const lines = Object.entries({ host: 'a', 'content-length': body?.length ?? 0, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n`);
  return {
    heard: () => heard,
    finish: () => socket.write(body ?? ''),
    ask: (other: string) => socket.write(`GET ${other} HTTP/1.1\r\nhost: a\r\n\r\n`),
    close: () => socket.destroy(),
  };
}

function demoOf(module: ChannelModule): Environment {
  return module.demo(() => '0123456789abcdef'.repeat(4));
}

function emptyOf(modules: readonly ChannelModule[]): Environment {
  return Object.fromEntries(
    modules.flatMap(({ variables }) => variables.map((name) => [name, ''])),
  );
}

function flipped(bytes: Buffer, at: number): Buffer {
  const result = Buffer.from(bytes);
  result[at] = (result[at] ?? 0) ^ 1;
  return result;
}

async function inTurns<Item>(
  items: readonly Item[],
  width: number,
  act: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < items.length; at += width) {
    answers.push(...(await Promise.all(items.slice(at, at + width).map(act))));
  }
  return answers;
}

function outcomeOf(channel: Channel, request: Parameters<Channel['read']>[0]): unknown {
  try {
    return channel.read(request);
  } catch (error) {
    if (error instanceof Malformed) return error.message;
    throw error;
  }
}

async function failureOf(module: ChannelModule, environment: Environment): Promise<ConfigInvalid> {
  try {
    await module.open(environment, stillTools());
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
  throw new Error('it opened');
}

async function startFailure(db: TestDatabase, given: Environment): Promise<ConfigInvalid> {
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-half-'));
  const environment = {
    ...given,
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: db.url,
    DATA_KEY: dataKey,
  };
  const variables = channels.flatMap((module) => module.variables);
  try {
    const runtime = await startRuntime({
      config: readConfig(environment, variables),
      environment,
      modules: channels,
      role: 'all',
      sink: { write: () => undefined },
    });
    await runtime.close();
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  throw new Error('it started');
}

/** The variables an error names as missing. */
function namesIn(error: ConfigInvalid): string[] {
  return error.problems.map((problem) => /^([A-Z_]+) is missing/.exec(problem)?.[1] ?? problem);
}

function expectNoValueIn(error: ConfigInvalid, { settings }: Provider): void {
  for (const value of Object.values(settings)) {
    if (value && value.length > 8) expect(error.message).not.to.contain(value);
  }
}
