import { Invalid, NotFound } from '../../errors.ts';
import type { PhoneView } from '../pages/simulator.ts';
import type { Burst } from './burst.ts';
import { type Carrier, type Carriers, deliver, type Sent } from './carrier.ts';
import { type PhoneChannel, phoneChannels } from './channels.ts';
import { createConversations } from './conversations.ts';
import { emptyDraft, type Written } from './message-form.ts';
import { type ChannelName, type Citizen, citizens, neighbourOf } from './people.ts';
import type { Album } from './photos.ts';

type Deps = {
  readonly fakes: Carriers;
  readonly album: Album;
  readonly burst: Burst;
  readonly now: () => number;
};

/** Whose phone it is, with which app open. */
export type Held = { readonly channel: PhoneChannel; readonly citizen: Citizen };

/** The same, where the app sends through a provider. */
export type Line = {
  readonly citizen: Citizen;
  readonly name: ChannelName;
  readonly carrier: Carrier;
};

export type Phone = {
  readonly view: (held: Held, changes?: Partial<PhoneView>) => PhoneView;
  /** Throws NotFound for a channel that has no provider. */
  readonly line: (held: Held) => Line;
  readonly send: (line: Line, written: Written) => Promise<Sent>;
  /** The last message again, by a neighbour; their name comes back. Throws Invalid when there is none. */
  readonly forward: (line: Line) => Promise<Citizen>;
};

export function heldBy(channel: string, citizen: string): Held {
  return {
    channel: phoneChannels.find(({ name }) => name === channel) ?? phoneChannels[0],
    citizen: citizens.find(({ slug }) => slug === citizen) ?? citizens[0],
  };
}

/** The phones of all citizens: what they sent, and what they were sent. */
export function createPhone({ fakes, album, burst, now }: Deps): Phone {
  const conversations = createConversations(now);

  const pass = ({ name, carrier, citizen }: Line, written: Written, isForwarded: boolean) => {
    const { text, location, where } = written;
    const files = written.files.map((file) => ('id' in file ? file : album.keep(file)));
    const photos = files.map(({ id, name: title, mediaType }) => ({ id, name: title, mediaType }));
    const sending = deliver(carrier, {
      ...{ from: citizen.ids[name], name: citizen.name, handle: citizen.handle, text, files },
      ...(location ? { location } : {}),
      ...(where ? { where } : {}),
      ...(isForwarded ? { forwarded: true } : {}),
    });
    const entry = { text, photos, location, where, isForwarded };
    return conversations.keep(name, citizen.slug, entry, sending);
  };

  return {
    view: ({ channel, citizen }, changes = {}) => {
      const { name } = channel;
      const received = name === 'web' ? [] : fakes.of(name)?.conversation(citizen.ids[name]);
      return {
        ...{ channel, citizen, draft: emptyDraft, problem: null, said: null },
        entries: conversations.of(name, citizen.slug),
        incoming: received ?? [],
        ...{ burst: { state: burst.state(), total: burst.total }, now: now() },
        ...changes,
      };
    },
    line: ({ channel: { name }, citizen }) => {
      const carrier = fakes.of(name);
      if (name === 'web' || !carrier) throw new NotFound('Kanal ini tidak ada di telepon.');
      return { citizen, name, carrier };
    },
    send: (line, written) => pass(line, written, false),
    forward: async (line) => {
      const last = conversations.of(line.name, line.citizen.slug).at(-1);
      if (!last) throw new Invalid('Belum ada pesan yang bisa diteruskan. Kirim satu pesan dulu.');
      const citizen = neighbourOf(line.citizen);
      const files = last.photos.flatMap(({ id }) => album.find(id) ?? []);
      const { text, location, where } = last;
      await pass({ ...line, citizen }, { text, files, location, where }, true);
      return citizen;
    },
  };
}
