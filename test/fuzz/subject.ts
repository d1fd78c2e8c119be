import type fc from 'fast-check';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import { publicUrl } from '../support/gateway.ts';
import type { Sent } from '../support/http.ts';

/** A delivery as the platform documents it. `said`: the words of its messages as sent, in order. */
export type Valid = { readonly content: Buffer; readonly said: readonly string[] };

/** How the content of a way is taken apart to be mutated. */
export type Shape = 'json' | 'form';

/** The proof of a way: where it stands, what it covers, and with what it is made. */
export type Proof = {
  readonly header: string;
  readonly covers: 'content' | 'token';
  readonly secret: string;
  /** What a request says; two that say the same are the same to whoever signs. */
  readonly says: (sent: Sent) => string;
};

export type FuzzWay = {
  readonly label: string;
  readonly shape: Shape;
  readonly request: (content: Buffer, secret: string) => Sent;
  readonly valid: fc.Arbitrary<Valid>;
  /** Contents to mutate. */
  readonly fixtures: readonly Buffer[];
  /** null: nothing proves it (what the web form stored itself). */
  readonly proof: Proof | null;
};

/** A channel as the fuzzer knows it. */
export type Subject = {
  readonly name: string;
  readonly open: () => Promise<Channel>;
  readonly ways: readonly FuzzWay[];
};

export type Subjects = Readonly<Record<string, Subject>>;

/** As the gateway hands a request on. */
export function deliveryOf({ method, path, headers, body }: Sent): WebhookRequest {
  return { method, url: publicUrl + path, headers, body: body ?? Buffer.alloc(0) };
}
