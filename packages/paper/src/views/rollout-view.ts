/** Rollouts of one test trajectory as figures: what a notebook shows, without the code that draws it. */
import type {NdArray} from "ndarray";
import {
  requireInteger,
  Lazy,
  checkOptions,
  list,
  number,
  oneOf,
  optional,
  Rng,
  section,
  text,
  whole,
  type TableRow,
} from "@lola-ts/core";
import {central, ensembleMember} from "lola/evaluate";
import {
  type AnimatedFigure,
  animateTrajectories,
  displayedView,
  fieldOf,
  fieldViews,
  figure1,
  imageOf,
  limitsIn,
  limitsOf,
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
  trajectoryAt,
  compressionOf,
  methodName,
  decodeRollout,
  reconstruction,
} from "@lola-ts/laboratory";
import {
  labRule,
  boundariesInWords,
  methodsRule,
  type Dataset,
  type EmulatorSpec,
  type MethodChoice,
} from "@lola-ts/laboratory/stages";

/** A rollout, decoded as far as figures show it: most show one of many members. */
interface Decoded {
  readonly method: EmulatorSpec;
  /** Name in labels. Default: the method's. */
  readonly label?: string;
  readonly compression: number;
  readonly members: number;
  /** Decode the first members: [count, T, X, Y(, Z), C]. */
  readonly decode: (count: number) => NdArray<Float32Array>;
  /** Take the first member before it is decoded: [T, ...]. */
  readonly undecoded: () => NdArray<Float32Array>;
}

/** The truth and all that was made of it, in physical units. */
interface Material {
  readonly dataset: Dataset;
  readonly trajectory: number;
  readonly truth: NdArray<Float32Array>;
  readonly reconstructions: readonly {readonly compression: number; readonly states: Lazy<NdArray<Float32Array>>}[];
  readonly decoded: readonly Decoded[];
}

/** Choice of a laboratory's rollouts to show. */
export interface RolloutViewOptions {
  /** Place among the drawn test trajectories, `dataset.testTrajectories`. Default: 0, the first. */
  readonly trajectory?: number;
  /** Emulators to show. Default: all of the comparison. */
  readonly methods?: readonly MethodChoice[];
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
  const rules = {
    trajectory: optional(whole({min: 0, max: count - 1})),
    methods: optional(methodsRule),
    note: optional(text),
  };
  checkOptions("viewRollouts", section<RolloutViewOptions>(rules), options);
  const {trajectory = 0, methods = lab.methods, note} = options;
  const dataset = await lab.dataset();
  const test = dataset.testTrajectories[trajectory];
  const autoencoders = await lab.autoencoders();
  const rollouts = await lab.rollouts(methods, test);
  const material: Material = {
    dataset,
    trajectory: test,
    truth: testTrajectory(dataset, test),
    reconstructions: autoencoders.map(({model}) => ({
      compression: model.compression,
      states: new Lazy(() => reconstruction(dataset, model, test)),
    })),
    decoded: rollouts.map((rollout) => {
      const {method, label, states, trajectories} = rollout;
      const undecoded = () => ensembleMember(trajectoryAt(states, trajectories.indexOf(test)), 0);
      const model = autoencoders.find(({model}) => model.config.latChannels === method.latentChannels)?.model;
      const decode = (members: number) => decodeRollout(rollout, test, dataset.standardization, model, {members});
      const [, members] = states.shape;
      return {
        ...{method, label, members, undecoded},
        compression: compressionOf(method, autoencoders),
        decode: largestKept(decode),
      };
    }),
  };
  return new RolloutView(lab, material, note);
}

