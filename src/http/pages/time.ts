import { type Html, html } from './html.ts';

/** The three zones of Indonesia; in UTC+7 most people live. */
const zones = { WIB: 'Asia/Jakarta', WITA: 'Asia/Makassar', WIT: 'Asia/Jayapura' } as const;

type Zone = keyof typeof zones;

const formats = new Map(
  Object.entries(zones).map(([zone, timeZone]) => [
    zone,
    new Intl.DateTimeFormat('id-ID', { dateStyle: 'long', timeStyle: 'short', timeZone }),
  ]),
);

/** "22 November 2026 pukul 14.05 WIB". */
export function timeText(at: Date, zone: Zone = 'WIB'): string {
  return `${formats.get(zone)?.format(at) ?? ''} ${zone}`;
}

/** A moment, in WIB; where scripts run and the device lives elsewhere in Indonesia, in its own zone. */
export function timeOf(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${timeText(at)}</time>`;
}
