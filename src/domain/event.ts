/** Event types we send and understand (contract section 6). */
export const eventTypes = {
  received: 'id.go.lapor.complaint.received.v1',
  updated: 'id.go.lapor.complaint.updated.v1',
  status: 'id.go.lapor.complaint.status.v1',
} as const;

export type OutboundEventType = typeof eventTypes.received | typeof eventTypes.updated;

/**
 * An event ready to be sent, name and contact filled in. `receivedAt` is when the message it comes
 * from arrived; `tries` and `firstTriedAt` tell how sending it went so far; `unreadable` says why its
 * data cannot be had, and is null otherwise.
 */
export type OutboundEvent = {
  readonly id: string;
  readonly complaintId: string;
  readonly reporter: string;
  readonly type: OutboundEventType;
  readonly channel: string;
  readonly trackingNumber: string;
  readonly data: unknown;
  readonly unreadable: string | null;
  readonly receivedAt: Date;
  readonly tries: number;
  readonly firstTriedAt: Date | null;
};

/** How many lanes order is kept in; a reporter's pseudonym always names the same one. */
export const laneCount = 64;

/**
 * The lane of a key. In: any text (a reporter's pseudonym). Out: 0 … 63, evenly spread, the same for
 * ever: FNV-1a, because rows carry the number.
 */
export function laneOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % laneCount;
}
