import type { Incoming } from '../simulator/carrier.ts';
import { isAccepted } from '../simulator/carrier.ts';
import type { PhoneChannel } from '../simulator/channels.ts';
import type { Entry } from '../simulator/conversations.ts';
import type { Citizen } from '../simulator/people.ts';
import { nameOf } from '../simulator/places.ts';
import { type Html, html } from './html.ts';
import { noteOf, placeText } from './simulator-words.ts';
import { timeText } from './time.ts';

export type Talk = {
  readonly channel: PhoneChannel;
  readonly citizen: Citizen;
  readonly entries: readonly Entry[];
  readonly incoming: readonly Incoming[];
};

const clocks = {
  WIB: new Intl.DateTimeFormat('id-ID', { timeStyle: 'short', timeZone: 'Asia/Jakarta' }),
  WITA: new Intl.DateTimeFormat('id-ID', { timeStyle: 'short', timeZone: 'Asia/Makassar' }),
} as const;

export const clockText = (at: number, zone: Citizen['zone']): string =>
  clocks[zone].format(new Date(at));

/** The bubbles of a conversation, both sides by time. */
export function talkItems(talk: Talk): Html {
  const said = [
    ...talk.entries.map((entry) => ({ at: entry.at, bubble: sentBubble(talk, entry) })),
    ...talk.incoming.map((one) => ({ at: one.at, bubble: receivedBubble(talk, one) })),
  ].sort((one, other) => one.at - other.at);
  if (said.length === 0) {
    return html`<li id="kosong" class="empty">
      Belum ada pesan. Tulis sesuatu di bawah, atau pakai tombol coba cepat.
    </li>`;
  }
  return html`${said.map(({ bubble }) => bubble)}`;
}

function sentBubble({ channel, citizen }: Talk, entry: Entry): Html {
  const { outcome } = entry;
  const state = outcome === null ? 'jalan' : isAccepted(outcome) ? 'baik' : 'gagal';
  // The usual way goes without saying.
  const way = channel.ways.slice(1).find(({ value }) => value === entry.where)?.text;
  return html`<li id="k${entry.id}" class="mine" data-keadaan="${state}">
    ${whoSays(citizen.name, `@${citizen.handle}`)}
    ${entry.isForwarded && html`<p class="tagline">Diteruskan</p>`}
    ${way && html`<p class="tagline">${way}</p>`} ${photosOf(entry)} ${placeOf(entry)}
    ${entry.text !== '' && html`<p class="words">${entry.text}</p>`}
    <p class="note">${timeIn(citizen, entry.at)} <span>${noteOf(outcome)}</span></p>
  </li> `;
}

function receivedBubble({ channel, citizen }: Talk, { id, text, at }: Incoming): Html {
  return html`<li id="m${id}" class="theirs" data-keadaan="baik">
    ${whoSays(channel.to, '')}
    <p class="words">${text}</p>
    <p class="note">${timeIn(citizen, at)}</p>
  </li> `;
}

const whoSays = (name: string, handle: string): Html =>
  html`<p class="who">
    <b>${name}</b>${handle && html` <span class="handle">${handle}</span>`}<span class="unseen"
      >:</span
    >
  </p>`;

function timeIn({ zone }: Citizen, at: number): Html {
  const date = new Date(at);
  return html`<time datetime="${date.toISOString()}" title="${timeText(date, zone)}"
    >${clockText(at, zone)}</time
  >`;
}

function photosOf({ photos }: Entry): Html | false {
  if (photos.length === 0) return false;
  const count = photos.length > 1 ? ' many' : '';
  return html`<div class="photos${count}">
    ${photos.map(({ id, name, mediaType }) => {
      const address = `/simulator/foto/${id}`;
      if (mediaType.startsWith('video/')) {
        return html`<video
          src="${address}"
          controls
          preload="metadata"
          aria-label="${name}"
        ></video>`;
      }
      return html`<a href="${address}"
        ><img src="${address}" alt="Foto: ${name}" loading="lazy"
      /></a>`;
    })}
  </div>`;
}

function placeOf({ location }: Entry): Html | false {
  if (location === null) return false;
  const { latitude, longitude } = location;
  return html`<p class="spot">
    <b>${nameOf(location) ?? 'Lokasi'}</b> <span>${placeText(latitude, longitude)}</span>
  </p>`;
}
