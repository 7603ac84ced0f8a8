/** Trials of a sweep, their tables and figures. */
import {inspect} from "node:util";
import {checkOptions, checkParts, isPlainObject, list, oneOf, optional, passing, type TableRow} from "@lola-ts/core";
import {knobFigure, sweepCurves} from "./sweep-figures";
import {bestVariants, sweepTable} from "./sweep-table";
import {type Overrides} from "./space";
import {methodsOf, optionsOf, measuredTrials, type EndedTrial} from "./trial";
import type {Figure} from "@lola-ts/figures";
import {Presenter} from "@lola-ts/laboratory/stages";
import {sweepInWords, trainingsInWords, type SweepPlan} from "./sweep-plan";

const variantNames = passing(
  'variants by their names, such as {wide: {"latent.hidChannels": 128}}',
  (names: unknown) => isPlainObject(names) && Object.values(names).every(isPlainObject),
);

/** A sweep: what was trained and measured. Figures and tables go to the folder of the laboratory. */
export class Sweep extends Presenter {
  constructor(
    private readonly plan: SweepPlan,
    /** All trials that ended, with those that failed. */
    readonly trials: readonly EndedTrial[],
    readonly folder: string,
  ) {
    super();
  }

  /** Name of its folder under data/sweeps/. */
  get name(): string {
    return this.plan.name;
  }

  /**
   * One line for captions: models, preset, changes, numbers of variants and seeds, measures, trainings with their core-hours,
   * and how many of them came with the project.
   */
  get caption(): string {
    return sweepInWords(this.plan, this.trials);
  }

  /** Trainings in words, failed ones included: "18 trainings, 1 failed, 2.3 core-hours". */
  get trainings(): string {
    return trainingsInWords(this.plan.config, this.trials);
  }

  [inspect.custom](): string {
    return `Sweep ${this.name}: ${this.caption}`;
  }

  /** Trials that failed, each with its sentence. */
  get failures(): EndedTrial[] {
    return this.trials.filter(({error}) => error !== undefined);
  }

  /**
   * Tabulate the variants: mean and standard error over seeds of each measure, and the difference to the baseline, paired by
   * seeds, with its p-value.
   *
   * @param options `names`: variants by the names that stand in a column `variant`. Default: a column for each option.
   * @throws RangeError if the names are none.
   */
  rows({names}: {readonly names?: Readonly<Record<string, Overrides>>} = {}): TableRow[] {
    checkOptions("rows", optional(variantNames), names, "names");
    return sweepTable(this.trials, {...this.plan, names});
  }

  /**
   * Draw a measure over an option, one line for each combination of the others, with standard errors over seeds.
   *
   * @param option its path. Default: the first one.
   * @throws RangeError naming the options or measures that there are.
   * @example await sweep.show(sweep.over("latent.hidChannels"), {name: "width"});
   */
  over(option?: string, measure = this.plan.measures[0]): Figure {
    const options = [...optionsOf(this.trials), ...(methodsOf(this.trials).length > 1 ? ["method"] : [])];
    const chosen = option ?? options[0];
    checkParts("over", {option: oneOf(options), measure: oneOf(this.plan.measures)}, {option: chosen, measure});
    return knobFigure(measuredTrials(this.trials), {option: chosen, measure, caption: this.caption});
  }

  /** Draw the validation error of all variants over steps and over time, the mean over seeds. */
  curves(): Figure {
    return sweepCurves(measuredTrials(this.trials), {caption: this.caption});
  }

  /**
   * Find the variant with the best mean of the first measure, one for each combination of the values of some options.
   *
   * @param within paths of these options. Default: none, the best of all.
   * @example const rates = sweep.best(["autoencoder.training.optimiser"]); // the best learning rate of each
   */
  best(within: readonly string[] = []): Overrides[] {
    const known = optionsOf(this.trials);
    checkOptions("best", list(oneOf(known), {empty: true}), within, "within");
    return bestVariants(this.trials, this.plan.measures[0], within);
  }
}
