import { createHash } from 'node:crypto';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import { web } from '../../channels/web.ts';
import { fixture, itReads, opened } from '../support/channel-cases.ts';

const request = (body: Buffer): WebhookRequest => ({
  method: 'POST',
  url: 'https://lapor.example.go.id/',
  headers: { 'content-type': 'application/json' },
  body,
});

const key = '3f1c0a6e5b7d4c2f9a8e1d0c3b5a79684f2e1d0c9b8a7f6e5d4c3b2a19087f6e';
const anonymousKey = 'a90c1e5b7d4c2f9a8e1d0c3b5a79684f2e1d0c9b8a7f6e5d4c3b2a19087f6e3f';

/** Two people of one address are two. */
const personOf = (...parts: readonly string[]): string =>
  `person:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;

describe('the web form as a channel', () => {
  let channel: Channel;

  before(async () => {
    channel = await opened(web, {});
  });

  itReads(
    () => channel,
    [
      {
        label: 'reads a form with all fields, its file and its place',
        request: request(fixture('web', 'pengaduan.json')),
        messages: [
          {
            kind: 'message',
            eventId: key,
            messageId: key,
            account: 'web',
            sender: {
              identity: personOf('email', 'wawan.setiadi@contoh.id', 'wawan setiadi'),
              name: 'Wawan Setiadi',
              contact: { kind: 'email', value: 'Wawan.Setiadi@contoh.id' },
            },
            sentAt: null,
            text: 'Tali sebelah kiri sudah lepas sejak Selasa.\nAnak sekolah tetap lewat, mohon segera ditutup.',
            location: {
              text: 'Dusun Krajan, Kec. Cisompet, Kab. Garut',
              latitude: -7.5321,
              longitude: 107.8132,
            },
            attachments: [
              {
                kind: 'image',
                mediaType: 'image/jpeg',
                bytes: 184221,
                ref: 'media:019a9d0c-7a3e-7c11-9d2b-5f60718293a4',
                name: 'jembatan.jpg',
                stored: {
                  id: '019a9d0c-7a3e-7c11-9d2b-5f60718293a4',
                  key: 'b2JzY3VyZS1rZXktZm9yLXRoZS1maXh0dXJlLTMyYnk',
                  sha256: '6b1f0c2d3e4a5968778695a4b3c2d1e0f00112233445566778899aabbccddeef',
                },
              },
            ],
            setting: 'public',
            thread: null,
            under: [],
            addressed: 'us',
            mayBeginWithKeyword: false,
            form: {
              trackingNumber: '9482109371',
              class: 'pengaduan',
              title: 'Jembatan gantung Curug Dendeng miring',
              occurredOn: '2026-11-17',
              agency: 'Dinas PUPR Kabupaten Garut',
              anonymous: false,
              confidential: true,
              suspicious: false,
              traces: ['r_0aJ3kL5mN7pQ9rS1tU3vWx', 'r_9zY7xW5vU3tS1rQ9pN7mLk'],
            },
          },
        ],
      },
      {
        label: 'reads an anonymous form as somebody nobody knows, another one each time',
        request: request(fixture('web', 'anonim.json')),
        messages: [
          {
            sender: { identity: `anonymous:${anonymousKey}`, name: null, contact: null },
            location: {
              text: 'Jalan Pramuka, Kota Bandar Lampung',
              latitude: null,
              longitude: null,
            },
            attachments: [],
          },
        ],
      },
      {
        label: 'does not read what is no submission',
        request: request(Buffer.from('{"title":"jalan"}')),
        fails: /not a submission/,
      },
      {
        label: 'does not read what is no JSON',
        request: request(Buffer.from('judul=jalan')),
        fails: /not a submission/,
      },
    ],
  );
});
