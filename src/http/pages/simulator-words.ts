import type { BurstState } from '../simulator/burst.ts';
import { isAccepted, repetitionsOf, type Sent } from '../simulator/carrier.ts';

const numbers = new Intl.NumberFormat('id-ID');
const tenths = new Intl.NumberFormat('id-ID', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const degrees = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 5 });

export const numberText = (value: number): string => numbers.format(value);

const durationText = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} md` : `${tenths.format(ms / 1000)} detik`;

export const placeText = (latitude: number, longitude: number): string =>
  `${degrees.format(latitude)}; ${degrees.format(longitude)}`;

const refusals: Readonly<Record<number, string>> = {
  401: 'Ditolak gerbang: tanda tangan penyedia tidak cocok',
  404: 'Ditolak gerbang: kanal ini tidak dibuka',
  413: 'Ditolak gerbang: pesan terlalu besar',
  503: 'Belum diterima: gerbang sedang tidak bisa menyimpan',
};

/** What became of a message, in plain words. */
export function noteOf(sent: Sent | null): string {
  if (sent === null) return 'Mengirim…';
  if (sent.times === 0) return 'Tidak dikirim: penyedia menolak, atau belum terhubung ke gerbang';
  const often = repetitionsOf(sent);
  const again = often > 0 ? ` · dikirim ulang ${often}×` : '';
  return outcomeOf(sent) + again;
}

function outcomeOf(sent: Sent): string {
  if (sent.status === null) return 'Gerbang tidak menjawab';
  if (isAccepted(sent)) return `Diterima gerbang, ${durationText(sent.elapsedMs)}`;
  return refusals[sent.status] ?? `Ditolak gerbang dengan kode ${sent.status}`;
}

/** How a burst stands, with its speed. */
export function burstText(state: BurstState, now: number): string {
  const { total, done, accepted, repeated, startedAt, endedAt } = state;
  const seconds = Math.max(0.001, ((endedAt ?? now) - startedAt) / 1000);
  const speed = `${tenths.format(seconds)} detik, ${numberText(Math.round(accepted / seconds))} per detik`;
  const again = repeated > 0 ? ` Penyedia mengirim ulang ${numberText(repeated)} kali.` : '';
  if (endedAt === null) {
    return `${numberText(done)} dari ${numberText(total)} dikirim, ${numberText(accepted)} diterima. ${speed}.`;
  }
  const stopped = done < total ? `Dihentikan setelah ${numberText(done)} pesan. ` : '';
  return `${stopped}${numberText(accepted)} dari ${numberText(done)} pesan diterima gerbang dalam ${speed}.${again}`;
}
