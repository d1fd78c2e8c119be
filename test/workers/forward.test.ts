import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { v7 as newId } from 'uuid';
import { type CoreAnswer, createCoreClient } from '../../src/core/client.ts';
import { createPacer } from '../../src/core/pacer.ts';
import { complaintFrom } from '../../src/domain/compose.ts';
import { noDuplicate } from '../../src/domain/duplicate.ts';
import { eventTypes, laneOf, type OutboundEvent } from '../../src/domain/event.ts';
import { inboundMessage } from '../../src/domain/message.ts';
import { newTrackingNumber } from '../../src/domain/tracking-number.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { findComplaintId, insertComplaints } from '../../src/store/complaints.ts';
import { saidIn } from '../../src/domain/said.ts';
import { keepReporters } from '../../src/store/reporters.ts';
import { reading } from '../support/reading.ts';
import { select } from '../../src/store/database.ts';
import { countPending } from '../../src/store/lanes.ts';
import { insertEvents } from '../../src/store/outbox.ts';
import { findFault } from '../../src/store/parked.ts';
import { discardEvent, findStuck, replayEvent } from '../../src/store/stuck.ts';
import { createSeal } from '../../src/store/seal.ts';
import { createForward } from '../../workers/forward.ts';
import { coreSecret, startCore, type TestCore } from '../support/core.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { freePort } from '../../src/bench/free-port.ts';
import { sendSms, sendUpdate } from '../support/send.ts';

const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
const day = 24 * 3_600_000;

type Answer = (response: ServerResponse) => void;

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };

