/** Settings of a project's kernel: a JSON file beside the project's own set-up. */
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";

export interface Settings {
  /** The project's folder: errors name places in files below it. */
  readonly root: string;
  /** Files of declarations that are read as the kernel starts: the first cell, which imports them, need not wait. */
  readonly declarations: readonly string[];
  readonly image?: ImageSettings;
}

export interface ImageSettings {
  readonly store: string;
  /** Folders in which kernels start from an image. */
  readonly folders: readonly string[];
  /** Files and folders that an image depends on: packages change with npm's list, and of folders the declarations count. */
  readonly inputs: readonly string[];
  /** The beginning of a notebook: an image holds the functions that it needs of the compiler as Node has compiled them. */
  readonly cell: string;
}

/**
 * Read a file of settings; its paths are relative to `root`, and `root` to the file.
 *
 * @param file without one, the settings of a project without any.
 */
export function readSettings(file: string | undefined): Settings {
  if (file === undefined) return {root: process.cwd(), declarations: []};
  const {root: folder, declarations = [], image} = JSON.parse(readFileSync(file, "utf8")) as Settings;
  const root = path.resolve(path.dirname(file), folder);
  const absolute = (name: string) => path.join(root, name);
  return {
    root,
    declarations: declarations.map(absolute).filter((name) => existsSync(name)),
    image: image && {
      ...image,
      store: absolute(image.store),
      folders: image.folders.map(absolute),
      inputs: image.inputs.map(absolute),
    },
  };
}
