/**
 * What is an autoencoder's compression worth? Beside it principal components, Fourier modes and wavelets: in as many numbers,
 * and all of them in bits. Errors are root mean squares of standardised states, in which autoencoders are trained.
 */
import ndarray from "ndarray";
import {BOUNDARY, checkOptions, flat, sizeOf, SPLITS, type TableRow} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";
import {lines, rateLabel, type ErrorCurve, type Figure} from "@lola-ts/figures";
import {decodeStates, encodeStates, type Lab} from "@lola-ts/laboratory";
import {labRule, openDataset, type Dataset} from "@lola-ts/laboratory/stages";
import {track, type Recipe} from "@lola-ts/cache";
import {standardize} from "lola/data";
import type {Autoencoder} from "lola/models";
import {
  numbersOf,
  principalComponents,
  keptWithPlaces,
  quantised,
  fourierBasis,
  waveletBasis,
  type OrthonormalBasis,
} from "./orthonormal-basis";
import {stateErrors} from "./state-errors";

/** Raise it when codes or their errors become others. */
const YARDSTICK_VERSION = 1;

/** Steps of quantisation, of expansions and of latents. */
const STEPS = Array.from({length: 10}, (_, i) => 2 ** (4 - 0.6 * i));
const LATENT_STEPS = Array.from({length: 7}, (_, i) => 2 ** (1 - i));

/** States that are compressed, and states that principal components are fitted to, spread evenly over all trajectories. */
const [TEST_STATES, TRAINING_STATES] = [160, 2048];

/** Errors of a laboratory's test states in several codes. */
export interface Yardstick {
  /** A row per rate and method: codes of as many numbers. */
  readonly rows: readonly TableRow[];
  /** Error over bits per value, from coarse to fine quantisation. */
  readonly curves: readonly ErrorCurve[];
}

interface Coder {
  readonly method: string;
  /** [S, m], of all states. */
  readonly coefficients: Float32Array;
  readonly groups: readonly number[];
  readonly steps: readonly number[];
  /** Sizes of its codes, in numbers per state. */
  readonly sizes: readonly number[];
  /** Set those coefficients of a state to 0 that a code of so many numbers has no room for. */
  readonly cut: (own: Float32Array, numbers: number) => void;
  readonly restore: (coefficients: Float32Array) => ArrayLike<number>;
}

/**
 * Compress test states by the laboratory's autoencoders, principal components of the training split, the lowest Fourier or
 * Chebyshev modes, and the largest coefficients of wavelets (or load the errors).
 *
 * @throws RangeError if it is no laboratory; LabError `interrupted`.
 * @example const {rows, curves} = await yardstick(lab);
 */
export async function yardstick(lab: Lab): Promise<Yardstick> {
  checkOptions("yardstick", labRule, lab, "lab");
  const dataset = await lab.dataset();
  const autoencoders = await lab.autoencoders();
  const recipe: Recipe = {
    stage: "evaluation",
    name: `${lab.config.system}-${lab.config.preset}-yardstick`,
    version: YARDSTICK_VERSION,
    config: {states: TEST_STATES, trainingStates: TRAINING_STATES},
    inputs: [dataset.key, ...autoencoders.map(({key}) => key)],
    title: "codes of states",
  };
  return lab.artifacts.obtainJson(recipe, async () => {
    const training = sampled(await openDataset(lab, SPLITS), "train", TRAINING_STATES);
    const models = autoencoders.map(({model}) => model);
    return compared(dataset, sampled(dataset, "test", TEST_STATES), training.values, models);
  });
}

interface Samples {
  /** Standardised, [S, X, Y(, Z), C]. */
  readonly values: Float32Array;
  readonly trajectories: readonly number[];
}

