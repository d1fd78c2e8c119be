import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { channels } from '../../channels/index.ts';
import { readConfig } from '../../src/config.ts';
import type { Environment } from '../../src/domain/channel.ts';
import { ConfigInvalid } from '../../src/errors.ts';
import { startRuntime } from '../../src/runtime.ts';
import { select } from '../../src/store/database.ts';
import { openDelivery } from '../../src/store/inbox.ts';
import { dropOldBodies, dropOldMessages } from '../../src/store/retention.ts';
import { createSeal } from '../../src/store/seal.ts';
import { coreSecret, startCore, type TestCore } from '../support/core.ts';
import { channelSettings, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendSms, sendText, sendUpdate } from '../support/send.ts';

const oldKey = Buffer.alloc(32, 1).toString('base64');
const newKey = Buffer.alloc(32, 2).toString('base64');
const foreignKey = Buffer.alloc(32, 3).toString('base64');

const xSettings = {
  X_CONSUMER_SECRET: 'rahasia-konsumen-x-01234',
  X_USER_ID: '1111111111111111111',
};

const phone = '+6281377788899';
const chat = 6_177_788_899;
const group = -1_001_777_888_999;

/** Everything of a citizen that went in. Whoever has the database without the key must find none of it. */
const personal = {
  'the text of the SMS': 'Ibu Kartika di Gang Kenanga 7 terendam banjir',
  'the phone number': '81377788899',
  'the text of the Telegram message': 'Kakek saya Suparman ditolak di RSUD',
  'the first name': 'Wulandari',
  'the last name': 'Prawirohardjo',
  'the chat': String(chat),
  'the group': String(Math.abs(group)),
  'the caption of an album': 'Foto KTP terlampir',
  'the album': '13579246801357924',
  'the handle of a file': 'AgACAgUAAx-rahasia',
  'the name of a file': 'ktp-wulandari.pdf',
  'the place': '106.823',
  'an edit': 'Maaf, RSUD Cempaka',
  'a shared phone number': '81399900011',
  'what the core answers the citizen': 'Bu Kartika, petugas datang besok',
  'a raw SMS body': 'Body=Ibu+Kartika',
  'a raw Telegram body': '"first_name"',
} as const;

