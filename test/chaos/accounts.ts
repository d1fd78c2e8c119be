import type { Account, Stored } from './invariants.ts';
import type { Ledger } from './ledger.ts';
import { type Figures, sumOf } from './metrics.ts';

type Given = {
  readonly ledger: Ledger;
  /** What the processes have counted since the scenario began. */
  readonly figures: Figures;
  readonly stored: readonly Stored[];
  readonly forwarded: number;
  /** How many lives ended: each took what it counted after it was last asked. */
  readonly endings: { readonly gateways: number; readonly workers: number };
  readonly isSteady: boolean;
};

/**
 * What the metrics must say (I5). Where no gateway ended, its answers are compared exactly, but for
 * requests that left and were never answered: each of these may have been counted. Where one ended, the
 * metrics may only say less than the ledger. Rows and events are compared where nothing else happened.
 */
export function accountsOf(given: Given): Account[] {
  const { endings, isSteady } = given;
  return [
    ...answers(given),
    ...(isSteady && endings.workers === 0 && endings.gateways === 0 ? outcomes(given) : []),
  ];
}

const deliveries = 'satupintu_deliveries_total';

function answers({ ledger, figures, endings }: Given): Account[] {
  const total = (outcome: string) => sumOf(figures, deliveries, { outcome });
  const { webhooks, web } = ledger;
  const unheard = webhooks.unheard + web.unheard;
  const ok = webhooks.ok + web.ok;
  const unavailable = webhooks.unavailable + web.unavailable;
  const strange = [...webhooks.strange, ...web.strange];
  const isWhole = endings.gateways === 0;
  return [
    {
      what: `${deliveries} accepted and repeated, against answers 2xx`,
      is: total('accepted') + total('repeated'),
      least: isWhole ? ok : 0,
      most: ok + unheard,
    },
    {
      what: `${deliveries} unavailable, against answers 503`,
      is: total('unavailable'),
      least: isWhole ? unavailable : 0,
      most: unavailable + unheard,
    },
    {
      what: 'answers 503 without Retry-After',
      is: webhooks.bare + web.bare,
      ...{ least: 0, most: 0 },
    },
    {
      what: `answers that are neither 2xx nor 503 (${strange.map(([what]) => what).join(', ')})`,
      is: strange.reduce((sum, [, times]) => sum + times, 0),
      ...{ least: 0, most: 0 },
    },
    ...(isWhole
      ? [
          {
            what: 'satupintu_ack_seconds_count, against accepted and repeated',
            is: sumOf(figures, 'satupintu_ack_seconds_count'),
            least: total('accepted') + total('repeated'),
            most: total('accepted') + total('repeated'),
          },
        ]
      : []),
  ];
}

function outcomes({ figures, stored, forwarded, ledger }: Given): Account[] {
  const read = stored.flatMap(({ messages }) => messages).length;
  const accepted = sumOf(figures, deliveries, { outcome: 'accepted' });
  const unheard = ledger.webhooks.unheard + ledger.web.unheard;
  const drained = (outcome: string) => sumOf(figures, 'satupintu_spool_drained_total', { outcome });
  const exactly = (what: string, is: number, count: number) => ({
    ...{ what, is },
    ...{ least: count, most: count },
  });
  return [
    {
      what: 'deliveries accepted, less those the spool had twice, against rows',
      is: accepted - drained('repeated'),
      least: stored.length - unheard,
      most: stored.length,
    },
    exactly(
      'satupintu_messages_total, against messages in the inbox',
      sumOf(figures, 'satupintu_messages_total'),
      read,
    ),
    exactly(
      'satupintu_events_forwarded_total done, against events recorded as accepted',
      sumOf(figures, 'satupintu_events_forwarded_total', { outcome: 'done' }),
      forwarded,
    ),
  ];
}
