import type { Environment } from '../../domain/channel.ts';

/** What a citizen does: the text, and who writes (a phone number, a user id). */
export type Sending = { readonly text: string; readonly from: string | null };

/** An HTTP request as the provider would make it. `path` begins at the gateway's root. */
export type ProviderRequest = {
  readonly method: 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Simulator = {
  /** The settings it cannot sign without. */
  readonly needs: readonly string[];
  readonly request: (settings: Environment, publicUrl: string, sending: Sending) => ProviderRequest;
};