describe('the database at rest', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let messages = 0;

  const start = (environment: Environment = {}) =>
    startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { ...xSettings, ...environment },
    });

  const sendMessage = (kind: 'message' | 'edited_message', content: object) => {
    messages += 1;
    return sendUpdate(gateway.url, {
      update_id: 990_000_000 + messages,
      [kind]: {
        message_id: messages,
        date: 1_795_255_200,
        chat: { id: chat, type: 'private', first_name: personal['the first name'] },
        from: {
          id: chat,
          is_bot: false,
          first_name: personal['the first name'],
          last_name: personal['the last name'],
        },
        ...content,
      },
    });
  };

  const isDrained = () =>
    eventually('drained', async () => {
      const [row] = await select(
        db.database,
        `select (select count(*) from deliveries where state = 'pending')
              + (select count(*) from messages where state = 'pending')
              + (select count(*) from outbox where state = 'pending') as pending`,
      );
      return Number(row?.['pending']) === 0;
    });

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await start();
    await sendSms(gateway.url, {
      MessageSid: 'SM1',
      From: phone,
      Body: personal['the text of the SMS'],
    });
    await sendMessage('message', { text: personal['the text of the Telegram message'] });
    await sendMessage('edited_message', {
      message_id: messages,
      edit_date: 1_795_255_300,
      text: personal['an edit'],
    });
    const document = {
      file_id: personal['the handle of a file'],
      file_name: personal['the name of a file'],
    };
    const media_group_id = personal['the album'];
    await sendMessage('message', {
      media_group_id,
      caption: personal['the caption of an album'],
      document,
    });
    await sendMessage('message', { location: { latitude: -6.2, longitude: 106.823 } });
    await sendMessage('message', {
      contact: { phone_number: '+6281399900011', first_name: 'Wulandari', user_id: chat },
    });
    await sendMessage('message', {
      chat: { id: group, type: 'supergroup', title: 'Warga RW 05' },
      text: '@LaporBot Jalan Melati gelap',
      entities: [{ type: 'mention', offset: 0, length: 9 }],
    });
    const post = 'ANONIM Petugas parkir minta uang di Jl. Melati 3 Depok';
    expect((await sendText(gateway.url, 'x', post, null, xSettings)).status).to.equal(200);
    await core.until(() => core.events().length >= 6);
    await isDrained();
    const [first] = core.events();
    await tellStatus(gateway.url, {
      complaintId: first?.data['id'],
      status: 'ditanggapi',
      reply: personal['what the core answers the citizen'],
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  describe('every table of every schema', () => {
    let dump: ReadonlyMap<string, readonly Buffer[]>;

    before(async () => {
      dump = await dumpOf(db);
    });

    it('is looked at: ours, those of the queue, and those that should have rows have some', () => {
      const filled = [...dump].filter(([, values]) => values.length > 0).map(([table]) => table);

      expect(filled).to.include.members(
        [
          ...['deliveries', 'messages', 'reporters', 'complaints', 'attachments'],
          ...['outbox', 'statuses', 'secrets'],
        ].map((table) => `public.${table}`),
      );
      expect([...dump.keys()].filter((table) => !table.startsWith('public.'))).not.to.be.empty;
    });

    it('would show what is written into it', async () => {
      await db.database.raw(`insert into cursors (name, value) values ('x', 'Kartika')`);

      const found = tablesWith(await dumpOf(db), 'Kartika');
      await db.database.raw(`delete from cursors where name = 'x'`);

      expect(found).to.deep.equal(['public.cursors']);
    });

    for (const [label, trace] of Object.entries(personal)) {
      it(`does not hold ${label}`, () => {
        expect(tablesWith(dump, trace)).to.deep.equal([]);
      });
    }

    it('does not hold the id of a post, which would lead from an anonymous complaint to it', async () => {
      const rows = await select(db.database, `select sealed from deliveries where channel = 'x'`);
      const sealed = z.instanceof(Buffer).parse(rows[0]?.['sealed']);
      const body = Buffer.from(openDelivery(createSeal([oldKey]), sealed).body).toString();
      const [id = ''] = /(?<="id":")\d{15,}/.exec(body) ?? [];

      expect(id).not.to.equal('');
      expect(tablesWith(dump, id)).to.deep.equal([]);
    });

    it('does not hold a key or a secret', () => {
      const secrets = [oldKey, coreSecret, ...Object.values(channelSettings).map(String)];

      for (const secret of secrets.filter((value) => value.length > 12)) {
        const where = tablesWith(dump, secret);
        expect(where, secret).to.deep.equal([]);
      }
      expect(tablesWith(dump, Buffer.alloc(32, 1))).to.deep.equal([]);
    });

    it('holds all of it for whoever has the key', async () => {
      const seal = createSeal([oldKey]);
      const sealedOf = async (table: string) =>
        (await select(db.database, `select sealed from ${table} order by id`)).map((row) =>
          z.instanceof(Buffer).parse(row['sealed']),
        );

      const bodies = (await sealedOf('deliveries')).map((sealed) =>
        Buffer.from(openDelivery(seal, sealed).body).toString(),
      );
      const statuses = (await sealedOf('statuses')).map((sealed) => seal.open('status', sealed));

      const forms = bodies.map((body) => decodeURIComponent(body.replaceAll('+', ' ')));
      const opened = [...bodies, ...forms, ...statuses].join('\n');
      expect(Object.values(personal).filter((trace) => !opened.includes(trace))).to.deep.equal([]);
    });
  });

  describe('DATA_KEY', () => {
    const refOf = (text: string) =>
      z
        .object({ ref: z.string() })
        .parse(core.events().find(({ data }) => data['text'] === text)?.data['reporter']).ref;

    it('may rotate: a new one first, the old one behind it; the pseudonym stays the same', async () => {
      const before = refOf(personal['the text of the SMS']);
      await gateway.stop();
      gateway = await start({ DATA_KEY: `${newKey} ${oldKey}` });

      await sendSms(gateway.url, {
        MessageSid: 'SM2',
        From: phone,
        Body: 'LAPOR BARU sesudah rotasi',
      });
      await core.until(() =>
        core.events().some(({ data }) => data['messageIds']?.toString() === 'SM2'),
      );

      const after = core.events().find(({ data }) => data['messageIds']?.toString() === 'SM2');
      const reporter = z
        .object({ ref: z.string(), contact: z.object({ value: z.string() }) })
        .parse(after?.data['reporter']);
      expect(reporter.ref).to.equal(before);
      expect(reporter.contact.value).to.equal(phone);
      const rows = await select(
        db.database,
        'select sealed from deliveries order by id desc limit 1',
      );
      const sealed = z.instanceof(Buffer).parse(rows[0]?.['sealed']);
      expect(createSeal([newKey]).open('delivery', sealed)).not.to.be.empty;
    });

    for (const [label, key] of Object.entries({
      'only a foreign one': foreignKey,
      'a foreign one and the new one, but not the one it was begun with': `${foreignKey} ${newKey}`,
    })) {
      it(`stops the start when there is ${label}`, async () => {
        const error = await startFailure(db, key);

        expect(error).to.be.instanceOf(ConfigInvalid);
        expect(String(error)).to.contain('DATA_KEY').and.not.to.contain(key);
      });
    }
  });

  describe('raw bodies', () => {
    const keptOf = async (state: string) => {
      const rows = await select(
        db.database,
        'select count(*), count(sealed) as kept from deliveries where state = ?',
        [state],
      );
      return { all: Number(rows[0]?.['count']), kept: Number(rows[0]?.['kept']) };
    };

    it('are deleted so many days after they were read, not sooner', async () => {
      const { all } = await keptOf('read');
      await db.database.raw(
        `update deliveries set done_at = now() - interval '29 days 23 hours' where state = 'read'`,
      );

      expect(await dropOldBodies(db.database, 30)).to.equal(0);
      await db.database.raw(
        `update deliveries set done_at = now() - interval '30 days 1 minute' where id =
           (select min(id) from deliveries where state = 'read')`,
      );
      expect(await dropOldBodies(db.database, 30)).to.equal(1);

      expect(await keptOf('read')).to.deep.equal({ all, kept: all - 1 });
      expect(await dropOldBodies(db.database, 30)).to.equal(0);
    });

    it('go with the messages read from them, whose ids stay known', async () => {
      const count = async (where: string) =>
        select(db.database, `select count(*) from messages where ${where}`);
      const before = await count('true');
      await db.database.raw(
        `update messages set judged_at = now() - interval '30 days 1 minute' where state = 'judged'`,
      );

      expect(await dropOldMessages(db.database, 30)).to.be.above(0);

      expect(await count('true')).to.deep.equal(before);
      expect(await count(`state = 'judged' and sealed is not null`)).to.deep.equal([
        { count: '0' },
      ]);
    });

    it('stay as long as nobody could read them', async () => {
      await sendUpdate(gateway.url, 'bukan pembaruan');
      await isDrained();
      await db.database.raw(
        `update deliveries set done_at = now() - interval '400 days' where state = 'quarantined'`,
      );

      await dropOldBodies(db.database, 30);

      expect(await keptOf('quarantined')).to.deep.equal({ all: 1, kept: 1 });
    });

    it('take nothing else with them', async () => {
      const count = async () => select(db.database, 'select count(*) from complaints');
      const before = await count();
      await db.database.raw(`update deliveries set done_at = now() - interval '31 days'`);

      await dropOldBodies(db.database, 30);

      expect(await count()).to.deep.equal(before);
      expect((await keptOf('read')).kept).to.equal(0);
    });
  });
});

/** Every value of every table that is not PostgreSQL's own, as bytes. */
async function dumpOf({ database }: TestDatabase): Promise<Map<string, Buffer[]>> {
  const tables = await select(
    database,
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const dump = new Map<string, Buffer[]>();
  for (const { name } of tables) {
    const rows = await select(database, `select * from ${String(name)}`);
    dump.set(
      String(name),
      rows.flatMap((row) => Object.values(row).map(bytesOf)),
    );
  }
  return dump;
}

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify([value]));
}

function tablesWith(
  dump: ReadonlyMap<string, readonly Buffer[]>,
  trace: string | Buffer,
): string[] {
  return [...dump]
    .filter(([, values]) => values.some((value) => value.includes(trace)))
    .map(([table]) => table);
}

async function tellStatus(url: string, data: object): Promise<void> {
  const body = JSON.stringify({
    ...{ specversion: '1.0', id: 'status-1', type: 'id.go.lapor.complaint.status.v1', data },
    source: '/core',
  });
  const at = new Date();
  const response = await fetch(`${url}/api/v1/core/events`, {
    method: 'POST',
    headers: {
      'webhook-id': 'status-1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(coreSecret).sign('status-1', at, body),
    },
    body,
  });
  expect(response.status).to.equal(202);
}

async function startFailure(db: TestDatabase, dataKey: string): Promise<unknown> {
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-key-'));
  const environment = {
    ...channelSettings,
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
    return error;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  throw new Error('it started');
}
