// Live news on the inbox of the embedded core: cards are added and changed where they stand, and what
// is being read stays where it is.
const list = document.getElementById('laporan');
const bar = document.getElementById('langsung');
const state = document.getElementById('keadaan-langsung');
const pause = document.getElementById('jeda');
const news = document.getElementById('baru');
const newsLink = news.querySelector('a');
const told = document.getElementById('kabar');
const empty = document.getElementById('kosong');

const takesNew = list.dataset.first === 'ya';
const mostCards = 100;
const reopenMs = 3000;
const tellEveryMs = 1500;

/** The last message of each card waits here: a moment, so that a rush is one change of the page, or while paused. */
const waiting = new Map();
const gatherMs = 200;
let gathering = 0;
let paused = false;
let rushed = false;
let unread = 0;

const say = (text) => {
  if (state.textContent !== text) state.textContent = text;
};
const count = (number) => new Intl.NumberFormat('id-ID').format(number);

// --- Keeping the place of whoever reads

const cardsTop = () => list.getBoundingClientRect().top;

/** Whether somebody is in the list: scrolled into it, or with the keyboard on something in it. */
const isReading = () =>
  cardsTop() < 0 || list.contains(document.activeElement) || !getSelection().isCollapsed;

/** The card at the top of the window: it must not move, whatever comes above it. */
const held = () => {
  const card = [...list.children].find((one) => one.getBoundingClientRect().bottom > 0);
  return card && { card, top: card.getBoundingClientRect().top };
};

const withoutMoving = (reading, act) => {
  const mark = reading ? held() : undefined;
  act();
  if (!mark?.card.isConnected) return;
  const moved = mark.card.getBoundingClientRect().top - mark.top;
  if (moved !== 0) window.scrollBy({ top: moved, behavior: 'instant' });
};

// --- Cards

const cardFrom = (html) => {
  const template = document.createElement('template');
  template.innerHTML = html; // made and escaped by our own server
  return template.content.firstElementChild;
};

const keyOf = (details) => details.dataset.key;
const focusable = (part) => [...part.querySelectorAll('a[href], summary, button')];

/** Replaces the parts that differ; open details stay open, the focus stays on its link. */
const change = (card, next) => {
  for (const part of card.querySelectorAll('[data-part]')) {
    const fresh = next.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh) continue;
    const open = new Set([...part.querySelectorAll('details[open]')].map(keyOf));
    const place = focusable(part).indexOf(document.activeElement);
    for (const details of fresh.querySelectorAll('details')) {
      details.open = open.has(keyOf(details));
    }
    if (fresh.innerHTML === part.innerHTML) continue;
    part.replaceChildren(...fresh.childNodes);
    if (place >= 0) focusable(part)[place]?.focus({ preventScroll: true });
  }
  card.dataset.seq = next.dataset.seq;
};

/** Out: what became of it, for the announcement. */
const take = ({ id, html, fits }) => {
  const next = cardFrom(html);
  const card = document.getElementById(`laporan-${id}`);
  if (card) {
    if (Number(next.dataset.seq) < Number(card.dataset.seq)) return null;
    change(card, next);
    return 'changed';
  }
  if (!takesNew || !fits) return null;
  next.classList.add('new');
  list.prepend(next);
  if (empty) empty.hidden = true;
  return 'added';
};

/** From the end, where nobody is: reading there ends with the page, not with the card. */
const trim = () => {
  const below = (card) => card.getBoundingClientRect().top > innerHeight;
  const spare = [...list.children].slice(mostCards).filter(below);
  for (const card of spare) card.remove();
};

/** Everything that waits, at once: the page is measured once, however much came. */
const takeAll = () => {
  gathering = 0;
  if (paused || waiting.size === 0) return;
  const reading = isReading();
  withoutMoving(reading, () => {
    for (const message of waiting.values()) {
      const outcome = take(message);
      if (outcome === 'added' && reading) unread += 1;
      note(outcome, message.number);
    }
  });
  waiting.clear();
  trim();
  showNews();
};

// --- Telling

const heard = { added: new Set(), changed: new Set() };
let telling = 0;

