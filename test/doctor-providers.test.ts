import { expect } from 'chai';
import type { Environment } from '../src/domain/channel.ts';
import { type Fakes, startFakes } from '../src/embedded/fakes.ts';
import { type AnsweringServer, startAnswers } from './support/answers.ts';
import { coreSecret } from './support/core.ts';
import { examine } from './support/doctor.ts';
import { publicUrl, startGateway, type TestGateway } from './support/gateway.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

const names = ['facebook', 'sms', 'telegram', 'x'] as const;
const sid = 'AC00000000000000000000000000000001';
const token = '777000:telegram-token-for-tests';
const page = '100000000001708';

const secrets = {
  TWILIO_AUTH_TOKEN: 'twilio-token-for-tests-0000000000',
  TELEGRAM_BOT_TOKEN: token,
  X_CONSUMER_SECRET: 'x-consumer-secret-for-tests',
  X_BEARER_TOKEN: 'x-bearer-token-for-tests',
  X_CONSUMER_KEY: 'x-consumer-key-for-tests',
  X_ACCESS_TOKEN: '1708-x-access-token-for-tests',
  X_ACCESS_SECRET: 'x-access-secret-for-tests',
  FACEBOOK_APP_SECRET: 'facebook-app-secret-for-tests',
  FACEBOOK_PAGE_TOKEN: 'facebook-page-token-for-tests',
};

const settings: Environment = {
  ...secrets,
  TWILIO_ACCOUNT_SID: sid,
  TWILIO_NUMBER: '+622150001708',
  TELEGRAM_SECRET_TOKEN: 'telegram-secret-for-tests',
  TELEGRAM_BOT_USERNAME: 'LaporBot',
  X_USER_ID: '1708170817081',
  X_HANDLE: 'LAPOR1708',
  FACEBOOK_VERIFY_TOKEN: 'facebook-verify-token-for-tests',
  FACEBOOK_PAGE_ID: page,
  FACEBOOK_APP_ID: '200300400',
};

