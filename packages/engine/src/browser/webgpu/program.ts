/**
 * A recording on the graphics processor: one array holds all numbers, one command buffer runs all programs, and results are read
 * back once. Intermediate results share memory as soon as nothing reads them any more.
 */
import * as tf from "@tensorflow/tfjs-core";
import {sizeOf} from "@lola-ts/core";
import {Unrecordable, type Operation, type Recording, type Value} from "./recording";
import {
  FORMULAS,
  isStored,
  MOVES,
  PARAMETERS,
  PROGRAMS,
  stored,
  type Dispatch,
  type Source,
  type Stored,
} from "./shaders";

/** Formulas in one program: more are computed apart, and so are more places than it has parameters for. */
const MAX_FORMULAS = 24;

/** Numbers between places that memory is handed out in. */
const STEP = 64;

/** A part of the array. */
class Block {
  begin = 0;
  /** Last program that reads or writes it. */
  last = -1;

  constructor(
    readonly size: number,
    /** Whether it is never shared. */
    readonly isOwn: boolean,
  ) {}
}

/** Programs of a recording, in order, and where their numbers lie. */
class Layout {
  readonly dispatches: Dispatch[] = [];
  readonly hosts: Operation[] = [];
  readonly blocks: Block[] = [];
  private readonly sources = new Map<number, Source>();
  private readonly readings = new Map<number, number>();

  constructor({operations, outputs, inputs, constants}: Recording) {
    for (const {id} of outputs) this.readings.set(id, Infinity);
    [...operations].reverse().forEach((operation) => this.countReadings(operation));
    for (const value of inputs) this.own(value);
    for (const [id, {length}] of constants) this.sources.set(id, this.block(length, true));
    for (const operation of operations) this.place(operation);
    for (const value of outputs) this.inMemory(value, true);
  }

  /** Where numbers lie; undefined if nothing reads them. */
  placeOf({id}: Pick<Value, "id">): {begin: number} | undefined {
    const source = this.sources.get(id);
    if (!source || !isStored(source)) return undefined;
    return {begin: (source.block as Block).begin + source.offset};
  }

  /** Give each block its place. @returns numbers of the whole array. */
  allocate(): number {
    let end = 0;
    const take = (block: Block) => {
      block.begin = end;
      end += Math.ceil(block.size / STEP) * STEP;
    };
    for (const block of this.blocks) if (block.isOwn) take(block);
    const free: {begin: number; size: number}[] = [];
    const live = new Set<Block>();
    this.dispatches.forEach(({result}, n) => {
      for (const block of live)
        if (block.last < n && live.delete(block)) free.push({begin: block.begin, size: block.size});
      const block = result.block as Block;
      if (block.isOwn || live.has(block)) return;
      const size = Math.ceil(block.size / STEP) * STEP;
      const fits = free.filter((gap) => gap.size >= size).sort((a, b) => a.size - b.size)[0];
      if (!fits) take(block);
      else {
        block.begin = fits.begin;
        free.splice(free.indexOf(fits), 1);
        if (fits.size > size) free.push({begin: fits.begin + size, size: fits.size - size});
      }
      live.add(block);
    });
    return end;
  }

  /** Count how often each of an operation's inputs is read: what is read twice lies in memory. */
  private countReadings({kernel, inputs, outputs, isHost}: Operation): void {
    const wanted = outputs.reduce((sum, {id}) => sum + (this.readings.get(id) ?? 0), 0);
    if (wanted === 0) return;
    for (const {id, shape} of Object.values(inputs)) {
      const isOnce = Object.hasOwn(PROGRAMS, kernel)
        ? !PROGRAMS[kernel].rereads
        : kernel in FORMULAS && sizeOf(shape) >= sizeOf(outputs[0].shape);
      const times = MOVES.has(kernel) && wanted < Infinity ? wanted : isHost || MOVES.has(kernel) || isOnce ? 1 : 2;
      this.readings.set(id, (this.readings.get(id) ?? 0) + times);
    }
  }

