// Makes the kernel's image, unless there is one that fits: `node environment/kernel/image/make.cjs`, a step of set-up.
const {execFile} = require("node:child_process");
const {mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} = require("node:fs");
const path = require("node:path");
const process = require("node:process");
const {promisify} = require("node:util");
const {checkVersion} = require("../../kernel.cjs");
const {bundle} = require("./bundle.cjs");
const {checksum, findImage, images, kernelFolders, keyOf, root} = require("./find.cjs");

/** Runs Node in a folder. @throws Error with its output if it fails. */
async function run(folder, args, failure) {
  try {
    await promisify(execFile)(process.execPath, args, {cwd: folder});
  } catch ({code, signal, stdout, stderr}) {
    throw new Error(`${failure} (${code ?? signal}):\n${stdout}${stderr}`);
  }
}

/** Runs the program of which Node makes an image. */
const build = (program, image, folder) =>
  run(folder, ["--snapshot-blob", image, "--build-snapshot", program], "Node made no image");

/** What kernels do and a process from an image cannot with every Node: version 22 ends when a worker thread loads this module. */
const TRIAL =
  'const {Worker} = require("node:worker_threads"); new Worker(\'require("node:child_process")\', {eval: true});';

/** Tries an image. */
function check(image, program, folder) {
  writeFileSync(program, TRIAL);
  return run(folder, ["--snapshot-blob", image, program], "A process from the image failed");
}

/**
 * Makes the images of a project in place of those that it has.
 *
 * @returns their files.
 * @throws Error if this Node makes none, or none that a kernel can start from.
 */
async function makeImages(project) {
  checkVersion(require.resolve("tslab/dist/main.js"));
  const folder = images(project);
  mkdirSync(folder, {recursive: true});
  const made = await Promise.all(kernelFolders(project).map((kernels) => makeImage(project, kernels)));
  const names = made.map((file) => path.basename(file));
  for (const other of readdirSync(folder).filter((name) => !names.includes(name))) rmSync(path.join(folder, other));
  return made;
}

/** Makes the image of kernels that start in a folder, unless there is one that fits; returns its file. */
async function makeImage(project, kernels) {
  mkdirSync(kernels, {recursive: true});
  const found = findImage(project, kernels);
  if (found) return found;
  const unfinished = path.join(images(project), `${process.pid}-${path.basename(kernels)}`);
  const program = `${unfinished}.cjs`;
  try {
    writeFileSync(program, bundle(path.join(project, "environment/kernel/image/content.cjs")));
    await build(program, unfinished, kernels);
    await check(unfinished, program, kernels);
    const image = path.join(images(project), `${keyOf(project, kernels)}.${checksum(unfinished)}`);
    renameSync(unfinished, image);
    return image;
  } finally {
    rmSync(program, {force: true});
    rmSync(unfinished, {force: true});
  }
}

module.exports = {makeImages};

if (require.main === module) makeImages(root).then((made) => process.stdout.write(`${made.join("\n")}\n`));
