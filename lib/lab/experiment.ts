/**
 * An experiment in words and pictures: figures and tables go to the folder of its configuration, so that a changed one
 * never overwrites those of another.
 */
import {inspect} from "node:util";
import type {TableRow} from "../core/table";
import {systemOf, type System} from "../systems/registry";
import type {Config} from "./config";
import {changesOf, type OptionChange} from "./changes";
import {middleRate} from "./middle-rate";
import {captionOf, describeConfig, folderOf, nameOf} from "./description";
import {Presenter} from "./notebook/presenter";

/** A configuration with a name, a caption and a folder. */
export class Experiment extends Presenter {
  /** Name of the experiment: "euler-tour", or "euler-tour-1a2b3c4d" if its configuration was changed. */
  readonly name: string;

  /** @throws RangeError if the given name does not make a file's name. */
  constructor(
    readonly config: Config,
    /** Name that was given to a changed configuration. */
    private readonly given?: string,
    /** Folder of its figures and tables. Default: that of its configuration. */
    private readonly home?: string,
  ) {
    super();
    this.name = nameOf(config, given);
  }

  /** The system: fields, parameters, names. */
  get system(): System {
    return systemOf(this.config.system);
  }

  /**
   * The middle compression rate, in latent channels; of an even number of rates the lower one of the middle two.
   *
   * @example const {model} = await lab.autoencoder(lab.middleRate);
   */
  get middleRate(): number {
    return middleRate(this.config);
  }

  /** Folder of its figures and tables: that of the run, or .out/name/figures for a changed configuration. */
  get folder(): string {
    return this.home ?? folderOf(this.config, this.given);
  }

  /**
   * Options that differ from the preset, one row each: option, preset, here.
   *
   * @example await lab.showTable(lab.changes, "What differs from the preset");
   */
  get changes(): OptionChange[] {
    return changesOf(this.config);
  }

  /** One line for captions: system, preset, every change, seed, sizes and training steps. */
  get caption(): string {
    return captionOf(this.config);
  }

  /** Print one line. */
  [inspect.custom](): string {
    return `Lab ${this.name}: ${this.caption}`;
  }

  /** Tabulate the main options, the seeds, and every change. */
  describe(): TableRow[] {
    return describeConfig(this.config);
  }
}