  private place(operation: Operation): void {
    const {kernel, inputs, outputs, isHost} = operation;
    const readings = outputs.map(({id}) => this.readings.get(id) ?? 0);
    if (readings.every((count) => count === 0)) return;
    if (isHost) {
      this.hosts.push(operation);
      outputs.forEach((value) => this.own(value));
      return;
    }
    if (Object.hasOwn(PROGRAMS, kernel)) {
      const {write, rereads} = PROGRAMS[kernel];
      const sources = Object.values(inputs).map((value) => (rereads ? this.inMemory(value) : this.source(value)));
      const result = this.block(sizeOf(outputs[0].shape), readings[0] === Infinity);
      this.push(write(operation, sources, result));
      this.sources.set(outputs[0].id, result);
      return;
    }
    if (!Object.hasOwn(FORMULAS, kernel)) throw new Unrecordable(`the operation ${kernel} has no program`);
    FORMULAS[kernel](
      operation,
      Object.values(inputs).map((value) => this.source(value)),
    ).forEach((source, n) => {
      this.sources.set(outputs[n].id, source);
      const isHeavy = !isStored(source) && source.weight > MAX_FORMULAS;
      if (isHeavy || (readings[n] > 1 && !MOVES.has(kernel))) this.inMemory(outputs[n]);
    });
  }

  private source({id}: Value): Source {
    const source = this.sources.get(id);
    if (!source) throw new Unrecordable("the step uses numbers of unknown origin");
    return source;
  }

  /** Compute numbers now, unless they are in memory. */
  private inMemory(value: Value, isOwn = false): Stored {
    const source = this.source(value);
    if (isStored(source) && !(isOwn && !(source.block as Block).isOwn)) return source;
    const size = sizeOf(value.shape);
    const result = this.block(size, isOwn || this.readings.get(value.id) === Infinity);
    this.push(stored(source, result, size));
    this.sources.set(value.id, result);
    return result;
  }

  private own(value: Value): void {
    this.sources.set(value.id, this.block(sizeOf(value.shape), true));
  }

  private block(size: number, isOwn: boolean): Stored {
    const block = new Block(size, isOwn);
    this.blocks.push(block);
    return {block, offset: 0};
  }

  private push(dispatch: Dispatch): void {
    if (dispatch.reads.length >= PARAMETERS) throw new Unrecordable("a program reads too many tensors");
    for (const {block} of [dispatch.result, ...dispatch.reads]) (block as Block).last = this.dispatches.length;
    this.dispatches.push(dispatch);
  }
}
/** A graphics processor that computes, and programs that it compiled. */
export class Processor {
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly bindings: GPUBindGroupLayout;
  /** Why it computes no more. */
  lost?: string;

  constructor(
    readonly device: GPUDevice,
    readonly name: string,
  ) {
    const visibility = GPUShaderStage.COMPUTE;
    this.bindings = device.createBindGroupLayout({
      entries: [
        {binding: 0, visibility, buffer: {type: "storage"}},
        {binding: 1, visibility, buffer: {type: "uniform", hasDynamicOffset: true}},
      ],
    });
    void device.lost.then(({message, reason}) => (this.lost ??= message || reason));
    device.addEventListener("uncapturederror", (event) => {
      this.lost ??= (event as GPUUncapturedErrorEvent).error.message;
    });
  }

  /** Ask the browser for a graphics processor. @throws Error if there is none. */
  static async start(): Promise<Processor> {
    const adapter = await (navigator.gpu as GPU | undefined)?.requestAdapter();
    if (!adapter) throw new Error("this browser has none");
    const {maxStorageBufferBindingSize, maxBufferSize} = adapter.limits;
    const device = await adapter.requestDevice({requiredLimits: {maxStorageBufferBindingSize, maxBufferSize}});
    const {vendor, architecture} = (adapter as {info?: {vendor: string; architecture: string}}).info ?? {};
    return new Processor(device, [vendor, architecture].filter(Boolean).join(" ") || "unnamed");
  }

  /** Compile a program, once. */
  compile(code: string): Promise<GPUComputePipeline> {
    const known = this.pipelines.get(code);
    if (known) return known;
    const {device} = this;
    const layout = device.createPipelineLayout({bindGroupLayouts: [this.bindings]});
    const module = device.createShaderModule({code});
    const made = device.createComputePipelineAsync({layout, compute: {module}});
    this.pipelines.set(code, made);
    return made;
  }
}

const BYTES = 4;

/** A recording that a graphics processor runs. */
export class Program {
  /** Tensors whose numbers lie in the array, by input. */
  private readonly uploaded: object[] = [];

  private constructor(
    private readonly processor: Processor,
    private readonly recording: Recording,
    private readonly layout: Layout,
    private readonly pipelines: readonly GPUComputePipeline[],
    private readonly array: GPUBuffer,
    private readonly parameters: GPUBuffer,
    private readonly group: GPUBindGroup,
  ) {}

