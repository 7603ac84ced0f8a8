/** Runs of a laboratory's store as tables and figures. */
import {inspect} from "node:util";
import type {TableRow} from "@lola-ts/core";
import {toDataFrame, type DataFrame} from "lola/evaluate";
import {trainingCurve, type Figure} from "@lola-ts/figures";
import {differences} from "../changes";
import {Presenter} from "../notebook/presenter";
import {runInWords} from "./run-words";
import {bestOf, storedRuns, TRAINED, type StoredRun} from "./stored-runs";

const DAY = 86_400_000;

/** Two runs beside each other. */
export interface RunComparison {
  /** Options that differ, one row each; none for two trainings of one configuration. */
  readonly rows: TableRow[];
  /** Validation errors over steps. */
  readonly figure: Figure;
}

/** Trainings of a store, the newest first. */
export class RunList extends Presenter {
  constructor(
    readonly runs: readonly StoredRun[],
    readonly folder: string,
  ) {
    super();
  }

  /** Read the trainings of a store. */
  static of(root: string, folder: string): RunList {
    return new RunList(storedRuns(root, TRAINED), folder);
  }

  /** Print one line. */
  [inspect.custom](): string {
    const finished = this.runs.filter(({state}) => state === "finished").length;
    return `Runs: ${finished} finished, ${this.runs.length - finished} not; rows() tabulates them`;
  }

  /**
   * Tabulate runs: name and identifier, configuration in words, state, best validation error, steps, seconds, size and age.
   *
   * @example await lab.showTable(lab.runs().rows(), "Runs");
   */
  rows(now = Date.now()): TableRow[] {
    return this.runs.map((run) => ({
      run: `${run.name}-${run.id}`,
      configuration: runInWords(run),
      state: run.state,
      "best validation": bestOf(run) ?? null,
      steps: run.steps ?? null,
      seconds: run.seconds ?? null,
      MB: run.bytes / 1e6,
      "age, days": (now - run.changed) / DAY,
    }));
  }

  /** Make a danfojs DataFrame of {@link rows}. */
  frame(): Promise<DataFrame> {
    return toDataFrame(this.rows());
  }

  /**
   * Find a run by its name with its identifier, or by the beginning of either.
   *
   * @throws RangeError if there is none, or more than one.
   */
  find(text: string): StoredRun {
    const found = this.runs.filter(({name, id}) => id.startsWith(text) || `${name}-${id}`.startsWith(text));
    if (text !== "" && found.length === 1) return found[0];
    const names = found.slice(0, 5).map(({name, id}) => `${name}-${id}`);
    throw new RangeError(
      `runs: expected one run that begins with "${text}", found ${names.join(", ") || "none"}${found.length > 5 ? " and others" : ""}.`,
    );
  }

  /**
   * Compare two runs: what differs in their configurations, and their validation errors over steps.
   *
   * @throws RangeError if a text does not name one run.
   */
  compare(first: string, second: string): RunComparison {
    const runs = [this.find(first), this.find(second)];
    const [a, b] = runs;
    const rows = differences(a.config, b.config, "").map(({option, preset, here}) => ({
      option,
      [nameOf(a)]: preset,
      [nameOf(b)]: here,
    }));
    const curves = runs.map((run) => ({
      label: nameOf(run),
      steps: (run.validation ?? []).map(([step]) => step),
      loss: (run.validation ?? []).map(([, error]) => error),
      lab: nameOf(run),
    }));
    return {rows, figure: trainingCurve(curves, {window: 1, loss: "Validation error"})};
  }
}

const nameOf = ({name, id}: StoredRun) => `${name}-${id}`;
