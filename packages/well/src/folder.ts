/**
 * Find the files of a dataset in the folders of The Well's layout.
 */
import {existsSync, readdirSync, statSync} from "node:fs";
import {join} from "node:path";
import type {Split} from "@lola-ts/core";

export interface WellFiles {
  /** Folder names of the datasets to join, e.g. `system.folders`. Default: `root` is the dataset itself. */
  datasets?: readonly string[];
  /** Split to read. Default: the files lie directly in the folder. */
  split?: Split;
  /** Keep the files whose path contains one of these texts. */
  include?: readonly string[];
  /** Drop the files whose path contains one of these texts. */
  exclude?: readonly string[];
}

/**
 * List the dataset files of a folder, or of a split in it, in The Well's layout.
 *
 * @throws Error naming the folder that is missing or holds no matching file.
 */
export function findWell(root: string, {datasets, split, include = [], exclude = []}: WellFiles = {}): string[] {
  if (!existsSync(root)) throw new Error(`${root}: expected a folder of data, found none.`);
  const folders = (datasets ?? [undefined]).map((dataset) => findFolder(root, dataset, split));
  const found = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(h5|hdf5)$/.test(name) && !name.startsWith("."))
      .map((name) => join(folder, name))
      .sort(),
  );
  const kept = found.filter(
    (path) =>
      (include.length === 0 || include.some((text) => path.includes(text))) &&
      !exclude.some((text) => path.includes(text)),
  );
  if (kept.length === 0) {
    const filtered = found.length > 0 ? ` after filters took all ${found.length} away` : "";
    throw new Error(`${folders.join(", ")}: expected files *.hdf5 or *.h5, found none${filtered}.`);
  }
  return kept;
}

function findFolder(root: string, dataset?: string, split?: Split): string {
  const bases = dataset ? [join(root, dataset), join(root, "datasets", dataset)] : [root];
  const candidates = split ? bases.flatMap((base) => [join(base, split), join(base, "data", split)]) : bases;
  const folder = candidates.find((path) => statSync(path, {throwIfNoEntry: false})?.isDirectory());
  if (!folder) throw new Error(`${root}: expected one of the folders ${candidates.join(", ")}, found none.`);
  return folder;
}
