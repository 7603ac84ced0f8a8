/**
 * An experiment in words and pictures: figures and tables go to the folder of its configuration, so that a changed one
 * never overwrites those of another.
 */
import {inspect} from "node:util";
import type {TableRow} from "../core/table";
import type {Figure} from "../figures/style";
import {systemOf, type System} from "../systems/registry";
import type {Config} from "./config";
import {captionOf, describeConfig, folderOf, nameOf} from "./description";
import {
  saveFigure,
  saveJson,
  show,
  showAnimation,
  showTable,
  type FileOptions,
  type SaveOptions,
  type ShowOptions,
  type Table,
  type TableOptions,
} from "./notebook/display";

/** A configuration with a name, a caption and a folder. */
export class Experiment {
  /** Name of the experiment: "euler-tour", or "euler-tour-1a2b3c4d" if its configuration was changed. */
  readonly name: string;

  /** @throws RangeError if the given name does not make a file's name. */
  constructor(
    readonly config: Config,
    /** Name that was given to a changed configuration. */
    private readonly given?: string,
  ) {
    this.name = nameOf(config, given);
  }

  /** The system: fields, parameters, names. */
  get system(): System {
    return systemOf(this.config.system);
  }

  /** Folder of its figures and tables: that of the run, or .out/name/figures for a changed configuration. */
  get folder(): string {
    return folderOf(this.config, this.given);
  }

  /** One line for captions: system, preset, changes, seed, sizes and training steps. */
  get caption(): string {
    return captionOf(this.config);
  }

  /** Print one line. */
  [inspect.custom](): string {
    return `Lab ${this.name}: ${this.caption}`;
  }

  /** Tabulate the main options, and all that were changed. */
  describe(): TableRow[] {
    return describeConfig(this.config);
  }

  /**
   * Show a figure in the notebook, and write name.png, name.html and name.csv to the experiment's folder if it has a name.
   *
   * @throws Error if kaleido is missing or cannot draw the figure.
   * @example await lab.show(figure5(curves), {name: "figure-05", rows});
   */
  show(figure: Figure, options: Omit<ShowOptions, "folder"> = {}): Promise<void> {
    return show(figure, {...options, folder: this.folder});
  }

  /**
   * Show a table in the notebook, and write name.csv, name.png and name.html to the experiment's folder if it has a name.
   *
   * @throws RangeError if it has no rows.
   * @example await lab.showTable(rows, `Table 6. ${lab.caption}`, {name: "table-06"});
   */
  showTable(table: Table, caption: string, options: Omit<TableOptions, "folder"> = {}): Promise<void> {
    return showTable(table, caption, {...options, folder: this.folder});
  }

  /**
   * Show a moving picture in the notebook, and write name.gif to the experiment's folder if it has a name.
   *
   * @param gif bytes of a GIF, as `animate` makes them.
   * @example await lab.showAnimation(animate(trajectory, {views}), "Trajectory 0", {name: "data-animation"});
   */
  showAnimation(gif: Buffer, caption: string, options: Omit<FileOptions, "folder"> = {}): Promise<void> {
    return showAnimation(gif, caption, {...options, folder: this.folder});
  }

  /**
   * Write a figure as name.png and name.html, and its numbers as name.csv, to the experiment's folder.
   *
   * @returns the paths of the files.
   * @throws Error naming the file if the disk is full, or if the figure cannot be drawn.
   * @example await lab.saveFigure(figure, "figure-05", {rows});
   */
  saveFigure(figure: Figure, name: string, options: SaveOptions = {}): Promise<string[]> {
    return saveFigure(figure, name, this.folder, options);
  }

  /**
   * Write a value as name.json to the experiment's folder; the headless runner reports `findings.json` at its end.
   *
   * @returns the path of the file.
   * @example await lab.saveJson(findings(results), "findings");
   */
  saveJson(value: unknown, name: string): Promise<string> {
    return saveJson(value, name, this.folder);
  }
}
