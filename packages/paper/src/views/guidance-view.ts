/** Emulations with and without guidance as a figure, curves and a table. */
import type {TableRow} from "@lola-ts/core";
import {ensembleMember, horizons, leadTimes} from "lola/evaluate";
import {lines, displayedView, imageOf, figure6, type Figure, type FieldImage, type ImageSource} from "@lola-ts/figures";
import {type Lab, parametersInWords, trajectoryAt} from "@lola-ts/laboratory";
import type {Dataset} from "@lola-ts/laboratory/stages";
import {guidedRollout, type GuidedRollout, type GuidedRolloutOptions} from "../studies/guided-rollout";

export interface GuidedCase {
  readonly name: string;
  readonly rollout: GuidedRollout;
}

/** VRMSE of an emulation, averaged over lead times. */
export interface GuidedScore {
  readonly value: number;
  /** Standard error over trajectories; NaN for a single one. */
  readonly error: number;
}

/**
 * Emulate test trajectories without guidance, and once for each way to observe them.
 *
 * @param cases options of each guided emulation by its name.
 * @param shared options of all.
 * @throws RangeError for options that do not fit each other or the dataset; LabError `interrupted`.
 * @example
 * const view = await viewGuidance(lab, {stripe: {observation: {kind: "stripe", width: 4}, noise: 0.01}}, {trajectories: 4});
 * await lab.show(view.figure(), {name: "figure-06"});
 */
export async function viewGuidance(
  lab: Lab,
  cases: Readonly<Record<string, GuidedRolloutOptions>>,
  shared: GuidedRolloutOptions = {},
): Promise<GuidanceView> {
  const free = await guidedRollout(lab, shared);
  const guided: GuidedCase[] = [];
  for (const [name, options] of Object.entries(cases)) {
    guided.push({name, rollout: await guidedRollout(lab, {...shared, ...options})});
  }
  return new GuidanceView(lab, await lab.dataset(), free, guided);
}

/** Figures of guided emulations of the same trajectories. */
export class GuidanceView {
  constructor(
    private readonly lab: Pick<Lab, "config" | "caption">,
    private readonly dataset: Dataset,
    /** The emulation without guidance. */
    readonly free: GuidedRollout,
    readonly guided: readonly GuidedCase[],
  ) {}

  /** All emulations, the one without guidance first. */
  private get all(): readonly GuidedCase[] {
    return [{name: "not guided", rollout: this.free}, ...this.guided];
  }

  /** "4 test trajectories, 2 members" */
  private get words(): string {
    const [count, members] = this.free.forecast.shape;
    const many = (n: number, what: string, more: string) => `${n} ${n > 1 ? more : what}`;
    return `${many(count, "test trajectory", "test trajectories")}, ${many(members, "member", "members")}`;
  }

  /** Compute the VRMSE of a case, or of the unguided emulation by default: the mean over all predicted states. */
  score(name = "not guided"): GuidedScore {
    const found = this.all.find((one) => one.name === name);
    if (!found) {
      throw new RangeError(`score: expected one of ${this.all.map((one) => one.name).join(", ")}, found ${name}.`);
    }
    const {stride} = this.lab.config;
    const [{value, error}] = horizons(found.rollout.rows, [[stride, Infinity]], stride);
    return {value, error};
  }

  /**
   * Draw Figure 6 for the first member of one trajectory.
   *
   * @param trajectory its place among those that were emulated. Default: 0.
   */
  figure(trajectory = 0): Figure {
    const {stride} = this.lab.config;
    const {free, dataset} = this;
    const view = displayedView(dataset.system);
    const [, length] = free.truth.shape;
    const shown = [...new Set([0, 0.12, 0.36, 0.6, 1].map((part) => Math.round(part * (length - 1))))];
    const images = (states: ImageSource): FieldImage[] => shown.map((state) => imageOf(states, state, view));
    const member = ({forecast}: GuidedRollout) => images(ensembleMember(trajectoryAt(forecast, trajectory), 0));
    const {scalars} = dataset.wells.test.trajectories[free.trajectories[trajectory]];
    const parameters = parametersInWords(scalars);
    return figure6(
      {
        truth: images(trajectoryAt(free.truth, trajectory)),
        unguided: member(free),
        cases: this.guided.map(({name, rollout}) => ({
          name,
          observed: images(trajectoryAt(rollout.observed!, trajectory)).map((image, i) =>
            shown[i] > 0 ? image : null,
          ),
          guided: member(rollout),
        })),
      },
      {
        leads: shown.map((state) => state * stride),
        caption:
          `${view.name}. Test trajectory ${free.trajectories[trajectory]}, ${parameters}; diffusion, one member, from the ` +
          `same noise. ${this.lab.caption}`,
      },
    );
  }

  /** Draw the VRMSE of all emulations over lead time, from the first predicted state on. */
  leadFigure(): Figure {
    const {config, caption} = this.lab;
    const curves = this.all.map(({name, rollout}) => {
      const later = rollout.rows.filter(({state}) => state > 0); // a field at rest has no variance to divide by
      const rows = leadTimes(later, config.stride);
      return {
        name: name.replaceAll("<br>", " "),
        x: rows.map(({lead}) => lead),
        y: rows.map(({vrmse}) => vrmse),
        error: rows.map((row) => row["vrmse ±"] ?? NaN),
      };
    });
    const [trajectories, members] = this.free.forecast.shape;
    const band = trajectories > 1 ? "Band: standard error over trajectories. " : "";
    return lines([{x: "Lead time τ (steps)", y: `VRMSE of ${members > 1 ? "the mean" : "one member"}`, curves}], {
      title: "Observations keep a forecast nearer to the truth",
      caption: `VRMSE over lead time. ${band}${this.words}. ${caption}`,
    });
  }

  /** Tabulate observed numbers per state and field, and VRMSE with its standard error over trajectories. */
  table(): TableRow[] {
    return this.all.map(({name, rollout}) => {
      const {value, error} = this.score(name);
      return {emulation: name.replaceAll("<br>", " "), "observed cells": rollout.count, VRMSE: value, "VRMSE ±": error};
    });
  }
}