/** Keep the decoded members that were asked for, the most at once: fewer of them are a view, and more replace them. */
export function largestKept(decode: (count: number) => NdArray<Float32Array>): Decoded["decode"] {
  let kept: NdArray<Float32Array> | undefined;
  return (count) => {
    if (!kept || kept.shape[0] < count) kept = decode(count);
    return kept.shape[0] === count ? kept : kept.hi(count);
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
   * members of each ensemble, diffusion before stochastic solvers.
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
      const forecasts = (["solver", "diffusion", "crps"] as const).flatMap((kind) =>
        decoded.filter(({method, compression}) => method.kind === kind && compression === rate),
      );
      return [
        ...made.map(({compression, states}) => ({
          method: "autoencoder",
          compression,
          fields: this.images(states.get()),
        })),
        ...forecasts.flatMap(({method, label = methodName(method), compression, members, decode}) => {
          const states = decode(Math.min(count, members));
          return Array.from({length: states.shape[0]}, (_, k) => ({
            ...{method: label, compression, ...(members > 1 && {member: k + 1})},
            fields: this.images(ensembleMember(states, k)),
          }));
        }),
      ];
    });
    const {name} = displayedView(dataset.system);
    return figure4([this.truthRow, ...rows], {
      leads: this.leads,
      groups: "compression",
      rates: reconstructions.map(({compression}) => compression),
      caption: [`${name}. ${this.words}.`, note, this.lab.caption].filter(Boolean).join(" "),
    });
  }

  /**
   * Draw Figure 1: the first state is encoded, each call of the emulator continues the last latent, and all are decoded. One
   * latent channel of the middle rate's diffusion.
   *
   * @example await lab.show(view.pipelineFigure(), {name: "figure-01"});
   */
  pipelineFigure(): Figure {
    const {truth, dataset} = this.material;
    const {decode, undecoded} = this.middle("diffusion");
    const generated = this.lab.config.window - 1;
    const latents = undecoded();
    const calls = [0, 1].map((call) =>
      Array.from({length: generated}, (_, i) => fieldOf(latents, call * generated + i + 1, 0)),
    );
    const [state] = this.images(truth, [0]);
    const [forecast] = this.images(ensembleMember(decode(1), 0), [2 * generated]);
    const {name} = displayedView(dataset.system);
    return figure1(
      {state, forecast, latent: fieldOf(latents, 0, 0), calls},
      {caption: `${name}, and one latent channel. ${this.lab.caption}`},
    );
  }

  /**
   * Draw the simulation, its reconstruction and one forecast of each method under the letters A to D in an order drawn from a seed: a
   * reader's test.
   *
   * @returns the figure, and what a guess comes to.
   * @example
   * const {figure, guess} = view.blindTest(1);
   * await lab.show(figure); // then console.log(guess("B"));
   */
  blindTest(seed = 0): {readonly figure: Figure; readonly guess: (letter: string) => string} {
    requireInteger("blindTest", "seed", seed, {min: 0});
    const states = this.shown.slice(1);
    const [solver, diffusion] = [this.middle("solver"), this.middle("diffusion")];
    const reconstruction = this.material.reconstructions.find(
      ({compression}) => compression === diffusion.compression,
    )!;
    const candidates = [
      {name: "the simulation", trajectory: this.material.truth},
      {name: "the autoencoder", trajectory: reconstruction.states.get()},
      {name: "diffusion", trajectory: ensembleMember(diffusion.decode(1), 0)},
      {name: "the neural solver", trajectory: ensembleMember(solver.decode(1), 0)},
    ];
    const order = Rng.from("blind test", seed).shuffle([...candidates.keys()]);
    const rows = order.map((place) => this.images(candidates[place].trajectory, states));
    const limits = limitsOf(rows[order.indexOf(0)]);
    const names = order.map((place) => candidates[place].name);
    const figure = tiles({
      columns: this.leadsOf(states).map((lead) => `τ = ${lead}`),
      rows: rows.map((fields, i) => ({label: "ABCD"[i], fields, limits, bar: i === 0})),
      caption: `Which row is the simulation? ${this.words}. ${this.lab.caption}`,
    });
    const guess = (letter: string) => {
      checkOptions("guess", oneOf(["A", "B", "C", "D"]), letter, "letter");
      const isRight = names["ABCD".indexOf(letter)] === candidates[0].name;
      return `${isRight ? "Right" : "Wrong"}: ${names.map((name, i) => `${"ABCD"[i]} is ${name}`).join(", ")}.`;
    };
    return {figure, guess};
  }

  /** Tabulate min, mean and max of each image of Figure 4. */
  extremes(): TableRow[] {
    return this.rows.flatMap(({method, compression = 1, fields}) =>
      fields.map((field, i) => {
        const values = Array.from(field!.data);
        const [min, max] = [Math.min(...values), Math.max(...values)];
        return {method, compression, lead: this.leads[i], min, mean: central(values, "mean"), max};
      }),
    );
  }

  /**
   * Draw every field in its own colours: at each lead time the truth, and beside it one member of the middle rate's diffusion.
   *
   * @param leads lead times. Default: three of Figure 4.
   * @throws RangeError for a lead time that was not forecast.
   * @example await lab.show(view.fieldsFigure(), {name: "rollout-fields"});
   */
  fieldsFigure(leads: readonly number[] = this.leads.filter((_, i) => i % 2 === 0)): Figure {
    checkOptions("fieldsFigure", list(number()), leads, "leads");
    const {dataset, truth} = this.material;
    const {compression, decode} = this.middle("diffusion");
    const {stride} = this.lab.config;
    const wrong = leads.find((lead) => lead % stride !== 0 || lead < 0 || lead / stride >= truth.shape[0]);
    if (wrong !== undefined) {
      const last = (truth.shape[0] - 1) * stride;
      throw new RangeError(`fieldsFigure: expected lead times from 0 to ${last}, every ${stride}, found ${wrong}.`);
    }
    const some = leads.map((lead) => lead / stride);
    const rows = fieldViews(dataset.system).map((field) => {
      const [real, forecast] = [truth, ensembleMember(decode(1), 0)].map((trajectory) =>
        some.map((state) => imageOf(trajectory, state, field)),
      );
      const look = {limits: limitsIn(real, field.signed), scale: field.scale, bar: true};
      return {
        label: field.name.replace(", ", ",<br>"),
        fields: real.flatMap((image, i) => [image, forecast[i]]),
        ...look,
      };
    });
    return tiles({
      columns: leads.flatMap((lead) => [`truth, τ = ${lead}`, "diffusion"]),
      rows,
      caption: `Beside the truth at each lead time: diffusion ${rateLabel(compression)}. ${this.words}. ${this.lab.caption}`,
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
      title: "Members part, and their mean fades where they disagree",
      caption: `One trajectory and its ensemble: ${displayedView(dataset.system).name}. ${this.words}. Spread: deviation of ${members.length} members. ${this.lab.caption}`,
    });
  }

  /**
   * Animate the truth, its reconstruction, diffusion and solver at one rate side by side, in the colours of Figure 4.
   *
   * @param compression the rate. Default: the middle one.
   * @throws RangeError if no method has this rate.
   * @example await lab.show(view.rolloutAnimation(), {name: "rollout-animation"});
   */
  rolloutAnimation(compression = this.middle("diffusion").compression): AnimatedFigure {
    const {dataset, truth, reconstructions, decoded} = this.material;
    const view = displayedView(dataset.system);
    const autoencoder = reconstructions.find((one) => one.compression === compression);
    const forecasts = (["diffusion", "solver"] as const).flatMap((kind) =>
      decoded.filter((one) => one.method.kind === kind && one.compression === compression),
    );
    if (!autoencoder || forecasts.length < 2) {
      const rates = reconstructions.map((one) => one.compression).join(", ");
      throw new RangeError(`rolloutAnimation: expected a compression rate of ${rates}, found ${compression}.`);
    }
    const panels = [
      {name: "truth", states: truth},
      {name: `autoencoder ${rateLabel(compression)}`, states: autoencoder.states.get()},
      ...forecasts.map(({method, decode}) => ({
        name: `${methodName(method)} ${rateLabel(compression)}`,
        states: ensembleMember(decode(1), 0),
      })),
    ];
    return animateTrajectories(panels, {
      view,
      time: (state) => `τ = ${state * this.lab.config.stride}`,
      caption: `${view.name}. ${this.words}; diffusion: one member. ${this.lab.caption}`,
    });
  }
}
