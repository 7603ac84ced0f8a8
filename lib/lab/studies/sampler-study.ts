/** How many network calls a sampler needs, and what its order is worth (paper, section 3.3.3). */
import {checkOptions} from "../../core/options/check-options";
import {count, list} from "../../core/options/rules";
import type {TableRow} from "../../core/table";
import {errorCurves, type ErrorPanel} from "../../figures/curves/error-curves";
import type {Figure} from "../../figures/style";
import type {Config} from "../config";
import type {Lab} from "../lab";
import type {Sweep} from "../sweep/sweep-result";
import {brieflyTrained, studyName, studyOptions, type StudyOptions} from "./variant-studies";

const ORDERS = [1, 2, 3];

/** Test trajectories and members, which make a rollout of 64 steps cost no more than one of 13 at the tour's size. */
const ROLLOUT = {trajectories: 8, members: 8};

const MEASURES = {"vrmse@1:20": "VRMSE, 1:20", "crps@1:20": "CRPS, 1:20", "mid@1:20": "Middle band's error, 1:20"};

/** How samplers are compared. */
export interface SamplerStudyOptions extends StudyOptions {
  /** Numbers of steps, a network call each. Default: 4, 8, 16, 32, 64, as those that come with the project. */
  readonly steps?: readonly number[];
}

/** Scores of a diffusion model under several samplers. */
export interface SamplerStudy {
  readonly sweep: Sweep;
  /** A row per order and number of steps: means over seeds. */
  readonly rows: TableRow[];
  readonly caption: string;
  /** Scores over the network calls of a window, one line per order. */
  figure(): Figure;
}

/**
 * Score the diffusion models of {@link designChoices}, as the preset has them, under Adams–Bashforth samplers of order 1 (which
 * is DDIM without added noise), 2 and 3, with 4 to 64 steps, one network call each. Nothing else is trained.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const samplers = await samplerStudy(lab);
 * await lab.show(samplers.figure(), {name: "samplers", rows: samplers.rows});
 */
export async function samplerStudy(lab: Lab, options: SamplerStudyOptions = {}): Promise<SamplerStudy> {
  const {steps = [4, 8, 16, 32, 64], ...rest} = options;
  const {seeds, train} = studyOptions("samplerStudy", lab, rest);
  checkOptions("samplerStudy", list(count, {repeats: false}), steps, "steps");
  const space = {"rollout.order": ORDERS, "rollout.steps": steps};
  const sweep = await lab
    .with((config) => fewerRollouts(brieflyTrained(config)))
    .sweep(space, {
      ...studyName(lab, "samplers"),
      methods: "diffusion",
      measure: Object.keys(MEASURES),
      seeds,
      train,
    });
  const rows = sweep.rows().map((row) => samplerRow(row));
  const caption = `A quarter of the preset's steps; ${Math.min(lab.config.rollout.members, ROLLOUT.members)} members. ${sweep.caption}`;
  return {sweep, rows, caption, figure: () => samplerFigure(rows, caption)};
}

function fewerRollouts(config: Config): Config {
  const {trajectories, members} = config.rollout;
  const rollout = {
    ...config.rollout,
    trajectories: Math.min(trajectories, ROLLOUT.trajectories),
    members: Math.min(members, ROLLOUT.members),
  };
  return {...config, rollout};
}

function samplerRow(row: TableRow): TableRow {
  const {"rollout.order": order, "rollout.steps": calls, seeds} = row;
  const scores = Object.keys(MEASURES).flatMap((name) => [name, `${name} ±`].map((key) => [key, row[key]]));
  return {order, "network calls": calls, seeds, ...(Object.fromEntries(scores) as TableRow)};
}

function samplerFigure(rows: readonly TableRow[], caption: string): Figure {
  const panels = Object.entries(MEASURES).map(([name, title]): ErrorPanel => {
    const curves = ORDERS.map((order) => {
      const own = rows.filter((row) => row.order === order);
      const column = (key: string) => own.map((row) => Number(row[key]));
      return {
        name: order === 1 ? "order 1 (DDIM)" : `order ${order}`,
        x: column("network calls"),
        y: column(name),
        error: column(`${name} ±`),
      };
    });
    return {x: "Network calls of a window", y: title, logarithmic: true, curves};
  });
  return errorCurves(panels, {caption});
}
