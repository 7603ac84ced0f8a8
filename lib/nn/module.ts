/**
 * Models as functions of one flat vector.
 *
 * A layer states which parameters it needs (names, shapes, initial values) and computes with whatever tensors carry
 * those names. All parameters of a model live in one flat vector: its gradient is one vector, clipping is one reduction,
 * an optimiser updates one tensor, and a recorded step has one input for all weights. Names are the official
 * implementation's (`encoder.descent.0.1.ffn.0.weight`), so official checkpoints load by name; only the layout of
 * convolution kernels differs ([kh, kw, in, out] here, [out, in, kh, kw] there) and is converted here and nowhere else.
 */
import {Generator} from "../random";
import {tf} from "../tensor/backend";

/** Fills a parameter of the given shape with initial values. */
export type Init = (generator: Generator, shape: readonly number[]) => Float32Array;

/** What a layer says about one of its parameters. */
export interface ParameterSpec {
  /** Shape in the engine's layout. */
  readonly shape: readonly number[];
  readonly init: Init;
  /** "conv": a kernel [...spatial, in, out], stored officially as [out, in, ...spatial]. */
  readonly kind?: "conv" | "plain";
  /** false: a constant that official files carry along (a buffer), not part of the trained vector. */
  readonly trainable?: boolean;
}

/** Parameters of a layer or model by official name. */
export type Specs = Record<string, ParameterSpec>;

/** Prefix the names of `specs` with `prefix` and a dot. */
export function nest(prefix: string, specs: Specs): Specs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [`${prefix}.${name}`, spec]));
}

/** Tensors by parameter name, seen from one layer. */
export class Parameters {
  constructor(
    private readonly tensors: ReadonlyMap<string, tf.Tensor>,
    private readonly prefix = "",
  ) {}

  /** @throws Error naming the parameter if there is none. */
  get<T extends tf.Tensor = tf.Tensor>(name: string): T {
    const tensor = this.tensors.get(this.prefix + name);
    if (!tensor) throw new Error(`Parameters: no parameter is called "${this.prefix + name}".`);
    return tensor as T;
  }

  has(name: string): boolean {
    return this.tensors.has(this.prefix + name);
  }

  /** The parameters of the layer called `prefix`. */
  in(prefix: string): Parameters {
    return new Parameters(this.tensors, `${this.prefix}${prefix}.`);
  }
}

/** Where a parameter lies in the flat vector. */
export interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly spec: ParameterSpec;
}

/** A parameter in the official layout. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** Official shape of a parameter. */
function officialShape({shape, kind}: ParameterSpec): number[] {
  if (kind !== "conv") return [...shape];
  const [inputs, outputs] = shape.slice(-2);
  return [outputs, inputs, ...shape.slice(0, -2)];
}

/** Transpose a row-major matrix [rows, columns]. */
function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return out;
}

/** [...spatial, in, out] to [out, in, ...spatial]. */
function toOfficialKernel(data: Float32Array, shape: readonly number[]): Float32Array {
  const [inputs, outputs] = shape.slice(-2);
  const spatial = count(shape.slice(0, -2));
  const swapped = transposed(data, spatial * inputs, outputs); // [out, spatial, in]
  const out = new Float32Array(data.length);
  const size = spatial * inputs;
  for (let o = 0; o < outputs; o++) {
    out.set(transposed(swapped.subarray(o * size, (o + 1) * size), spatial, inputs), o * size);
  }
  return out;
}

/** [out, in, ...spatial] to [...spatial, in, out]. */
function fromOfficialKernel(data: Float32Array, shape: readonly number[]): Float32Array {
  const [inputs, outputs] = shape.slice(-2);
  const spatial = count(shape.slice(0, -2));
  const swapped = new Float32Array(data.length);
  const size = spatial * inputs;
  for (let o = 0; o < outputs; o++) {
    swapped.set(transposed(data.subarray(o * size, (o + 1) * size), inputs, spatial), o * size);
  }
  return transposed(swapped, outputs, size);
}

/** The order of a model's parameters in its flat vector. */
export class Layout {
  readonly entries: readonly Entry[];
  /** Constants that official files carry and the vector does not. */
  readonly buffers: readonly Entry[];
  /** Number of trained parameters. */
  readonly size: number;

