/** Makes the start-up images of a project, unless there are some that fit: `node dist/image/make.js SETTINGS_FILE`. */
import {execFile} from "node:child_process";
import {mkdirSync, readdirSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {promisify} from "node:util";
import {readSettings, type ImageSettings} from "../settings";
import {bundle} from "./bundle";
import {checksum, findImage, keyOf} from "./find";

interface Failed {
  readonly code?: number;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run Node in a folder. @throws Error with its output if it fails. */
async function run(folder: string, args: readonly string[], failure: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, args, {cwd: folder});
  } catch (error) {
    const {code, signal, stdout, stderr} = error as Failed;
    throw new Error(`${failure} (${code ?? signal}):\n${stdout}${stderr}`);
  }
}

/** What kernels do and a process from an image cannot with every Node: version 22 ends when a worker thread loads this module. */
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
    await run(folder, ["--snapshot-blob", unfinished, "--build-snapshot", program, file], "Node made no image");
    writeFileSync(program, TRIAL);
    await run(folder, ["--snapshot-blob", unfinished, program], "A process from the image failed");
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
