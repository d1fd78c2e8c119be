import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers of pages: nothing but our own files runs or is shown. `framed` lets our own pages show it in
 * a frame (the phone of the simulator has a browser); nobody else's ever.
 */
export function pageSecurity({
  publicUrl,
  framed,
}: {
  publicUrl: string;
  framed: boolean;
}): RequestHandler {
  const own = ["'self'"];
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: own,
        styleSrc: own,
        imgSrc: [...own, 'blob:'],
        mediaSrc: own,
        connectSrc: own,
        frameSrc: framed ? own : ["'none'"],
        formAction: own,
        baseUri: ["'none'"],
        frameAncestors: framed ? own : ["'none'"],
      },
    },
    xFrameOptions: { action: framed ? 'sameorigin' : 'deny' },
    // Over plain HTTP browsers ignore it; behind a proxy that ends TLS it is ours to say.
    strictTransportSecurity: publicUrl.startsWith('https:'),
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  });
}
