/**
 * Models as functions of one flat vector.
 *
 * A layer declares its parameters (names, shapes, initial values) and computes with the tensors of these names. All parameters of a model live in one flat vector: its gradient is one vector, clipping is one reduction,
 * an optimiser updates one tensor, and a recorded step has one input for all weights. Names are the official
 * implementation's (`encoder.descent.0.1.ffn.0.weight`), so official checkpoints load by name; only the layout of
 * convolution kernels differs ([kh, kw, in, out] here, [out, in, kh, kw] there) and is converted here and nowhere else.
 */
import {
  callable,
  having,
  requireFinite,
  checkOptions,
  checkParts,
  count,
  list,
  number,
  oneOf,
  optional,
  sizeOf,
  printable,
  type NamedArrays,
  Rng,
} from "@lola-ts/core";
import {tf} from "@lola-ts/engine";

export type Init = (generator: Rng, shape: readonly number[]) => Float32Array;

/** Declaration of a layer's parameter. */
export interface ParameterSpec {
  /** Shape in the engine's layout. */
  readonly shape: readonly number[];
  readonly init: Init;
  /** "conv": a kernel [...spatial, in, out], [out, in, ...spatial] in official files. Default: "plain". */
  readonly kind?: "conv" | "plain";
  /** false: a constant that official files contain (a buffer), not part of the trained vector. Default: true. */
  readonly trainable?: boolean;
}

const specRules = {shape: list(count, {empty: true}), init: callable, kind: optional(oneOf(["conv", "plain"]))};

/** Parameters of a layer or model by official name. */
export type Specs = Record<string, ParameterSpec>;

/** Prefix the names of `specs` with `prefix` and a dot. */
export function nest(prefix: string, specs: Specs): Specs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [`${prefix}.${name}`, spec]));
}

/** Parameters of a layer as tensors by name. */
export class BoundParameters {
  constructor(
    private readonly tensors: ReadonlyMap<string, tf.Tensor>,
    private readonly prefix = "",
  ) {
    checkOptions("BoundParameters", having("a map of tensors", "get", "has"), tensors, "tensors");
  }

  /** @throws Error naming the parameter if there is none. */
  get<T extends tf.Tensor = tf.Tensor>(name: string): T {
    const tensor = this.tensors.get(this.prefix + name);
    if (!tensor) throw new Error(`Parameters: no parameter is called "${this.prefix + name}".`);
    return tensor as T;
  }

  has(name: string): boolean {
    return this.tensors.has(this.prefix + name);
  }

  /** Select the parameters of the layer called `prefix`. */
  in(prefix: string): BoundParameters {
    return new BoundParameters(this.tensors, `${this.prefix}${prefix}.`);
  }
}

/** Place of a parameter in the flat vector. */
export interface ParameterEntry {
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

export interface CollectOptions {
  /** Source of the arrays in errors, e.g. a file. Default: "Parameters". */
  where?: string;
  /**
   * "required" if buffers must be present; present buffers must have the values that this library computes with. Default:
   * "optional".
   */
  buffers?: "optional" | "required";
}

function officialShape({shape, kind}: ParameterSpec): number[] {
  return kind === "conv" ? officialKernelShape(shape) : [...shape];
}

const listed = (shape: readonly number[]) => `[${shape.join(", ")}]`;

/** Order of a model's parameters in its flat vector. */
export class Layout {
  readonly entries: readonly ParameterEntry[];
  /** Constants in official files that are not part of the vector. */
  readonly buffers: readonly ParameterEntry[];
  /** Number of trained parameters. */
  readonly size: number;

