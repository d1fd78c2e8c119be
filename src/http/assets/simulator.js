// The phone, live: sends without loading the page, and asks every second what is new.
const log = document.getElementById('percakapan');
const form = document.getElementById('tulis');
const examples = document.getElementById('contoh');
const json = { accept: 'application/json' };

if (log) live();
watchCore();

function live() {
  const text = document.getElementById('teks');
  const problem = document.getElementById('galat');
  const extras = form.querySelector('details');
  let version = '';
  let timer = 0;

  const ask = async () => {
    clearTimeout(timer);
    let pause = 1000;
    try {
      const response = await fetch(`${log.dataset.kabar}&versi=${version}`, { headers: json });
      if (response.status === 200) {
        const news = await response.json();
        version = news.versi;
        renew(news.isi);
        renewBurst(news.serbuan);
      }
    } catch {
      pause = 3000; // the gateway is away; it is asked again
    }
    clearTimeout(timer);
    timer = setTimeout(ask, log.querySelector('[data-keadaan="jalan"]') ? 150 : pause);
  };

  const post = async (address, body) => {
    try {
      const answer = fetch(address, { method: 'POST', headers: json, body });
      setTimeout(ask, 50); // shows the message on its way
      const response = await answer;
      if (response.ok || response.status === 422) return await response.json();
    } catch {
      // told like any other failure
    } finally {
      void ask();
    }
    return { problem: 'Telepon tidak tersambung ke gerbang. Coba lagi sebentar.' };
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const written = text.value;
    problem.textContent = tooLarge(form.elements.berkas.files);
    if (problem.textContent) return;
    const sending = post(form.action, new FormData(form));
    text.value = '';
    extras.open = false;
    text.focus();
    const answer = await sending;
    if (answer.problem) {
      problem.textContent = answer.problem;
      text.value ||= written;
      extras.open = chosen() !== '';
      return;
    }
    const typed = text.value;
    form.reset();
    text.value = typed;
    tell();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });

  const count = (number, what) => (number > 0 ? [`${number} ${what}`] : []);
  const chosen = () => {
    const photos = form.querySelectorAll('[name=contoh]:checked').length;
    const files = form.elements.berkas.files.length;
    const place = form.elements.tempat;
    return [
      ...count(photos + files, 'lampiran'),
      ...(place.value ? [place.selectedOptions[0].text] : []),
    ].join(', ');
  };
  const tell = () => {
    document.getElementById('terpilih').textContent = chosen() && `(${chosen()})`;
  };
  form.addEventListener('change', tell);
  tell();

  const result = document.getElementById('hasil');
  examples.addEventListener('submit', async (event) => {
    event.preventDefault();
    const data = new FormData(examples, event.submitter);
    const { said, problem: refused } = await post(examples.action, data);
    result.replaceChildren(refused ?? said?.text ?? '');
    if (said?.link) {
      const { href, text: words } = said.link;
      result.append(' ', Object.assign(document.createElement('a'), { href, textContent: words }));
    }
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.matches('.burst')) return;
    event.preventDefault();
    void post(event.target.action, new FormData(event.target));
  });
  void ask();
}

function tooLarge(files) {
  const file = [...files].find(({ size }) => size > 10 * 1024 * 1024);
  return file ? `“${file.name}” lebih besar dari 10 MB.` : '';
}

/** Puts in what is new and leaves the rest alone, so that only the new is read out. */
function renew(markup) {
  const fresh = [...parsed(markup).children];
  const ids = new Set(fresh.map(({ id }) => id));
  for (const old of [...log.children]) if (!ids.has(old.id)) old.remove();
  fresh.forEach((item, index) => {
    const old = document.getElementById(item.id);
    if (!old) log.insertBefore(item, log.children[index] ?? null);
    else if (old.dataset.keadaan !== item.dataset.keadaan) {
      old.dataset.keadaan = item.dataset.keadaan;
      old.querySelector('.note').replaceWith(item.querySelector('.note'));
    }
  });
}

function renewBurst(markup) {
  const old = document.getElementById('serbuan');
  const [fresh] = parsed(markup).children;
  if (old.dataset.tahap === fresh.dataset.tahap) {
    const bar = old.querySelector('progress');
    if (bar) bar.value = fresh.querySelector('progress').value;
    const told = old.querySelector('.told');
    if (told) told.textContent = fresh.querySelector('.told').textContent;
    return;
  }
  const isFocused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (isFocused) fresh.querySelector('button').focus();
  const told = fresh.querySelector('.notice');
  if (told) document.getElementById('usai').textContent = told.textContent;
}

function parsed(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content;
}

/** The last complaints at the core, beside the phone, as its own page tells them. */
function watchCore() {
  const box = document.getElementById('tiba');
  const list = box.querySelector('ol');
  new EventSource('/core/stream?sesudah=0').addEventListener('message', ({ data }) => {
    const { id, number, html } = JSON.parse(data);
    if ([...list.children].some((item) => item.dataset.id === id)) return;
    const card = parsed(html);
    const said = card.querySelector('[data-part=text]').textContent.replace(/\s+/g, ' ').trim();
    const item = document.createElement('li');
    item.dataset.id = id;
    const link = Object.assign(document.createElement('a'), { textContent: number });
    link.href = `/core/laporan/${id}`;
    const text = Object.assign(document.createElement('p'), { textContent: said });
    item.append(link, ` ${card.querySelector('.tag').textContent.trim()}`, text);
    list.prepend(item);
    list.children[5]?.remove();
    box.hidden = false;
  });
}
