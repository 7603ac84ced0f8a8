/** Figures, tables and animations of an experiment or of several: shown in the notebook, and written to one folder. */
import type {AnimatedFigure, Figure} from "@lola-ts/figures";
import {
  saveFigure,
  saveJson,
  saveText,
  show,
  showAnimation,
  showTable,
  showTables,
  type CaptionedTable,
  type FileOptions,
  type SaveOptions,
  type ShowOptions,
  type Table,
  type TableOptions,
} from "./display";

/** Shows figures and tables, and writes those that have a name to its folder. */
export abstract class Presenter {
  /** Folder of its figures and tables. */
  abstract get folder(): string;

  /**
   * Show a figure in the notebook, and write name.png, name.html, name.svg (up to 300 kB) and name.csv to its folder if it has a
   * name.
   *
   * @throws Error if the figure cannot be drawn.
   * @example await lab.show(figure5(curves), {name: "figure-05", rows});
   */
  show(figure: Figure, options: Omit<ShowOptions, "folder"> = {}): Promise<void> {
    return show(figure, {...options, folder: this.folder});
  }

  /**
   * Show a table in the notebook, and write name.csv and name.tex to its folder if it has a name.
   *
   * @throws RangeError if it has no rows.
   * @example await lab.showTable(rows, `Table 6. ${lab.caption}`, {name: "table-06"});
   */
  showTable(table: Table, caption: string, options: Omit<TableOptions, "folder"> = {}): Promise<void> {
    return showTable(table, caption, {...options, folder: this.folder});
  }

  /**
   * Show tables in one output of the notebook, one below the other, and write each that has a name as `showTable` does.
   *
   * @throws RangeError if one has no rows.
   * @example await lab.showTables([{rows, caption: `Scores. ${lab.caption}`, name: "scores"}]);
   */
  showTables(tables: readonly CaptionedTable[]): Promise<void> {
    return showTables(tables, this.folder);
  }

  /**
   * Show an animation in the notebook, and write name.gif and name.html to its folder if it has a name.
   *
   * @param animation as `animate` makes it.
   * @example await lab.showAnimation(animate(trajectory, {views}), "Trajectory 0", {name: "data-animation"});
   */
  showAnimation(animation: AnimatedFigure, caption: string, options: Pick<FileOptions, "name"> = {}): Promise<void> {
    return showAnimation(animation, caption, {...options, folder: this.folder});
  }

  /**
   * Write a figure as name.png, name.html and name.svg (up to 300 kB), and its numbers as name.csv, to its folder.
   *
   * @returns the paths of the files.
   * @throws Error naming the file if the disk is full, or if the figure cannot be drawn.
   * @example await lab.saveFigure(figure, "figure-05", {rows});
   */
  saveFigure(figure: Figure, name: string, options: SaveOptions = {}): Promise<string[]> {
    return saveFigure(figure, name, this.folder, options);
  }

  /**
   * Write a text to a file in its folder.
   *
   * @param file its name, with extension.
   * @returns the path of the file.
   * @example await lab.saveText("# Notes", "notes.md");
   */
  saveText(text: string, file: string): Promise<string> {
    return saveText(text, file, this.folder);
  }

  /**
   * Write a value as name.json to its folder; the headless runner reports `claims.json` at its end.
   *
   * @returns the path of the file.
   * @example await lab.saveJson(claims, "claims");
   */
  saveJson(value: unknown, name: string): Promise<string> {
    return saveJson(value, name, this.folder);
  }
}
