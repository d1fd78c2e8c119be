import type { ChannelName } from './people.ts';

export type Where = { readonly value: 'private' | 'public'; readonly text: string };

export type PhoneChannel = {
  readonly name: ChannelName | 'web';
  readonly title: string;
  /** Who is written to, as the app shows it. */
  readonly to: string;
  readonly about: string;
  /** Ways to write, where the platform has two; the first is usual. */
  readonly ways: readonly Where[];
};

const publicly = (text: string): Where => ({ value: 'public', text });
const privately = (text: string): Where => ({ value: 'private', text });

export const phoneChannels: readonly [PhoneChannel, ...PhoneChannel[]] = [
  { name: 'sms', title: 'SMS', to: '1708', about: 'SMS ke 1708', ways: [] },
  {
    name: 'x',
    title: 'X',
    to: 'LAPOR! 1708',
    about: '@LAPOR1708 di X',
    ways: [publicly('Pos yang menyebut @LAPOR1708'), privately('Pesan langsung')],
  },
  {
    name: 'facebook',
    title: 'Facebook',
    to: 'LAPOR!',
    about: 'Halaman di Facebook',
    ways: [privately('Pesan ke halaman'), publicly('Kiriman di halaman')],
  },
  {
    name: 'telegram',
    title: 'Telegram',
    to: 'LAPOR! 1708',
    about: 'Bot di Telegram',
    ways: [],
  },
  {
    name: 'web',
    title: 'Formulir web',
    to: 'Formulir laporan',
    about: 'Halaman laporan di peramban',
    ways: [],
  },
];