  /** @throws RangeError for a parameter without shape or initial values. */
  constructor(readonly specs: Specs) {
    for (const [name, spec] of Object.entries(specs)) checkParts(`Layout: ${name}`, specRules, spec);
    const place = (trainable: boolean) => {
      let offset = 0;
      return Object.entries(specs)
        .filter(([, spec]) => (spec.trainable ?? true) === trainable)
        .map(([name, spec]): ParameterEntry => {
          const entry = {name, shape: spec.shape, offset, size: sizeOf(spec.shape), spec};
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
    checkOptions("Layout.initialise", number(), seed, "seed");
    const flat = new Float32Array(this.size);
    for (const {name, shape, offset, spec} of this.entries) {
      flat.set(spec.init(Rng.from("parameter", seed, name), shape), offset);
    }
    return flat;
  }

  /**
   * Split a flat vector into named parameters; differentiable, and recordable as one split.
   *
   * @param flat vector of {@link size} parameters.
   * @throws Error for a vector of another size.
   */
  bind(flat: tf.Tensor1D): BoundParameters {
    if (flat.size !== this.size) {
      throw new Error(`Layout: expected a vector of ${this.size} parameters, found ${flat.size}.`);
    }
    const tensors = new Map<string, tf.Tensor>();
    const sizes = this.entries.map(({size}) => size);
    const parts = sizes.length > 1 ? tf.split(flat, sizes) : [flat]; // the gradient of a split into one fails
    this.entries.forEach(({name, shape}, i) => tensors.set(name, parts[i].reshape([...shape])));
    for (const buffer of this.buffers) tensors.set(buffer.name, tf.tensor(this.constant(buffer), [...buffer.shape]));
    return new BoundParameters(tensors);
  }

  /** Shapes of the official layout by name, buffers last. */
  get officialShapes(): Map<string, number[]> {
    return new Map([...this.entries, ...this.buffers].map(({name, spec}) => [name, officialShape(spec)]));
  }

  /** Name the parameters of a flat vector in the official layout. */
  toOfficial(flat: Float32Array): Map<string, NamedArray> {
    const {read} = this.officialArrays(flat);
    return new Map(
      this.entries.map(({name, spec}): [string, NamedArray] => [name, {shape: officialShape(spec), data: read(name)}]),
    );
  }

  /** Name the parameters like {@link toOfficial}, one at a time and with buffers: PyTorch's state dict. */
  officialArrays(flat: Float32Array): NamedArrays {
    const entries = new Map([...this.entries, ...this.buffers].map((entry) => [entry.name, entry]));
    const read = (name: string): Float32Array => {
      const entry = entries.get(name);
      if (!entry) throw new Error(`Parameters: no parameter is called "${name}".`);
      const {shape, offset, size, spec} = entry;
      if (spec.trainable === false) return this.constant(entry);
      return spec.kind === "conv" ? toOfficialKernel(flat, offset, shape) : flat.slice(offset, offset + size);
    };
    return {shapes: this.officialShapes, read};
  }

  /**
   * Collect named parameters of the official layout into a flat vector.
   *
   * @throws Error naming the first parameter that is missing, unknown, or has another shape.
   */
  fromOfficial(named: ReadonlyMap<string, NamedArray>): Float32Array {
    const shapes = new Map([...named].map(([name, {shape}]) => [name, shape]));
    return this.collect({shapes, read: (name) => named.get(name)!.data});
  }

  /**
   * Collect arrays like {@link fromOfficial}, reading them one at a time, each directly into its place.
   *
   * @throws Error naming the first parameter that is missing, unknown, or has another shape, before anything is read; RangeError
   *   naming the first that holds NaN or Infinity.
   */
  collect(named: NamedArrays, options: CollectOptions = {}): Float32Array {
    this.requireShapes(named.shapes, options);
    const {where = "Parameters"} = options;
    for (const buffer of this.buffers) {
      if (named.shapes.has(buffer.name)) this.requireConstant(buffer, named.read(buffer.name), where);
    }
    const flat = new Float32Array(this.size);
    const kernels = this.entries.filter(({spec}) => spec.kind === "conv");
    const scratch = new Float32Array(Math.max(0, ...kernels.map(({size}) => size)));
    for (const {name, shape, offset, size, spec} of this.entries) {
      const isKernel = spec.kind === "conv";
      const place = isKernel ? scratch.subarray(0, size) : flat.subarray(offset, offset + size);
      const data = named.read(name, place);
      requireFinite(where, name, data);
      if (isKernel) fromOfficialKernel(data, shape, flat, offset);
      else if (data !== place) place.set(data);
    }
    return flat;
  }

  /**
   * Compare names and shapes only.
   *
   * @throws Error naming the first parameter that is unknown, missing, or has another shape.
   */
  requireShapes(
    shapes: NamedArrays["shapes"],
    {where = "Parameters", buffers = "optional"}: CollectOptions = {},
  ): void {
    const unknown = [...shapes.keys()].find((name) => !Object.hasOwn(this.specs, name));
    if (unknown !== undefined) throw new Error(`${where}: "${printable(unknown)}" is not a parameter of this model.`);
    const require = ({name, spec}: ParameterEntry, required: boolean) => {
      const expected = listed(officialShape(spec));
      const found = shapes.get(name);
      if (found ? listed(found) === expected : !required) return;
      const other = found ? printable(listed(found)) : "none";
      throw new Error(`${where}: expected "${name}" with shape ${expected}, found ${other}.`);
    };
    this.entries.forEach((entry) => require(entry, true));
    this.buffers.forEach((entry) => require(entry, buffers === "required"));
  }

  private requireConstant(buffer: ParameterEntry, found: Float32Array, where: string): void {
    const expected = this.constant(buffer);
    const i = expected.findIndex((value, i) => !(Math.abs(found[i] - value) <= 1e-5 * Math.abs(value)));
    if (i < 0) return;
    throw new Error(`${where}: expected the constant "${buffer.name}" to hold ${expected[i]}, found ${found[i]}.`);
  }

  private constant({name, shape, spec}: ParameterEntry): Float32Array {
    return spec.init(Rng.from("buffer", name), shape);
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

  /** Take ownership of `weights` and dispose of the previous vector. */
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

/** Compute the shape of a kernel [...spatial, in, out] in official files. */
export function officialKernelShape(shape: readonly number[]): number[] {
  const [inputs, outputs] = shape.slice(-2);
  return [outputs, inputs, ...shape.slice(0, -2)];
}

/** Write an official kernel into `flat` at `offset`, in the engine's layout of the given shape. */
export function fromOfficialKernel(
  official: Float32Array,
  shape: readonly number[],
  flat: Float32Array,
  offset: number,
): void {
  forEachPlace(shape, (ours, theirs) => (flat[offset + ours] = official[theirs]));
}

/** Copy a kernel from `flat` at `offset`, where it has the given shape, into the official layout. */
export function toOfficialKernel(flat: Float32Array, offset: number, shape: readonly number[]): Float32Array {
  const official = new Float32Array(sizeOf(shape));
  forEachPlace(shape, (ours, theirs) => (official[theirs] = flat[offset + ours]));
  return official;
}

/** Visit the numbers of a kernel of shape [...spatial, in, out]: their places in both layouts. */
function forEachPlace(shape: readonly number[], visit: (ours: number, theirs: number) => void): void {
  const [inputs, outputs] = shape.slice(-2);
  const cells = sizeOf(shape.slice(0, -2));
  for (let i = 0; i < inputs; i++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let o = 0; o < outputs; o++) visit((cell * inputs + i) * outputs + o, (o * inputs + i) * cells + cell);
    }
  }
}