describe('forwarding one lane', () => {
  let db: TestDatabase;
  let core: TestCore;
  let reporters = 0;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
  });

  after(async () => {
    await core.stop();
    await db.drop();
  });

  /** A worker of its own, as the runtime builds it, but for its clock and its patience. */
  const worker = (url = core.url, breaks: (event: OutboundEvent) => void = () => undefined) => {
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    const lines: string[] = [];
    const client = createCoreClient({ url, secrets: [coreSecret], now, timeoutMs: 250 });
    const forward = createForward({
      database: db.database,
      seal,
      core: {
        send: async (event) => {
          breaks(event);
          return client.send(event);
        },
      },
      pacer: createPacer({ now, random: () => 1, changed: () => undefined }),
      metrics: createMetrics(() => Promise.resolve({})),
      log: createLog('info', [], { write: (line) => lines.push(line) }),
      now,
      random: () => 1,
    });
    return { clock, run: () => forward(0), log: () => lines.join('') };
  };

  /** Somebody whose events go by lane 0, with so many complaints waiting to be sent. */
  const reporterWith = async (count: number) => {
    let reporter = '';
    do reporter = `r_pelapor${(reporters += 1)}`;
    while (laneOf(reporter) !== 0);
    const events = Array.from({ length: count }, () => newId());
    const message = inboundMessage({
      eventId: '1',
      messageId: '1',
      account: '1708',
      sender: { identity: reporter, name: null, contact: null },
      text: 'Jembatan goyang',
    });
    const received = { message, receivedAt: '2026-11-21T10:00:00.123Z' };
    await insertComplaints(
      db.database,
      seal,
      events.map((id) => {
        const trackingNumber = newTrackingNumber((max) => Math.floor(Math.random() * max));
        const identity = { id, trackingNumber, channel: 'sms', reporterRef: reporter };
        const made = { ...identity, attachments: [], duplicate: noDuplicate };
        return { complaint: complaintFrom(made, message, saidIn(reading, [received])), reporter };
      }),
    );
    await insertEvents(
      db.database,
      seal,
      events.map((id) => ({
        id,
        complaintId: id,
        reporter,
        type: eventTypes.received,
        data: null,
        receivedAt: new Date(),
      })),
    );
    return { reporter, events };
  };

  const rowOf = async (id: string | undefined) => {
    const [row] = await select(
      db.database,
      `select state, tries, answer, first_tried_at is not null as tried,
              extract(epoch from due_at - clock_timestamp())::float8 as due_in
       from outbox where id = ?`,
      [id ?? ''],
    );
    const sealed = row?.['answer'];
    const answer: unknown = Buffer.isBuffer(sealed)
      ? JSON.parse(seal.open('answer', sealed).toString())
      : sealed;
    return row && Object.assign(row, { answer });
  };
  const callsOf = (id: string | undefined) => core.calls.filter(({ event }) => event.id === id);
  const makeDue = () =>
    select(db.database, `update outbox set due_at = now() where state = 'pending'`);

  /** The event is answered so, everything else is taken. */
  const answerTo = (id: string | undefined, answer: Answer) => {
    core.answerWith(({ event }, response) => {
      if (event.id === id) answer(response);
      else response.writeHead(202).end();
    });
  };
  const takeAll = () => {
    answerTo(undefined, status(202));
  };

  describe('what the core took', () => {
    const long = JSON.stringify({ note: 'x'.repeat(2000), trackingId: '9160001' });
    const rows: readonly (readonly [
      label: string,
      code: number,
      body: string,
      alias: string | null,
    ])[] = [
      ['200', 200, '', null],
      ['201', 201, '', null],
      ['202', 202, '', null],
      ['204', 204, '', null],
      ['409: it already has it', 409, '', null],
      ["200 with the core's number", 200, '{"trackingId":"9165816"}', '9165816'],
      ["201 with the core's number", 201, '{"trackingId":"LPR-77","more":[]}', 'LPR-77'],
      ["202 with the core's number behind much else", 202, long, '9160001'],
      ["409 with the core's number", 409, '{"trackingId":"9165817"}', '9165817'],
      [
        '200 with a number that no database can hold',
        200,
        '{"trackingId":"9\\u0000\\ud800"}',
        '9\ufffd\ufffd',
      ],
      ['200 with an empty number', 200, '{"trackingId":""}', null],
      ['200 with a number without end', 200, `{"trackingId":"${'9'.repeat(65)}"}`, null],
      ['200 with something else', 200, '<diterima/>\u0000', null],
      ['200 with a page as a value', 200, '{"trackingId":"77","page":"<html>"}', '77'],
      ['409 with a page', 409, '<html>', null],
      ['200 with far too much', 200, 'x'.repeat(300_000), null],
    ];
    for (const [label, code, body, alias] of rows) {
      it(`is done: ${label}`, async () => {
        const { events } = await reporterWith(2);
        answerTo(events[0], status(code, {}, body));
        const { run } = worker();

        await run();
        await run();

        expect(await rowOf(events[0])).to.deep.include({ state: 'done', tries: 1 });
        expect(callsOf(events[0])).to.have.length(1);
        expect(callsOf(events[1])).to.have.length(1);
        const found = alias && (await findComplaintId(db.database, { trackingNumber: alias }));
        expect(found).to.equal(alias && events[0]);
        const numbers = await select(db.database, 'select 1 from aliases where complaint_id = ?', [
          events[0] ?? '',
        ]);
        expect(numbers).to.have.length(alias === null ? 0 : 1);
      });
    }
  });

  describe('what the core will never take', () => {
    for (const code of [400, 410, 413, 415, 422]) {
      it(`is kept as refused with the answer, and holds back nothing: ${code}`, async () => {
        const { events } = await reporterWith(2);
        answerTo(events[0], status(code, {}, 'kategori tidak dikenal'));
        const { run, log } = worker();

        await run();
        await makeDue();
        await run();

        expect(await rowOf(events[0])).to.deep.include({
          state: 'refused',
          tries: 1,
          answer: { status: code, detail: 'kategori tidak dikenal' },
        });
        expect(callsOf(events[0])).to.have.length(1);
        expect(callsOf(events[1])).to.have.length(1);
        expect(log()).to.contain('event not accepted').and.not.to.contain('kategori');
      });
    }

    const odd: readonly (readonly [label: string, body: string | Buffer, kept: string])[] = [
      ['with U+0000 in its answer', 'a\u0000b', 'a\ufffdb'],
      [
        'with bytes that are no text',
        Buffer.of(0x61, 0xff, 0xed, 0xa0, 0x80),
        'a\ufffd\ufffd\ufffd\ufffd',
      ],
      [
        'with half an emoji at the end of what is kept',
        'x'.repeat(499) + '👍',
        `${'x'.repeat(499)}\ufffd`,
      ],
      ['with far too much in its answer', 'y'.repeat(300_000), 'y'.repeat(500)],
    ];
    for (const [label, body, kept] of odd) {
      it(`is kept as refused ${label}`, async () => {
        const { events } = await reporterWith(1);
        answerTo(events[0], (response) => {
          response.writeHead(422).end(body);
        });

        await worker().run();

        expect(await rowOf(events[0])).to.deep.include({
          state: 'refused',
          answer: { status: 422, detail: kept },
        });
      });
    }
  });

  describe('what the core may take later', () => {
    const pages = [
      ['as a proxy writes it', 200, '<!DOCTYPE html><html><body>Sedang dirawat</body></html>'],
      ['without a doctype', 202, '<HTML lang="id"><title>Masuk</title>'],
      ['behind a mark of byte order and empty lines', 201, '\ufeff\r\n \t<!doctype\nHtml>'],
      ['longer than what is read', 200, `<html>${'x'.repeat(300_000)}`],
    ] as const;
    const elsewhere = () => ({ location: core.url });
    const rows: readonly (readonly [label: string, answer: Answer, code: number])[] = [
      ...[401, 403, 404, 408, 425, 429, 500, 502, 503, 504].map(
        (code) => [String(code), status(code, {}, 'nanti'), code] as const,
      ),
      ...[301, 302, 303, 307, 308].map(
        (code) =>
          [
            `${code}, which is not followed`,
            (response: ServerResponse) => {
              status(code, elsewhere())(response);
            },
            code,
          ] as const,
      ),
      ...pages.map(
        ([label, code, page]) =>
          [
            `${code} with a page of somebody else, ${label}`,
            status(code, { 'content-type': 'application/json' }, page),
            code,
          ] as const,
      ),
      ['no answer in time', () => undefined, 0],
      [
        'half an answer in time',
        (response) => {
          response.writeHead(202, { 'content-length': '100' }).write('{');
        },
        0,
      ],
      [
        'a connection that is reset',
        (response) => {
          response.socket?.resetAndDestroy();
        },
        0,
      ],
      [
        'an answer that is no HTTP',
        (response) => {
          response.socket?.end('halo, ini bukan HTTP\r\n\r\n');
        },
        0,
      ],
      [
        'an answer that breaks off',
        (response) => {
          response.writeHead(200, { 'content-length': '100' }).write('{"trackingId":', () => {
            response.socket?.destroy();
          });
        },
        0,
      ],
    ];
    for (const [label, answer, code] of rows) {
      it(`is sent again under the same id, signed anew: ${label}`, async () => {
        const { events } = await reporterWith(2);
        const other = await reporterWith(1);
        answerTo(events[0], answer);
        const { run, clock } = worker();

        await run();

        const row = await rowOf(events[0]);
        expect(row).to.deep.include({ state: 'pending', tries: 1, tried: true });
        expect(row?.answer).to.have.property('status', code);
        expect(row?.['due_in']).to.be.within(0.5, 1.1);
        expect(callsOf(events[1])).to.deep.equal([]);
        expect(callsOf(other.events[0])).to.have.length(1);

        takeAll();
        await run();
        expect(callsOf(events[0])).to.have.length(1);

        await makeDue();
        clock.aheadMs = 5000;
        await run();

        const [first, second, ...more] = callsOf(events[0]);
        expect(more).to.deep.equal([]);
        expect(second?.body).to.equal(first?.body);
        const [one, two] = [first, second].map((call) =>
          Number(call?.headers['webhook-timestamp']),
        );
        expect((two ?? 0) - (one ?? 0)).to.be.within(5, 7);
        expect(second?.headers['webhook-signature']).not.to.equal(
          first?.headers['webhook-signature'],
        );
        expect(await rowOf(events[0])).to.deep.include({ state: 'done', tries: 2 });
        expect(await rowOf(events[1])).to.deep.include({ state: 'done', tries: 1 });
        const order = core.calls.map(({ event }) => event.id).filter((id) => events.includes(id));
        expect(order).to.deep.equal([events[0], events[0], events[1]]);
      });
    }

    it('is sent again when nobody listens', async () => {
      const { events } = await reporterWith(1);
      takeAll();

      await worker(`http://127.0.0.1:${await freePort()}/events`).run();

      const row = await rowOf(events[0]);
      expect(row).to.deep.include({ state: 'pending', tries: 1 });
      expect(row?.answer).to.deep.equal({
        status: 0,
        detail: 'the core cannot be reached (ECONNREFUSED)',
      });
      await makeDue();
      await worker().run();
      expect(await rowOf(events[0])).to.deep.include({ state: 'done' });
    });

    it('waits longer after every try, up to a minute', async () => {
      const { events } = await reporterWith(1);
      answerTo(events[0], status(500));

      const waits: unknown[] = [];
      for (let tries = 0; tries < 8; tries += 1) {
        await makeDue();
        await worker().run();
        const row = await rowOf(events[0]);
        waits.push(Math.round(Number(row?.['due_in'])));
      }

      expect(waits).to.deep.equal([1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it('counts its wait from the answer, however slowly that came', async () => {
      const { events } = await reporterWith(1);
      answerTo(events[0], () => undefined);

      await worker().run();

      expect(callsOf(events[0])).to.have.length(1);
      const row = await rowOf(events[0]);
      expect(row?.['due_in']).to.be.within(0.9, 1);
    });
  });

  describe('Retry-After', () => {
    const rows: readonly (readonly [
      label: string,
      value: () => string,
      least: number,
      most: number,
      code?: number,
      body?: string,
    ])[] = [
      ['of a page that says 200', () => '7', 6, 7, 200, '<html>'],
      ['in seconds', () => '7', 6, 7],
      ['as a date', () => new Date(Date.now() + 20_000).toUTCString(), 18, 20],
      ['of more than an hour, as an hour', () => '999999999', 3599, 3600],
      ['that is past: the ordinary wait', () => new Date(0).toUTCString(), 0.5, 1],
      ['of 0: the ordinary wait', () => '0', 0.5, 1],
      ['that makes no sense: the ordinary wait', () => 'besok', 0.5, 1],
    ];
    for (const [label, value, least, most, code = 503, body = ''] of rows) {
      it(`is obeyed ${label}`, async () => {
        const { events } = await reporterWith(1);
        answerTo(events[0], (response) => {
          status(code, { 'retry-after': value() }, body)(response);
        });

        await worker().run();

        const row = await rowOf(events[0]);
        expect(row?.['due_in']).to.be.within(least, most);
        await makeDue();
        takeAll();
        await worker().run();
      });
    }

    it('is obeyed for all events', async () => {
      const { events } = await reporterWith(1);
      answerTo(events[0], status(429, { 'retry-after': '30' }));
      const { run, clock } = worker();
      await run();
      const other = await reporterWith(1);
      takeAll();

      await run();
      clock.aheadMs = 29_000;
      await run();
      expect(callsOf(other.events[0])).to.deep.equal([]);

      clock.aheadMs = 30_500;
      await run();
      expect(callsOf(other.events[0])).to.have.length(1);
      await makeDue();
      await run();
    });
  });

  describe('patience', () => {
    const age = (id: string | undefined, ms: number, tries = 20) =>
      select(
        db.database,
        `update outbox set due_at = now(), first_tried_at = now() - make_interval(secs => ?::float8),
           tries = ?::int
         where id = ?`,
        [ms / 1000, tries, id ?? ''],
      );

    it('lasts three days', async () => {
      const { events } = await reporterWith(1);
      answerTo(events[0], status(503));
      await worker().run();

      await age(events[0], 3 * day - 60_000);
      await worker().run();

      expect(await rowOf(events[0])).to.deep.include({ state: 'pending', tries: 21 });
      takeAll();
      await makeDue();
      await worker().run();
    });

    it('is not spent by a clock that was put forward by days', async () => {
      const { events } = await reporterWith(1);
      answerTo(events[0], status(503));
      await worker().run();

      await age(events[0], 9 * day, 1);
      await worker().run();

      expect(await rowOf(events[0])).to.deep.include({ state: 'pending', tries: 2 });
      takeAll();
      await makeDue();
      await worker().run();
    });

    it('ends after three days: parked with the last answer, and the next event goes on', async () => {
      const { events } = await reporterWith(2);
      answerTo(events[0], status(503));
      await worker().run();

      await age(events[0], 3 * day + 60_000);
      await worker().run();
      await makeDue();
      await worker().run();

      expect(await rowOf(events[0])).to.deep.include({
        state: 'parked',
        tries: 21,
        answer: { status: 503, detail: 'the core answered 503' },
      });
      expect(callsOf(events[0])).to.have.length(2);
      expect(await rowOf(events[1])).to.deep.include({ state: 'done' });
    });

    it('makes an incident of one event that keeps failing while others go, until it is done', async () => {
      const { events } = await reporterWith(1);
      const open = () =>
        select(
          db.database,
          `select closed_at is null as open from incidents where kind = 'event' and subject = ?`,
          [events[0] ?? ''],
        );
      answerTo(events[0], status(500));

      for (let tries = 1; tries <= 5; tries += 1) {
        expect(await open(), `after ${tries - 1} tries`).to.deep.equal([]);
        await makeDue();
        await worker().run();
      }

      expect(await open()).to.deep.equal([{ open: true }]);
      takeAll();
      await makeDue();
      await worker().run();
      expect(await rowOf(events[0])).to.deep.include({ state: 'done' });
      expect(await open()).to.deep.equal([{ open: false }]);
    });

    it('is not spent on an event whose reporter cannot be opened: parked, not sent without a contact', async () => {
      const { reporter, events } = await reporterWith(1);
      await select(
        db.database,
        `insert into reporters (ref, channel, sealed) values (?, 'sms', ?)`,
        [reporter, Buffer.from('rusak')],
      );

      await worker().run();

      expect(await rowOf(events[0])).to.deep.include({ state: 'parked' });
      expect(callsOf(events[0])).to.deep.equal([]);
    });

    it('is not spent on an event that cannot be opened: parked, and the next goes on', async () => {
      const { events } = await reporterWith(2);
      takeAll();
      await select(db.database, 'update complaints set sealed = ? where id = ?', [
        Buffer.from('rusak'),
        events[0] ?? '',
      ]);

      await worker().run();

      expect(await rowOf(events[0])).to.deep.include({ state: 'parked', tries: 1 });
      expect(callsOf(events[0])).to.deep.equal([]);
      expect(await rowOf(events[1])).to.deep.include({ state: 'done' });
    });
  });

  describe('a complaint that is stuck', () => {
    const by = { who: 'budi', why: 'sudah diperbaiki' };
    /** A reporter with two complaints, each followed by an update: [first, its update, second, its update]. */
    const twoWithUpdates = async () => {
      const { reporter, events } = await reporterWith(2);
      const updates = await addUpdates(reporter, events);
      return { reporter, events: [events[0], updates[0], events[1], updates[1]] as const };
    };
    const addUpdates = async (reporter: string, complaints: readonly string[]) => {
      const ids = complaints.map(() => newId());
      await insertEvents(
        db.database,
        seal,
        complaints.map((complaintId, index) => ({
          id: ids[index] ?? '',
          complaintId,
          reporter,
          type: eventTypes.updated,
          data: { complaintId, change: 'followup' },
          receivedAt: new Date(),
        })),
      );
      return ids;
    };
    const statesOf = async (ids: readonly (string | undefined)[]) =>
      Promise.all(ids.map(async (id) => (await rowOf(id))?.['state']));
    const arrivedOf = (ids: readonly (string | undefined)[]) =>
      core.calls.map(({ event }) => event.id).filter((id) => ids.includes(id));
    const openIncidents = async (id = '') =>
      (
        await select(
          db.database,
          `select 1 from incidents where kind = 'event' and subject = ? and closed_at is null`,
          [id],
        )
      ).length;
    const park = (id = '') =>
      select(db.database, `update outbox set state = 'parked', done_at = now() where id = ?`, [id]);

    it('keeps its later events waiting, apart from ordinary work, and no other complaint of its reporter', async () => {
      const { events } = await twoWithUpdates();
      answerTo(events[0], status(422));

      await worker().run();

      expect(await statesOf(events)).to.deep.equal(['refused', 'blocked', 'done', 'done']);
      expect(await openIncidents(events[0])).to.equal(1);
      const { forward, blocked } = await countPending(db.database);
      expect([forward, blocked]).to.deep.equal([0, 1]);
      expect((await findStuck(db.database, seal, events[0] ?? '')).behind).to.equal(1);
      takeAll();
      await replayEvent(db.database, { ...by, id: events[0] ?? '' });
      await worker().run();
    });

    it('goes on in order after its replay, under the same ids', async () => {
      const { events } = await twoWithUpdates();
      answerTo(events[0], status(422));
      await worker().run();
      takeAll();

      await replayEvent(db.database, { ...by, id: events[0] ?? '' });
      await worker().run();

      expect(await statesOf(events)).to.deep.equal(['done', 'done', 'done', 'done']);
      expect(arrivedOf([events[0], events[1]])).to.deep.equal([events[0], events[0], events[1]]);
      expect(await openIncidents(events[0])).to.equal(0);
      expect((await countPending(db.database)).blocked).to.equal(0);
    });

    it('goes on without what was discarded', async () => {
      const { events } = await twoWithUpdates();
      answerTo(events[0], status(422));
      await worker().run();
      takeAll();

      await discardEvent(db.database, { ...by, id: events[0] ?? '' });
      await worker().run();

      expect(await statesOf(events)).to.deep.equal(['discarded', 'done', 'done', 'done']);
      expect(callsOf(events[0])).to.have.length(1);
      expect(await openIncidents(events[0])).to.equal(0);
    });

    it('is not stuck at a refused update: that is final for itself', async () => {
      const { reporter, events } = await reporterWith(1);
      const [first] = await addUpdates(reporter, events);
      const [second] = await addUpdates(reporter, events);
      answerTo(first, status(422));

      await worker().run();

      expect(await statesOf([events[0], first, second])).to.deep.equal(['done', 'refused', 'done']);
      expect(await openIncidents(first)).to.equal(1);
    });

    it('is stuck at a parked update, also for what comes later still', async () => {
      const { reporter, events } = await reporterWith(1);
      const [first] = await addUpdates(reporter, events);
      await park(first);
      const [second] = await addUpdates(reporter, events);
      takeAll();
      await worker().run();
      const [third] = await addUpdates(reporter, events);
      await worker().run();
      expect(await statesOf([events[0], first, second, third])).to.deep.equal([
        'done',
        'parked',
        'blocked',
        'blocked',
      ]);

      await replayEvent(db.database, { ...by, id: first ?? '' });
      await worker().run();

      expect(arrivedOf([first, second, third])).to.deep.equal([first, second, third]);
    });

    it('stays stuck when its replay is refused again', async () => {
      const { events } = await twoWithUpdates();
      answerTo(events[0], status(422));
      await worker().run();

      await replayEvent(db.database, { ...by, id: events[0] ?? '' });
      await worker().run();

      expect(await statesOf(events)).to.deep.equal(['refused', 'blocked', 'done', 'done']);
      expect(await openIncidents(events[0])).to.equal(1);
      await discardEvent(db.database, { ...by, id: events[0] ?? '' });
      takeAll();
      await worker().run();
    });

    it('is freed for good by who decides while the lane is at work', async () => {
      const { events } = await twoWithUpdates();
      answerTo(events[0], status(422));
      await worker().run();
      await select(db.database, `update outbox set state = 'pending' where id = ?`, [
        events[1] ?? '',
      ]);
      // Holds the row as a decision does, not committed yet.
      const deciding = await db.database.transaction();
      await select(deciding, 'select 1 from outbox where id = ? for update', [events[0] ?? '']);
      await select(deciding, `update outbox set state = 'discarded' where id = ?`, [
        events[0] ?? '',
      ]);
      takeAll();

      const running = worker().run();
      await eventually('the lane waits for the decision', async () => {
        const rows = await select(
          db.database,
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'with stuck%'
             and datname = current_database()`,
        );
        return rows.length === 1;
      });
      await deciding.commit();
      await running;

      expect(await statesOf([events[0], events[1]])).to.deep.equal(['discarded', 'done']);
    });

    it('parks an event that our own code breaks on, with where, and goes on with others', async () => {
      const { events } = await reporterWith(2);
      takeAll();
      await worker(core.url, (event) => {
        if (event.id === events[0]) JSON.parse('Jembatan goyang');
      }).run();

      expect(await statesOf(events)).to.deep.equal(['parked', 'done']);
      const fault = await findFault(db.database, 'event', events[0] ?? '');
      expect(fault?.name).to.equal('SyntaxError');
      expect(fault?.frames.join()).to.match(/forward\.test\.ts:\d+/);
      expect(JSON.stringify(fault)).not.to.contain('Jembatan');
      expect(await openIncidents(events[0])).to.equal(1);
    });
  });

  describe('what is sent', () => {
    const second = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const event = {
      id: '01999999-0000-7000-8000-000000000001',
      complaintId: '01999999-0000-7000-8000-000000000001',
      reporter: 'r_x',
      type: eventTypes.received,
      channel: 'sms',
      trackingNumber: '1000000005',
      data: { text: 'Jembatan goyang 🙏' },
      unreadable: null,
      receivedAt: new Date('2026-11-21T10:00:00.123Z'),
      tries: 0,
      firstTriedAt: null,
    };
    const send = (...secrets: readonly string[]): Promise<CoreAnswer> =>
      createCoreClient({ url: core.url, secrets, now: Date.now }).send(event);

    it('is a CloudEvent in structured JSON, with nothing more in its envelope', async () => {
      takeAll();

      await send(coreSecret);

      const call = callsOf(event.id).at(-1);
      expect(JSON.parse(call?.body ?? '')).to.deep.equal({
        specversion: '1.0',
        id: event.id,
        type: 'id.go.lapor.complaint.received.v1',
        source: '/satu-pintu/channels/sms',
        subject: '1000000005',
        time: '2026-11-21T10:00:00.123Z',
        datacontenttype: 'application/json',
        data: { text: 'Jembatan goyang 🙏' },
      });
      expect(call?.headers).to.deep.include({
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': event.id,
      });
      expect(Number(call?.headers['webhook-timestamp'])).to.be.closeTo(Date.now() / 1000, 5);
    });

    for (const [label, secrets] of [
      ['the new one first', [second, coreSecret]],
      ['the old one first', [coreSecret, second]],
    ] as const) {
      it(`is signed with both secrets while they are rotated: ${label}`, async () => {
        takeAll();

        const answer = await send(...secrets);

        expect(answer.kind).to.equal('done');
        const call = callsOf(event.id).at(-1);
        const headers = Object.fromEntries(
          ['id', 'timestamp', 'signature'].map((name) => [
            `webhook-${name}`,
            String(call?.headers[`webhook-${name}`]),
          ]),
        );
        expect(headers['webhook-signature']).to.match(/^v1,\S+ v1,\S+$/);
        for (const secret of secrets) {
          expect(() => new Webhook(secret).verify(call?.body ?? '', headers)).not.to.throw();
        }
      });
    }

    it('carries the name and the contact that are known of its reporter when it is sent', async () => {
      const { reporter, events } = await reporterWith(1);
      takeAll();
      const contact = { kind: 'phone', value: '+6281200000777' } as const;
      const sender = { identity: 'x', name: 'Sri Lestari', contact };
      await keepReporters(db.database, seal, [{ ref: reporter, channel: 'sms', sender }]);

      await worker().run();

      expect(callsOf(events[0])[0]?.event.data['reporter']).to.deep.equal({
        ref: reporter,
        name: 'Sri Lestari',
        contact,
      });
    });
  });
});

describe('forwarding, in the whole product', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let people = 0;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });
  });

  beforeEach(() => {
    core.answerWith((_call, response) => {
      response.writeHead(202).end();
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const person = () => `+62812${String(10_000_000 + (people += 1))}`;
  const write = async (from: string, text: string): Promise<number> => {
    const startedAt = Date.now();
    const MessageSid = `SM${newId().replaceAll('-', '')}`;
    // A complaint each: what follows within two minutes would only add to the one before.
    const Body = `LAPOR BARU: ${text}`;
    const response = await sendSms(gateway.url, { MessageSid, From: from, Body });
    expect(response.status).to.equal(200);
    return Date.now() - startedAt;
  };
  const textsOf = (phone: string) =>
    core
      .events()
      .filter(({ data }) => JSON.stringify(data['reporter'] ?? '').includes(phone))
      .map(({ data }) => data['text']);
  const callsWith = (text: string) => core.calls.filter(({ event }) => event.data['text'] === text);
  const incidents = () =>
    select(
      db.database,
      `select kind, subject, closed_at is not null as closed from incidents order by id`,
    );

  it('keeps connections alive and bounds how much is under way: 200 events', async () => {
    let underWay = 0;
    let most = 0;
    core.answerWith((_call, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(202).end();
      }, 10);
    });
    const connectionsBefore = core.connections();
    const callsBefore = core.calls.length;

    const from = Array.from({ length: 200 }, person);
    await Promise.all(from.map((phone, index) => write(phone, `Lampu mati ${index}`)));

    await core.until((calls) => calls.length >= callsBefore + 200);
    expect(core.calls.length).to.equal(callsBefore + 200);
    expect(most).to.be.within(2, 48);
    expect(core.connections() - connectionsBefore).to.be.at.most(48);
  });

  it("takes the core's number for one that citizens and the core may use", async () => {
    core.answerWith((_call, response) => {
      response.writeHead(201).end('{"trackingId":"9197446"}');
    });
    await write(person(), 'Air keruh');
    await eventually('alias', async () => {
      const rows = await select(db.database, `select 1 from aliases where number = '9197446'`);
      return rows.length === 1;
    });
    const body = JSON.stringify({
      specversion: '1.0',
      id: 'status-1',
      type: eventTypes.status,
      source: '/core',
      data: { trackingNumber: '9197446', status: 'diproses' },
    });
    const at = new Date();

    const response = await fetch(`${gateway.url}/api/v1/core/events`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': 'status-1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(coreSecret).sign('status-1', at, body),
      },
    });

    expect(response.status).to.equal(202);
  });

  it('keeps neither name nor contact in complaints and outbox', async () => {
    const secretName = 'Kusumaningtyas';
    const id = 5_112_233_445;
    const chat = { id, type: 'private' };
    const from = { id, is_bot: false, first_name: secretName };
    const message = { message_id: 1, date: 1_795_255_200, chat, from };
    await sendUpdate(gateway.url, { update_id: 71, message: { ...message, text: 'Got mampet' } });
    await core.until(() => callsWith('Got mampet').length > 0);
    const edited_message = { ...message, edit_date: 1_795_255_260, text: 'Got mampet lagi' };
    await sendUpdate(gateway.url, { update_id: 72, edited_message });
    await write('+6281299887766', 'Got lain');
    await core.until(() => callsWith('Got mampet lagi').length + callsWith('Got lain').length > 1);

    const complaints = await select(db.database, 'select * from complaints');
    const outbox = await select(db.database, 'select * from outbox');

    const opened = [
      ...complaints.map(({ sealed, ...row }) => [
        row,
        Buffer.isBuffer(sealed) && seal.open('complaint', sealed).toString(),
      ]),
      ...outbox.map(({ sealed, ...row }) => [
        row,
        Buffer.isBuffer(sealed) && seal.open('event', sealed).toString(),
      ]),
    ];
    const all = JSON.stringify(opened);
    expect(all).to.contain('Got mampet lagi');
    expect(all).not.to.contain(secretName).and.not.to.contain('81299887766');
    expect(all).to.contain('"reporter\\":{\\"ref\\":\\"r_').and.to.contain('\\"contact\\":null');
    expect(callsWith('Got mampet')[0]?.event.data['reporter']).to.deep.include({
      name: secretName,
    });
  });

  it('sends an event again under its id when we die between its 2xx and our commit', async () => {
    core.answerWith((call, response) => {
      const killed =
        callsWith('Talud longsor').length === 1 && call.event.data['text'] === 'Talud longsor'
          ? select(
              db.database,
              `select pg_terminate_backend(pid) from pg_locks
               where locktype = 'advisory' and classid = 1397051722
                 and database = (select oid from pg_database where datname = current_database())`,
            )
          : Promise.resolve([]);
      void killed.then(() => response.writeHead(202).end());
    });

    const phone = person();
    await write(phone, 'Talud longsor');
    await write(phone, 'Talud longsor lagi');

    await core.until(() => callsWith('Talud longsor').length > 1);
    await eventually('both recorded', async () => {
      const rows = await select(db.database, `select 1 from outbox where state = 'pending'`);
      return rows.length === 0;
    });
    const calls = callsWith('Talud longsor');
    expect(calls).to.have.length(2);
    expect(calls[0]?.event.id).to.equal(calls[1]?.event.id);
    expect(calls[0]?.body).to.equal(calls[1]?.body);
    expect(textsOf(phone)).to.deep.equal(['Talud longsor', 'Talud longsor lagi']);
  });

  it("holds back a reporter's later events when one fails again and again, and nobody else's", async () => {
    core.answerWith((call, response) => {
      response.writeHead(call.event.data['text'] === 'Racun' ? 500 : 202).end();
    });
    const unlucky = person();
    await write(unlucky, 'Racun');
    await write(unlucky, 'Sesudahnya');
    for (let tries = 1; tries < 7; tries += 1) {
      await core.until(() => callsWith('Racun').length >= tries);
      await eventually('tried', async () => {
        const rows = await select(
          db.database,
          `update outbox set due_at = now() - interval '2 seconds'
           where state = 'pending' and tries = ? returning id`,
          [tries],
        );
        return rows.length > 0;
      });
    }
    await core.until(() => callsWith('Racun').length >= 7);

    const startedAt = Date.now();
    await write(person(), 'Orang lain');
    await core.until(() => callsWith('Orang lain').length > 0);

    expect(Date.now() - startedAt).to.be.below(2000);
    expect(textsOf(unlucky)).to.deep.equal(['Racun']);
    core.answerWith((_call, response) => {
      response.writeHead(202).end();
    });
    await select(db.database, `update outbox set due_at = now() where state = 'pending'`);
    await core.until(() => callsWith('Sesudahnya').length > 0);
    expect(textsOf(unlucky)).to.deep.equal(['Racun', 'Sesudahnya']);
  });

  it('probes a core that is down, takes in meanwhile, and delivers all in order when it is back', async () => {
    await select(db.database, 'delete from incidents');
    // Every other answer is the page of a proxy that stands before it.
    core.answerWith((_call, response) => {
      if (core.calls.length % 2 === 0) response.writeHead(503).end();
      else response.writeHead(200).end('<!doctype html><title>Pemeliharaan</title>');
    });
    const from = Array.from({ length: 20 }, person);
    const downFrom = core.calls.length;
    const downAt = Date.now();

    for (const round of [1, 2, 3]) {
      const took = await Promise.all(from.map((phone) => write(phone, `Banjir ${round}`)));
      expect(Math.max(...took)).to.be.below(2500);
    }
    await eventually('incident', async () => (await incidents()).length > 0);
    await new Promise((resolve) => setTimeout(resolve, downAt + 5000 - Date.now()));

    const tried = core.calls.slice(downFrom);
    // What was under way when the gates closed, then probes.
    expect(tried.length).to.be.within(4, 40);
    const probes = tried.filter(({ at }) => at > downAt + 1500);
    expect(probes.length).to.be.within(1, 5);
    expect(await incidents()).to.deep.equal([
      { kind: 'core', subject: 'routing core', closed: false },
    ]);

    // As after a long outage: what was tried would not be tried again for a long time.
    await select(
      db.database,
      `update outbox set due_at = now() + interval '10 minutes' where state = 'pending' and tries > 0`,
    );
    core.answerWith((_call, response) => {
      response.writeHead(202).end();
    });
    await core.until(() => from.every((phone) => textsOf(phone).length === 3), 10_000);

    for (const phone of from) {
      expect(textsOf(phone)).to.deep.equal(['Banjir 1', 'Banjir 2', 'Banjir 3']);
    }
    await eventually('closed', async () =>
      (await incidents()).every(({ closed }) => closed === true),
    );
    expect(await incidents()).to.have.length(1);
  });

  it('closes an incident that somebody opened who did not live to see its end', async () => {
    await gateway.stop();
    await select(
      db.database,
      `insert into incidents (kind, subject, detail) values ('core', 'routing core', 'x')`,
    );
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });

    await write(person(), 'Sudah surut');

    await eventually('closed', async () =>
      (await incidents()).every(({ closed }) => closed === true),
    );
  });
});
