import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { TooSlow, Unavailable } from '../../src/errors.ts';
import { declaredBytes, readForm } from '../../src/http/form/body.ts';
import { createLimits, type Place } from '../../src/http/form/limits.ts';

const photos = 5_000_000;
const words = 6000;

/** A clock that only goes on when it is told to. */
function limitsAtNoon() {
  let at = 0;
  const { enter } = createLimits(60, () => at);
  return {
    enter,
    /** Lets seconds pass, in each of which the bodies send so much. */
    pass: (seconds: number, ...sending: readonly (readonly [Place, number])[]) => {
      for (let second = 0; second < seconds; second += 1) {
        at += 1000;
        for (const [place, bytes] of sending) place.received(bytes);
      }
    },
    /** As many bodies as may be read at once, of so many networks. */
    fill: (networks: number) =>
      Array.from({ length: 64 }, (_, index) => enter(`10.1.${index % networks}.1`, photos)),
  };
}

const outOf = (places: readonly Place[]) => places.filter(({ signal }) => signal.aborted);

describe('places of forms that are being read', () => {
  it('are kept for small bodies, whoever sends large ones', () => {
    const { enter, fill } = limitsAtNoon();
    fill(64);

    expect(enter('192.0.2.1', words).signal.aborted).to.equal(false);
    expect(() => enter('192.0.2.1', photos)).to.throw(Unavailable);
    expect(() => enter('192.0.2.1', null)).to.throw(Unavailable);
  });

  it('go from the network that has most to one that has none, its slowest first', () => {
    const { enter, fill, pass } = limitsAtNoon();
    const all = fill(4);
    pass(20, ...all.map((place, index) => [place, index === 13 ? 10_000 : 20_000] as const));

    enter('192.0.2.1', photos);

    expect(outOf(all)).to.deep.equal([all[13]]);
  });

  it('are not taken from who has just begun as long as another drips', () => {
    const { enter, fill, pass } = limitsAtNoon();
    const all = fill(4);
    pass(20, ...all.slice(1).map((place) => [place, 1] as const));
    const [first] = all;
    first?.leave();
    const begun = enter('10.1.0.1', photos);

    enter('192.0.2.1', photos);

    expect(begun.signal.aborted).to.equal(false);
    expect(outOf(all)).to.have.length(1);
  });

  it('are all for the phones behind one address, and of those that come well none is lost to another', () => {
    const { enter, fill, pass } = limitsAtNoon();
    const own = fill(1);
    pass(20, ...own.map((place, index) => [place, index === 4 ? 100 : 20_000] as const));

    enter('10.1.0.1', photos);

    expect(outOf(own)).to.deep.equal([own[4]]);
    expect(() => enter('10.1.0.1', photos)).to.throw(Unavailable);
  });

  it('are free again when a body is read, and yielded once only', () => {
    const { enter, fill } = limitsAtNoon();
    const all = fill(64);
    all[5]?.leave();
    all[5]?.leave();

    enter('192.0.2.1', photos);

    expect(outOf(all)).to.be.empty;
    expect(() => enter('192.0.2.2', photos)).to.throw(Unavailable);
  });

  const paces: readonly (readonly [string, number, boolean])[] = [
    ['a byte every five seconds', 0.2, true],
    ['half a kilobyte a second', 500, true],
    ['two kilobytes a second, as a bad phone on 2G', 2000, false],
  ];
  for (const [label, bytes, isTooSlow] of paces) {
    it(`are ${isTooSlow ? 'lost' : 'kept'} at ${label}, and nobody is judged in two minutes`, () => {
      const { enter, pass } = limitsAtNoon();
      const place = enter('192.0.2.1', photos);

      pass(119, [place, bytes]);
      expect(place.isTooSlow()).to.equal(false);
      pass(2, [place, bytes]);

      expect(place.isTooSlow()).to.equal(isTooSlow);
    });
  }

  it('are lost by who drips after a good beginning, and kept through a gap of half a minute', () => {
    const { enter, pass } = limitsAtNoon();
    const place = enter('192.0.2.1', photos);
    pass(300, [place, 10_000]);

    pass(29, [place, 0]);
    expect(place.isTooSlow()).to.equal(false);
    pass(61, [place, 0.2]);

    expect(place.isTooSlow()).to.equal(true);
  });
});

describe('a form that is being read', () => {
  /** A hundred times as fast as ours. */
  const { enter } = createLimits(60, () => performance.now() * 100);
  const ends: Promise<string>[] = [];
  const read = async (request: IncomingMessage): Promise<string> => {
    const place = enter('192.0.2.1', declaredBytes(request));
    try {
      await readForm(request, place, async (file) => {
        for await (const chunk of file) expect(chunk).to.have.property('length');
      });
      return 'read';
    } catch (error) {
      return error instanceof TooSlow ? 'too slow' : String(error);
    } finally {
      place.leave();
    }
  };
  const server = createServer((request, response) => {
    ends.push(read(request).finally(() => response.end()));
  });
  let port = 0;
  const sockets: Socket[] = [];

  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const head = '--x\r\nContent-Disposition: form-data; name="lampiran"; filename="a.jpg"\r\n\r\n';
  const tail = '\r\n--x--\r\n';

  /** Sends a file in pieces, one every 50 ms: by the clock of the limits, every five seconds. */
  async function sending(pieces: number, bytes: number): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const length = head.length + pieces * bytes + tail.length;
    socket.write(
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${length}\r\n\r\n${head}`,
    );
    await once(server, 'request');
    let left = pieces;
    const timer = setInterval(() => {
      socket.write(left > 0 ? Buffer.alloc(bytes) : tail);
      if (left === 0) clearInterval(timer);
      left -= 1;
    }, 50);
    try {
      return (await ends.at(-1)) ?? 'never came';
    } finally {
      clearInterval(timer);
    }
  }

  it('is given up when it drips, a byte every five seconds', async () => {
    expect(await sending(10_000, 1)).to.equal('too slow');
  });

  it('is read as long as it goes on, however long it takes', async () => {
    expect(await sending(60, 15_000)).to.equal('read');
  });
});