describe('npm run doctor, in front of providers', () => {
  let db: TestDatabase;
  let core: AnsweringServer;
  let fakes: Fakes;
  let gateway: TestGateway;
  let environment: Environment;

  before(async () => {
    db = await createTestDatabase();
    core = await startAnswers();
    core.give({ 'OPTIONS /events': { status: 204, body: '' } });
    fakes = await startFakes({ settings: () => settings, publicUrl, pace: 0.01 });
    environment = {
      ...settings,
      ...Object.fromEntries(names.flatMap((name) => Object.entries(fakes.variables(name)))),
      PUBLIC_URL: publicUrl,
      TRUST_PROXY: '1',
      DATABASE_URL: db.url,
      DATA_KEY: Buffer.alloc(32, 1).toString('base64'),
      ROUTING_CORE_URL: `${core.url}/events`,
      ROUTING_CORE_SECRET: coreSecret,
    };
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: `${core.url}/events`,
      environment,
    });
    for (const name of names) await fakes.of(name)?.connect(gateway.url);
  });
  after(async () => {
    await gateway.stop();
    await fakes.close();
    await core.close();
    await db.drop();
  });

  const run = (args: readonly string[] = [], others: Environment = {}) =>
    examine({ ...environment, ...others }, { args, gatewayUrl: gateway.url });

  const ask = async (name: string, method: string, path: string, headers = {}, body = '') => {
    const url = `${fakes.of(name)?.url ?? ''}${path}`;
    const answer = await fetch(url, { method, headers, ...(body ? { body } : {}) });
    expect(answer.status, path).to.be.lessThan(300);
    return answer.json();
  };

  /** Somebody has been at every provider's console. */
  const spoil = async () => {
    const basic = Buffer.from(`${sid}:${secrets.TWILIO_AUTH_TOKEN}`).toString('base64');
    const form = {
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const base = `/2010-04-01/Accounts/${sid}/IncomingPhoneNumbers`;
    const list = JSON.stringify(await ask('sms', 'GET', `${base}.json`, form));
    const phone = /"sid":"(PN\w+)"/.exec(list)?.[1] ?? '';
    await ask('sms', 'POST', `${base}/${phone}.json`, form, 'SmsUrl=https://old.example/sms');
    await ask('telegram', 'POST', `/bot${token}/deleteWebhook`);
    const app = { authorization: `Bearer 200300400|${secrets.FACEBOOK_APP_SECRET}` };
    await ask('facebook', 'DELETE', '/200300400/subscriptions', app);
    const bearer = { authorization: `Bearer ${secrets.FACEBOOK_PAGE_TOKEN}` };
    await ask('facebook', 'DELETE', `/${page}/subscribed_apps`, bearer);
    const x = { authorization: `Bearer ${secrets.X_BEARER_TOKEN}` };
    const hooks = JSON.stringify(await ask('x', 'GET', '/2/webhooks', x));
    await ask('x', 'DELETE', `/2/webhooks/${/"id":"(\d+)"/.exec(hooks)?.[1] ?? ''}`, x);
  };

  const broken = [
    'facebook webhook',
    'facebook page',
    'sms webhook',
    'telegram webhook',
    'x webhook',
    'x subscriptions',
  ];

  it('finds all that is wrong at the providers, mends it, and finds nothing more', async () => {
    await spoil();

    const found = await run();
    const fixed = await run(['--fix']);
    const after = await run(['--fix']);

    const failing = ({ report }: typeof found) =>
      report.checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    expect(failing(found)).to.deep.equal(broken);
    expect(found.code).to.equal(1);
    expect(found.report.repairs).to.deep.equal([]);
    expect(failing(fixed)).to.deep.equal([]);
    expect(fixed.code).to.equal(0);
    expect(fixed.report.repairs.every(({ isDone }) => isDone)).to.equal(true);
    expect(fixed.report.repairs).to.have.length(broken.length + 1); // direct messages too
    expect(after.report.repairs).to.deep.equal([]);
    const warnings = after.report.checks.filter(({ state }) => state === 'warning');
    expect(warnings.map(({ name }) => name)).to.deep.equal(['durability']);
  });

  it('leaves webhooks behind through which a citizen is heard', async () => {
    for (const name of names) {
      const sent = await fakes
        .of(name)
        ?.send({ from: null, text: 'Jalan rusak di Jl. Mawar Depok' });

      expect([name, sent?.error, sent?.status]).to.deep.equal([name, null, 200]);
    }
  });

  const wrong: readonly (readonly [keyof typeof secrets, string])[] = [
    ['TWILIO_AUTH_TOKEN', 'sms account'],
    ['TELEGRAM_BOT_TOKEN', 'telegram bot'],
    ['X_BEARER_TOKEN', 'x webhook'],
    ['X_ACCESS_SECRET', 'x account'],
    ['FACEBOOK_APP_SECRET', 'facebook webhook'],
    ['FACEBOOK_PAGE_TOKEN', 'facebook page token'],
  ];
  for (const [variable, check] of wrong) {
    it(`names ${variable} when it is wrong, and never its value`, async () => {
      const value = `${secrets[variable].slice(0, 8)}-wrong-value`;

      const result = await run([], { [variable]: value });

      const { state, says, remedy } = result.check(check);
      expect(state).to.equal('failed');
      expect(`${says} ${remedy ?? ''}`).to.include(variable);
      expect(JSON.stringify(result.report)).not.to.include(value);
      expect(result.code).to.equal(1);
    });
  }

  it('does not cut a short verify token out of every word', async () => {
    const { report } = await run([], { FACEBOOK_VERIFY_TOKEN: 'se' });

    expect(report.checks.map(({ says }) => says)).to.include(
      `Meta sends to ${publicUrl}/webhooks/facebook`,
    );
  });
});
