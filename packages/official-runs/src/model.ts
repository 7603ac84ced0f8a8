/** Models for weights in a file, made after the file's names, shapes and types were checked. */
import {type NamedArrays, printable} from "@lola-ts/core";
import {Autoencoder, type AutoencoderConfig, type EmulatorConfig, Solver} from "lola/models";
import {KarrasDenoiser, type DenoiserConfig} from "lola/diffusion";
import {tf} from "@lola-ts/engine";

export const classes = {autoencoder: Autoencoder, denoiser: KarrasDenoiser, solver: Solver};

export type ModelConfig =
  | {readonly kind: "autoencoder"; readonly config: AutoencoderConfig}
  | {readonly kind: "denoiser"; readonly config: DenoiserConfig}
  | {readonly kind: "solver"; readonly config: EmulatorConfig};

export type ModelOfKind =
  | {readonly kind: "autoencoder"; readonly model: Autoencoder}
  | {readonly kind: "denoiser"; readonly model: KarrasDenoiser}
  | {readonly kind: "solver"; readonly model: Solver};

export interface WeightFile {
  readonly path: string;
  readonly weights: NamedArrays;
  /** Types of the stored numbers by name. */
  readonly types: ReadonlyMap<string, string>;
  /** "required" if buffers must be present, as in official files. */
  readonly buffers: "optional" | "required";
}

/**
 * Prepare a model for weights in a file: names, shapes and types are compared, and nothing large is allocated.
 *
 * @param where name of the configuration in errors.
 * @returns function that reads the weights and returns the model.
 * @throws Error when the configuration is invalid or does not fit the weights.
 */
export function prepareModel(model: ModelConfig, where: string, file: WeightFile): () => ModelOfKind {
  requireFloats(file);
  requireBlocks(model, where, file);
  const {kind, config} = model;
  const made = inPlace(where, () => ({kind, model: new classes[kind](config as never)}) as ModelOfKind);
  const options = {where: file.path, buffers: file.buffers};
  made.model.layout.requireShapes(file.weights.shapes, options);
  return () => {
    made.model.weights = tf.tensor1d(made.model.layout.collect(file.weights, options));
    return made;
  };
}

/** Make something; an error says where its options are. */
export function inPlace<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, {cause: error});
  }
}

function requireFloats({path, types}: WeightFile): void {
  for (const [name, type] of types)
    if (type !== "F32") throw new Error(`${path}: expected "${printable(name)}" of type F32, found ${type}.`);
}

/** Require at least one tensor per block before a model is built: an untrusted file could ask for any number of blocks. */
function requireBlocks(model: ModelConfig, where: string, {path, weights}: WeightFile): void {
  const tensors = weights.shapes.size;
  const network = model.kind === "denoiser" ? model.config.network : model.config;
  const blocks = [network.hidBlocks].flat().reduce((total, count) => total + count, 0);
  if (blocks <= tensors) return;
  throw new Error(`${where}: expected blocks for the ${tensors} tensors of ${path}, found ${blocks} blocks.`);
}
