import { Invalid } from '../../errors.ts';
import type { PhoneFile } from '../providers/simulator.ts';
import type { Outbound } from './fake.ts';

const MOST_FILES = 200;
const MOST_FILE_BYTES = 10 * 1024 * 1024;
const MOST_CITIZENS = 1_000;
const MOST_OUTBOUND = 200;

/** A map that forgets what was put in first. */
export type Recent<Value> = {
  readonly put: (key: string, value: Value) => void;
  readonly get: (key: string) => Value | undefined;
  /** Newest first. */
  readonly all: () => readonly Value[];
};

export function createRecent<Value>(most: number): Recent<Value> {
  const kept = new Map<string, Value>();
  return {
    put: (key, value) => {
      kept.delete(key);
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    get: (key) => kept.get(key),
    all: () => [...kept.values()].reverse(),
  };
}

export type Files = {
  readonly put: (id: string, file: PhoneFile) => void;
  readonly get: (id: string) => PhoneFile | undefined;
};

/** What citizens attached, as long as there is room. */
export function createFiles(): Files {
  const files = createRecent<PhoneFile>(MOST_FILES);
  return {
    get: files.get,
    put: (id, file) => {
      if (file.bytes.length > MOST_FILE_BYTES) throw new Invalid('a file is larger than 10 MB');
      files.put(id, file);
    },
  };
}

export type Conversations = {
  readonly add: (citizen: string, outbound: Outbound) => void;
  readonly of: (citizen: string) => readonly Outbound[];
};

export function createConversations(): Conversations {
  const all = createRecent<readonly Outbound[]>(MOST_CITIZENS);
  const of = (citizen: string) => all.get(citizen) ?? [];
  return {
    of,
    add: (citizen, outbound) => {
      all.put(citizen, [...of(citizen), outbound].slice(-MOST_OUTBOUND));
    },
  };
}