  constructor(readonly specs: Specs) {
    const place = (trainable: boolean) => {
      let offset = 0;
      return Object.entries(specs)
        .filter(([, spec]) => (spec.trainable ?? true) === trainable)
        .map(([name, spec]): Entry => {
          const entry = {name, shape: spec.shape, offset, size: count(spec.shape), spec};
          offset += entry.size;
          return entry;
        });
    };
    this.entries = place(true);
    this.buffers = place(false);
    this.size = this.entries.reduce((total, {size}) => total + size, 0);
  }

  /** Draw initial values; each parameter depends on the seed and its own name only. */
  initialise(seed: number): Float32Array {
    const flat = new Float32Array(this.size);
    for (const {name, shape, offset, spec} of this.entries) {
      flat.set(spec.init(Generator.from("parameter", seed, name), shape), offset);
    }
    return flat;
  }

  /**
   * Give names to the pieces of a flat vector; differentiable, and recordable as one split.
   *
   * @param flat vector of {@link size} parameters.
   */
  bind(flat: tf.Tensor1D): Parameters {
    if (flat.size !== this.size) {
      throw new Error(`Layout: expected a vector of ${this.size} parameters, found ${flat.size}.`);
    }
    const tensors = new Map<string, tf.Tensor>();
    const sizes = this.entries.map(({size}) => size);
    const pieces = sizes.length > 1 ? tf.split(flat, sizes) : [flat]; // the gradient of a split into one fails
    this.entries.forEach(({name, shape}, i) => tensors.set(name, pieces[i].reshape([...shape])));
    for (const {name, shape, spec} of this.buffers) {
      tensors.set(name, tf.tensor(spec.init(Generator.from("buffer", name), shape), [...shape]));
    }
    return new Parameters(tensors);
  }

  /** Name the parameters of a flat vector in the official layout. */
  toOfficial(flat: Float32Array): Map<string, NamedArray> {
    return new Map(
      this.entries.map(({name, shape, offset, size, spec}) => {
        const data = flat.slice(offset, offset + size);
        const official = spec.kind === "conv" ? toOfficialKernel(data, shape) : data;
        return [name, {shape: officialShape(spec), data: official}];
      }),
    );
  }

  /**
   * Collect named parameters of the official layout into a flat vector.
   *
   * @throws Error naming the first parameter that is missing, unknown, or has another shape.
   */
  fromOfficial(named: ReadonlyMap<string, NamedArray>): Float32Array {
    const unknown = [...named.keys()].find((name) => !(name in this.specs));
    if (unknown) throw new Error(`Parameters: "${unknown}" is not a parameter of this model.`);

    const flat = new Float32Array(this.size);
    for (const {name, shape, offset, spec} of this.entries) {
      const found = named.get(name);
      const expected = officialShape(spec);
      if (!found) throw new Error(`Parameters: expected "${name}" with shape [${expected.join(", ")}], found none.`);
      if (found.shape.join() !== expected.join()) {
        throw new Error(
          `Parameters: expected "${name}" with shape [${expected.join(", ")}], found [${found.shape.join(", ")}].`,
        );
      }
      flat.set(spec.kind === "conv" ? fromOfficialKernel(found.data, shape) : found.data, offset);
    }
    return flat;
  }
}

/** A network with its weights. */
export abstract class Model {
  private vector?: tf.Tensor1D;
  private cached?: Layout;

  /** Parameters by official name. */
  abstract readonly specs: Specs;

  /** Order of the parameters in {@link weights}. */
  get layout(): Layout {
    return (this.cached ??= new Layout(this.specs));
  }

  /** The flat vector of parameters. @throws Error before `initialise` or an assignment. */
  get weights(): tf.Tensor1D {
    if (!this.vector)
      throw new Error("Model: expected weights, found none: call initialise(seed) or load a checkpoint.");
    return this.vector;
  }

  /** Takes over `weights` and disposes the previous vector. */
  set weights(weights: tf.Tensor1D) {
    if (weights.size !== this.layout.size) {
      throw new Error(`Model: expected a vector of ${this.layout.size} parameters, found ${weights.size}.`);
    }
    const previous = this.vector;
    this.vector = tf.keep(weights);
    if (previous !== weights) previous?.dispose();
  }

  /** Draw initial weights from a seed. */
  initialise(seed: number): this {
    this.weights = tf.tensor1d(this.layout.initialise(seed));
    return this;
  }

  /** Free the weights. */
  dispose(): void {
    this.vector?.dispose();
    this.vector = undefined;
  }
}