/** Take states evenly from all trajectories of a split, and evenly from their times. */
function sampled(dataset: Dataset, split: "train" | "test", most: number): Samples {
  const [trajectories, frames, ...shape] = dataset.shape(split);
  const total = Math.min(most, trajectories * frames);
  const places = Array.from({length: total}, (_, i) => Math.floor(((i + 0.5) / total) * trajectories * frames));
  const values = new Float32Array(total * sizeOf(shape));
  places.forEach((place, i) => {
    const state = dataset.read(split, Math.floor(place / frames), {start: place % frames, length: 1});
    values.set(standardize(Float32Array.from(flat(state)), dataset.standardization), i * sizeOf(shape));
  });
  return {values, trajectories: places.map((place) => Math.floor(place / frames))};
}

/** Split the states of an array. */
const each = (all: ArrayLike<number>, size: number) =>
  Array.from({length: all.length / size}, (_, i) => Float32Array.from({length: size}, (__, j) => all[i * size + j]));

function joined(rows: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, i) => all.set(row, i * row.length));
  return all;
}

async function compared(
  dataset: Dataset,
  {values, trajectories}: Samples,
  training: Float32Array,
  models: readonly Autoencoder[],
): Promise<Yardstick> {
  const shape = dataset.shape("test").slice(2);
  const size = sizeOf(shape);
  const errors = stateErrors(dataset, values, trajectories);
  const coders = codersOf(dataset, values, training, models);
  const rows: TableRow[] = [];
  const curves: ErrorCurve[] = [];
  await track("compressing", coders.length, async (progress) => {
    for (const {method, coefficients, groups, steps, sizes, cut, restore} of coders) {
      for (const numbers of sizes) {
        const own = each(coefficients, groups.length);
        for (const one of own) cut(one, numbers);
        const restored = restore(joined(own));
        const {value: error, error: uncertainty} = errors.rmse(restored);
        const scores = {error, "error ±": uncertainty, ...errors.physics(restored)};
        rows.push({"÷": size / numbers, numbers, method: method.replace(/ ÷.*/, ""), ...scores});
      }
      const points = steps.map((step) => {
        const {values: rounded, bits} = quantised(coefficients, groups, step);
        return {x: (bits * groups.length) / coefficients.length / size, y: errors.rmse(restore(rounded)).value};
      });
      curves.push({name: method, x: points.map(({x}) => x), y: points.map(({y}) => y)});
      progress.update(curves.length);
      await new Promise(setImmediate);
    }
  });
  const order = ({numbers}: TableRow) => -Number(numbers);
  return {rows: rows.sort((a, b) => order(a) - order(b)), curves};
}

function codersOf(
  dataset: Dataset,
  values: Float32Array,
  training: Float32Array,
  models: readonly Autoencoder[],
): Coder[] {
  const shape = dataset.shape("test").slice(2);
  const size = sizeOf(shape);
  const total = values.length / size;
  const learned = models.map((model): Coder => {
    const latents = encodeStates(model, ndarray(values, [total, ...shape]));
    const numbers = latents.data.length / total;
    return {
      method: `autoencoder ${rateLabel(model.compression)}`,
      coefficients: latents.data,
      groups: Array.from({length: numbers}, (_, i) => i % model.config.latChannels),
      steps: LATENT_STEPS,
      sizes: [numbers],
      cut: () => undefined,
      restore: (z) => decodeStates(model, ndarray(z, latents.shape)).data,
    };
  });
  const sizes = learned.flatMap((coder) => coder.sizes);
  const {boundary} = dataset.wells.test.trajectories[0];
  const periodic = boundary.map(([lower]) => lower === BOUNDARY.PERIODIC);
  const expanded = (method: string, {groups, transform}: OrthonormalBasis, cut: Coder["cut"]): Coder => {
    const turned = (all: ArrayLike<number>, direction: "forward" | "inverse") =>
      joined(each(all, size).map((one) => transform(one, direction)));
    const coefficients = turned(values, "forward");
    return {method, coefficients, groups, steps: STEPS, sizes, cut, restore: (all) => turned(all, "inverse")};
  };
  const fourier = fourierBasis(shape, periodic);
  const {fineness} = fourier;
  const rank = new Int32Array(size);
  [...rank.keys()].sort((a, b) => fineness[a] - fineness[b] || a - b).forEach((i, place) => (rank[i] = place));
  const name = periodic.every(Boolean) ? "Fourier" : "Fourier and Chebyshev";
  return [
    ...learned,
    principalCoder(values, training, size, sizes),
    expanded(name, fourier, (own, numbers) => {
      rank.forEach((place, i) => (own[i] *= Number(place < numbers)));
    }),
    expanded("wavelets", waveletBasis(shape, periodic), (own, numbers) => {
      const moduli = own.map(Math.abs).sort();
      const least = moduli[size - keptWithPlaces(numbers, size)];
      own.forEach((value, i) => (own[i] *= Number(Math.abs(value) >= least)));
    }),
  ];
}

