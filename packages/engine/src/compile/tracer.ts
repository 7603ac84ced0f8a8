/**
 * Record the operations that reach the engine while a step runs once, as a TensorFlow graph. Its numbers are not computed
 * meanwhile.
 */
import {nativeBackend, rawOps, tf, type Attr, type Binding, type TensorInfo} from "../backend";
import {Graph} from "./graph";
import {replaced, TraceGuard} from "./trace-guard";
import {ShapeProbe} from "./shape-probe";
import {runTracedStep, type TracedStep} from "./traced-step";

const rawBinding = nativeBackend().binding;

/** An operation that returns all its inputs once the last of them is available; TensorFlow's optimiser keeps it. */
const BARRIER = "IdentityN";

/** Operations that tfjs runs without their type, which TensorFlow infers outside of graphs only. */
const UNTYPED = new Set(["ExpandDims"]);

let recording = false;

/** Tell whether a step is being recorded: a compiled step that it calls becomes part of it. */
export function isRecording(): boolean {
  return recording;
}

export interface Recording {
  /** A serialised GraphDef. */
  graph: Uint8Array;
  /** Names in the graph of the step's inputs, followed by the names of captured tensors. */
  inputs: string[];
  outputs: string[];
  /** Handles of captured tensors, which the step uses beside its inputs; they belong to the recording. */
  captured: number[];
}

/**
 * Run a step once and record it.
 *
 * @param name name of the step in errors.
 * @param inputs tensors that do not share their values with each other.
 */
export function record(step: TracedStep, name: string, inputs: tf.Tensor[]): Recording {
  const tracer = new Tracer(`compile: ${name}`);
  try {
    return tracer.record(inputs, () => runTracedStep(step, `compile: ${name}`, inputs));
  } catch (error) {
    tracer.captured.forEach((id) => rawBinding.deleteTensor(id));
    throw error;
  }
}

export function freeCaptured({captured}: Recording): void {
  captured.forEach((id) => rawBinding.deleteTensor(id));
}

class Tracer {
  readonly captured: number[] = [];
  private readonly arguments_: string[] = [];
  private readonly graph = new Graph(rawBinding);
  private readonly names = new Map<number, string>();
  private readonly constants = new Map<number, {dtype: number; shape: number[]; content: Uint8Array}>();
  /** Descriptions of tensors that shapes of results may depend on: shapes of numbers, contents of constants. */
  private readonly descriptions = new Map<number, string>();
  private readonly shapeProbe = new ShapeProbe(rawBinding);
  private readonly traceGuard: TraceGuard;

  constructor(label: string) {
    this.traceGuard = new TraceGuard(label);
  }

  record(inputs: tf.Tensor[], body: () => tf.Tensor[]): Recording {
    const backend = nativeBackend();
    const ids = backend.getInputTensorIds(inputs);
    ids.forEach((id, i) => this.argument(id, tfType(inputs[i].dtype), inputs[i].shape));
    recording = true;
    try {
      const outputs = replaced(backend, "binding", this.tracingBinding(backend.binding), () =>
        this.traceGuard.watch(() => this.outputs(body())),
      );
      return {graph: this.graph.encode(), inputs: this.arguments_, outputs, captured: this.captured};
    } finally {
      recording = false;
    }
  }

  /** Name the outputs in the graph and free them. */
  private outputs(outputs: tf.Tensor[]): string[] {
    try {
      return nativeBackend()
        .getInputTensorIds(outputs)
        .map((id, i) => {
          const name = this.name(id);
          if (!this.arguments_.includes(name)) return name;
          const T = {name: "T", type: rawBinding.TF_ATTR_TYPE, value: tfType(outputs[i].dtype)};
          return `${this.graph.operation("Identity", [name], [T])}:0`; // a session cannot fetch what it is fed
        });
    } finally {
      tf.dispose(outputs);
    }
  }

