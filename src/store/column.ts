/** What can be a column's value in a multi-row statement. */
export type Value = string | number | boolean | Date | Uint8Array | null;

/** How a value of a type is written: its bytes, or how many and who writes them. */
type Writer = {
  /** PostgreSQL's number of the type. */
  readonly oid: number;
  /** Takes the value as it is to be written; its length in bytes. */
  readonly lengthOf: (value: Value) => number;
  readonly write: (into: Buffer, value: Value, at: number) => void;
};

/** PostgreSQL counts microseconds from 2000. */
const epochMs = Date.UTC(2000, 0);

const fixed = (oid: number, length: number, write: Writer['write']): Writer => ({
  oid,
  lengthOf: () => length,
  write,
});

const types: ReadonlyMap<string, Writer> = new Map(
  Object.entries<Writer>({
    bigint: fixed(20, 8, (into, value, at) => into.writeBigInt64BE(BigInt(String(value)), at)),
    boolean: fixed(16, 1, (into, value, at) => into.writeUInt8(value === true ? 1 : 0, at)),
    bytea: {
      oid: 17,
      lengthOf: (value) => bytesOf(value).length,
      write: (into, value, at) => {
        into.set(bytesOf(value), at);
      },
    },
    float8: fixed(701, 8, (into, value, at) => into.writeDoubleBE(Number(value), at)),
    integer: fixed(23, 4, (into, value, at) => into.writeInt32BE(Number(value), at)),
    jsonb: {
      oid: 3802,
      lengthOf: (value) => 1 + Buffer.byteLength(String(value)),
      write: (into, value, at) => {
        into.writeUInt8(1, at); // the version of the format
        into.write(String(value), at + 1);
      },
    },
    real: fixed(700, 4, (into, value, at) => into.writeFloatBE(Number(value), at)),
    smallint: fixed(21, 2, (into, value, at) => into.writeInt16BE(Number(value), at)),
    text: {
      oid: 25,
      lengthOf: (value) => Buffer.byteLength(String(value)),
      write: (into, value, at) => into.write(String(value), at),
    },
    timestamptz: fixed(1184, 8, (into, value, at) => {
      const ms = value instanceof Date ? value.getTime() : Date.parse(String(value));
      into.writeBigInt64BE(BigInt(ms - epochMs) * 1000n, at);
    }),
    uuid: fixed(2950, 16, (into, value, at) => {
      const hex = String(value).replaceAll('-', '');
      if (hex.length !== 32 || into.write(hex, at, 'hex') !== 16) throw new TypeError('not a UUID');
    }),
  }),
);

function bytesOf(value: Value): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError('not bytes');
}

function writerOf(type: string): Writer {
  const writer = types.get(type);
  if (!writer) throw new TypeError(`no column is of type ${type}`);
  return writer;
}

const headLength = 20;

/**
 * A column of values as PostgreSQL's binary form of an array, which the driver sends as it is: bytes
 * as text are twice as long, and the server spends more on reading them than on storing. In: a name of
 * a type; times as Date or ISO 8601, bigint as decimals, jsonb as JSON; null anywhere. Throws TypeError
 * or RangeError for an unknown type and for what a type cannot be.
 */
export function column(type: string, values: readonly Value[]): Buffer {
  const { oid, lengthOf, write } = writerOf(type);
  const lengths = values.map((value) => (value === null ? -1 : lengthOf(value)));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), headLength);
  const into = Buffer.allocUnsafe(size);
  into.writeInt32BE(1, 0); // dimensions
  into.writeInt32BE(Number(values.includes(null)), 4);
  into.writeInt32BE(oid, 8);
  into.writeInt32BE(values.length, 12);
  into.writeInt32BE(1, 16); // the first place
  let at = headLength;
  for (const [index, value] of values.entries()) {
    const length = lengths[index] ?? -1;
    into.writeInt32BE(length, at);
    at += 4;
    if (value === null) continue;
    write(into, value, at);
    at += length;
  }
  return into;
}
