/**
 * Finds a start-up image: the memory of a Node process that has read the compiler and all declarations, which Node takes over
 * in a tenth of the time that reading them takes (a "startup snapshot"). An image fits one version of Node and its options, one
 * kind of processor, the packages and declarations that were read, and kernels that start in one folder. With any other, or a
 * damaged one, Node would end at once: so its name holds a hash of all that and a checksum.
 */
import {createHash} from "node:crypto";
import {closeSync, openSync, readdirSync, readFileSync, readSync, statSync} from "node:fs";
import path from "node:path";
import {cachedDataVersionTag} from "node:v8";
import {crc32} from "node:zlib";
import {readSettings, type ImageSettings} from "../settings";

/** List the files in a folder whose names match, in one order. */
function filesIn(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(folder, {recursive: true, encoding: "utf8"}).filter((name) => pattern.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

export function keyOf(settings: ImageSettings, folder: string): string {
  const hash = createHash("sha256");
  const {cell, inputs} = settings;
  for (const part of [process.version, process.platform, process.arch, cachedDataVersionTag(), folder, cell]) {
    hash.update(`${part}\n`);
  }
  const declarations = inputs.flatMap((input) =>
    statSync(input).isDirectory() ? filesIn(input, /(^|[\\/])dist[\\/].*\.d\.ts$/) : input,
  );
  const code = filesIn(path.resolve(__dirname, ".."), /\.js$/); // the kernel's own
  for (const name of [...declarations, ...code]) hash.update(name).update(readFileSync(name));
  return hash.digest("hex").slice(0, 32);
}

/** Compute the checksum of a file's content. It is read in pieces: memory for all of it would take longer than the rest. */
export function checksum(file: string): string {
  const piece = Buffer.alloc(1 << 20);
  const descriptor = openSync(file, "r");
  let [sum, count] = [0, 0];
  while ((count = readSync(descriptor, piece)) > 0) sum = crc32(piece.subarray(0, count), sum);
  closeSync(descriptor);
  return sum.toString(16).padStart(8, "0");
}

/**
 * Find the image that a kernel starts from.
 *
 * @returns its file; undefined if none fits or it is damaged.
 */
export function findImage(settings: ImageSettings, folder: string): string | undefined {
  if (!settings.folders.includes(folder)) return undefined;
  const key = keyOf(settings, folder);
  const name = readdirSync(settings.store).find((entry) => entry.startsWith(`${key}.`));
  const file = name && path.join(settings.store, name);
  return file && name === `${key}.${checksum(file)}` ? file : undefined;
}

/** Print the image for this folder; end with code 1 where there is none. */
function main(file: string | undefined): void {
  const {image: settings} = readSettings(file);
  let image: string | undefined;
  try {
    image = settings && findImage(settings, process.cwd());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error; // no image was made yet
  }
  if (image) process.stdout.write(image);
  else process.exitCode = 1;
}

if (require.main === module) main(process.argv[2]);
