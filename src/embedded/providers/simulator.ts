import type { Environment } from '../../domain/channel.ts';

export type Point = { readonly latitude: number; readonly longitude: number };

/** A file as it lies on the phone. */
export type PhoneFile = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly name?: string;
};

/** Who writes: a phone number or user id (null: one made up), and what the platform shows of them. */
export type Citizen = {
  readonly from: string | null;
  readonly name?: string;
  readonly handle?: string;
};

/**
 * What a citizen does: words, and what their phone can add to them. `where` tells a direct message
 * from what all can read, on platforms that have both; unset: what is usual there. `forwarded` shows
 * only where the platform says so.
 */
export type Sending = Citizen & {
  readonly text: string;
  readonly files?: readonly PhoneFile[];
  readonly location?: Point;
  readonly forwarded?: boolean;
  readonly where?: 'private' | 'public';
};

/** A file as the provider has stored it: under `id`, to be fetched from `url`. */
export type Hosted = {
  readonly id: string;
  readonly url: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly name: string | null;
};

/** A request signed for `url`, the public address that the provider was told. */
export type Signed = {
  readonly method: 'POST' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An HTTP request as the provider would make it. `path` begins at the gateway's root. */
export type ProviderRequest = Omit<Signed, 'url'> & { readonly path: string };

export type Simulator = {
  /** The settings it cannot sign without. */
  readonly needs: readonly string[];
  /** One message of words, as one delivery. */
  readonly request: (settings: Environment, publicUrl: string, sending: Sending) => ProviderRequest;
};

export function below(publicUrl: string, { url, ...rest }: Signed): ProviderRequest {
  return { ...rest, path: url.slice(publicUrl.length) };
}

export function kindOf(mediaType: string): 'image' | 'video' | 'audio' | 'file' {
  const top = mediaType.split('/', 1)[0];
  return top === 'image' || top === 'video' || top === 'audio' ? top : 'file';
}

const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['image/heic', 'heic'],
  ['video/mp4', 'mp4'],
  ['audio/ogg', 'oga'],
  ['application/pdf', 'pdf'],
]);

export function endingOf(mediaType: string): string {
  return ENDINGS.get(mediaType) ?? 'bin';
}
