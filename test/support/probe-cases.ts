import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import type { Channel, ChannelModule, Environment } from '../../src/domain/channel.ts';
import type { Check } from '../../src/domain/check.ts';
import { type Answers, type AnsweringServer, startAnswers } from './answers.ts';

export const publicUrl = 'https://lapor.example.go.id';

type Found = {
  readonly name: string;
  readonly state: Check['state'];
  readonly says?: RegExp;
  readonly remedy?: RegExp;
  readonly fixable?: boolean;
};

/** Labels complete "it …". What is not said of answers and settings is as when all is well. */
export type ProbeRow = {
  readonly label: string;
  readonly answers?: Answers;
  readonly settings?: Environment;
  readonly finds: readonly Found[];
};

export type RepairRow = {
  readonly label: string;
  readonly answers: Answers;
  readonly settings?: Environment;
  /** What is asked of the provider, besides looking. */
  readonly asks: readonly { readonly what: string; readonly body: RegExp }[];
  readonly done: readonly boolean[];
};

type Provider = {
  readonly module: ChannelModule;
  /** With the address of its API. */
  readonly settings: (apiUrl: string) => Environment;
  readonly well: Answers;
  readonly rows: readonly ProbeRow[];
  readonly repairs: readonly RepairRow[];
};

export const now = Date.parse('2026-11-21T10:00:00Z');

/** Rows of what a provider may say of us, and of what is asked of it to set it right. */
export function probeCases({ module, settings, well, rows, repairs }: Provider): void {
  let server: AnsweringServer;
  before(async () => {
    server = await startAnswers();
  });
  after(() => server.close());

  const open = async (others: Environment = {}): Promise<Channel> => {
    const environment = { ...settings(server.url), ...others };
    const channel = await module.open(environment, { fetch, now: () => now, newId });
    if (!channel) throw new Error('the channel is closed');
    return channel;
  };
  const site = () => ({
    webhookUrl: `${publicUrl}/webhooks/${module.name}`,
    signal: new AbortController().signal,
  });
  const withoutSecrets = (channel: Channel, said: object) => {
    const text = JSON.stringify(said);
    for (const secret of channel.secrets) expect(text).not.to.include(secret);
  };

  for (const { label, answers = {}, settings: others, finds } of rows) {
    it(label, async () => {
      server.give({ ...well, ...answers });
      const channel = await open(others);

      const checks = (await channel.probe?.(site())) ?? [];

      expect(checks.map(({ name, state }) => [name, state])).to.deep.equal(
        finds.map(({ name, state }) => [name, state]),
      );
      checks.forEach((check, index) => {
        const { says, remedy, fixable = false } = finds[index] ?? {};
        if (says) expect(check.says).to.match(says);
        if (remedy) expect(check.remedy).to.match(remedy);
        expect(check.fixable, check.name).to.equal(fixable);
        if (check.state === 'ok') expect(check.remedy).to.equal(null);
        else expect(check.remedy).to.be.a('string').and.not.empty;
      });
      withoutSecrets(channel, checks);
    });
  }

  for (const { label, answers, settings: others, asks, done } of repairs) {
    it(label, async () => {
      server.give({ ...well, ...answers });
      const channel = await open(others);

      const made = (await channel.repair?.(site())) ?? [];

      const named = new Set(asks.map(({ what }) => what));
      const asked = server.calls().filter(({ what }) => named.has(what));
      expect(asked.map(({ what }) => what)).to.deep.equal(asks.map(({ what }) => what));
      asked.forEach(({ body }, index) => expect(body).to.match(asks[index]?.body ?? /^$/));
      expect(made.map(({ isDone }) => isDone)).to.deep.equal(done);
      withoutSecrets(channel, made);
    });
  }

  it('asks for nothing to be changed when all is well', async () => {
    server.give(well);
    const channel = await open();

    expect(await channel.repair?.(site())).to.deep.equal([]);
  });

  it('changes nothing by looking', async () => {
    for (const { answers, settings: others } of repairs) {
      server.give({ ...well, ...answers });
      await (await open(others)).probe?.(site());

      const changing = server.calls().filter(({ what }) => !/^GET |\/get\w+$/.test(what));
      expect(changing).to.deep.equal([]);
    }
  });
}
