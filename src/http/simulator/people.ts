export type ChannelName = 'sms' | 'x' | 'facebook' | 'telegram';

export type Citizen = {
  readonly slug: string;
  readonly name: string;
  readonly city: string;
  readonly zone: 'WIB' | 'WITA';
  readonly handle: string;
  /** Phone number or user id, by channel. */
  readonly ids: Readonly<Record<ChannelName, string>>;
};

const siti: Citizen = {
  slug: 'siti',
  name: 'Siti Rahmawati',
  city: 'Semarang',
  zone: 'WIB',
  handle: 'siti_smg24',
  ids: {
    sms: '+6281200010101',
    x: '1501000000000000101',
    facebook: '6100000000000101',
    telegram: '5010000101',
  },
};

/** Made-up people; the first one holds the phone until another is chosen. */
export const citizens: readonly [Citizen, ...Citizen[]] = [
  siti,
  {
    slug: 'darmo',
    name: 'Pak Darmo',
    city: 'Bantul',
    zone: 'WIB',
    handle: 'darmo_bantul',
    ids: {
      sms: '+6281200010102',
      x: '1501000000000000102',
      facebook: '6100000000000102',
      telegram: '5010000102',
    },
  },
  {
    slug: 'ayu',
    name: 'Mbak Ayu',
    city: 'Surabaya',
    zone: 'WIB',
    handle: 'ayu_sby',
    ids: {
      sms: '+6281200010103',
      x: '1501000000000000103',
      facebook: '6100000000000103',
      telegram: '5010000103',
    },
  },
  {
    slug: 'ucok',
    name: 'Bang Ucok',
    city: 'Medan',
    zone: 'WIB',
    handle: 'ucok_medan',
    ids: {
      sms: '+6281200010104',
      x: '1501000000000000104',
      facebook: '6100000000000104',
      telegram: '5010000104',
    },
  },
  {
    slug: 'made',
    name: 'Ibu Made',
    city: 'Denpasar',
    zone: 'WITA',
    handle: 'made_dps',
    ids: {
      sms: '+6281200010105',
      x: '1501000000000000105',
      facebook: '6100000000000105',
      telegram: '5010000105',
    },
  },
];

/** Who passes on what this citizen wrote. */
export function neighbourOf(citizen: Citizen): Citizen {
  return citizens[(citizens.indexOf(citizen) + 1) % citizens.length] ?? siti;
}

/** One of the many who write at once. */
export function passerBy(number: number): Citizen {
  const digits = String(number).padStart(4, '0');
  return {
    ...siti,
    slug: `warga-${digits}`,
    name: `Warga ${digits}`,
    handle: `warga_${digits}`,
    ids: {
      sms: `+628120002${digits}`,
      x: `150100000000002${digits}`,
      facebook: `610000000002${digits}`,
      telegram: `501002${digits}`,
    },
  };
}
