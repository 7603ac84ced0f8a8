/**
 * Record a step once, then run it as one TensorFlow function.
 *
 * A training step or a sampler's trajectory is thousands of small operations, and calling them one by one from
 * JavaScript costs as much as the arithmetic. `compile` runs a step once while it writes down every operation that
 * reaches the engine, hands the list to TensorFlow as a graph, and from then on calls that graph: one call a step,
 * with operations fused and buffers reused.
 *
 * What can be recorded: any TypeScript of fixed shapes whose control flow does not depend on tensor values. Randomness
 * and numbers that change from call to call (learning rate, step) must be inputs; any other tensor that the step uses is
 * kept as it was at the first call.
 */
import {randomBytes} from "node:crypto";
import {nativeBackend, rawOps, tf, type Attr, type Binding, type TensorInfo} from "./backend";
import {Graph} from "./graph";
import {freeKeptOnError} from "./kept";

/** Recorded variants (by input shapes) that one compiled step keeps; the least recently used is forgotten first. */
const VARIANTS = 8;

const rawBinding = nativeBackend().binding;

/** Names must differ among all users of the engine, which another copy of this module may share. */
const prefix = randomBytes(4).toString("hex");
let functions = 0;
let recording = false; // a compiled step called inside another is recorded as part of it

/** An operation that passes all its inputs on once the last of them is there; TensorFlow's optimiser leaves it alone. */
const BARRIER = "IdentityN";

type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** A step that runs as one TensorFlow function for each combination of input shapes. */
export interface Compiled {
  (...inputs: tf.Tensor[]): tf.Tensor[];
  /** Forget all recorded functions and free what they captured. */
  dispose(): void;
}

interface Recording {
  name: string;
  captured: number[];
  outputs: number;
}

interface Constant {
  dtype: number;
  shape: number[];
  content: Uint8Array;
}

/** The operations that reach the engine while a step runs, as a graph. */
class Recorder {
  readonly arguments_: string[] = [];
  readonly captured: number[] = [];
  private readonly graph = new Graph(nativeBackend().binding);
  private readonly names = new Map<number, string>();
  private readonly constants = new Map<number, Constant>();

  /** Run `body` with every operation recorded. */
  record(inputs: tf.Tensor[], body: () => tf.Tensor[]): {graph: Uint8Array; outputs: string[]} {
    const backend = nativeBackend();
    const {binding} = backend;
    const ids = backend.getInputTensorIds(inputs);
    ids.forEach((id, i) => this.argument(id, tfType(inputs[i].dtype), inputs[i].shape));

    backend.binding = this.listen(binding);
    recording = true;
    let outputs: tf.Tensor[] = [];
    try {
      outputs = body();
      const names = backend.getInputTensorIds(outputs).map((id) => this.name(id));
      return {graph: this.graph.encode(), outputs: names};
    } finally {
      backend.binding = binding;
      recording = false;
      tf.dispose(outputs);
    }
  }

  /** The binding with its calls written down as they pass. */
  private listen(binding: Binding): Binding {
    return Object.create(binding, {
      executeOp: {
        value: (name: string, attrs: Attr[], inputs: number[], count: number) => {
          const infos = name === BARRIER ? identities(binding, inputs) : binding.executeOp(name, attrs, inputs, count);
          this.operation(name, attrs, inputs, infos);
          return infos;
        },
      },
      createTensor: {
        value: (shape: number[], dtype: number, values: ArrayLike<number>) => {
          const id = binding.createTensor(shape, dtype, values);
          this.constants.set(id, {dtype, shape: [...shape], content: contentOf(values, dtype)});
          return id;
        },
      },
      tensorDataSync: {
        value: () => {
          throw new Error(
            "compile: the step reads the values of a tensor (dataSync, arraySync, print) and cannot be recorded: " +
              "expected control flow that does not depend on values.",
          );
        },
      },
    }) as Binding;
  }

  private argument(id: number, dtype: number, shape: number[]): string {
    const name = this.graph.input(dtype, shape);
    this.arguments_.push(name);
    this.names.set(id, name);
    return name;
  }

  private operation(name: string, attrs: Attr[], inputs: number[], infos: TensorInfo[]): void {
    const node = this.graph.operation(
      name,
      inputs.map((id) => this.name(id)),
      attrs,
    );
    infos.forEach((info, i) => this.names.set(info.id, `${node}:${i}`));
  }

