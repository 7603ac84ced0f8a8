/**
 * Download of The Well's datasets from a Hugging Face hub: missing files are fetched to the folders that the reader
 * expects.
 */
import {statSync} from "node:fs";
import {statfs} from "node:fs/promises";
import {dirname, isAbsolute, join, relative, sep} from "node:path";
import {
  writeWhole,
  callable,
  records,
  checkOptions,
  checkParts,
  either,
  list,
  number,
  oneOf,
  optional,
  text,
  where,
  whole,
  type RulesOf,
  printable,
  SPLITS,
  type Split,
} from "@lola-ts/core";
import {systemOf, type SystemName} from "@lola-ts/simulators";
import {WellFile} from "../file";
import {fetchFile, getText, listFolder, present, retryRules, type ListedFile, type RetryOptions} from "./hub";

/** The datasets' public home; `{dataset}` stands for the name of a dataset. */
export const WELL_URL = "https://huggingface.co/datasets/polymathic-ai/{dataset}/resolve/main";

export interface ListOptions extends RetryOptions {
  /** Address of a hub's datasets, with `{dataset}` for a name. Default: {@link WELL_URL}. */
  readonly url?: string;
  readonly system: SystemName;
  readonly splits: readonly Split[];
  /**
   * Files of each dataset and split: the given number of first ones, or those whose name contains one of the texts.
   * Default: all.
   */
  readonly files?: number | readonly string[];
}

const HUB = "an address such as https://huggingface.co/datasets/polymathic-ai/{dataset}/resolve/main";
const addressRule = where(text, HUB, (url: string) => /^https?:\/\/[^/]+\/datasets\/.*\{dataset\}/i.test(url));

const listRules: RulesOf<ListOptions> = {
  ...retryRules,
  url: optional(addressRule),
  system: text,
  splits: list(oneOf(SPLITS), {empty: true}),
  files: optional(either(whole({min: 0}), list(text, {empty: true}))),
};

/** A file of a plan, with its address and its local path. */
export interface PlannedFile extends ListedFile {
  readonly dataset: string;
  readonly split: Split;
  readonly url: string;
  readonly path: string;
  /** Bytes that are on the disk. */
  readonly present: number;
}

export interface DownloadPlan {
  readonly folder: string;
  readonly url: string;
  readonly files: readonly PlannedFile[];
  /** Bytes in total and missing bytes. */
  readonly size: number;
  readonly missing: number;
  /** Free bytes of the disk. */
  readonly free: number;
}

export interface DownloadProgress {
  /** Current file, its number from 1 on, and the number of files. */
  readonly file: PlannedFile;
  readonly number: number;
  readonly count: number;
  /** Received bytes of this file, and of all. */
  readonly received: number;
  readonly total: number;
  /** Bytes per second since the start, and remaining seconds at this pace; undefined at first. */
  readonly pace?: number;
  readonly left?: number;
}

/**
 * List the files of a download, the bytes that are missing, and the free space. Nothing is written.
 *
 * @param folder of the datasets, e.g. `wellFolder()`; files go to `<folder>/<dataset>/data/<split>`.
 * @throws RangeError naming an option with a wrong value, or a name that no file has.
 * @throws Error naming the address that does not answer.
 */
export async function planDownload(folder: string, options: ListOptions): Promise<DownloadPlan> {
  checkOptions("planDownload", text, folder, "folder");
  checkParts("planDownload", listRules, options);
  const {url = WELL_URL, system, splits, files: choice, ...retry} = options;
  const {well, folders} = systemOf(system);
  if (!well) throw new RangeError(`system: expected a system of The Well, found "${system}"`);
  const files: PlannedFile[] = [];
  for (const dataset of folders) {
    const base = addressOf(url, dataset);
    for (const split of splits) {
      for (const file of choose(await listFolder(base, `data/${split}`, retry), choice)) {
        const path = join(folder, dataset, "data", split, file.name);
        const address = `${base}/data/${split}/${encodeURIComponent(file.name)}`;
        files.push({...file, dataset, split, url: address, path, present: present(path)});
      }
    }
  }
  const sum = (count: (file: PlannedFile) => number): number => files.reduce((total, file) => total + count(file), 0);
  const missing = sum((file) => Math.max(0, file.size - file.present));
  return {folder, url, files, size: sum(({size}) => size), missing, free: await freeSpace(folder)};
}

