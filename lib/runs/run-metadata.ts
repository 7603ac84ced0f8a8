import type {RunData, RunTrajectory} from "./data-config";
import type {Section} from "./options";

/** Metadata of a run: configuration, data and window settings. */
export interface RunMetadata {
  /** Whole configuration of the file, plain data. */
  readonly config?: Section;
  /** Fields, standardisation and labels. */
  readonly data?: RunData;
  /** Windows of an emulator's training. */
  readonly trajectory?: RunTrajectory;
}
