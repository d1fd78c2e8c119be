import type { PhoneChannel } from '../simulator/channels.ts';
import { type Draft, mostCharacters } from '../simulator/message-form.ts';
import type { Citizen } from '../simulator/people.ts';
import { examplePhotos } from '../simulator/photos.ts';
import { ownPlace, places } from '../simulator/places.ts';
import { phoneTypes } from '../simulator/upload.ts';
import { type Html, html } from './html.ts';

type Writing = {
  readonly channel: PhoneChannel;
  readonly citizen: Citizen;
  readonly draft: Draft;
  readonly problem: string | null;
};

/** Who writes where, for each form of the page. */
export const whoWrites = (channel: PhoneChannel, citizen: Citizen): Html =>
  html`<input type="hidden" name="kanal" value="${channel.name}" />
    <input type="hidden" name="warga" value="${citizen.slug}" />`;

/** Where the message is written: words, and what the phone can add to them. */
export function composer({ channel, citizen, draft, problem }: Writing): Html {
  return html`<form
    class="composer"
    id="tulis"
    action="/simulator"
    method="post"
    enctype="multipart/form-data"
  >
    ${whoWrites(channel, citizen)}
    <p class="notice bad" id="galat" role="alert">${problem}</p>
    <details class="extras" ${hasExtras(draft) && html` open`}>
      <summary>Foto dan lokasi <span class="chosen" id="terpilih"></span></summary>
      <div class="panel">
        ${wayField(channel, draft)} ${photoFields(draft)} ${placeFields(draft)}
      </div>
    </details>
    <div class="line">
      <label class="unseen" for="teks">Tulis pesan</label>
      <textarea
        id="teks"
        name="teks"
        rows="1"
        maxlength="${mostCharacters}"
        placeholder="Tulis pesan"
        ${problem !== null && html` aria-describedby="galat"`}
      >
${draft.text}</textarea>
      <button class="main">Kirim</button>
    </div>
  </form>`;
}

const hasExtras = ({ examples, place }: Draft): boolean => examples.length > 0 || place !== '';

function wayField({ ways }: PhoneChannel, draft: Draft): Html | false {
  if (ways.length === 0) return false;
  return html`<p class="field">
    <label for="cara">Kirim sebagai</label>
    <select id="cara" name="cara">
      ${ways.map(({ value, text }) => html`<option value="${value}" ${value === draft.way && html` selected`}>${text}</option>`)}
    </select>
  </p>`;
}

function photoFields({ examples }: Draft): Html {
  return html`<fieldset class="examples">
      <legend>Foto contoh</legend>
      ${examplePhotos.map(
        ({ slug, title }) =>
          html`<label
            ><input
              type="checkbox"
              name="contoh"
              value="${slug}"
              ${examples.includes(slug) && html` checked`}
            /><img src="/simulator/foto/${slug}" alt="" width="96" height="72" /><span
              >${title}</span
            ></label
          >`,
      )}
    </fieldset>
    <p class="field">
      <label for="berkas">Foto atau video sendiri</label>
      <input
        type="file"
        id="berkas"
        name="berkas"
        multiple
        accept="${phoneTypes.join(',')}"
        aria-describedby="batas"
      />
      <small id="batas">Paling banyak 5, masing-masing sampai 10 MB.</small>
    </p>`;
}

function placeFields({ place, latitude, longitude }: Draft): Html {
  const option = (value: string, text: string) =>
    html`<option value="${value}" ${value === place && html` selected`}>${text}</option>`;
  return html`<p class="field">
      <label for="tempat">Lokasi</label>
      <select id="tempat" name="tempat">
        ${option('', 'Tanpa lokasi')} ${places.map(({ slug, name }) => option(slug, name))}
        ${option(ownPlace, 'Koordinat sendiri')}
      </select>
    </p>
    <div class="own">
      <p class="field">
        <label for="lintang">Lintang</label>
        <input id="lintang" name="lintang" value="${latitude}" autocomplete="off" />
      </p>
      <p class="field">
        <label for="bujur">Bujur</label>
        <input id="bujur" name="bujur" value="${longitude}" autocomplete="off" />
      </p>
    </div>`;
}
