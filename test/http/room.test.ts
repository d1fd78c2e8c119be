import { expect } from 'chai';
import { createRoom } from '../../src/http/room.ts';

const kB = 1024;
const MB = 1024 * kB;

describe('the room of bodies that are not complete', () => {
  const inRoom = () => {
    const room = createRoom();
    const gone: string[] = [];
    const enter = (network: string, name: string, bytes: number) => {
      const reading = room.enter(network, () => {
        room.leave(reading);
        gone.push(name);
      });
      if (bytes > 0) room.take(reading, bytes);
      return {
        take: (more: number) => {
          room.take(reading, more);
        },
        leave: () => {
          room.leave(reading);
        },
      };
    };
    return { enter, gone };
  };

  it('has place for thousands of one network at once', () => {
    const { enter, gone } = inRoom();

    for (let count = 0; count < 900; count += 1) enter('203.0.113.1', `${count}`, 800);

    expect(gone).to.deep.equal([]);
  });

  it('takes from a network with too much what it began first, and from nobody else', () => {
    const { enter, gone } = inRoom();
    enter('203.0.113.9', 'foreign', 3 * MB);

    for (let count = 0; count < 30; count += 1) enter('203.0.113.1', `${count}`, 2 * MB);

    expect(gone).to.deep.equal(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('keeps place for small bodies, however many networks fill it with large ones', () => {
    const { enter, gone } = inRoom();
    for (let network = 0; network < 100; network += 1) {
      for (let count = 0; count < 10; count += 1) enter(`10.0.0.${network}`, 'large', 3 * MB);
    }
    gone.length = 0;

    const sms = enter('203.0.113.1', 'sms', 500);
    enter('203.0.113.1', 'batch', 60 * kB);
    sms.leave();

    expect(gone).to.deep.equal([]);
  });

  it('gives back what is complete', () => {
    const { enter, gone } = inRoom();

    for (let count = 0; count < 10_000; count += 1) enter('203.0.113.1', 'batch', 3 * MB).leave();

    expect(gone).to.deep.equal([]);
  });

  it('counts pieces too: a body in pieces of one byte costs more than its bytes', () => {
    const { enter, gone } = inRoom();
    const body = enter('203.0.113.1', 'dust', 0);

    for (let count = 0; count < 200_000 && gone.length === 0; count += 1) body.take(1);

    expect(gone).to.deep.equal(['dust']);
  });
});