const addressOf = (url: string, dataset: string): string => url.replaceAll("{dataset}", dataset).replace(/\/+$/, "");

function choose(files: readonly ListedFile[], choice?: number | readonly string[]): readonly ListedFile[] {
  if (choice === undefined) return files;
  if (typeof choice === "number") return files.slice(0, choice);
  const chosen = files.filter(({name}) => choice.some((part) => name.includes(part)));
  if (chosen.length > 0) return chosen;
  const names = files.map(({name}) => name).join(", ");
  throw new RangeError(`files: expected part of a name among ${names}, found "${choice.join('", "')}"`);
}

/** Get the free bytes of a folder's disk; the folder need not exist yet. */
async function freeSpace(folder: string): Promise<number> {
  let place = folder;
  while (!statSync(place, {throwIfNoEntry: false}) && dirname(place) !== place) place = dirname(place);
  const {bavail, bsize} = await statfs(place);
  return bavail * bsize;
}

/** Format a number of bytes, in powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

export interface DownloadOptions extends RetryOptions {
  readonly progress?: (state: DownloadProgress) => void;
}

const bytes = number({min: 0});
const planRules: RulesOf<DownloadPlan> = {
  folder: text,
  url: addressRule,
  files: records("files", "dataset", "url", "path", "present"),
  size: bytes,
  missing: bytes,
  free: bytes,
};
const downloadRules: RulesOf<DownloadOptions> = {...retryRules, progress: optional(callable)};

/**
 * Fetch the files of a plan one after the other, and the dataset's statistics where the server has them. Each file is
 * opened before it gets its name. Existing files are not fetched again; an interrupted download resumes.
 *
 * @returns the paths of the files.
 * @throws Error if the disk has no room for them or one would lie outside of the folder, before anything is fetched.
 * @throws Error naming the file or address, what was expected and what was found.
 */
export async function downloadWell(plan: DownloadPlan, options: DownloadOptions = {}): Promise<string[]> {
  checkParts("downloadWell", planRules, plan);
  checkParts("downloadWell", downloadRules, options);
  const {files, missing, free, folder, url} = plan;
  if (missing > free) {
    const [expected, found] = [missing, free].map(formatBytes);
    throw new Error(`${folder}: expected room for ${expected} of ${files.length} files, found ${found}`);
  }
  for (const {path} of files) requireInside(folder, path);
  const {progress, ...retry} = options;
  const began = performance.now();
  let arrived = 0;
  let before = 0;
  for (const [i, file] of files.entries()) {
    let last = file.present;
    const report = (received: number): void => {
      arrived += Math.max(0, received - last);
      last = received;
      const total = before + received;
      const seconds = (performance.now() - began) / 1000;
      const pace = seconds > 0.5 && arrived > 0 ? arrived / seconds : undefined;
      const left = pace && Math.max(0, plan.size - total) / pace;
      progress?.({file, number: i + 1, count: files.length, received, total, pace, left});
    };
    await fetchFile(file.url, file.path, {...retry, ...file, verify: requireWell, progress: report});
    before += file.size;
  }
  for (const {dataset} of files) {
    const path = join(folder, dataset, "stats.yaml");
    if (statSync(path, {throwIfNoEntry: false})) continue;
    const statistics = {...retry, tries: 1, max: MAX_STATISTICS};
    await getText(`${addressOf(url, dataset)}/stats.yaml`, statistics).then(
      ({text}) => writeWhole(path, text),
      () => retry.signal?.throwIfAborted(), // not every dataset has them, and they can be computed
    );
  }
  return files.map((file) => file.path);
}

/** Bytes of a dataset's statistics at most. */
const MAX_STATISTICS = 16e6;

/** @throws Error if a file would not lie in the folder of the datasets. */
function requireInside(folder: string, path: string): void {
  const way = relative(folder, path);
  if (way !== "" && !isAbsolute(way) && way.split(sep)[0] !== "..") return;
  throw new Error(`${printable(path)}: expected a file in ${folder}, found it outside`);
}

/** @throws Error if a file cannot be opened as one of The Well. */
async function requireWell(path: string): Promise<void> {
  (await WellFile.open(path)).close();
}
