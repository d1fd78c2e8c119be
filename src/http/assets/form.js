// The form works without any of this; each part adds one convenience.
const find = (id) => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const form = find('laporan');
const number = document.querySelector('[data-testid="nomor"]');
const draftName = 'laporan';
const mostFiles = 5;
const mostBytes = 10 * 1024 * 1024;

const storage = (() => {
  try {
    return window.sessionStorage;
  } catch {
    return null; // switched off
  }
})();

/** Says something to people who listen, without moving them. */
const say = (text) => {
  const place = find('keadaan');
  if (place) place.textContent = text;
};

if (number) {
  storage?.removeItem(draftName);
  offerCopy(number.textContent, find('salin'));
}
if (form) {
  find('ringkasan')?.focus();
  keepDraft();
  countLetters();
  hideReporter();
  offerPlace();
  suggestAreas();
  listFiles();
  sendOnce();
}

function offerCopy(text, place) {
  if (!navigator.clipboard) return;
  const told = make('span', { role: 'status', className: 'quiet' });
  const button = make('button', { type: 'button', textContent: 'Salin nomor' });
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = 'Nomor sudah disalin.';
    } catch {
      told.textContent = 'Nomor tidak dapat disalin; catat saja.';
    }
  });
  place.append(make('p', { className: 'row' }, button, told));
}

/** What was typed survives a reload and a tab that was closed by mistake; files cannot. */
function keepDraft() {
  const fields = () =>
    [...form.elements].filter(
      ({ name, type }) =>
        name && !['hidden', 'file', 'submit'].includes(type) && !['situs', 'hapus'].includes(name),
    );
  const isTick = ({ type }) => type === 'radio' || type === 'checkbox';
  const keyOf = (field) => (isTick(field) ? `${field.name}=${field.value}` : field.name);
  if (form.hasAttribute('data-fresh')) {
    try {
      const kept = JSON.parse(storage?.getItem(draftName) ?? '{}');
      for (const field of fields()) {
        const value = kept[keyOf(field)];
        if (isTick(field)) field.checked = field.checked || value === true;
        else if (typeof value === 'string' && field.value === '') field.value = value;
      }
      if (Object.values(kept).some(Boolean)) {
        const text =
          'Isian yang belum terkirim kami tampilkan lagi; ia hanya tersimpan di tab ini. Berkas perlu dipilih ulang.';
        form.before(make('p', { className: 'notice', role: 'status', textContent: text }));
      }
    } catch {
      storage?.removeItem(draftName);
    }
  }
  const keep = () => {
    const values = fields().map((field) => [
      keyOf(field),
      isTick(field) ? field.checked : field.value,
    ]);
    try {
      storage?.setItem(draftName, JSON.stringify(Object.fromEntries(values)));
    } catch {
      // Full: then nothing is kept.
    }
  };
  let timer;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  window.addEventListener('pagehide', () => {
    if (timer) keep();
  });
}

/** Letters left, shown from the last fifth on; said aloud only when one stops writing. */
function countLetters() {
  const voice = make('p', { className: 'unseen', role: 'status' });
  form.append(voice);
  for (const field of form.querySelectorAll('[data-most]')) {
    const most = Number(field.dataset.most);
    const shown = make('p', { className: 'quiet left', hidden: true, ariaHidden: 'true' });
    field.after(shown);
    let timer;
    const count = () => {
      const left = most - Array.from(field.value).length;
      const text =
        left >= 0
          ? `Sisa ${left.toLocaleString('id-ID')} karakter`
          : `Lebih ${(-left).toLocaleString('id-ID')} karakter`;
      shown.hidden = left > most / 5;
      shown.textContent = text;
      shown.classList.toggle('over', left < 0);
      clearTimeout(timer);
      if (shown.hidden) return;
      timer = setTimeout(() => {
        voice.textContent = `${labelOf(field)}: ${text}.`;
      }, 1500);
    };
    field.addEventListener('input', count);
    count();
  }
}

const labelOf = (field) => field.labels[0].textContent.trim();

function hideReporter() {
  const anonymous = find('anonim');
  const update = () => {
    find('pelapor').hidden = anonymous.checked;
  };
  anonymous.addEventListener('change', update);
  update();
}

