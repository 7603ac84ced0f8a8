/**
 * Makes models for weights that lie in a file, after everything that the file says was checked.
 */
import type {NamedArrays} from "../core/array";
import {Autoencoder, type AutoencoderConfig} from "../models/autoencoder";
import {KarrasDenoiser, type DenoiserConfig} from "../diffusion/denoiser";
import type {EmulatorConfig} from "../models/emulator-network";
import {Solver} from "../models/solver";
import {tf} from "../tensor/backend";

/** A model's kind and configuration. */
export type ModelConfig =
  | {readonly kind: "autoencoder"; readonly config: AutoencoderConfig}
  | {readonly kind: "denoiser"; readonly config: DenoiserConfig}
  | {readonly kind: "solver"; readonly config: EmulatorConfig};

/** Its model. */
export type ModelOfKind =
  | {readonly kind: "autoencoder"; readonly model: Autoencoder}
  | {readonly kind: "denoiser"; readonly model: KarrasDenoiser}
  | {readonly kind: "solver"; readonly model: Solver};

/** Weights in a file. */
export interface WeightFile {
  readonly path: string;
  readonly weights: NamedArrays;
  /** Types of the stored numbers. */
  readonly types: ReadonlyMap<string, string>;
  /** Whether constants must be there, as in official files. */
  readonly buffers: "optional" | "required";
}

const FLOATS = ["float32", "float16", "bfloat16", "float64", "F32"];

/**
 * Prepare a model for weights in a file: names, shapes and types are compared, and nothing large is made.
 *
 * @param where what to call the configuration in complaints.
 * @returns what reads the weights and gives the model.
 * @throws Error when the configuration is impossible or does not fit the weights.
 */
export function prepareModel(model: ModelConfig, where: string, file: WeightFile): () => ModelOfKind {
  requireFloats(file);
  requireBlocks(model, where, file);
  const made = build(model, where);
  const options = {where: file.path, buffers: file.buffers};
  made.model.layout.requireShapes(file.weights.shapes, options);
  return () => {
    made.model.weights = tf.tensor1d(made.model.layout.collect(file.weights, options));
    return made;
  };
}

function build(model: ModelConfig, where: string): ModelOfKind {
  try {
    switch (model.kind) {
      case "autoencoder":
        return {kind: model.kind, model: new Autoencoder(model.config)};
      case "denoiser":
        return {kind: model.kind, model: new KarrasDenoiser(model.config)};
      case "solver":
        return {kind: model.kind, model: new Solver(model.config)};
    }
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, {cause: error});
  }
}

function requireFloats({path, types}: WeightFile): void {
  for (const [name, type] of types) {
    if (FLOATS.includes(type)) continue;
    throw new Error(`${path}: expected "${name}" of type float32 (or float16, bfloat16, float64), found ${type}.`);
  }
}

/** Each block has parameters of its own: a configuration with more blocks than there are tensors is not built at all. */
function requireBlocks(model: ModelConfig, where: string, {path, weights}: WeightFile): void {
  const tensors = weights.shapes.size;
  const network = model.kind === "denoiser" ? model.config.network : model.config;
  const blocks = [network.hidBlocks].flat().reduce((total, count) => total + count, 0);
  if (blocks <= tensors) return;
  throw new Error(`${where}: expected blocks for the ${tensors} tensors of ${path}, found ${blocks} blocks.`);
}
