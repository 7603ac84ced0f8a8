/** Stage 3: the latent cache. Emulators of latents learn from states that were encoded before (paper, section B.3). */
import ndarray, {type NdArray} from "ndarray";
import {
  flat,
  stack,
  arrayOf,
  having,
  checkOptions,
  checkParts,
  optional,
  where,
  whole,
  printAs,
  shapeInWords,
  sizeOf,
  type BoundaryCodes,
  type Split,
  Rng,
} from "@lola-ts/core";
import type {Autoencoder} from "lola/models";
import {augment, augmentBoundary, randomAugmentation, standardize, unstandardize, type Augmentation} from "lola/data";
import {tf, type Random} from "@lola-ts/engine";
import {
  artifactKey,
  node,
  type Node,
  type Recipe,
  type Stage,
  track,
  type Progress,
  StepTime,
  TaskLimiter,
} from "@lola-ts/cache";
import {type AutoencoderChanges} from "../model-changes";
import {autoencoderStage} from "./autoencoders";
import {datasetWith, type OpenContext} from "./context";
import type {Dataset} from "./dataset";
import type {Config} from "../config";
import type {Trained} from "./training";

/** Raise it when states are encoded to other numbers; see packages/laboratory/test/drift.test.ts. */
export const LATENTS_VERSION = 1;

/** Which encoded split. */
export interface LatentsRequest {
  readonly latentChannels: number;
  readonly split: Split;
  /** Changes of the autoencoder. Default: none. */
  readonly changes?: AutoencoderChanges;
}

/** Encode (or load) a split; training trajectories several times, each copy under another random symmetry. */
export const latentsStage: Stage<
  OpenContext,
  LatentsRequest,
  {readonly autoencoder: Pick<Node<Trained<Autoencoder>>, "key" | "get">},
  Latents
> = {
  name: "latents",
  version: LATENTS_VERSION,
  inputs: (context, {latentChannels, changes}) => {
    const autoencoder = node(autoencoderStage, context, {latentChannels, changes});
    return {autoencoder: {...autoencoder, key: keyOn(autoencoder.key, context.dataset)}};
  },
  recipe: ({config}, {latentChannels, split}) => ({
    name: `${config.system}-${config.preset}-c${latentChannels}-${split}`,
    config: {split, copies: copiesOf(config, split), seed: config.seed},
  }),
  memoKey: ({dataset}, key) => dataset.labelledKey(key),
  async make({place, asked: {split}, inputs, recipe}) {
    const dataset = await datasetWith(place, split);
    const {model} = await inputs.autoencoder.get();
    return obtainLatents(place, dataset, model, split, recipe);
  },
};

/** Encoded trajectories of a split. */
export interface Latents {
  /** [N, T, h, w(, d), C]; copies of a trajectory follow each other. */
  readonly states: NdArray<Float32Array>;
  /** One label per trajectory, copies included. */
  readonly labels: readonly Float32Array[];
  /** Boundary codes of each trajectory, moved along with the copies. */
  readonly boundaries: readonly BoundaryCodes[];
  readonly key: string;
}

const autoencoderRule = having("an autoencoder", "config", "encode", "decode");
const randomRule = optional(having("a source of random tensors", "key"));
const statesRule = arrayOf();
const severalRule = where(
  statesRule,
  "an ndarray [N, T, ...]",
  (states: NdArray) => states.shape.length >= 2 && "pick" in states,
);

/**
 * Encode standardised states.
 *
 * @param states [..., X, Y(, Z), C], standardised.
 * @returns latents [..., X / r, Y / r(, Z / r), C'].
 * @throws RangeError when the fields are not the autoencoder's or its stride r does not divide the grid.
 * @example const z = encodeStates(model, standardize(testTrajectory(dataset, n), dataset.standardization));
 */
export function encodeStates(autoencoder: Autoencoder, states: NdArray<Float32Array>): NdArray<Float32Array> {
  checkParts("encodeStates", {autoencoder: autoencoderRule, states: statesRule}, {autoencoder, states});
  return convert(states, autoencoder, (x) => autoencoder.encode(x));
}

/**
 * Decode latents.
 *
 * @param latents [..., h, w(, d), C'].
 * @param options `random`: source of the noise of deviation `latentNoise` that is added first. Default: no noise.
 * @returns standardised states [..., h r, w r(, d r), C].
 * @throws RangeError when the channels are not the autoencoder's latent channels.
 * @example const x = unstandardize(decodeStates(model, z), dataset.standardization);
 */
export function decodeStates(
  autoencoder: Autoencoder,
  latents: NdArray<Float32Array>,
  options: {random?: Random} = {},
): NdArray<Float32Array> {
  checkOptions("decodeStates", autoencoderRule, autoencoder, "autoencoder");
  checkParts("decodeStates", {latents: statesRule, random: randomRule}, {latents, random: options.random});
  return convert(latents, autoencoder, (z) => autoencoder.decode(z, options));
}