/** Politely: everything of some seconds in one sentence. */
const tell = () => {
  telling = 0;
  const { added, changed } = heard;
  const texts = [];
  if (added.size === 1) texts.push(`Laporan baru ${[...added][0]}.`);
  if (added.size > 1) texts.push(`${count(added.size)} laporan baru.`);
  if (changed.size === 1) texts.push(`Laporan ${[...changed][0]} berubah.`);
  if (changed.size > 1) texts.push(`${count(changed.size)} laporan berubah.`);
  told.textContent = texts.join(' ');
  added.clear();
  changed.clear();
};

const note = (outcome, number) => {
  if (outcome === null) return;
  if (outcome === 'added') heard.added.add(number);
  else if (!heard.added.has(number)) heard.changed.add(number);
  telling ||= setTimeout(tell, tellEveryMs);
};

const showNews = () => {
  news.hidden = unread === 0 && !rushed;
  newsLink.href = rushed ? location.href : '#laporan';
  newsLink.textContent = rushed
    ? 'Banyak laporan baru, muat ulang'
    : `${count(unread)} laporan baru di atas`;
};

const showState = (connected) => {
  if (paused) {
    say(waiting.size > 0 ? `Dijeda, ${count(waiting.size)} perubahan menunggu` : 'Dijeda');
  } else {
    say(connected ? 'Tersambung langsung' : 'Sambungan terputus, mencoba lagi');
  }
  bar.dataset.state = paused ? 'paused' : connected ? 'live' : 'lost';
};

// --- The connection

let source;
let last = null;
const isOpen = () => source.readyState === EventSource.OPEN;

const receive = (event) => {
  last = event.lastEventId;
  const message = JSON.parse(event.data);
  waiting.delete(message.id); // the newest goes to the end: it comes to the top of the list
  waiting.set(message.id, message);
  if (paused) showState(true);
  else gathering ||= setTimeout(takeAll, gatherMs);
};

const connect = () => {
  const address = new URL(list.dataset.stream, location.href);
  if (last) address.searchParams.set('sesudah', last);
  source = new EventSource(address);
  source.onopen = () => showState(true);
  source.onmessage = receive;
  source.addEventListener('rush', () => {
    rushed = takesNew;
    showNews();
  });
  source.onerror = () => {
    showState(false);
    // The browser tries again by itself, except after an answer that was no stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, reopenMs);
  };
};

pause.addEventListener('click', () => {
  paused = !paused;
  pause.setAttribute('aria-pressed', String(paused));
  takeAll();
  showState(isOpen());
});

addEventListener(
  'scroll',
  () => {
    if (unread > 0 && cardsTop() >= 0) {
      unread = 0;
      showNews();
    }
  },
  { passive: true },
);

newsLink.addEventListener('click', (event) => {
  if (rushed) return;
  event.preventDefault();
  unread = 0;
  showNews();
  list.scrollIntoView();
  list.querySelector('h2 a')?.focus({ preventScroll: true });
});

// --- Forms

/** Addresses without what was not chosen. */
document.getElementById('saringan')?.addEventListener('submit', ({ target }) => {
  const idle = [...target.elements].filter((field) => field.name && field.value === '');
  for (const field of idle) field.disabled = true;
  setTimeout(() => idle.forEach((field) => (field.disabled = false)));
});

/** A status is sent without leaving the list; its card changes when the core has it. */
list.addEventListener('submit', async (event) => {
  const form = event.target;
  event.preventDefault();
  const result = form.querySelector('.result');
  const button = form.querySelector('button');
  if (button.disabled) return;
  button.disabled = true;
  result.textContent = 'Mengirim…';
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') {
      form.reset();
      result.textContent = 'Status sudah dikirim.';
    } else {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      result.textContent =
        page.querySelector('[role="alert"]')?.textContent ?? 'Status belum terkirim.';
    }
  } catch {
    result.textContent = 'Status belum terkirim. Periksa sambungan lalu coba lagi.';
  } finally {
    button.disabled = false;
  }
});

bar.hidden = false;
say('Menyambung…');
connect();
// A page that comes back from the browser's memory has lost its connection.
addEventListener('pageshow', (event) => {
  if (event.persisted && source.readyState === EventSource.CLOSED) connect();
});
