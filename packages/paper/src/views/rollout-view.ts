/** Rollouts of one test trajectory as figures: what a notebook shows, without the code that draws it. */
import type {NdArray} from "ndarray";
import {requireInteger, Lazy, checkOptions, optional, section, text, whole, type TableRow} from "@lola-ts/core";
import {ensembleMember} from "lola/evaluate";
import {
  type AnimatedFigure,
  animateTrajectories,
  displayedView,
  fieldViews,
  imageOf,
  limitsIn,
  figure4,
  ensembleFigure,
  type RolloutRow,
  type SystemRollouts,
  rateLabel,
  type Figure,
  tiles,
  type FieldImage,
  type ImageSource,
} from "@lola-ts/figures";
import {
  type Lab,
  parametersInWords,
  testTrajectory,
  compressionOf,
  methodName,
  decodeRollout,
} from "@lola-ts/laboratory";
import {reconstruction} from "@lola-ts/laboratory";
import {labRule, boundariesInWords, type Dataset, type EmulatorSpec} from "@lola-ts/laboratory/stages";

/** A rollout, decoded as far as figures show it: most show one of many members. */
interface Decoded {
  readonly method: EmulatorSpec;
  readonly compression: number;
  readonly members: number;
  /** Decode the first members: [count, T, X, Y(, Z), C]. */
  readonly decode: (count: number) => NdArray<Float32Array>;
}

/** The truth and all that was made of it, in physical units. */
interface Material {
  readonly dataset: Dataset;
  readonly trajectory: number;
  readonly truth: NdArray<Float32Array>;
  readonly reconstructions: readonly {readonly compression: number; readonly states: Lazy<NdArray<Float32Array>>}[];
  readonly decoded: readonly Decoded[];
}

/** What is shown of a laboratory's rollouts. */
export interface RolloutViewOptions {
  /** Place among the drawn test trajectories, `dataset.testTrajectories`. Default: 0, the first. */
  readonly trajectory?: number;
  /** Sentence of the gallery's caption. Default: none. */
  readonly note?: string;
}

/**
 * Decode the rollouts of a test trajectory for figures.
 *
 * @throws RangeError if there is no such trajectory.
 * @example
 * const view = await viewRollouts(lab);
 * await lab.show(view.rolloutFigure(), {name: "figure-04", rows: view.extremes()});
 */
export async function viewRollouts(lab: Lab, options: RolloutViewOptions = {}): Promise<RolloutView> {
  checkOptions("viewRollouts", labRule, lab, "lab");
  const count = lab.config.rollout.trajectories;
  const rules = {trajectory: optional(whole({min: 0, max: count - 1})), note: optional(text)};
  checkOptions("viewRollouts", section<RolloutViewOptions>(rules), options);
  const {trajectory = 0, note} = options;
  const dataset = await lab.dataset();
  const test = dataset.testTrajectories[trajectory];
  const autoencoders = await lab.autoencoders();
  const rollouts = await lab.rollouts();
  const material: Material = {
    dataset,
    trajectory: test,
    truth: testTrajectory(dataset, test),
    reconstructions: autoencoders.map(({model}) => ({
      compression: model.compression,
      states: new Lazy(() => reconstruction(dataset, model, test)),
    })),
    decoded: rollouts.map((rollout) => {
      const {method, states} = rollout;
      const model = autoencoders.find(({model}) => model.config.latChannels === method.latentChannels)?.model;
      const decode = (members: number) => decodeRollout(rollout, test, dataset.standardization, model, {members});
      const [, members] = states.shape;
      return {method, compression: compressionOf(method, autoencoders), members, decode: byArgument(decode)};
    }),
  };
  return new RolloutView(lab, material, note);
}

/** Keep what a function returns for each argument. */
function byArgument<A, R>(make: (argument: A) => R): (argument: A) => R {
  const made = new Map<A, Lazy<R>>();
  return (argument) => {
    const one = made.get(argument) ?? new Lazy(() => make(argument));
    made.set(argument, one);
    return one.get();
  };
}

/** Figures of the rollouts of one test trajectory. */
export class RolloutView {
  constructor(
    private readonly lab: Pick<Lab, "config" | "caption">,
    private readonly material: Material,
    private readonly note?: string,
  ) {}

  /** States that figures show, denser where forecasts are still right: the first and the last one included. */
  private get shown(): number[] {
    return this.statesAt([0, 0.08, 0.2, 0.4, 0.6, 1]);
  }

