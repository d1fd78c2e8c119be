import type { Request, RequestHandler } from 'express';
import { Invalid } from '../../errors.ts';
import type { Site } from '../pages/layout.ts';
import { addressOf } from '../pages/simulator-side.ts';
import { type PhoneView, simulatorPage } from '../pages/simulator.ts';
import { draftFrom } from './message-form.ts';
import { citizens } from './people.ts';
import { type Held, heldBy, type Phone } from './phone.ts';
import { isSameOrigin } from '../same-origin.ts';
import { readUpload, type Upload } from './upload.ts';

/** Only pages of ours may send: whoever looks at another site must not flood the gateway unknowingly. */
export const ownPagesOnly: RequestHandler = (request, response, next) => {
  response.set('cache-control', 'no-store');
  if (request.method === 'GET' || isSameOrigin(request)) next();
  else response.status(403).set('connection', 'close').type('text/plain').send('');
};

/** What a form does; who forwarded the last message comes back, or nothing. Throws Invalid in words for the citizen. */
type Act = (held: Held, upload: Upload) => Promise<{ readonly slug: string } | null>;

/** Handles a form and answers with the next page; scripts, by `accept`, get the words alone. */
export function createForms(phone: Phone, site: Site): (act: Act) => RequestHandler {
  return (act) => async (request, response) => {
    const upload = await readUpload(request);
    const held = heldBy(upload.field('kanal'), upload.field('warga'));
    try {
      const neighbour = await act(held, upload);
      if (wantsJson(request)) response.json({ said: saidOf(held, neighbour?.slug) });
      else {
        const said = neighbour ? `&salinan=${neighbour.slug}` : '';
        response.redirect(303, addressOf(held.channel, held.citizen) + said);
      }
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      response.status(422);
      const { message: problem } = error;
      if (wantsJson(request)) response.json({ problem });
      else {
        const view = phone.view(held, { problem, draft: draftFrom(upload) });
        response.type('html').send(simulatorPage(site, view));
      }
    }
  };
}

const wantsJson = (request: Request): boolean => request.accepts(['html', 'json']) === 'json';

/** A forwarded copy is in another conversation: where to look. */
export function saidOf(held: Held, slug: string | undefined): PhoneView['said'] {
  const citizen = citizens.find((one) => one.slug === slug);
  if (!citizen) return null;
  return {
    text: `${citizen.name} meneruskan pesan terakhir ${held.citizen.name}.`,
    link: { href: addressOf(held.channel, citizen), text: `Buka telepon ${citizen.name}` },
  };
}
