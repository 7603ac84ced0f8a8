import type {RunData, RunTrajectory} from "./data-config";
import type {Section} from "./options";

/** What is known about a run beside its model. */
export interface RunMetadata {
  /** The whole configuration as it was found, plain data. */
  readonly config?: Section;
  /** Fields, standardisation and labels. */
  readonly data?: RunData;
  /** Windows of an emulator's training. */
  readonly trajectory?: RunTrajectory;
}
