import { e164FromText } from '../channels/_shared/phone.ts';
import { loadAreaLines } from './areas.ts';
import { Unavailable } from './errors.ts';
import { createAreas } from './http/areas.ts';
import type { OpenFile } from './http/attachments.ts';
import { createForm } from './http/form.ts';
import { createAddressLimiter, createLimiter } from './http/limiter.ts';
import { createSite } from './http/site.ts';
import type { Site } from './http/pages/layout.ts';
import { createSimulator } from './http/simulator.ts';
import { createTracking } from './http/tracking.ts';
import type { Parts } from './parts.ts';
import { findStoredFile } from './store/attachments.ts';
import { createPseudonyms, keyFor } from './store/seal.ts';

/** So often an address may look for reports in ten minutes; a number that nobody has costs fivefold. */
const mostLooks = { points: 120, seconds: 600 };
/** So often one report may be looked at, from wherever: a village may follow the report of its bridge. */
const mostLooksAtOne = { points: 600, seconds: 600 };

/** The pages for citizens: the form, tracking, and what they use. */
export function createPages(parts: Parts, site: Site) {
  const { config, pagesDatabase, keys, media, fallback } = parts;
  if (!media || !fallback) throw new Unavailable('pages need a place for files');
  const keysFor = (use: string) =>
    keys.dataKeys.map((key) => keyFor(Buffer.from(key, 'base64'), use));
  const [formKey = Buffer.alloc(0)] = keysFor('form');
  const form = createForm({
    ...parts,
    media,
    site,
    phone: e164FromText,
    publicUrl: config.publicUrl,
    claim: fallback.promise,
    csrfSecrets: keysFor('csrf').map((key) => key.toString('hex')),
    pseudonym: createPseudonyms(formKey),
    now: Date.now,
  });
  const tracking = createTracking({
    ...parts,
    site,
    database: pagesDatabase,
    limiter: createAddressLimiter(mostLooks),
    numberLimiter: createLimiter(mostLooksAtOne),
  });
  return createSite({ publicUrl: config.publicUrl, framed: config.demo }, [
    form,
    tracking,
    createAreas(loadAreaLines),
    ...simulatorOf(parts, site),
  ]);
}

/** Demo mode's phones; in real mode there is nobody they could write through. */
function simulatorOf({ demo, closing, log }: Parts, site: Site) {
  if (!demo?.fakes) return [];
  return [
    createSimulator({ fakes: demo.fakes, site, closing: closing.signal, now: Date.now, log }),
  ];
}

/** Opens the file of an attachment, wherever its row says that it is. */
export function fileOpener({ database, seal, media }: Parts) {
  return async (attachmentId: string): Promise<OpenFile | null> => {
    const stored = await findStoredFile(database, seal, attachmentId);
    const opened = stored && (await media?.open(stored.id, stored.key));
    return opened ? { ...opened, mediaType: stored.mediaType, name: stored.name } : null;
  };
}