  /** States at some parts of the trajectory. */
  private statesAt(parts: readonly number[]): number[] {
    const [length] = this.material.truth.shape;
    return parts.map((part) => Math.round(part * (length - 1)));
  }

  private leadsOf(states: readonly number[]): number[] {
    return states.map((state) => state * this.lab.config.stride);
  }

  private get leads(): number[] {
    return this.leadsOf(this.shown);
  }

  /** "Test trajectory 3, γ = 1.400" */
  private get words(): string {
    const {dataset, trajectory} = this.material;
    const {scalars, boundary} = dataset.wells.test.trajectories[trajectory];
    const parts = ["Test trajectory " + trajectory, parametersInWords(scalars), boundariesInWords(boundary)];
    return parts.filter(Boolean).join(", ");
  }

  /** Images of the field that the paper's figures show. */
  private images(trajectory: ImageSource, states: readonly number[] = this.shown): FieldImage[] {
    const view = displayedView(this.material.dataset.system);
    return states.map((state) => imageOf(trajectory, state, view));
  }

  /** Find the rollout of a method at the middle compression rate. */
  private middle(kind: EmulatorSpec["kind"]): Decoded {
    const latent = this.material.decoded.filter(({method}) => method.kind === kind && method.latentChannels !== null);
    if (latent.length === 0) throw new RangeError(`RolloutView: expected a latent rollout of ${kind}, found none.`);
    return latent.sort((a, b) => a.compression - b.compression)[(latent.length - 1) >> 1];
  }

  private get truthRow(): RolloutRow {
    return {method: "ground truth", fields: this.images(this.material.truth)};
  }

  /** Solver, then diffusion, each from the lowest to the highest rate; of an ensemble the first member. */
  private forecasts(states: readonly number[] = this.shown): RolloutRow[] {
    return (["solver", "diffusion"] as const).flatMap((kind) =>
      this.material.decoded
        .filter(({method}) => method.kind === kind)
        .sort((a, b) => a.compression - b.compression)
        .map((one) => ({
          method: methodName(one.method),
          compression: one.compression,
          fields: this.images(ensembleMember(one.decode(1), 0), states),
        })),
    );
  }

  /** Truth, reconstructions, then each method from the lowest to the highest rate. */
  private get rows(): RolloutRow[] {
    const {reconstructions} = this.material;
    const made = reconstructions.map(({compression, states}) => ({
      method: "autoencoder",
      compression,
      fields: this.images(states.get()),
    }));
    return [this.truthRow, ...made, ...this.forecasts()];
  }

  /** The truth and one forecast of each method at four lead times: this system's part of a Figure 4 of several. */
  get comparison(): SystemRollouts {
    const states = this.statesAt([0, 0.2, 0.6, 1]);
    const {dataset, truth} = this.material;
    const {name} = displayedView(dataset.system);
    return {
      title: `${dataset.system.title}: ${name}`,
      leads: this.leadsOf(states),
      rows: [{method: "ground truth", fields: this.images(truth, states)}, ...this.forecasts(states)],
    };
  }

  /**
   * Draw Figure 4: truth, reconstructions and one forecast of each method; of an ensemble its first member.
   *
   * @example await lab.show(view.rolloutFigure(), {name: "figure-04", rows: view.extremes()});
   */
  rolloutFigure(): Figure {
    const {name} = displayedView(this.material.dataset.system);
    const caption = `${name}. ${this.words}; diffusion: one member. ${this.lab.caption}`;
    return figure4(this.rows, {leads: this.leads, caption});
  }

  /**
   * Draw a gallery (Figures 10 to 21): the truth, then for each compression rate the reconstruction, the solver's forecast and
   * members of the diffusion ensemble.
   *
   * @param count members of each ensemble. Default: 2.
   * @param note sentence of the caption. Default: the view's.
   * @example await lab.show(view.galleryFigure(), {name: "figure-11", interactive: false, scale: 1});
   */
  galleryFigure(count = 2, note = this.note): Figure {
    requireInteger("galleryFigure", "count", count);
    checkOptions("galleryFigure", optional(text), note, "note");
    const {dataset, reconstructions, decoded} = this.material;
    const rates = [...new Set(decoded.map(({compression}) => compression))].sort((a, b) => a - b);
    const rows = rates.flatMap((rate): RolloutRow[] => {
      const made = reconstructions.filter(({compression}) => compression === rate);
      const forecasts = (["solver", "diffusion"] as const).flatMap((kind) =>
        decoded.filter(({method, compression}) => method.kind === kind && compression === rate),
      );
      return [
        ...made.map(({compression, states}) => ({
          method: "autoencoder",
          compression,
          fields: this.images(states.get()),
        })),
        ...forecasts.flatMap(({method, compression, members, decode}) => {
          const states = decode(Math.min(count, members));
          return Array.from({length: states.shape[0]}, (_, k) => ({
            ...{method: methodName(method), compression, ...(members > 1 && {member: k + 1})},
            fields: this.images(ensembleMember(states, k)),
          }));
        }),
      ];
    });
    const {name} = displayedView(dataset.system);
    return figure4([this.truthRow, ...rows], {
      leads: this.leads,
      groups: "compression",
      caption: [`${name}. ${this.words}.`, note, this.lab.caption].filter(Boolean).join(" "),
    });
  }

