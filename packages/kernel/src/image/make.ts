/** Makes the start-up images of a project, unless there are some that fit: `node dist/image/make.js SETTINGS_FILE`. */
import {execFile} from "node:child_process";
import {mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {promisify} from "node:util";
import {readSettings, type ImageSettings} from "../settings";
import {bundle} from "./bundle";
import {checksum, findImage, keyOf} from "./find";

const execute = promisify(execFile);

/** Work of kernels that a process from an image cannot do with every Node: version 22 ends when a worker thread loads this module. */
const TRIAL =
  'const {Worker} = require("node:worker_threads"); new Worker(\'require("node:child_process")\', {eval: true});';

/** Make the image of kernels that start in a folder, unless there is one that fits; returns its file. */
async function makeImage(file: string, settings: ImageSettings, folder: string): Promise<string> {
  mkdirSync(folder, {recursive: true});
  const present = findImage(settings, folder);
  if (present) return present;
  const unfinished = path.join(settings.store, `${process.pid}-${path.basename(folder)}`);
  const program = `${unfinished}.cjs`;
  try {
    writeFileSync(program, bundle(path.join(__dirname, "content.js")));
    const options = ["--snapshot-blob", unfinished];
    await execute(process.execPath, [...options, "--build-snapshot", program, file], {cwd: folder});
    writeFileSync(program, TRIAL);
    await execute(process.execPath, [...options, program], {cwd: folder});
    const image = path.join(settings.store, `${keyOf(settings, folder)}.${checksum(unfinished)}`);
    renameSync(unfinished, image);
    return image;
  } finally {
    rmSync(program, {force: true});
    rmSync(unfinished, {force: true});
  }
}

/**
 * Make the images of a project in place of those that it has.
 *
 * @param file the project's settings.
 * @returns their files.
 * @throws Error if this Node makes none, or none that a kernel can start from.
 */
export async function makeImages(file: string): Promise<string[]> {
  const {image: settings} = readSettings(file);
  if (!settings) throw new Error(`${file}: expected "image", found none.`);
  mkdirSync(settings.store, {recursive: true});
  const images = await Promise.all(settings.folders.map((folder) => makeImage(file, settings, folder)));
  const names = images.map((name) => path.basename(name));
  for (const other of readdirSync(settings.store).filter((name) => !names.includes(name)))
    rmSync(path.join(settings.store, other));
  return images;
}

if (require.main === module)
  void makeImages(path.resolve(process.argv[2])).then((images) => process.stdout.write(`${images.join("\n")}\n`));
