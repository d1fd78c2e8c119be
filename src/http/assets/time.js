// Times are written in WIB; a device in WITA or WIT shows its own.
const names = { 'Asia/Makassar': 'WITA', 'Asia/Ujung_Pandang': 'WITA', 'Asia/Jayapura': 'WIT' };
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const name = names[zone];
if (name) {
  const format = new Intl.DateTimeFormat('id-ID', {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: zone,
  });
  for (const time of document.querySelectorAll('time[datetime]')) {
    time.textContent = `${format.format(new Date(time.dateTime))} ${name}`;
  }
}