  /** Tabulate min, mean and max of each image of Figure 4. */
  extremes(): TableRow[] {
    return this.rows.flatMap(({method, compression = 1, fields}) =>
      fields.map((field, i) => {
        const values = Array.from(field!.data);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const [min, max] = [Math.min(...values), Math.max(...values)];
        return {method, compression, lead: this.leads[i], min, mean, max};
      }),
    );
  }

  /**
   * Draw every field in its own colours: the truth, and below it one member of the middle rate's diffusion.
   *
   * @example await lab.show(view.fieldsFigure(), {name: "rollout-fields"});
   */
  fieldsFigure(): Figure {
    const {dataset, truth} = this.material;
    const {compression, decode} = this.middle("diffusion");
    const some = this.shown.filter((_, i) => i % 2 === 0);
    const rows = fieldViews(dataset.system).flatMap((field) => {
      const [real, forecast] = [truth, ensembleMember(decode(1), 0)].map((trajectory) =>
        some.map((state) => imageOf(trajectory, state, field)),
      );
      const look = {limits: limitsIn(real, field.signed), scale: field.scale};
      const label = field.name.replace(", ", ",<br>");
      return [
        {label, fields: real, apart: true, bar: 2, ...look},
        {label: `diffusion<br>${rateLabel(compression)}`, fields: forecast, ...look},
      ];
    });
    return tiles({
      columns: some.map((state) => `τ = ${state * this.lab.config.stride}`),
      rows,
      width: 700,
      caption: `${this.words}; diffusion ${rateLabel(compression)}. ${this.lab.caption}`,
    });
  }

  /**
   * Draw members of the middle rate's diffusion ensemble, their mean, its spread beside its error, and the solver's one answer.
   *
   * @param count max number of members. Default: 2.
   * @example await lab.show(view.ensembleFigure(), {name: "rollout-ensemble"});
   */
  ensembleFigure(count = 2): Figure {
    requireInteger("ensembleFigure", "count", count);
    const {dataset, truth, reconstructions} = this.material;
    const diffusion = this.middle("diffusion");
    const {compression} = diffusion;
    const states = diffusion.decode(diffusion.members);
    const solver = this.middle("solver");
    const members = Array.from({length: states.shape[0]}, (_, k) => this.images(ensembleMember(states, k)));
    const images = {
      truth: this.images(truth),
      members,
      answer: this.images(ensembleMember(solver.decode(1), 0)),
    };
    return ensembleFigure(images, {
      leads: this.leads,
      count,
      compression,
      answerCompression: solver.compression,
      rates: reconstructions.map((one) => one.compression),
      caption: `${displayedView(dataset.system).name}. ${this.words}. Spread: deviation of ${members.length} members. ${this.lab.caption}`,
    });
  }

  /**
   * Animate truth, diffusion and solver of the middle rate side by side, in the colours of Figure 4.
   *
   * @example await lab.showAnimation(view.rolloutAnimation(), "Truth, diffusion, solver", {name: "rollout-animation"});
   */
  rolloutAnimation(): AnimatedFigure {
    const {dataset, truth} = this.material;
    const view = displayedView(dataset.system);
    const diffusion = this.middle("diffusion");
    const solver = this.middle("solver");
    const panels = [
      {name: "ground truth", states: truth},
      {name: `diffusion ${rateLabel(diffusion.compression)}`, states: ensembleMember(diffusion.decode(1), 0)},
      {name: `neural solver ${rateLabel(solver.compression)}`, states: ensembleMember(solver.decode(1), 0)},
    ];
    return animateTrajectories(panels, {
      view,
      time: (state) => `τ = ${state * this.lab.config.stride}`,
      caption: `${view.name}. ${this.words}; diffusion: one member. ${this.lab.caption}`,
    });
  }
}
