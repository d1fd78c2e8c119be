import type { Environment } from '../../domain/channel.ts';
import type { Sending } from '../providers/simulator.ts';

/** What became of one act of a citizen; it may have been several deliveries. */
export type Sent = {
  /** What the provider calls the messages. */
  readonly ids: readonly string[];
  /** The gateway's last answer, of the delivery that fared worst; null: none came, or none was sent. */
  readonly status: number | null;
  /** From sending to the last answer, with all repetitions. */
  readonly elapsedMs: number;
  /** Requests that were made, first ones and repetitions. */
  readonly times: number;
  readonly error: string | null;
};

/** What the gateway sent to a citizen through the provider's API. */
export type Outbound = {
  readonly id: string;
  readonly at: number;
  readonly text: string;
  /** `public`: everybody can read it. */
  readonly where: 'private' | 'public';
};

/** A provider as the gateway meets it, and a phone as the citizen holds it. */
export type Fake = {
  /** Base of its API. */
  readonly url: string;
  /** What the channel must be told to use it, credentials of its own included. */
  readonly variables: Environment;
  /**
   * Tells where PUBLIC_URL really is, and registers there all that the channel needs, as its owner
   * would. Throws UpstreamUnavailable or UpstreamRejected when the gateway does not pass the check.
   */
  readonly connect: (gatewayUrl: string) => Promise<void>;
  /** One act of a citizen. Throws Invalid for what the platform would not let them send. */
  readonly send: (sending: Sending) => Promise<Sent>;
  /** Oldest first; the last 200. */
  readonly conversation: (citizen: string) => readonly Outbound[];
  readonly close: () => Promise<void>;
};

/** What every fake is given. `pace` stretches the pauses between repetitions; 1 is for people to watch. */
export type World = {
  readonly settings: Environment;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly pace: number;
  /** An error of the fake itself, which its caller sees only as the provider's 500. */
  readonly report: (error: unknown) => void;
};
