import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import type { Complaint } from '../../src/domain/complaint.ts';
import { createAssets } from '../../src/http/assets.ts';
import { createNetworkReader } from '../../src/http/address.ts';
import { createBodyReader } from '../../src/http/body.ts';
import { createCoreEvents } from '../../src/http/core-events.ts';
import { createCoreInbox } from '../../src/http/core-inbox.ts';
import { createFailureHandler } from '../../src/http/failures.ts';
import { createLog } from '../../src/log.ts';
import { select } from '../../src/store/database.ts';
import { createSeal } from '../../src/store/seal.ts';
import { coreSecret } from './core.ts';
import type { TestDatabase } from './postgres.ts';

type OpenFile = Parameters<typeof createCoreInbox>[0]['openFile'];

type Options = { readonly demo?: boolean; readonly openFile?: OpenFile };

export const inboxSeal = createSeal([Buffer.alloc(32, 1).toString('base64')]);

/** The embedded core's inbox as an application of its own, beside the gateway's way in for statuses. */
export async function startInbox(db: TestDatabase, options: Options = {}) {
  const { demo = true, openFile = () => Promise.resolve(null) } = options;
  const closing = new AbortController();
  const lines: string[] = [];
  const assets = createAssets();
  const shared = { database: db.database, seal: inboxSeal, secrets: [coreSecret] };
  const readBody = createBodyReader(createNetworkReader(0));
  const inbox = createCoreInbox({
    ...{ ...shared, readBody, demo, openFile, closing: closing.signal },
    site: { demo, asset: assets.url },
    publicUrl: 'http://127.0.0.1',
  });
  const app = express();
  app.use(assets.router, inbox, createCoreEvents({ ...shared, readBody, now: Date.now }));
  app.use(createFailureHandler(createLog('debug', [], { write: (line) => lines.push(line) })));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    log: () => lines.join(''),
    /** Sends an event as the gateway does. Out: the status of the answer. */
    send: async (event: { readonly id: string }, secret = coreSecret): Promise<number> => {
      const body = JSON.stringify(event);
      const at = new Date();
      const answer = await fetch(`${url}/core/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents+json',
          'webhook-id': event.id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': new Webhook(secret).sign(event.id, at, body),
        },
        body,
      });
      await answer.body?.cancel();
      return answer.status;
    },
    page: async (path: string): Promise<string> => (await fetch(url + path)).text(),
    stop: async (): Promise<void> => {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type TestInbox = Awaited<ReturnType<typeof startInbox>>;

let numbers = 4_000_000_000;

/** A complaint as the core receives it; every field may be said. */
export function complaintOf(said: Partial<Complaint> = {}): Complaint {
  numbers += 1;
  return {
    ...{ id: randomUUID(), trackingNumber: String(numbers), class: null, channel: 'sms' },
    ...{ channelAccount: '1708', messageIds: [`SM${numbers}`], permalink: null },
    reporter: {
      ref: `r_${numbers}`,
      name: null,
      contact: { kind: 'phone', value: '+6281234567890' },
    },
    ...{ anonymous: false, confidential: false, title: null, text: '', originalText: '' },
    ...{ occurredAt: null, sentAt: null, receivedAt: '2026-11-22T07:05:00.000Z' },
    ...{ location: null, agency: null, category: null, attachments: [], flags: [] },
    duplicate: { verdict: 'none', of: null, score: null, reasons: [] },
    ...said,
  };
}

export const receivedEvent = (complaint: Complaint) => ({
  ...envelopeOf(complaint.channel, complaint.trackingNumber),
  id: complaint.id,
  type: 'id.go.lapor.complaint.received.v1',
  data: complaint,
});

/** What came to a complaint: `change` and whatever belongs to it. */
export function updatedEvent({ id, trackingNumber, channel }: Complaint, data: object) {
  return {
    ...envelopeOf(channel, trackingNumber),
    id: randomUUID(),
    type: 'id.go.lapor.complaint.updated.v1',
    data: { complaintId: id, trackingNumber, ...data },
  };
}

export const addition = {
  ...{ text: '', originalText: '', messageIds: ['SM1'], sentAt: null, location: null },
  ...{ receivedAt: '2026-11-22T07:06:00.000Z', agency: null, attachments: [] },
};

const envelopeOf = (channel: string, subject: string) => ({
  ...{ specversion: '1.0', source: `/satu-pintu/channels/${channel}`, subject },
  ...{ time: '2026-11-22T07:05:00.000Z', datacontenttype: 'application/json' },
});

/** Makes the gateway know a complaint as well, so that it takes a status for it. */
export async function makeKnown(db: TestDatabase, complaint: Complaint): Promise<void> {
  await select(
    db.database,
    `insert into complaints (id, tracking_number, channel, reporter, anonymous, confidential, sealed, received_at)
     values (?::uuid, ?, ?, ?, false, false, ?, now())`,
    [
      complaint.id,
      complaint.trackingNumber,
      complaint.channel,
      complaint.reporter.ref,
      inboxSeal.seal('complaint', Buffer.from(JSON.stringify(complaint))),
    ],
  );
}
