/** Files of a dataset: simulated into a folder, or The Well's own. */
import path from "node:path";
import {shown} from "../../core/paths";
import {
  planFiles,
  simulateDataset,
  SPLITS,
  type SimulationConfig,
  type SimulationSummary,
  type Split,
} from "../../systems/simulate";
import type {System} from "../../systems/registry";
import {keepTrajectories} from "../../systems/trajectory-cache";
import {writeSimulated} from "../../well/export-simulated";
import {findWell, type WellDataset} from "../../well/well-dataset";
import {track} from "../notebook/progress";
import {interruptible} from "../workers/interrupt";

/** Convert a stride to stored states, of files that may have left some out. @throws Error if these would be needed. */
export function storedStride(stride: number, {files: [{path: file, metadata}]}: WellDataset): number {
  const {frameStride} = metadata;
  if (stride % frameStride === 0) return stride / frameStride;
  throw new Error(
    `${file}: expected a frame_stride that divides the stride of ${stride} between states, found ${frameStride}.`,
  );
}

/** Simulate into a folder, resuming from the trajectories that an earlier, stopped attempt kept in `partial`. */
export function simulateInto(folder: string, data: SimulationConfig, partial: string): Promise<SimulationSummary> {
  const total = planFiles(data).reduce((sum, {requests}) => sum + requests.length, 0);
  return track("simulating", total, (progress) =>
    interruptible((signal) =>
      simulateDataset(data, async (file) => void (await writeSimulated(folder, file)), {
        progress: ({done}) => progress.update(done),
        store: keepTrajectories(partial),
        signal,
      }),
    ),
  );
}

/** Require the folders of a system in The Well. @throws Error naming those that are not there. */
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
