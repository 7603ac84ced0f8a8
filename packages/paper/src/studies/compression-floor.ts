/** The floor that compression sets: what simulators make of decoded states, beside what emulators make of the same latents. */
import {checkOptions, type TableRow} from "@lola-ts/core";
import {lines, rateLabel, type Figure} from "@lola-ts/figures";
import {type Evaluation, labRule} from "@lola-ts/laboratory/stages";
import type {Lab} from "@lola-ts/laboratory";
import {systemOf} from "@lola-ts/simulators";
import {latentRatesOf, leadTimes, type Result} from "lola/evaluate";

/** Name of the simulator that starts from a decoded state. */
export const FLOOR = "simulator from the latent";

/** Methods of the figure and the table. */
const METHODS = ["autoencoder", FLOOR, "neural solver", "diffusion"];

/** Methods in the order of the figure: first the methods of other figures, so that they have the same colours there. */
const DRAWN = ["autoencoder", "neural solver", "diffusion", FLOOR];

export interface CompressionFloor {
  /** Scores of the emulators and autoencoders of the comparison, and of the simulators. */
  readonly evaluation: Evaluation;
  /**
   * A row per rate and horizon: VRMSE of each method, and the floor's share of the squared error of solver and diffusion, of
   * means over trajectories.
   */
  readonly rows: TableRow[];
  readonly caption: string;
  /** VRMSE over lead time, a panel a rate. */
  figure(): Figure;
}

/**
 * Start the simulator from D(E(x)) of the first state at every compression rate, and score it like an emulator: it makes the
 * error that compression alone makes, carried on by the equations. What an emulator of the same latents adds is its own. The
 * gas around the stored cells of the cloud is the truth's, which an emulator does not see: there the floor is a lower bound.
 *
 * @throws RangeError if it is no laboratory, or its data are not simulated; LabError `interrupted`, and what was scored is kept.
 * @example
 * const floor = await compressionFloor(openTrained(lab));
 * await lab.show(floor.figure(), {name: "compression-floor", rows: floor.rows});
 */
export async function compressionFloor(lab: Lab): Promise<CompressionFloor> {
  checkOptions("compressionFloor", labRule, lab, "lab");
  const methods = lab.methods.filter(({latentChannels}) => latentChannels !== null);
  const simulators = lab.config.latentChannels.map((latentChannels) => ({latentChannels}));
  const evaluation = await lab.evaluation({methods, trivial: false, simulators});
  const privileged = systemOf(lab.config.system).surrounded ? " The simulator also knows the true surroundings." : "";
  const caption = `± and bands: one standard error over trajectories.${privileged} ${lab.caption}`;
  const rows = rowsOf(evaluation.results().filter(({metric}) => metric === "vrmse"));
  return {evaluation, rows, caption, figure: () => floorFigure(evaluation, lab.config.stride, caption)};
}

function rowsOf(results: readonly Result[]): TableRow[] {
  const horizons = [...new Set(results.map(({horizon}) => horizon))];
  return latentRatesOf(results).flatMap((compression) =>
    horizons.map((horizon): TableRow => {
      const find = (method: string) =>
        results.find((one) => one.method === method && one.compression === compression && one.horizon === horizon);
      const errors = METHODS.flatMap((method) => [
        [method, find(method)?.value ?? null],
        [`${method} ±`, find(method)?.error ?? null],
      ]);
      const square = (method: string) => find(method)?.samples.reduce((sum, value) => sum + value * value, 0) ?? NaN;
      const share = (method: string) => square(FLOOR) / square(method);
      return {
        "÷": compression,
        horizon,
        ...(Object.fromEntries(errors) as TableRow),
        "floor / solver, squared": share("neural solver"),
        "floor / diffusion, squared": share("diffusion"),
      };
    }),
  );
}

function floorFigure({scores}: Evaluation, stride: number, caption: string): Figure {
  const rates = latentRatesOf(scores.map(({labels}) => labels));
  const panels = rates.map((rate) => {
    const own = DRAWN.flatMap((method) =>
      scores.filter(({labels}) => labels.method === method && labels.compression === rate),
    );
    const curves = own.map(({labels: {method}, rows}) => {
      const means = leadTimes(
        rows.filter(({state}) => state > 0),
        stride,
      );
      const column = (key: "lead" | "vrmse" | "vrmse ±") => means.map((row) => Number(row[key]));
      return {name: method, x: column("lead"), y: column("vrmse"), error: column("vrmse ±")};
    });
    return {x: "Lead time", y: "VRMSE", title: rateLabel(rate), curves};
  });
  return lines(panels, {caption});
}