  /** The graph's name of a tensor: an earlier result, a constant made by the step, or a capture from outside. */
  private name(id: number): string {
    const known = this.names.get(id);
    if (known) return known;

    const constant = this.constants.get(id);
    if (constant) {
      const name = this.graph.constant(constant.dtype, constant.shape, constant.content);
      this.names.set(id, name);
      return name;
    }
    const [copy] = rawBinding.executeOp("Identity", [], [id], 1); // its own handle: outlives the tensor's disposal
    this.captured.push(copy.id);
    return this.argument(id, copy.dtype, copy.shape);
  }
}

function tfType(dtype: tf.DataType): number {
  const types = {float32: "TF_FLOAT", int32: "TF_INT32", bool: "TF_BOOL", complex64: "TF_COMPLEX64"} as const;
  return rawBinding[types[dtype as keyof typeof types]];
}

/** The bytes of a constant. */
function contentOf(values: ArrayLike<number>, dtype: number): Uint8Array {
  if (ArrayBuffer.isView(values)) {
    return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength).slice();
  }
  const arrays = dtype === rawBinding.TF_FLOAT ? Float32Array : dtype === rawBinding.TF_BOOL ? Uint8Array : Int32Array;
  return new Uint8Array(arrays.from(values).buffer);
}

/** What the barrier does when it runs by itself: the binding cannot state its list of types. */
function identities(binding: Binding, inputs: number[]): TensorInfo[] {
  return inputs.map((id) => binding.executeOp("Identity", [], [id], 1)[0]);
}

/**
 * Make what follows wait: in a recorded step, whatever is computed from the result runs after `signal` is known, and is
 * not merged with equal operations elsewhere. Operations that run one by one need no waiting and get the same tensors.
 */
export function after(tensors: tf.Tensor[], signal: tf.Tensor): tf.Tensor[] {
  if (!recording) return tensors;
  const all = [...tensors, signal];
  const types = all.map(({dtype}) => tfType(dtype));
  return rawOps(BARRIER, all, [{name: "T", type: rawBinding.TF_ATTR_TYPE, value: types}], all.length).slice(0, -1);
}

/** Record `step` for the shapes of `inputs` and define it as a function of the engine. */
function define(step: Step, label: string, inputs: tf.Tensor[]): Recording {
  const recorder = new Recorder();
  const name = `${label.replace(/[^A-Za-z0-9_]/g, "_")}_${prefix}_${functions++}`;
  const own = nativeBackend().getInputTensorIds(inputs).map(handle); // inputs that share a value now may not later
  try {
    // clones, because a step may return an input, which is not to be disposed of with the other outputs
    const body = () => freeKeptOnError(() => tf.tidy(() => step(...own).map((output) => output.clone())));
    const {graph, outputs} = recorder.record(own, body);
    rawBinding.defineFunction(graph, name, recorder.arguments_, outputs);
    return {name, captured: recorder.captured, outputs: outputs.length};
  } catch (error) {
    recorder.captured.forEach((id) => rawBinding.deleteTensor(id));
    throw error;
  } finally {
    tf.dispose(own);
  }
}

/** Another tensor with the same values. */
function handle(id: number): tf.Tensor {
  return nativeBackend().createOutputTensor(rawBinding.executeOp("Identity", [], [id], 1)[0]);
}

function forget({name, captured}: Recording): void {
  rawBinding.removeFunction(name);
  captured.forEach((id) => rawBinding.deleteTensor(id));
}

/**
 * Compile a step: the first call with new input shapes records it, every call runs the recorded function.
 *
 * @param step takes and returns tensors; it may use gradients, and must be the same sequence of operations every time.
 * @param label names the function in errors and profiles.
 * @returns the compiled step; its results are new tensors that belong to the caller.
 * @throws Error when the step reads a tensor's values while it is recorded.
 */
export function compile(step: Step, label = "step"): Compiled {
  const recordings = new Map<string, Recording>();

  const call = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    if (recording) return step(...inputs);
    const key = inputs.map(({dtype, shape}) => `${dtype}[${shape.join(",")}]`).join(";");
    const recorded = recordings.get(key) ?? define(step, label, inputs);
    recordings.delete(key);
    recordings.set(key, recorded); // most recently used last
    if (recordings.size > VARIANTS) {
      const [oldest, stale] = recordings.entries().next().value as [string, Recording];
      recordings.delete(oldest);
      forget(stale);
    }

    const backend = nativeBackend();
    const ids = [...backend.getInputTensorIds(inputs), ...recorded.captured];
    return backend.binding
      .executeOp(recorded.name, [], ids, recorded.outputs)
      .map((info) => backend.createOutputTensor(info));
  };

  return Object.assign(call, {
    dispose: () => {
      recordings.forEach(forget);
      recordings.clear();
    },
  });
}
