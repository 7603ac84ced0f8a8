/** Files of The Well as a source of training data: read window by window and standardised. */
import type {NdArray} from "ndarray";
import {having, checkOptions, checkParts, list, text, programFile} from "@lola-ts/core";
import {
  resolveWindow,
  type FileSource,
  type SourceOpener,
  type StateWindow,
  standardize,
  type Standardization,
} from "lola/data";
import {openWell, type WellDataset} from "./well-dataset";
import type {SelectionOptions} from "./selection";

export interface WellSourceOptions {
  /** Stored states between consecutive states of the source. Default: 1. */
  readonly stride?: number;
  /** Constants of the standardisation. Default: states in physical units. */
  readonly standardization?: Standardization;
}

/** Specification to open a source again, e.g. in another thread: plain data. */
export interface WellSourceSpec extends WellSourceOptions {
  readonly files: readonly string[];
  readonly selection: SelectionOptions;
}

/** Trajectories on the disk. */
export class WellSource implements FileSource {
  readonly shape: readonly number[];

  /** @throws RangeError unless all trajectories have the same number of states. */
  constructor(
    private readonly well: WellDataset,
    private readonly options: WellSourceOptions = {},
  ) {
    checkOptions("WellSource", having("files of The Well", "trajectories", "grid", "channels"), well, "well");
    const {trajectories, grid, channels} = well;
    const {stride = 1} = options;
    const [{frames}] = trajectories;
    trajectories.forEach((one) => {
      if (one.frames === frames) return;
      throw new RangeError(
        `${one.path}: expected ${frames} states as in ${trajectories[0].path}, found ${one.frames}.`,
      );
    });
    this.shape = [trajectories.length, Math.ceil(frames / stride), ...grid, channels.length];
  }

  get opener(): SourceOpener {
    const {files, selection} = this.well;
    const specification: WellSourceSpec = {...this.options, files: files.map(({path}) => path), selection};
    return {module: programFile(__dirname, "well-source"), specification};
  }

  /** Read a window of a trajectory. @throws WellError if a value is not finite, or Error if bytes cannot be read. */
  read(trajectory: number, window: StateWindow = {}): NdArray<Float32Array> {
    const {stride: every = 1, standardization} = this.options;
    const {start, length, stride} = resolveWindow(trajectory, this.shape[1], window);
    const states = this.well.read(trajectory, {start: every * start, length, stride: every * stride});
    return standardization ? standardize(states, standardization) : states;
  }
}

/** Open the files of a source again. @throws as {@link openWell}. */
export async function openSource(specification: WellSourceSpec): Promise<WellSource> {
  checkParts("openSource", {files: list(text)}, specification);
  const {files, selection, ...options} = specification;
  return new WellSource(await openWell(files, selection), options);
}
