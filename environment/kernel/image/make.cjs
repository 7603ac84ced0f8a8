// Makes the kernel's image, unless there is one that fits: `node environment/kernel/image/make.cjs`, a step of set-up.
const {spawnSync} = require("node:child_process");
const {mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} = require("node:fs");
const path = require("node:path");
const process = require("node:process");
const {checkVersion} = require("../../kernel.cjs");
const {bundle} = require("./bundle.cjs");
const {checksum, findImage, images, keyOf, notebooks, root} = require("./find.cjs");

/** Runs the program of which Node makes an image. */
function build(program, image, folder) {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    ["--snapshot-blob", image, "--build-snapshot", program],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`Node made no image (${status}):\n${stdout}${stderr}`);
}

/** What kernels do and a process from an image cannot with every Node: version 22 ends when a worker thread loads this module. */
const TRIAL =
  'const {Worker} = require("node:worker_threads"); new Worker(\'require("node:child_process")\', {eval: true});';

/** Tries an image. */
function check(image, program, folder) {
  writeFileSync(program, TRIAL);
  const {status, stderr} = spawnSync(process.execPath, ["--snapshot-blob", image, program], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`A process from the image ended with ${status}:\n${stderr}`);
}

/**
 * Makes the image of a project in place of those that it has.
 *
 * @returns its file.
 * @throws Error if this Node makes none, or none that a kernel can start from.
 */
function makeImage(project) {
  checkVersion(require.resolve("tslab/dist/main.js"));
  const folder = images(project);
  mkdirSync(folder, {recursive: true});
  const found = findImage(project, notebooks(project));
  if (found) return found;

  const [program, unfinished] = [path.join(folder, `${process.pid}.cjs`), path.join(folder, `${process.pid}.tmp`)];
  try {
    writeFileSync(program, bundle(path.join(project, "environment/kernel/image/content.cjs")));
    build(program, unfinished, notebooks(project));
    check(unfinished, program, notebooks(project));
    const image = `${keyOf(project)}.${checksum(unfinished)}`;
    renameSync(unfinished, path.join(folder, image));
    for (const other of readdirSync(folder).filter((name) => name !== image)) rmSync(path.join(folder, other));
    return path.join(folder, image);
  } finally {
    rmSync(program, {force: true});
    rmSync(unfinished, {force: true});
  }
}

module.exports = {makeImage};

if (require.main === module) process.stdout.write(`${makeImage(root)}\n`);
