/** Kernels that TensorFlow's profiler saw: their kinds, how long each took, and what memory its results held. */
import type {Event} from "./profiler";

/** Kinds of kernels by the names of operations, without what TensorFlow's optimiser adds in front; the first match counts. */
const KINDS = {
  convolutions: /^(Fused)?Conv[23]D/,
  products: /^(Fused)?(Batch)?MatMul|^Einsum/,
  copies:
    /^(Concat|Split|Slice|StridedSlice|Transpose|Gather|Pad|MirrorPad|Pack|Unpack|Tile|Reverse|Roll|ToTf|BroadcastTo)/,
  other:
    /^(Qr|SelfAdjointEig|Cholesky|Svd|MatrixTriangularSolve|Stateless|Random|Arg|Retval|Const|NoOp|IFFT|FFT|RFFT|IRFFT)/,
  elementwise: /./,
};
export type Kind = keyof typeof KINDS;
export const kinds = Object.keys(KINDS) as Kind[];

/** Kernels that read their inputs and write little. */
const REDUCTIONS = /^(Sum|Mean|Max|Min|Prod|EuclideanNorm|L2Loss|BiasAddGrad|All|Any)$/;
const BYTES: Record<string, number> = {float: 4, int32: 4, complex64: 8, bfloat16: 2, bool: 1};

/** Time of all calls of an operation in a run. */
export interface Kernel {
  readonly type: string;
  readonly kind: Kind;
  ms: number;
  calls: number;
  /** Read and written, at least. */
  megabytes: number;
}

/** A kernel's event: its operation and the bytes that it moves at least; undefined for events of other kinds. */
function kernelOf({name}: Event): {type: string; bytes: number} | undefined {
  const [, operation, shape] = /^[^:\s]*:(\w+)(?:#shape=\((.*)\)#)?/.exec(name) ?? [];
  if (!operation) return undefined;
  const type = operation.replace(/^_(Mkl)?(Native)?/, "");
  const inputs = [...(shape ?? "").matchAll(/(\w+)\[([\d,]*)\]/g)].map(([, dtype, dims]) =>
    dims.split(",").reduce((product, n) => product * Number(n || 1), BYTES[dtype] ?? 4),
  );
  const read = inputs.reduce((sum, bytes) => sum + bytes, 0);
  const written = REDUCTIONS.test(type) ? 0 : /^Concat|^Pack/.test(type) ? read : Math.max(0, ...inputs);
  return {type, bytes: read + written};
}

/** Share the time among the kernels that run at each moment. @returns milliseconds of a run. */
export function share(events: Event[], runs: number): {kernels: Kernel[]; busy: number} {
  const kernels = new Map<string, Kernel>();
  const moments = events.flatMap((event) => {
    const found = kernelOf(event);
    if (!found) return [];
    const {type, bytes} = found;
    const kind = kinds.find((each) => KINDS[each].test(type))!;
    const kernel = kernels.get(type) ?? {type, kind, ms: 0, calls: 0, megabytes: 0};
    kernels.set(type, kernel);
    kernel.calls += 1 / runs;
    kernel.megabytes += bytes / 1e6 / runs;
    return [
      {time: event.start, kernel, change: 1},
      {time: event.end, kernel, change: -1},
    ];
  });
  moments.sort((a, b) => a.time - b.time || a.change - b.change);
  const active: Kernel[] = [];
  let busy = 0;
  moments.forEach(({time, kernel, change}, i) => {
    const span = i > 0 && active.length > 0 ? (time - moments[i - 1].time) / 1e6 / runs : 0;
    busy += span;
    for (const each of active) each.ms += span / active.length;
    if (change > 0) active.push(kernel);
    else active.splice(active.indexOf(kernel), 1);
  });
  return {kernels: [...kernels.values()].sort((a, b) => b.ms - a.ms), busy};
}

/** MiB of results by the operation that made them, the largest first, at the moment when all together are largest. */
export function heldAtPeak(events: readonly Event[]): [type: string, mebibytes: number][] {
  const changes = events.filter(({name}) => name.startsWith("Memory")).sort((a, b) => a.start - b.start);
  const live = new Map<string, {type: string; mebibytes: number}>();
  let [now, most] = [0, 0];
  let held = [...live.values()];
  for (const {name} of changes) {
    const of = (key: string) => new RegExp(`[#,]${key}=([^,#]*)`).exec(name)?.[1] ?? "";
    const address = of("addr");
    now -= live.get(address)?.mebibytes ?? 0;
    live.delete(address);
    if (name.startsWith("MemoryDeallocation")) continue;
    const mebibytes = Number(of("requested_bytes")) / 2 ** 20;
    live.set(address, {type: of("tf_op").replace(/^_(Mkl)?(Native)?|_\d+$/g, ""), mebibytes});
    now += mebibytes;
    if (now > most) [most, held] = [now, [...live.values()]];
  }
  const sums = new Map<string, number>();
  for (const {type, mebibytes} of held) sums.set(type, (sums.get(type) ?? 0) + mebibytes);
  return [...sums].sort((a, b) => b[1] - a[1]);
}
