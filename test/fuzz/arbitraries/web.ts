import fc from 'fast-check';
import type { Valid } from '../subject.ts';
import { json, latitude, longitude, name, text, token } from './words.ts';

const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });

const file = fc.record({
  id: fc.uuid(),
  key: token(43, 44),
  name: text,
  mediaType: fc.constantFrom('image/jpeg', 'application/pdf', ''),
  bytes: fc.nat(),
  sha256: token(64, 64),
});

const day = fc
  .integer({ min: Date.UTC(1945, 7, 17) / 86_400_000, max: 40_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

/** What the form's own route stores. */
export const webSubmission: fc.Arbitrary<Valid> = fc
  .record({
    key: token(64, 64),
    trackingNumber: fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }).map(String),
    class: fc.constantFrom('pengaduan', 'aspirasi', 'permintaan_informasi'),
    title: text,
    text,
    occurredOn: orNull(day),
    location: fc.record({ text, latitude: orNull(latitude), longitude: orNull(longitude) }),
    agency: orNull(text),
    name: orNull(name),
    contact: orNull(fc.record({ kind: fc.constantFrom('phone', 'email'), value: token(1, 60) })),
    anonymous: fc.boolean(),
    confidential: fc.boolean(),
    suspicious: fc.boolean(),
    traces: fc.array(token(1, 60), { maxLength: 2 }),
    attachments: fc.array(file, { maxLength: 5 }),
  })
  .map((submission) => ({ content: json(submission), said: [submission.text] }));
