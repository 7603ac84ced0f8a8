/** Files of a dataset: simulated into a folder, or The Well's own. */
import {createHash} from "node:crypto";
import {read} from "node:fs";
import {open, stat} from "node:fs/promises";
import path from "node:path";
import {promisify} from "node:util";
import {shown, SPLITS, type Split} from "@lola-ts/core";
import {planFiles, simulateDataset, type SimulationConfig, type System, keepTrajectories} from "@lola-ts/simulators";
import {writeSimulated, findWell, type WellDataset} from "@lola-ts/well";
import {track, type Progress, type StepTime, artifactKey, type Artifacts, interruptible} from "@lola-ts/cache";

/** Convert a stride to stored states, of files that may have left some out. @throws Error if these would be needed. */
export function storedStride(stride: number, {files: [{path: file, metadata}]}: WellDataset): number {
  const {frameStride} = metadata;
  if (stride % frameStride === 0) return stride / frameStride;
  throw new Error(
    `${file}: expected a frame_stride that divides the stride of ${stride} between states, found ${frameStride}.`,
  );
}

/** Simulate into a folder, resuming from the trajectories that an earlier, stopped attempt kept in `partial`. */
export function simulateInto(folder: string, data: SimulationConfig, partial: string, time: StepTime) {
  const total = planFiles(data).reduce((sum, {requests}) => sum + requests.length, 0);
  const work = (progress: Progress) =>
    interruptible((signal) =>
      simulateDataset(data, async (file) => void (await writeSimulated(folder, file)), {
        progress: ({done}) => progress.update(done),
        store: keepTrajectories(partial),
        signal,
      }),
    );
  return track("simulating", total, work, {time});
}

/** A file by its path below The Well's folder, its size, its parameters and boundaries, and a sample of its content. */
export type FileIdentity = readonly [path: string, bytes: number, labels: string, sample: string];

/** Raise it when {@link sampleFile} reads other parts. */
const SAMPLE_VERSION = 1;

/**
 * Identify The Well's files by their content, wherever they lie. Samples are kept among the artefacts, and taken again where the
 * size or a time of a file is another one.
 */
export async function identifyFiles(
  well: WellDataset,
  {root, name, artifacts}: {root: string; name: string; artifacts: Artifacts},
): Promise<FileIdentity[]> {
  const paths = well.files.map((file) => file.path);
  const found = await Promise.all(paths.map((file) => stat(file)));
  const files = found.map(({size, mtimeMs, ctimeMs}, i) => [paths[i], size, mtimeMs, ctimeMs]);
  const recipe = {stage: "dataset", name, version: SAMPLE_VERSION, config: {files}} as const;
  const samples = await artifacts.obtainJson(recipe, () =>
    track("sampling files", paths.length, (progress) =>
      interruptible(async (signal) => {
        const made: string[] = [];
        for (const file of paths) {
          signal.throwIfAborted();
          progress.update(made.push(await sampleFile(file)));
        }
        return made;
      }),
    ),
  );
  return paths.map((file, i) => {
    const trajectories = well.trajectories.filter((one) => one.path === file);
    const labels = artifactKey(trajectories.map(({scalars, boundary}) => ({scalars, boundary})));
    return [path.relative(root, file), found[i].size, labels, samples[i]];
  });
}

/** Parts of a file that are read to tell it from another one, and their length. */
const PARTS = 1024;
const PART = 4096;
const readPart = promisify(read);

/**
 * Hash equally spaced parts of a file: all of it up to 4 MiB. In a larger file each change of a stretch longer than a
 * thousandth of it is seen, such as another field or trajectory.
 */
export async function sampleFile(name: string): Promise<string> {
  const file = await open(name);
  try {
    const {size} = await file.stat();
    const length = Math.min(PART, size);
    const parts = Buffer.alloc(PARTS * length);
    const positions = Array.from({length: PARTS}, (_, i) => Math.floor((i * (size - length)) / (PARTS - 1)));
    await Promise.all(positions.map((position, i) => readPart(file.fd, parts, i * length, length, position)));
    return createHash("sha256").update(parts).digest("hex");
  } finally {
    await file.close();
  }
}

export function requireFolders({folders}: System, preset: string, root: string): void {
  const missing = folders.flatMap((dataset) =>
    SPLITS.filter((split) => !isThere(root, dataset, split)).map((split) => path.join(dataset, "data", split)),
  );
  if (missing.length === 0) return;
  throw new Error(
    `${shown(root)}: preset ${preset} reads The Well's own files, expected the folders ${missing.join(", ")} with files ` +
      "*.hdf5 or *.h5, found none; the environment variable LOLA_WELL names another place.",
  );
}

function isThere(root: string, dataset: string, split: Split): boolean {
  try {
    return findWell(root, {datasets: [dataset], split}).length > 0;
  } catch {
    return false;
  }
}

/** Lines at most: a dataset may have hundreds of files that are alike. */
const MAX_LINES = 10;

/** List the peculiarities of datasets, and the files that were skipped: one line each, the further ones counted. */
export function checkLines(wells: readonly Pick<WellDataset, "checks" | "skipped">[]): string[] {
  const all = wells.flatMap(({checks, skipped}) => [...checks, ...skipped.map((reason) => `skipped: ${reason}`)]);
  const lines = [...new Set(all)];
  const more = lines.length - MAX_LINES;
  return more <= 0 ? lines : [...lines.slice(0, MAX_LINES), `and ${more} more findings: see checks of the dataset`];
}