  private tracingBinding(binding: Binding): Binding {
    return Object.create(binding, {
      executeOp: {
        value: (name: string, attrs: Attr[], inputs: number[], count: number) => {
          this.traceGuard.operation(name, count);
          const infos =
            name === BARRIER
              ? inputs.map((id) => this.identity(id))
              : this.shapeProbe.execute(name, attrs, inputs, count, (id) => this.descriptions.get(id));
          this.operation(name, attrs, inputs, infos);
          return infos;
        },
      },
      createTensor: {
        value: (shape: number[], dtype: number, values: ArrayLike<number>) => {
          this.expectNumbers(dtype);
          const id = binding.createTensor(shape, dtype, values);
          const content = contentOf(values, dtype);
          this.constants.set(id, {dtype, shape: [...shape], content});
          this.describe(id, dtype, shape, content);
          return id;
        },
      },
      tensorDataSync: {
        value: () => {
          throw this.traceGuard.reading();
        },
      },
    }) as Binding;
  }

  /** Compute an output of the barrier, which the binding cannot run: it has no lists of types. */
  private identity(id: number): TensorInfo {
    const shape = this.shapeProbe.shapeOf(id);
    if (shape) return this.shapeProbe.dummy(rawBinding.TF_FLOAT, [...shape]);
    return rawBinding.executeOp("Identity", [], [id], 1)[0];
  }

  private describe(id: number, dtype: number, shape: number[], content?: Uint8Array): void {
    if (dtype === rawBinding.TF_FLOAT) this.descriptions.set(id, `[${shape.join()}]`);
    else if (content) {
      this.descriptions.set(id, `${dtype}[${shape.join()}] ${Buffer.from(content).toString("base64")}`);
    }
  }

  private argument(id: number, dtype: number, shape: number[]): string {
    this.expectNumbers(dtype);
    const name = this.graph.input(dtype, shape);
    this.arguments_.push(name);
    this.names.set(id, name);
    this.describe(id, dtype, shape);
    return name;
  }

  private operation(name: string, attrs: Attr[], inputs: number[], infos: TensorInfo[]): void {
    const type = {name: "T", type: rawBinding.TF_ATTR_TYPE, value: infos[0].dtype};
    const untyped = UNTYPED.has(name) && !attrs.some((item) => item.name === "T");
    const node = this.graph.operation(
      name,
      inputs.map((id) => this.name(id)),
      untyped ? [...attrs, type] : attrs,
    );
    infos.forEach((info, i) => this.names.set(info.id, `${node}:${i}`));
  }

  /** Name a tensor in the graph: an earlier result, a constant made by the step, or a captured tensor. */
  private name(id: number): string {
    const existing = this.names.get(id);
    if (existing) return existing;

    const constant = this.constants.get(id);
    if (constant) {
      const name = this.graph.constant(constant.dtype, constant.shape, constant.content);
      this.names.set(id, name);
      return name;
    }
    const [copy] = rawBinding.executeOp("Identity", [], [id], 1); // a new handle outlives the tensor
    this.captured.push(copy.id);
    return this.argument(id, copy.dtype, copy.shape);
  }

  private expectNumbers(dtype: number): void {
    if (dtype === rawBinding.TF_STRING || dtype === rawBinding.TF_RESOURCE) {
      throw this.traceGuard.error("the step uses a tensor of strings: expected float32, int32, bool or complex64");
    }
  }
}

function tfType(dtype: tf.DataType): number {
  const {TF_FLOAT, TF_INT32, TF_BOOL, TF_COMPLEX64, TF_STRING} = rawBinding;
  return {float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL, complex64: TF_COMPLEX64, string: TF_STRING}[dtype];
}

function contentOf(values: ArrayLike<number>, dtype: number): Uint8Array {
  if (ArrayBuffer.isView(values)) {
    return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength).slice();
  }
  const arrays = dtype === rawBinding.TF_FLOAT ? Float32Array : dtype === rawBinding.TF_BOOL ? Uint8Array : Int32Array;
  return new Uint8Array(arrays.from(values).buffer);
}

/**
 * Delay what follows: in a recorded step, operations on the result run after `signal` is available and are not merged with
 * equal operations elsewhere. Outside of a recording the tensors are returned as they are.
 */
export function after(tensors: tf.Tensor[], signal: tf.Tensor): tf.Tensor[] {
  if (!recording) return tensors;
  const all = [...tensors, signal];
  const types = all.map(({dtype}) => tfType(dtype));
  return rawOps(BARRIER, all, [{name: "T", type: rawBinding.TF_ATTR_TYPE, value: types}], all.length).slice(0, -1);
}
