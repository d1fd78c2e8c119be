import { burstCitizens, type BurstState } from '../simulator/burst.ts';
import { type PhoneChannel, phoneChannels } from '../simulator/channels.ts';
import { type Citizen, citizens } from '../simulator/people.ts';
import { presetButtons } from '../simulator/presets.ts';
import { type Html, html } from './html.ts';
import { whoWrites } from './simulator-composer.ts';
import { burstText, numberText } from './simulator-words.ts';

export const addressOf = (channel: PhoneChannel, citizen: Citizen): string =>
  `/simulator?kanal=${channel.name}&warga=${citizen.slug}`;

/** Which channel, which citizen: links, so that a conversation has an address. */
export function choices(channel: PhoneChannel, citizen: Citizen): Html {
  const link = (href: string, isHere: boolean, inside: Html) =>
    html`<li><a href="${href}" ${isHere && html` aria-current="true"`}>${inside}</a></li>`;
  return html`<div class="choices">
    <nav aria-labelledby="kanal">
      <h2 id="kanal">Kanal</h2>
      <ul>
        ${phoneChannels.map((one) => link(addressOf(one, citizen), one === channel, html`<span class="dot ${one.name}" aria-hidden="true"></span>${one.title}`))}
      </ul>
    </nav>
    <nav aria-labelledby="warga">
      <h2 id="warga">Warga</h2>
      <ul>
        ${citizens.map((one) => link(addressOf(channel, one), one === citizen, html`<span class="face" aria-hidden="true">${initialOf(one)}</span><span class="who-city">${one.name} <small>${one.city}</small></span>`))}
      </ul>
    </nav>
  </div>`;
}

export const initialOf = ({ slug }: Citizen): string => slug.slice(0, 1).toUpperCase();

type Said = { readonly text: string; readonly link: { href: string; text: string } | null };

/** Messages at the press of a button; `said` is what the last one did. */
export function presets(channel: PhoneChannel, citizen: Citizen, said: Said | null): Html | false {
  if (channel.name === 'web') return false;
  return html`<section aria-labelledby="cepat">
    <h2 id="cepat">Coba cepat</h2>
    <form class="presets" id="contoh" action="/simulator/contoh" method="post">
      ${whoWrites(channel, citizen)}
      <ul>
        ${presetButtons(channel.name).map(
          ({ preset, text, about }) =>
            html`<li>
              <button name="contoh" value="${preset}">${text}</button> <small>${about}</small>
            </li>`,
        )}
      </ul>
    </form>
    <p id="hasil" role="status">
      ${said?.text} ${said?.link && html` <a href="${said.link.href}">${said.link.text}</a>`}
    </p>
  </section>`;
}

type Bursting = {
  readonly channel: PhoneChannel;
  readonly citizen: Citizen;
  readonly burst: { readonly state: BurstState | null; readonly total: number };
  readonly now: number;
};

/** The burst: to be started, running, or done. Scripts renew what is inside. */
export function burstSection({ channel, citizen, burst, now }: Bursting): Html | false {
  const { state, total } = burst;
  if (channel.name === 'web') return false;
  const isRunning = state?.endedAt === null;
  return html`<section aria-labelledby="judul-serbuan" id="serbuan" data-tahap="${stageOf(state)}">
    <h2 id="judul-serbuan">Serbuan</h2>
    ${state && progressOf(state, now)}
    <form class="burst" action="/simulator/serbuan${isRunning && html`/henti`}" method="post">
      ${whoWrites(channel, citizen)}
      <button>${isRunning ? 'Hentikan' : `Kirim ${numberText(total)} pesan`}</button>
      <small
        >${isRunning ? '' : `dari ${burstCitizens} warga sekaligus, lewat ${channel.title}`}</small
      >
    </form>
  </section>`;
}

const stageOf = (state: BurstState | null): string => {
  if (state === null) return 'diam';
  return state.endedAt === null ? 'jalan' : `selesai-${state.startedAt}`;
};

function progressOf(state: BurstState, now: number): Html {
  const title = phoneChannels.find(({ name }) => name === state.channel)?.title ?? '';
  if (state.endedAt !== null) {
    const kind = state.accepted === state.done ? 'good' : 'bad';
    return html`<p class="notice ${kind} told">${title}: ${burstText(state, now)}</p>`;
  }
  return html`<p>
      <progress
        max="${state.total}"
        value="${state.done}"
        aria-label="Serbuan lewat ${title}"
      ></progress>
    </p>
    <p class="told">${title}: ${burstText(state, now)}</p>
    <noscript
      ><p><a href="">Perbarui angka</a></p></noscript
    >`;
}
