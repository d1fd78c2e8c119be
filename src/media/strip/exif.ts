/** The tag that says which way up a picture is (Exif 2.32, 4.6.4). */
const orientationTag = 0x0112;
const upright = 1;

/** Which way up a picture is, 1 to 8, told by its Exif block (without the mark "Exif"); 1 where it does not say. */
export function orientationIn(tiff: Buffer): number {
  if (tiff.length < 8) return upright;
  const isLittle = tiff.readUInt8(0) === 0x49;
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (start + 2 > tiff.length) return upright;
  const end = Math.min(start + 2 + 12 * short(start), tiff.length);
  for (let at = start + 2; at + 12 <= end; at += 12) {
    if (short(at) !== orientationTag) continue;
    const found = short(at + 8);
    return found >= 1 && found <= 8 ? found : upright;
  }
  return upright;
}

/** An Exif block that says nothing. */
export const emptyTiff = Buffer.from('4d4d002a00000008000000000000', 'hex');

/** An Exif block that says which way up a picture is and nothing else; null for one that needs none. */
export function orientationOnly(orientation: number): Buffer | null {
  if (orientation === upright) return null;
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}
