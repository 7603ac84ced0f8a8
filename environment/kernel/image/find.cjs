// Finds the kernel's image: the memory of a Node process that has read the compiler and all declarations, which Node takes over
// in a tenth of the time that reading them takes (a "startup snapshot"). An image fits one version of Node and its options, one
// kind of processor, the packages and declarations that were read, and kernels that start in one folder: that of the lessons or
// work/. With any other, or a damaged one, Node would end at once: so its name holds a hash of all that and a checksum.
const {Buffer} = require("node:buffer");
const {createHash} = require("node:crypto");
const {closeSync, openSync, readdirSync, readFileSync, readSync} = require("node:fs");
const path = require("node:path");
const process = require("node:process");
const {cachedDataVersionTag} = require("node:v8");
const {crc32} = require("node:zlib");

const root = path.resolve(__dirname, "../../..");

/** Folders in which kernels start from an image. */
const kernelFolders = (project) => ["notebooks", "work"].map((name) => path.join(project, name));

/** Where images are kept. */
const images = (project) => path.join(project, "environment/.build/kernel");

/** Files below a folder of the project that end so, in one order. */
function files(project, folder, ending) {
  const names = readdirSync(path.join(project, folder), {recursive: true}).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => path.join(folder, name));
}

/** Hashes what the image of a folder depends on. Packages change with npm's list of the installed ones. */
function keyOf(project, folder) {
  const hash = createHash("sha256");
  for (const part of [process.version, process.platform, process.arch, cachedDataVersionTag(), project, folder]) {
    hash.update(`${part}\n`);
  }
  const code = files(project, "environment/kernel", ".cjs");
  const packages = ["lib", ...readdirSync(path.join(project, "packages")).map((name) => `packages/${name}`)];
  const declarations = packages.flatMap((name) => files(project, `${name}/dist`, ".d.ts"));
  for (const name of ["node_modules/.package-lock.json", "lib/package.json", ...code, ...declarations]) {
    hash.update(name).update(readFileSync(path.join(project, name)));
  }
  return hash.digest("hex").slice(0, 32);
}

/** The checksum of a file's content. It is read in pieces: memory for all of it would take longer than the rest. */
function checksum(file) {
  const piece = Buffer.alloc(1 << 20);
  const descriptor = openSync(file);
  let [sum, count] = [0, 0];
  while ((count = readSync(descriptor, piece)) > 0) sum = crc32(piece.subarray(0, count), sum);
  closeSync(descriptor);
  return sum.toString(16).padStart(8, "0");
}

/**
 * Finds the image that a kernel starts from.
 *
 * @returns its file; undefined if none fits or what is there is damaged.
 */
function findImage(project, folder) {
  if (!kernelFolders(project).includes(folder)) return undefined;
  const key = keyOf(project, folder);
  const name = readdirSync(images(project)).find((entry) => entry.startsWith(`${key}.`));
  const file = name && path.join(images(project), name);
  return file && name === `${key}.${checksum(file)}` ? file : undefined;
}

module.exports = {root, kernelFolders, images, keyOf, checksum, findImage};

if (require.main === module) {
  let image;
  try {
    image = findImage(root, process.cwd());
  } catch (error) {
    if (error.code !== "ENOENT") throw error; // no image was made yet
  }
  if (image) process.stdout.write(image);
  else process.exitCode = 1;
}