/** Principal components that are fitted, at most: a quarter of the states that they are fitted to. */
const MOST_COMPONENTS = TRAINING_STATES / 4;

/** Make the coder of principal components; the last of them end the coder's curve, and larger codes have none. */
function principalCoder(values: Float32Array, training: Float32Array, size: number, sizes: readonly number[]): Coder {
  const most = Math.min(training.length / size - 1, MOST_COMPONENTS, Math.max(...sizes));
  const {mean, components} = principalComponents(training, size, most);
  const centred = () => tf.sub<tf.Tensor2D>(tf.tensor2d(values, [values.length / size, size]), mean);
  return {
    method: "PCA",
    coefficients: numbersOf(() => tf.matMul(centred(), components, false, true)),
    groups: Array.from({length: most}, (_, i) => Math.floor(2 * Math.log2(i + 1))),
    steps: STEPS,
    sizes: sizes.filter((numbers) => numbers <= MOST_COMPONENTS),
    cut: (own, numbers) => void own.fill(0, Math.min(numbers, most)),
    restore: (all) => numbersOf(() => tf.matMul(tf.tensor2d(all, [all.length / most, most]), components).add(mean)),
  };
}

/** Bits per value up to which curves are drawn. */
const SHOWN_BITS = 1;

/** Draw errors over numbers per state, and over bits per value. */
export function yardstickFigure({rows, curves}: Yardstick, caption: string): Figure {
  const ofNumbers = [...new Set(rows.map(({method}) => String(method)))].map((name): ErrorCurve => {
    const own = rows.filter(({method}) => method === name).reverse();
    const [x, y, error] = ["numbers", "error", "error ±"].map((column) => own.map((row) => Number(row[column])));
    return {name, x, y, error};
  });
  const ofBits = curves.map(({name, x, y}): ErrorCurve => {
    const shown = [...x.keys()].filter((i) => x[i] < SHOWN_BITS && y[i] < 1);
    return {name, x: shown.map((i) => x[i]), y: shown.map((i) => y[i])};
  });
  const title = "Error (standardised)";
  return lines(
    [
      {title: "As many numbers", x: "Numbers per state", y: title, logarithmic: true, curves: ofNumbers},
      {title: "Quantised", x: "Bits per value", y: "", logarithmic: true, curves: ofBits},
    ],
    {caption},
  );
}

/**
 * Show the autoencoders beside principal components, modes and wavelets: a figure of errors over numbers and over bits, and a
 * table of what is lost of spectrum and physics.
 *
 * @throws RangeError as {@link yardstick}.
 * @example await showYardstick(lab);
 */
export async function showYardstick(lab: Lab): Promise<void> {
  const found = await yardstick(lab);
  const words =
    "Test states; bars: one standard error over trajectories; bits are the entropy of quantised coefficients.";
  await lab.show(yardstickFigure(found, `${words} ${lab.caption}`), {name: "yardstick"});
  const columns = "low, mid, high: error of the displayed field's spectrum, medians; last column: relative error.";
  await lab.showTable(found.rows, `Codes of as many numbers; ${columns} ${lab.caption}`, {name: "yardstick-table"});
}
