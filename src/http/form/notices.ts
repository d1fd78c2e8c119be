/** What is said above the form when nothing in it is wrong. */
export const notices = {
  stale:
    'Laporan belum tersimpan. Halaman ini sudah terlalu lama terbuka, atau peramban Anda menolak kuki. Periksa lalu kirim sekali lagi; isian Anda tetap ada.',
  away: 'Laporan belum tersimpan, karena tempat penyimpanan kami sedang tidak dapat dicapai. Isian Anda tetap ada di halaman ini: tunggu sebentar, lalu tekan Kirim laporan sekali lagi. Laporan tidak akan terkirim dua kali.',
  often: (seconds: number): string =>
    `Laporan belum tersimpan, karena dari jaringan Anda baru saja banyak laporan dikirim. Isian Anda tetap ada di halaman ini: tunggu ${waitText(seconds)}, lalu tekan Kirim laporan sekali lagi.`,
} as const;

const waitText = (seconds: number): string =>
  seconds < 90 ? `${seconds} detik` : `${Math.ceil(seconds / 60)} menit`;
