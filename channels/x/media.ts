import { z } from 'zod';
import type { AttachmentRef, Location } from '../../src/domain/message.ts';
import { lenient, listOf, MOST_PARTS, trimmed } from './json.ts';

const address = z.string().regex(/^https?:\/\//);

const variant = z.object({
  url: address,
  content_type: lenient(z.string()),
  bit_rate: lenient(z.number()),
  bitrate: lenient(z.number()),
});

/** A photo or video in either envelope; `url` is the file in the new one, a t.co link in the old. */
export const media = z.object({
  media_key: lenient(z.string()),
  type: lenient(z.string()),
  url: lenient(address),
  expanded_url: lenient(address),
  media_url_https: lenient(address),
  preview_image_url: lenient(address),
  variants: listOf(variant, MOST_PARTS),
  video_info: lenient(z.object({ variants: listOf(variant, MOST_PARTS) })),
});

const longitude = z.number().min(-180).max(180);
const latitude = z.number().min(-90).max(90);

/** GeoJSON: longitude first. */
export const point = z.object({ coordinates: z.tuple([longitude, latitude]) });

export const place = z.object({
  id: lenient(z.string()),
  full_name: lenient(z.string()),
  name: lenient(z.string()),
  geo: lenient(z.object({ bbox: z.tuple([longitude, latitude, longitude, latitude]) })),
  bounding_box: lenient(
    z.object({ coordinates: z.tuple([listOf(z.tuple([longitude, latitude]), MOST_PARTS)]) }),
  ),
});

export type Media = z.output<typeof media>;
export type Place = z.output<typeof place>;
export type Point = z.output<typeof point>;

export function attachmentsFrom(items: readonly Media[]): AttachmentRef[] {
  return items.flatMap((item) => {
    const video = bestVideo([...item.variants, ...(item.video_info?.variants ?? [])]);
    if (video) return [attachmentOf('video', video.url, 'video/mp4')];
    const image = item.media_url_https ?? fileOf(item.url) ?? item.preview_image_url;
    return image === undefined ? [] : [attachmentOf('image', image, imageTypeFrom(image))];
  });
}

/** What X says is there without saying where its files are: at least the way to look at it. */
export function linkTo(address: string): AttachmentRef {
  return attachmentOf('link', address, null);
}

function attachmentOf(
  kind: AttachmentRef['kind'],
  ref: string,
  mediaType: string | null,
): AttachmentRef {
  return { kind, mediaType, bytes: null, ref, name: null };
}

function bestVideo(variants: Media['variants']): Media['variants'][number] | undefined {
  const rate = (one: Media['variants'][number]): number => one.bit_rate ?? one.bitrate ?? 0;
  // Playlists for adaptive streaming stand among them; only an MP4 is a file.
  return variants
    .filter(({ content_type: type }) => type === 'video/mp4')
    .toSorted((a, b) => rate(b) - rate(a))[0];
}

function fileOf(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\/t\.co\//.test(url) ? undefined : url;
}

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
};

function imageTypeFrom(url: string): string | null {
  const ending = /(?:[?&]format=|\.)([a-z]+)(?:[?&:#]|$)/.exec(url)?.[1] ?? '';
  return Object.hasOwn(IMAGE_TYPES, ending) ? (IMAGE_TYPES[ending] ?? null) : null;
}

const POINT_DEGREES = 0.01; // about a kilometre

/** The words of a place, and a point where there is one: a city's middle would pretend to be exact. */
export function locationFrom(at: Point | undefined, where: Place | undefined): Location | null {
  const text = trimmed(where?.full_name) ?? trimmed(where?.name);
  const coordinates = at?.coordinates ?? middleOf(where);
  if (coordinates) return { text, latitude: coordinates[1], longitude: coordinates[0] };
  return text === null ? null : { text, latitude: null, longitude: null };
}

function middleOf(where: Place | undefined): readonly [number, number] | null {
  const corners = cornersOf(where);
  if (corners.length === 0) return null;
  const [west, east] = extremes(corners.map(([lon]) => lon));
  const [south, north] = extremes(corners.map(([, lat]) => lat));
  if (east - west > POINT_DEGREES || north - south > POINT_DEGREES) return null;
  return [(west + east) / 2, (south + north) / 2];
}

function cornersOf(where: Place | undefined): readonly (readonly [number, number])[] {
  const box = where?.geo?.bbox;
  if (!box) return where?.bounding_box?.coordinates[0] ?? [];
  return [
    [box[0], box[1]],
    [box[2], box[3]],
  ];
}

function extremes(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
