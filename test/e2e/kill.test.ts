import { expect } from 'chai';
import { coreSecret, startCore, type TestCore } from '../support/core.ts';
import { channelSettings, eventually, publicUrl } from '../support/gateway.ts';
import { sendSms, sendUpdate } from '../support/send.ts';
import { type Home, makeHome, startTree } from '../support/tree.ts';

/** Of single processes, with Redis, and of more of them: `test/chaos`. */
const kills = 2;
const underLoadMs = 2000;
const senders = 8;

/** What one sender was promised, in the order it sent. */
type Ledger = { readonly name: string; readonly acknowledged: string[] };

describe('kill -9 of everything npm start has begun, under load', () => {
  let home: Home;
  let core: TestCore;

  before(async () => {
    home = await makeHome();
    core = await startCore();
  });

  after(async () => {
    await core.stop();
    await home.remove();
  });

  it(`keeps every 2xx: at the core once by event id, in each citizen's order, through ${kills} kills`, async function () {
    this.timeout(180_000);
    const environment = {
      ...Object.fromEntries(
        Object.entries(channelSettings).map(([name, value]) => [name, String(value)]),
      ),
      PUBLIC_URL: publicUrl,
      ROUTING_CORE_URL: core.url,
      ROUTING_CORE_SECRET: coreSecret,
    };
    const ledgers: Ledger[] = Array.from({ length: senders }, (_, index) => ({
      name: `warga-${index}`,
      acknowledged: [],
    }));
    let sending = true;
    const load = ledgers.map((ledger, index) =>
      sendInOrder(home.url, ledger, index, () => sending),
    );

    for (let round = 0; round < kills; round += 1) {
      const tree = await startTree(home, environment);
      await new Promise((resolve) => setTimeout(resolve, underLoadMs));
      await tree.killAll();
    }
    sending = false;
    await Promise.all(load);
    const tree = await startTree(home, environment);
    const promised = ledgers.flatMap(({ acknowledged }) => acknowledged);
    expect(promised.length).to.be.above(100);

    const arrived = () => core.events().map(({ data }) => String(data['text']));
    await eventually(
      'every promise kept',
      () => {
        const there = new Set(arrived());
        return Promise.resolve(promised.every((text) => there.has(text)));
      },
      60_000,
    );

    const texts = arrived();
    expect(texts.length, 'no complaint twice').to.equal(new Set(texts).size);
    for (const { name, acknowledged } of ledgers) {
      const known = new Set(acknowledged);
      const own = texts.filter((text) => known.has(text));
      expect(own, `order of ${name}`).to.deep.equal(acknowledged);
    }
    tree.child.kill('SIGTERM');
    await tree.exited();
  });
});

/** One citizen after the other message; what is not acknowledged is sent again, as providers do. */
async function sendInOrder(
  url: string,
  { name, acknowledged }: Ledger,
  index: number,
  goOn: () => boolean,
): Promise<void> {
  for (let count = 0; goOn(); count += 1) {
    const text = `Jalan rusak ${name} laporan ${count}`;
    const send = index % 2 === 0 ? asSms(index, count, text) : asTelegram(index, count, text);
    for (let done = false; !done && goOn();) {
      done = (await send(url).catch(() => null))?.ok ?? false;
      if (done) acknowledged.push(text);
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const asSms = (index: number, count: number, text: string) => (url: string) =>
  sendSms(url, {
    MessageSid: `SM${String(index).padStart(4, '0')}${String(count).padStart(28, '0')}`,
    From: `+62812000000${String(index).padStart(2, '0')}`,
    Body: text,
  });

const asTelegram = (index: number, count: number, text: string) => (url: string) =>
  sendUpdate(url, {
    update_id: index * 1_000_000 + count,
    message: {
      message_id: count + 1,
      date: 1_795_000_000 + count,
      chat: { id: 5_000_000 + index, type: 'private', first_name: 'Budi' },
      from: { id: 5_000_000 + index, is_bot: false, first_name: 'Budi' },
      text,
    },
  });
