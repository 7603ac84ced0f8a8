/**
 * A step as a list of operations: it runs once on WebAssembly while every kernel that the engine calls is written
 * down. So a recording knows its answer, too, and whatever runs it elsewhere can be held to that.
 *
 * Kernels of constants are not written down: their results are constants again. Integers are computed on the host each time,
 * as the noise is that is drawn of them.
 */
import * as tf from "@tensorflow/tfjs-core";
import {replaced} from "../../compile/trace-guard";

/** A tensor of a recording: a row of numbers, which reshaped tensors share, and a shape. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: tf.DataType;
}

/** A call of a kernel. */
export interface Operation {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Value[];
  readonly isHost: boolean;
}

export interface Recording {
  readonly inputs: readonly Value[];
  readonly operations: readonly Operation[];
  /** Numbers of constants by id. */
  readonly constants: ReadonlyMap<number, tf.TypedArray>;
  readonly outputs: readonly Value[];
}

/** A step that runs on WebAssembly alone. */
export class Unrecordable extends Error {}

class Recorder {
  private readonly ids = new Map<object, number>();
  /** Ids of numbers that differ from call to call. */
  private readonly varying = new Set<number>();
  /** Ids of integers among them that the host knows. */
  private readonly hosted = new Set<number>();
  readonly operations: Operation[] = [];
  readonly constants = new Map<number, tf.TypedArray>();

  /** Note a tensor that differs from call to call. */
  input(x: tf.Tensor, isHosted = true): Value {
    const value = this.value(x);
    this.varying.add(value.id);
    if (isHosted && x.dtype === "int32") this.hosted.add(value.id);
    return value;
  }

  output(x: tf.Tensor): Value {
    const value = this.value(x);
    if (!this.varying.has(value.id)) this.keep(x, value.id);
    return value;
  }

  call(kernel: string, inputs: tf.NamedTensorMap, attributes: object | undefined, outputs: readonly tf.Tensor[]): void {
    const given = Object.entries(inputs).filter(([, x]) => x != null); // kernels with a bias may have none
    const varying = given.filter(([, x]) => this.varying.has(this.value(x).id));
    if (varying.length === 0) return;
    const known = new Set(given.map(([, x]) => this.value(x).id));
    if (outputs.every((x) => known.has(this.value(x).id))) return; // another shape of the same numbers
    for (const [, x] of given) if (!this.varying.has(this.value(x).id)) this.keep(x, this.value(x).id);
    const isHost = varying.every(([, x]) => this.hosted.has(this.value(x).id));
    const made = outputs.map((x) => this.input(x, isHost));
    this.operations.push({
      kernel,
      inputs: Object.fromEntries(given.map(([name, x]) => [name, this.value(x)])),
      attributes: {...attributes},
      outputs: made,
      isHost,
    });
  }

  /** @throws Unrecordable if numbers that differ from call to call are read. */
  reading(dataId: object): void {
    const id = this.ids.get(dataId);
    if (id === undefined || !this.varying.has(id)) return;
    throw new Unrecordable("the step reads numbers that differ from call to call");
  }

  private value({dataId, shape, dtype}: tf.Tensor): Value {
    if (!this.ids.has(dataId)) this.ids.set(dataId, this.ids.size);
    return {id: this.ids.get(dataId)!, shape: [...shape], dtype};
  }

  private keep({dataId}: tf.Tensor, id: number): void {
    if (!this.constants.has(id)) this.constants.set(id, tf.engine().readSync(dataId).slice() as tf.TypedArray);
  }
}

/**
 * Run a step once and write it down.
 *
 * @param inputs tensors that do not share their numbers with each other.
 * @returns the recording, and what the step returned.
 * @throws Unrecordable if the step reads numbers that depend on its inputs.
 */
export function record(
  step: (...inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): {recording: Recording; answer: tf.Tensor[]} {
  const recorder = new Recorder();
  const given = inputs.map((x) => recorder.input(x));
  const engine = tf.engine();
  const [runKernel, readSync] = [engine.runKernel.bind(engine), engine.readSync.bind(engine)];
  const watchedKernel = <T extends tf.Tensor | tf.Tensor[]>(
    name: string,
    all: tf.NamedTensorMap,
    attributes?: tf.NamedAttrMap,
  ): T => {
    const made = runKernel<T>(name, all, attributes);
    recorder.call(name, all, attributes, [made].flat());
    return made;
  };
  const watchedRead: typeof readSync = (dataId) => (recorder.reading(dataId), readSync(dataId));
  const answer = replaced(engine, "runKernel", watchedKernel, () =>
    replaced(engine, "readSync", watchedRead, () => step(...inputs)),
  );
  const outputs = answer.map((x) => recorder.output(x));
  const {operations, constants} = recorder;
  return {recording: {inputs: given, operations, constants, outputs}, answer};
}