/** Encode and decode states in physical units, [..., X, Y(, Z), C]. */
export function autoencode(
  {standardization}: Pick<Dataset, "standardization">,
  autoencoder: Autoencoder,
  states: NdArray<Float32Array>,
  options: {random?: Random} = {},
): NdArray<Float32Array> {
  const latents = encodeStates(autoencoder, standardize(states, standardization));
  return unstandardize(decodeStates(autoencoder, latents, options), standardization);
}

function convert(from: NdArray<Float32Array>, {config: {spatial = 2}}: Autoencoder, run: (x: tf.Tensor) => tf.Tensor) {
  const leading = from.shape.slice(0, -1 - spatial);
  const count = sizeOf(leading);
  const data = flat(from);
  const x = data instanceof Float32Array ? data : Float32Array.from(data);
  const y = tf.tidy(() => run(tf.tensor(x, [count, ...from.shape.slice(-1 - spatial)])));
  const values = y.dataSync<"float32">();
  const shape = [...leading, ...y.shape.slice(1)];
  y.dispose();
  return ndarray(values, shape);
}

/** Identify an autoencoder together with the states that it encodes: by its own key where these are the data of its training. */
export function keyOn(autoencoder: string, {key, modelsKey}: Pick<Dataset, "key" | "modelsKey">): string {
  return key === modelsKey ? autoencoder : artifactKey("other trajectories", [autoencoder, key]);
}

const copiesOf = ({copies}: Config, split: Split) => (split === "train" ? copies : 1);

/** Draw the symmetry under which a row of the cache is seen; none for the first copy of a trajectory. */
function symmetryOf(config: Config, dataset: Dataset, split: Split, row: number): Augmentation | undefined {
  const copies = copiesOf(config, split);
  const [trajectory, copy] = [Math.floor(row / copies), row % copies];
  if (copy === 0) return undefined;
  const generator = Rng.from("latents", config.seed, trajectory, copy);
  return randomAugmentation(generator, dataset.symmetries(split, trajectory));
}

/** States that are encoded in one call, if copies of one trajectory are so many: several make better use of the cores. */
const STATES = 128;

const encoding = new TaskLimiter(1);

async function obtainLatents(
  {config, artifacts}: OpenContext,
  dataset: Dataset,
  autoencoder: Autoencoder,
  split: Split,
  named: Recipe,
): Promise<Latents> {
  const {latChannels} = autoencoder.config;
  const copies = copiesOf(config, split);
  const [count, frames, ...grid] = dataset.shape(split);
  const latent = [...grid.slice(0, -1).map((n) => n / autoencoder.stride), latChannels];
  const shape = [count * copies, frames, ...latent];
  const size = sizeOf(shape.slice(1));
  const recipe: Recipe = {...named, title: `latents, ${latChannels} channels, ${split}`, bytes: 4 * size * shape[0]};
  const work = async (progress: Progress) => {
    const source = dataset.source(split);
    const out = new Float32Array(size * shape[0]);
    const together = Math.min(copies, Math.max(1, Math.floor(STATES / frames)));
    for (let row = 0; row < count * copies;) {
      const x = source.read(Math.floor(row / copies));
      const number = Math.min(together, copies - (row % copies));
      const seen = Array.from({length: number}, (_, i) => {
        const change = symmetryOf(config, dataset, split, row + i);
        return change ? augment(x, dataset.wells[split].fields, change) : x;
      });
      out.set(encodeStates(autoencoder, stack(seen)).data, row * size);
      row += number;
      progress.update(row);
      if (row % 16 < number) await new Promise(setImmediate);
    }
    return out;
  };
  const time = new StepTime(artifacts.root, `${recipe.name} encoding`);
  const encode = () => track(`encoding, ${split}`, count * copies, work, {time});
  const values = await artifacts.obtainFloats(recipe, () => encoding.run(encode));
  const labels = dataset.labels(split).flatMap((label) => new Array<Float32Array>(copies).fill(label));
  const boundaries = labels.map((_, row) => {
    const codes = dataset.wells[split].trajectories[Math.floor(row / copies)].boundary;
    const change = symmetryOf(config, dataset, split, row);
    return change ? augmentBoundary(codes, change) : codes;
  });
  return printAs(
    {states: ndarray(values, shape), labels, boundaries, key: artifacts.key(recipe)},
    () => `Latents of the ${split} split: states ${shapeInWords(shape)}`,
  );
}

/**
 * Take one trajectory out of several.
 *
 * @param states [N, T, ...].
 * @returns [T, ...].
 * @throws RangeError if there is no such trajectory.
 * @example const first = trajectoryAt(dataset.states("valid"), 0);
 */
export function trajectoryAt(states: NdArray<Float32Array>, trajectory: number): NdArray<Float32Array> {
  checkOptions("trajectoryAt", severalRule, states, "states");
  checkOptions("trajectoryAt", whole({min: 0, max: states.shape[0] - 1}), trajectory, "trajectory");
  const one = states.pick(trajectory);
  return ndarray(flat(one), one.shape);
}
