/**
 * Download of The Well's datasets: missing files are fetched to the folders that the reader expects.
 */
import {statSync} from "node:fs";
import {statfs} from "node:fs/promises";
import {dirname, isAbsolute, join, relative, sep} from "node:path";
import {callable, records} from "../core/options/array-rules";
import {checkOptions, checkParts} from "../core/options/check-options";
import {number, optional, text, type RulesOf} from "../core/options/rules";
import {printable} from "../core/text/printable";
import {fetchFile, present} from "./transfer";
import {retryRules, type RetryOptions} from "./request";
import {addressRule, fileUrl, listRemote, listRules, WELL_URL, type ListOptions, type RemoteFile} from "./listing";
import {WellFile} from "../well/file";

export {WELL_URL, type RemoteFile} from "./listing";

/** A file of a plan, with its local path. */
export interface PlannedFile extends RemoteFile {
  readonly path: string;
  /** Bytes that are on the disk. */
  readonly present: number;
}

/** Plan of a download. */
export interface DownloadPlan {
  readonly folder: string;
  readonly url: string;
  readonly files: readonly PlannedFile[];
  /** Bytes in total and missing bytes; files of unknown size do not count. */
  readonly size: number;
  readonly missing: number;
  /** Free bytes of the disk. */
  readonly free: number;
}

/** Progress of a download. */
export interface DownloadProgress {
  /** Current file, its number from 1 on, and the number of files. */
  readonly file: PlannedFile;
  readonly number: number;
  readonly count: number;
  /** Received bytes of this file, and of all. */
  readonly received: number;
  readonly total: number;
  /** Bytes per second over the last half minute, and remaining seconds at this pace; undefined at first. */
  readonly pace?: number;
  readonly left?: number;
}

/**
 * List the files of a download, the bytes that are missing, and the free space. Nothing is written.
 *
 * @param folder of the datasets, e.g. `wellFolder()`; files go to `<folder>/<dataset>/data/<split>`.
 * @throws RangeError naming an option with a wrong value, or a name that no file has.
 * @throws Error naming the address that does not answer, or a file that is there with another size.
 */
export async function planDownload(folder: string, options: ListOptions): Promise<DownloadPlan> {
  checkOptions("planDownload", text, folder, "folder");
  checkParts("planDownload", listRules, options);
  const remote = await listRemote(options);
  const files = remote.map((file) => {
    const path = join(folder, file.dataset, "data", file.split, file.name);
    return {...file, path, present: present(path)};
  });
  const sum = (one: (file: PlannedFile) => number): number => files.reduce((total, file) => total + one(file), 0);
  return {
    folder,
    url: options.url ?? WELL_URL,
    files,
    size: sum(({size = 0}) => size),
    missing: sum(({size = 0, present: there}) => Math.max(0, size - there)),
    free: await freeSpace(folder),
  };
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
  const pace = new Pace();
  let before = 0;
  for (const [i, file] of files.entries()) {
    let last = file.present;
    await fetchFile(file.url, file.path, {
      ...retry,
      size: file.size,
      sha256: file.sha256,
      max: file.size === undefined ? free + file.present : undefined,
      verify: requireWell,
      progress: (received) => {
        pace.add(Math.max(0, received - last));
        last = received;
        const total = before + received;
        const speed = pace.speed();
        const left = speed ? Math.max(0, plan.size - total) / speed : undefined;
        progress?.({file, number: i + 1, count: files.length, received, total, pace: speed, left});
      },
    });
    before += file.size ?? last;
  }
  for (const dataset of new Set(files.map((file) => file.dataset))) {
    await fetchFile(fileUrl(url, dataset, "stats.yaml"), join(folder, dataset, "stats.yaml"), {
      ...retry,
      tries: 1,
      max: MAX_STATISTICS,
    }).catch(
      () => retry.signal?.throwIfAborted(), // not every server has them, and they can be computed
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

/** Bytes per second over the last half minute. */
class Pace {
  private readonly moments: {time: number; bytes: number}[] = [{time: performance.now(), bytes: 0}];
  private bytes = 0;

  add(bytes: number): void {
    const time = performance.now();
    this.bytes += bytes;
    if (time - this.moments[this.moments.length - 1].time > 500) this.moments.push({time, bytes: this.bytes});
    while (this.moments.length > 2 && time - this.moments[0].time > 30_000) this.moments.shift();
  }

  speed(): number | undefined {
    const [first] = this.moments;
    const seconds = (performance.now() - first.time) / 1000;
    return seconds > 0.5 && this.bytes > first.bytes ? (this.bytes - first.bytes) / seconds : undefined;
  }
}
