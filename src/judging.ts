import { randomInt } from 'node:crypto';
import { loadAreas } from './areas.ts';
import type { Config } from './config.ts';
import { createDictionary } from './dictionary.ts';
import { readKeyword } from './domain/keywords.ts';
import type { Said, Understanding } from './domain/said.ts';
import { createSigner } from './domain/signature.ts';
import { newTrackingNumber } from './domain/tracking-number.ts';
import { createPseudonyms, keyFor } from './store/seal.ts';

/** What judging takes besides the database: how text is understood, and how things are named. */
export async function createJudging(config: Config, key: Buffer, newId: () => string) {
  const pseudonym = createPseudonyms(key);
  const signer = createSigner(keyFor(key, 'signatures'));
  const isOrdinaryWord = createDictionary();
  const reading: Understanding = {
    gazetteer: await loadAreas(),
    isOrdinaryWord,
    readKeyword: (text) => readKeyword(config.keywords, isOrdinaryWord, text),
  };
  return {
    pseudonym,
    reading,
    newId,
    sign: ({ sense }: Said) => signer(sense.comparable),
    anonymousRef: (complaintId: string) => pseudonym('anonymous', complaintId),
    attachmentUrl: (id: string) => `${config.publicUrl}/api/v1/attachments/${id}`,
    newTrackingNumber: () => newTrackingNumber(randomInt),
  };
}
