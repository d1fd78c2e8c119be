import type { Draft } from '../simulator/message-form.ts';
import { type Html, html, textOf } from './html.ts';
import { layout, type Site } from './layout.ts';
import { composer } from './simulator-composer.ts';
import { addressOf, burstSection, choices, initialOf, presets } from './simulator-side.ts';
import { clockText, type Talk, talkItems } from './simulator-talk.ts';

export type PhoneView = Talk & {
  readonly draft: Draft;
  readonly problem: string | null;
  readonly said: Parameters<typeof presets>[2];
  readonly burst: Parameters<typeof burstSection>[0]['burst'];
  readonly now: number;
};

/** The page with the phone. */
export function simulatorPage(site: Site, view: PhoneView): string {
  const { channel, citizen } = view;
  return layout(site, {
    title: `Simulator: ${channel.title}, ${citizen.name}`,
    at: '/simulator',
    styles: ['simulator.css'],
    scripts: ['simulator.js'],
    wide: true,
    main: html`<h1>Telepon warga</h1>
      <p class="lead">
        Pilih kanal dan warga, lalu kirim laporan seperti dari telepon sungguhan. Pesan melewati
        tiruan penyedia, yang menandatanganinya seperti aslinya, sebelum sampai di gerbang.
      </p>
      <div class="desk">
        ${choices(channel, citizen)} ${channel.name === 'web' ? browser(view) : app(view)}
        <div class="side">
          ${presets(channel, citizen, view.said)} ${burstSection(view)}
          <p class="unseen" role="status" id="usai"></p>
          ${channel.name === 'web' && borrowed(view)}
          <section aria-labelledby="sesudah">
            <h2 id="sesudah">Sesudah dikirim</h2>
            <p>Laporan yang diteruskan gerbang tampil di <a href="/core">inti penyaluran</a>.</p>
            <div id="tiba" hidden>
              <h3>Terakhir sampai di sana</h3>
              <ol></ol>
            </div>
          </section>
        </div>
      </div>`,
  });
}

/** What scripts ask for to keep the page true without loading it. */
export function phoneNews(view: PhoneView): { readonly isi: string; readonly serbuan: string } {
  const burst = burstSection(view);
  return { isi: textOf(talkItems(view)), serbuan: burst === false ? '' : textOf(burst) };
}

function phone({ channel, citizen, now }: PhoneView, screen: Html): Html {
  return html`<section class="phone ${channel.name}" aria-labelledby="kepala">
    <p class="bar" aria-hidden="true">
      <span>${clockText(now, citizen.zone)}</span><span class="battery"></span>
    </p>
    ${screen}
  </section>`;
}

function app(view: PhoneView): Html {
  const { channel, citizen } = view;
  return phone(
    view,
    html`<div class="head">
        <span class="face" aria-hidden="true">${channel.name === 'sms' ? '#' : 'L'}</span>
        <div>
          <h2 id="kepala">${channel.to}</h2>
          <p>${channel.about}</p>
        </div>
        <p class="owner">
          <span class="unseen">Telepon </span><span class="owner-name">${citizen.name}</span>
          <span class="face small" aria-hidden="true">${initialOf(citizen)}</span>
        </p>
      </div>
      <div class="talk" role="log" aria-label="Percakapan" tabindex="0">
        <ol id="percakapan" data-kabar="${addressOf(channel, citizen).replace('?', '/kabar?')}">
          ${talkItems(view)}
        </ol>
      </div>
      ${composer(view)}`,
  );
}

function browser(view: PhoneView): Html {
  return phone(
    view,
    html`<div class="head">
        <div>
          <h2 id="kepala">${view.channel.to}</h2>
          <p>${view.channel.about}</p>
        </div>
        <a class="full" href="/">Buka penuh</a>
      </div>
      <iframe src="/" title="Formulir laporan"></iframe>`,
  );
}

/** The form asks for a name and a number. */
const borrowed = ({ citizen }: PhoneView): Html =>
  html`<section aria-labelledby="pinjam">
    <h2 id="pinjam">Data ${citizen.name}</h2>
    <p>Boleh dipakai untuk mengisi formulir; orangnya tidak ada.</p>
    <dl>
      <dt>Nama</dt>
      <dd>${citizen.name}</dd>
      <dt>Nomor telepon</dt>
      <dd>${citizen.ids.sms}</dd>
    </dl>
  </section>`;
