import { Invalid } from '../../errors.ts';

export type Place = { readonly latitude: number; readonly longitude: number };

export type PhoneFile = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly name?: string;
};

/** A message as a citizen's phone hands it to the platform. */
export type Outgoing = {
  readonly from: string;
  readonly name: string;
  readonly handle: string;
  readonly text: string;
  readonly files: readonly PhoneFile[];
  readonly location?: Place;
  readonly forwarded?: boolean;
  readonly where?: 'private' | 'public';
};

/** What the gateway answered the platform; `status` null: nothing. `times`: requests it took for `ids`. */
export type Sent = {
  readonly ids: readonly string[];
  readonly status: number | null;
  readonly elapsedMs: number;
  readonly times: number;
  readonly error: string | null;
};

/** What the gateway sent to a citizen; `at` in epoch milliseconds. */
export type Incoming = { readonly id: string; readonly text: string; readonly at: number };

/** A platform between the phones and the gateway, as far as the phones see it. */
export type Carrier = {
  readonly send: (message: Outgoing) => Promise<Sent>;
  readonly conversation: (citizen: string) => readonly Incoming[];
};

export type Carriers = { readonly of: (channel: string) => Carrier | undefined };

/** Sends; what the platform would not let a citizen send comes back as not delivered. */
export async function deliver(carrier: Carrier, message: Outgoing): Promise<Sent> {
  try {
    return await carrier.send(message);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { ids: [], status: null, elapsedMs: 0, times: 0, error: error.message };
  }
}

/** How often the provider came again. */
export const repetitionsOf = ({ ids, times }: Sent): number => Math.max(0, times - ids.length);

export const isAccepted = ({ status }: Sent): boolean =>
  status !== null && status >= 200 && status < 300;