function offerPlace() {
  const place = find('titik');
  const [latitude, longitude] = [find('lintang'), find('bujur')];
  const told = make('p', { className: 'quiet', role: 'status' });
  const button = make('button', { type: 'button' });
  if (!navigator.geolocation && latitude.value === '') return;
  const update = (text = '') => {
    const isThere = latitude.value !== '';
    button.textContent = isThere ? 'Hapus titik lokasi' : 'Gunakan lokasi saya';
    told.textContent = isThere ? 'Titik lokasi Anda ikut dikirim.' : text;
  };
  const take = ({ coords }) => {
    latitude.value = coords.latitude.toFixed(6);
    longitude.value = coords.longitude.toFixed(6);
    update();
  };
  button.addEventListener('click', () => {
    if (latitude.value !== '') {
      latitude.value = longitude.value = '';
      update('Titik lokasi sudah dihapus.');
      return;
    }
    told.textContent = 'Mencari lokasi Anda…';
    navigator.geolocation.getCurrentPosition(
      take,
      ({ code }) =>
        update(
          code === 1
            ? 'Lokasi tidak diizinkan. Cukup tulis tempatnya di atas.'
            : 'Lokasi tidak ditemukan. Cukup tulis tempatnya di atas.',
        ),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
  update();
  place.append(make('div', { className: 'row' }, button, told));
}

/** Areas for the last part of the place; what stands before the last comma stays. */
function suggestAreas() {
  const field = find('lokasi');
  const list = make('datalist', { id: 'wilayah' });
  field.after(list);
  let timer;
  let asked = '';
  const ask = async () => {
    const comma = field.value.lastIndexOf(',') + 1;
    const before = comma === 0 ? '' : `${field.value.slice(0, comma)} `;
    const part = field.value.slice(comma).trim();
    if (part.length < 3 || part === asked) return;
    asked = part;
    try {
      const response = await fetch(`/wilayah?q=${encodeURIComponent(part)}`);
      const areas = response.ok ? await response.json() : [];
      if (part !== asked) return;
      list.replaceChildren(...areas.map((area) => make('option', { value: before + area })));
      if (areas.length > 0) field.setAttribute('list', 'wilayah');
      else field.removeAttribute('list');
    } catch {
      asked = ''; // no connection: the field is enough
    }
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
}

/** Chosen files, each with its size and a way to take it back; choosing again adds. */
function listFiles() {
  const field = find('lampiran');
  const list = make('ul', { className: 'files' });
  const told = make('div', { role: 'status' });
  find('pilihan').append(told, list);
  let chosen = [];
  const keptCount = () => form.querySelectorAll('[name="hapus"]:not(:checked)').length;
  const hand = () => {
    const transfer = new DataTransfer();
    for (const file of chosen) transfer.items.add(file);
    field.files = transfer.files;
    for (const image of list.querySelectorAll('img')) URL.revokeObjectURL(image.src);
    list.replaceChildren(...chosen.map(lineFor));
  };
  const lineFor = (file) => {
    const remove = make('button', { type: 'button', textContent: 'Batalkan' });
    remove.append(make('span', { className: 'unseen', textContent: ` ${file.name}` }));
    remove.addEventListener('click', () => {
      chosen = chosen.filter((other) => other !== file);
      hand();
      told.replaceChildren();
      field.focus();
    });
    const name = make('span', { className: 'file', textContent: `${file.name} ` });
    name.append(make('small', { textContent: sizeText(file.size) }));
    const line = make('li', {}, name, remove);
    if (/^image\/(jpeg|png|webp)$/.test(file.type)) {
      const image = make('img', { src: URL.createObjectURL(file), alt: '' });
      line.prepend(image);
    }
    return line;
  };
  field.addEventListener('change', () => {
    const problems = [];
    for (const file of field.files) {
      const isSame = ({ name, size, lastModified }) =>
        name === file.name && size === file.size && lastModified === file.lastModified;
      if (chosen.some(isSame)) continue;
      if (file.size > mostBytes) {
        problems.push(`${file.name} tidak disertakan: ${sizeText(file.size)}, paling besar 10 MB.`);
      } else if (chosen.length + keptCount() >= mostFiles) {
        problems.push(`${file.name} tidak disertakan: paling banyak ${mostFiles} berkas.`);
      } else chosen.push(file);
    }
    hand();
    told.replaceChildren(
      ...problems.map((text) => make('p', { className: 'problem', textContent: text })),
    );
  });
}

function sizeText(bytes) {
  const [size, unit] = bytes < 1e6 ? [Math.max(1, bytes / 1e3), 'kB'] : [bytes / 1e6, 'MB'];
  const digits = { maximumFractionDigits: unit === 'MB' ? 1 : 0 };
  return `${size.toLocaleString('id-ID', digits)} ${unit}`;
}

/** One press is enough; should the page come back, it can be pressed again. */
function sendOnce() {
  const button = find('kirim');
  let isUnderWay = false;
  let release = 0;
  const set = (busy) => {
    isUnderWay = busy;
    clearTimeout(release);
    if (busy) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
    say(busy ? 'Mengirim laporan… Jangan tutup halaman ini.' : '');
  };
  form.addEventListener('submit', (event) => {
    if (isUnderWay) {
      event.preventDefault();
      return;
    }
    set(true);
    // A browser does not say that sending was stopped. Twice is safe: it is one report.
    release = setTimeout(() => {
      set(false);
      say('Jika pengiriman terhenti, tekan Kirim laporan sekali lagi.');
    }, 60_000);
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) set(false);
  });
}