  /** Compile a recording. @throws Unrecordable if an operation has no program, or the numbers need too much memory. */
  static async load(processor: Processor, recording: Recording): Promise<Program> {
    const {device, bindings} = processor;
    const layout = new Layout(recording);
    const size = BYTES * layout.allocate();
    if (size > device.limits.maxStorageBufferBindingSize) throw new Unrecordable(`it needs ${size} bytes`);
    const {dispatches} = layout;
    const pipelines = await Promise.all(dispatches.map(({code}) => processor.compile(code)));
    const {STORAGE, UNIFORM, COPY_DST, COPY_SRC} = GPUBufferUsage;
    const array = device.createBuffer({size, usage: STORAGE | COPY_DST | COPY_SRC});
    const places = new Uint32Array(PARAMETERS * dispatches.length);
    dispatches.forEach(({result, reads}, n) =>
      places.set(
        [result, ...reads].map(({block, offset}) => (block as Block).begin + offset),
        PARAMETERS * n,
      ),
    );
    const parameters = device.createBuffer({size: Math.max(places.byteLength, 256), usage: UNIFORM | COPY_DST});
    device.queue.writeBuffer(parameters, 0, places);
    const entries = [
      {binding: 0, resource: {buffer: array}},
      {binding: 1, resource: {buffer: parameters, size: BYTES * PARAMETERS}},
    ];
    const group = device.createBindGroup({layout: bindings, entries});
    const program = new Program(processor, recording, layout, pipelines, array, parameters, group);
    for (const [id, values] of recording.constants) program.write(id, values);
    return program;
  }

  /** Run it. @throws Error if the graphics processor is lost meanwhile. */
  async run(inputs: readonly tf.Tensor[]): Promise<Float32Array[]> {
    const {device} = this.processor;
    this.upload(inputs);
    const places = this.recording.outputs.map((value) => ({...this.layout.placeOf(value)!, size: sizeOf(value.shape)}));
    const size = BYTES * places.reduce((sum, place) => sum + place.size, 0);
    const {MAP_READ, COPY_DST} = GPUBufferUsage;
    const back = device.createBuffer({size, usage: MAP_READ | COPY_DST});
    try {
      const commands = device.createCommandEncoder();
      const pass = commands.beginComputePass();
      this.layout.dispatches.forEach(({groups}, n) => {
        pass.setPipeline(this.pipelines[n]);
        pass.setBindGroup(0, this.group, [BYTES * PARAMETERS * n]);
        pass.dispatchWorkgroups(...groups);
      });
      pass.end();
      let at = 0;
      for (const place of places) {
        commands.copyBufferToBuffer(this.array, BYTES * place.begin, back, BYTES * at, BYTES * place.size);
        at += place.size;
      }
      device.queue.submit([commands.finish()]);
      await back.mapAsync(GPUMapMode.READ);
      if (this.processor.lost) throw new Error(this.processor.lost);
      const all = new Float32Array(back.getMappedRange().slice(0));
      at = 0;
      return places.map((place) => all.subarray(at, (at += place.size)));
    } finally {
      back.destroy();
    }
  }

  dispose(): void {
    this.array.destroy();
    this.parameters.destroy();
  }

  /** Bring inputs to the graphics processor, and what the host computes from them. */
  private upload(inputs: readonly tf.Tensor[]): void {
    const {recording, layout} = this;
    tf.tidy(() => {
      const tensors = new Map(recording.inputs.map(({id}, n) => [id, inputs[n]]));
      recording.inputs.forEach(({id}, n) => {
        if (this.uploaded[n] === inputs[n].dataId) return;
        this.write(id, inputs[n].dataSync());
        this.uploaded[n] = inputs[n].dataId;
      });
      const tensorOf = ({id, shape, dtype}: Value) =>
        tf.reshape(tensors.get(id) ?? tf.tensor(recording.constants.get(id)!, [...shape], dtype), [...shape]);
      for (const {kernel, inputs: named, attributes, outputs} of layout.hosts) {
        const given = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, tensorOf(value)]));
        const made = [tf.engine().runKernel(kernel, given, attributes as tf.NamedAttrMap)].flat() as tf.Tensor[];
        outputs.forEach(({id}, n) => {
          tensors.set(id, made[n]);
          this.write(id, made[n].dataSync());
        });
      }
    });
  }

  private write(id: number, values: tf.TypedArray): void {
    const place = this.layout.placeOf({id});
    if (place) this.processor.device.queue.writeBuffer(this.array, BYTES * place.begin, Float32Array.from(values));
  }
}
