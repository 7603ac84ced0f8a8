/**
 * Operations as programs of the graphics processor, in WGSL. All numbers lie in one array `m`, integers and truth values as
 * float32. A program's first parameter is the place of its result, the others are places of what it reads, so that equal programs
 * at other places are one.
 *
 * Element-wise operations and moves of numbers are formulas: functions of a place, which a program that reads them contains. So a
 * chain of them is one pass over memory.
 */
import * as tf from "@tensorflow/tfjs-core";
import {sizeOf, stridesOf} from "@lola-ts/core";
import {joined} from "../axes";
import {Unrecordable, type Operation} from "./recording";

/** Numbers that lie in memory from a place of a block on. */
export interface Stored {
  readonly block: object;
  readonly offset: number;
}

/** Numbers that are computed where they are read. */
export interface Formula {
  /** Write an expression of the number at the place `i`, or statements that return it. */
  readonly code: (shader: Shader) => string;
  /** Number of formulas that it stands for. */
  readonly weight: number;
}

export type Source = Stored | Formula;

export const isStored = (source: Source): source is Stored => "block" in source;

/** Parameters of a program: 256 bytes of them. */
export const PARAMETERS = 64;

const GROUP = 64;
const MAX_GROUPS = 65535;

/** A program for a number of groups of threads. */
export interface Dispatch {
  readonly code: string;
  readonly result: Stored;
  readonly reads: readonly Stored[];
  readonly groups: readonly [number, number, number];
}

/** A program while it is written. */
export class Shader {
  readonly reads: Stored[] = [];
  private readonly names = new Map<Formula, string>();
  private readonly functions: string[] = [];

  /** Write an expression of the number at a place. */
  read(source: Source, place: string): string {
    if (!isStored(source)) return `${this.function(source)}(${place})`;
    let at = this.reads.findIndex(({block, offset}) => block === source.block && offset === source.offset);
    if (at < 0) at = this.reads.push(source) - 1;
    return `m[${parameter(at + 1)} + ${place}]`;
  }

  /** Finish a program of a body. */
  dispatch(result: Stored, groups: Dispatch["groups"], size: readonly [number, number], body: string): Dispatch {
    const code = `${HEADER}${this.functions.join("")}
@compute @workgroup_size(${size.join()}) fn main(@builtin(global_invocation_id) g: vec3u) {
${body}
}`;
    if (groups.some((count) => count > MAX_GROUPS)) throw new Unrecordable("an operation is too large");
    return {code, result, reads: this.reads, groups};
  }

  private function(formula: Formula): string {
    const known = this.names.get(formula);
    if (known) return known;
    const code = formula.code(this);
    const name = `formula${this.names.size}`;
    this.names.set(formula, name);
    this.functions.push(`fn ${name}(i: u32) -> f32 { ${code.includes("return") ? code : `return ${code};`} }\n`);
    return name;
  }
}

const parameter = (n: number) => `p[${n >> 2}].${"xyzw"[n & 3]}`;

const RESULT = parameter(0);

/**
 * Sine and cosine by Cephes' polynomials after a reduction to a quarter turn: the language's own may be wrong by 2^-11. tanh is the
 * language's inside a range from which on it is 1.
 */
const HEADER = `@group(0) @binding(0) var<storage, read_write> m: array<f32>;
@group(0) @binding(1) var<uniform> p: array<vec4u, ${PARAMETERS / 4}>;
fn turned(x: f32, quarters: i32) -> f32 {
  let n = round(x * 0.63661977);
  let r = ((x - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789948768648e-8;
  let z = r * r;
  let s = r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
  let c = 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
  let q = (i32(n) + quarters) & 3;
  let y = select(s, c, (q & 1) == 1);
  return select(y, -y, q > 1);
}
`;

/** Divide a shape's places among groups of threads along a line, folded where it is too long. */
function along(count: number): readonly [number, number, number] {
  const groups = Math.ceil(count / GROUP);
  return groups <= MAX_GROUPS ? [groups, 1, 1] : [MAX_GROUPS, Math.ceil(groups / MAX_GROUPS), 1];
}

/** Write a program in which each thread has a place `i` of a number of places. */
function each(shader: Shader, result: Stored, count: number, body: string): Dispatch {
  return shader.dispatch(
    result,
    along(count),
    [GROUP, 1],
    `let i = g.x + g.y * ${MAX_GROUPS * GROUP}u; if (i >= ${count}u) { return; }\n${body}`,
  );
}

/** Compute a formula at all its places. */
export function stored(source: Source, result: Stored, count: number): Dispatch {
  const shader = new Shader();
  return each(shader, result, count, `m[${RESULT} + i] = ${shader.read(source, "i")};`);
}

/** Write the place in a source of the place `i` in a shape: coordinates times strides. */
function placeOf(shape: readonly number[], strides: readonly number[], i = "i"): string {
  let inner = 1;
  const terms = joined(shape, strides).reduceRight<string[]>((all, {size, stride}, axis) => {
    const along = inner === 1 ? i : `(${i} / ${inner}u)`;
    inner *= size;
    if (stride === 0) return all;
    return [...all, `${axis === 0 ? along : `(${along} % ${size}u)`} * ${stride}u`];
  }, []);
  return terms.length > 0 ? terms.join(" + ") : "0u";
}

const weightOf = (source: Source) => (isStored(source) ? 0 : source.weight);

/** See numbers in another order: numbers of a row one after the other stay where they are. */
function view(source: Source, shape: readonly number[], strides: readonly number[], begin = 0): Source {
  const isRow = joined(shape, strides).every(({stride}, axis, {length}) => stride === 1 && length === 1 && axis === 0);
  if (isRow && isStored(source)) return {block: source.block, offset: source.offset + begin};
  const place = `${begin}u + ${placeOf(shape, strides)}`;
  return {code: (shader) => shader.read(source, place), weight: 1 + weightOf(source)};
}

/** Repeat numbers along axes that they lack, or of which they have one place. */
function broadcast(source: Source, from: readonly number[], to: readonly number[]): Source {
  if (sizeOf(from) === sizeOf(to)) return source;
  const full = [...new Array<number>(to.length - from.length).fill(1), ...from];
  const strides = stridesOf(full).map((stride, axis) => (full[axis] === 1 ? 0 : stride));
  return view(source, to, strides);
}

const UNARY: Readonly<Record<string, string>> = {
  ...{Neg: "-x", Abs: "abs(x)", Exp: "exp(x)", Sqrt: "sqrt(x)", Rsqrt: "1.0 / sqrt(x)", Square: "x * x"},
  ...{Sigmoid: "1.0 / (1.0 + exp(-x))", Tanh: "select(sign(x), tanh(x), abs(x) < 9.0)"},
  ...{Sin: "turned(x, 0)", Cos: "turned(x, 1)", Asinh: "sign(x) * log(abs(x) + sqrt(x * x + 1.0))"},
  ...{Identity: "x", ZerosLike: "0.0", OnesLike: "1.0"},
};

const BINARY: Readonly<Record<string, string>> = {
  ...{Add: "a + b", Sub: "a - b", Multiply: "a * b", RealDiv: "a / b", Maximum: "max(a, b)"},
  ...{Greater: "f32(a > b)", Equal: "f32(a == b)"},
  Pow: "pow(abs(a), b) * select(1.0, -1.0, a < 0.0 && abs(b) % 2.0 == 1.0)",
};

/** How an operation's result is found from the sources of its inputs. */
type Rule = (operation: Operation, sources: readonly Source[]) => Source[];

/** Write the same expression for all places, of what is read there by name. */
function elementwise(expression: string, names: readonly string[]): Rule {
  return ({inputs, outputs: [{shape}]}, sources) => {
    const all = Object.values(inputs).map((x, n) => broadcast(sources[n], x.shape, shape));
    const code = (shader: Shader) =>
      `${names.map((name, n) => `let ${name} = ${shader.read(all[n], "i")};`).join(" ")} return ${expression};`;
    return [{code, weight: all.reduce((sum, source) => sum + weightOf(source), 1)}];
  };
}

const axisOf = (axis: unknown, rank: number) => ((axis as number) + rank) % rank;

/** Cut parts of an axis one after the other. */
function parts({inputs, attributes, outputs}: Operation, [source]: readonly Source[]): Source[] {
  const [x] = Object.values(inputs);
  const axis = axisOf(attributes.axis, x.shape.length);
  const strides = stridesOf(x.shape);
  const [before, inner] = [sizeOf(x.shape.slice(0, axis)), strides[axis]];
  let begin = 0;
  return outputs.map(({shape}) => {
    const count = sizeOf(shape) / (before * inner);
    const part = view(source, [before, count * inner], [x.shape[axis] * inner, 1], begin * inner);
    begin += count;
    return part;
  });
}

/** Join tensors along an axis: of each row before it, the first one's numbers, then the next one's. */
function concatenated({inputs, attributes, outputs: [out]}: Operation, sources: readonly Source[]): Formula[] {
  const outer = sizeOf(out.shape.slice(0, axisOf(attributes.axis, out.shape.length)));
  const rows = Object.values(inputs).map(({shape}) => sizeOf(shape) / outer);
  const whole = rows.reduce((a, b) => a + b);
  const code = (shader: Shader) => {
    let begin = 0;
    const cases = rows.map((row, n) => {
      const found = shader.read(sources[n], `((i / ${whole}u) * ${row}u + i % ${whole}u - ${begin}u)`);
      begin += row;
      return n === rows.length - 1 ? `return ${found};` : `if (i % ${whole}u < ${begin}u) { return ${found}; }`;
    });
    return cases.join(" ");
  };
  return [{code, weight: sources.reduce((sum, source) => sum + weightOf(source), 1)}];
}

function padded({inputs: {x}, attributes, outputs: [{shape}]}: Operation, [source]: readonly Source[]): Formula[] {
  const paddings = attributes.paddings as readonly (readonly [number, number])[];
  const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
  const at = shape.map((size, axis) => `(i / ${to[axis]}u) % ${size}u`);
  const inside = paddings.flatMap(([before, after], axis) => [
    ...(before > 0 ? [`${at[axis]} >= ${before}u`] : []),
    ...(after > 0 ? [`${at[axis]} < ${before + x.shape[axis]}u`] : []),
  ]);
  const begin = paddings.reduce((sum, [before], axis) => sum + before * from[axis], 0);
  const code = (shader: Shader) =>
    `if (${inside.join(" && ") || "true"}) { return ${shader.read(source, `(${placeOf(shape, from)} - ${begin}u)`)}; } ` +
    `return f32(${Number(attributes.constantValue)});`;
  return [{code, weight: 1 + weightOf(source)}];
}

function gathered({inputs: {x, indices}, attributes}: Operation, [source, chosen]: readonly Source[]): Formula[] {
  const axis = axisOf(attributes.axis, x.shape.length);
  const [inner, count, size] = [stridesOf(x.shape)[axis], sizeOf(indices.shape), x.shape[axis]];
  const code = (shader: Shader) => {
    const cell = `u32(${shader.read(chosen, `(i / ${inner}u) % ${count}u`)})`;
    return shader.read(source, `(((i / ${inner * count}u) * ${size}u + ${cell}) * ${inner}u + i % ${inner}u)`);
  };
  return [{code, weight: 1 + weightOf(source) + weightOf(chosen)}];
}

function tiled({inputs: {x}, attributes}: Operation, [source]: readonly Source[]): Source[] {
  const shape = x.shape.flatMap((size, axis) => [(attributes.reps as readonly number[])[axis], size]);
  const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
  return [view(source, shape, strides)];
}

/** Operations whose results are formulas. */
export const FORMULAS: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([name, expression]) => [name, elementwise(expression, ["x"])])),
  ...Object.fromEntries(Object.entries(BINARY).map(([name, written]) => [name, elementwise(written, ["a", "b"])])),
  Select: elementwise("select(no, yes, chosen != 0.0)", ["chosen", "yes", "no"]),
  AddN: (operation, sources) => {
    const names = sources.map((_, n) => `x${n}`);
    return elementwise(names.join(" + "), names)(operation, sources);
  },
  Cast: (operation, sources) => {
    const {dtype} = operation.attributes;
    if (dtype === "bool") throw new Unrecordable("numbers are taken for truth values");
    return elementwise(dtype === "int32" ? "trunc(x)" : "x", ["x"])(operation, sources);
  },
  Transpose: ({inputs: {x}, attributes, outputs: [{shape}]}, [source]) => {
    const from = stridesOf(x.shape);
    const strides = (attributes.perm as readonly number[]).map((axis) => from[axis]);
    return [view(source, shape, strides)];
  },
  Slice: ({inputs: {x}, attributes, outputs: [{shape}]}, [source]) => {
    const strides = stridesOf(x.shape);
    const begin = [attributes.begin as number | number[]].flat();
    const first = begin.reduce((sum, at, axis) => sum + at * strides[axis], 0);
    return [view(source, shape, strides, first)];
  },
  ...{SplitV: parts, Unpack: parts, Concat: concatenated, Pack: concatenated},
  ...{PadV2: padded, GatherV2: gathered, Tile: tiled},
};

/** Operations that only move numbers: each is read as often as its place is. */
export const MOVES = new Set(["Identity", "Transpose", "Slice", "SplitV", "Unpack", "Concat", "Pack", "PadV2"]);

/** Write the program of an operation from where its inputs lie. */
type Program = (operation: Operation, sources: readonly Source[], result: Stored) => Dispatch;

/** Sum the numbers along some axes, or take their mean: one thread for each result. */
function summed(
  {kernel, inputs: {x}, attributes, outputs: [{shape}]}: Operation,
  [source]: readonly Source[],
  result: Stored,
) {
  const chosen = new Set(tf.util.parseAxisParam(attributes.axis as number[], [...x.shape]));
  const strides = stridesOf(x.shape);
  const sizesAnd = (isGone: boolean) => {
    const axes = [...x.shape.keys()].filter((axis) => chosen.has(axis) === isGone);
    return [axes.map((axis) => x.shape[axis]), axes.map((axis) => strides[axis])] as const;
  };
  const [kept, gone] = [sizesAnd(false), sizesAnd(true)];
  const count = sizeOf(gone[0]);
  const shader = new Shader();
  const body = `let begin = ${placeOf(...kept)}; var sum = 0.0;
for (var n = 0u; n < ${count}u; n++) { sum += ${shader.read(source, `(begin + ${placeOf(...gone, "n")})`)}; }
m[${RESULT} + i] = sum${kernel === "Mean" ? ` / ${count}.0` : ""};`;
  return each(shader, result, sizeOf(shape), body);
}

function softmax({inputs: {logits}}: Operation, [source]: readonly Source[], result: Stored): Dispatch {
  const size = logits.shape.at(-1)!;
  const shader = new Shader();
  const x = shader.read(source, "n");
  const loop = (body: string) => `for (var n = i * ${size}u; n < (i + 1u) * ${size}u; n++) { ${body} }`;
  const body = `var most = ${shader.read(source, `(i * ${size}u)`)}; var sum = 0.0;
${loop(`most = max(most, ${x});`)}
${loop(`let y = exp(${x} - most); sum += y; m[${RESULT} + n] = y;`)}
${loop(`m[${RESULT} + n] /= sum;`)}`;
  return each(shader, result, sizeOf(logits.shape) / size, body);
}

/** Rows and columns of a result that a thread computes. */
const TILE = 4;
const TILES = [...Array(TILE).keys()];
const SIDE = 8;

/** A product of matrices: what a thread does before it, and the numbers that it multiplies in its loops. */
interface Product {
  readonly size: readonly [batch: number, rows: number, columns: number];
  readonly begin?: string;
  readonly loops: (sums: string) => string;
  /** Number of a row of the first, and of a column of the second. */
  readonly left: (row: string, n: number) => string;
  readonly right: (column: string) => string;
}

/** Write a product; each thread keeps a tile of its result in registers. */
function multiplied(
  shader: Shader,
  result: Stored,
  {size: [batch, rows, columns], begin = "", loops, left, right}: Product,
): Dispatch {
  const numbers = TILES.map((n) => right(`min(column + ${n}u, ${columns - 1}u)`));
  const sums = TILES.map((n) => `c${n} += ${left(`row${n}`, n)} * b;`);
  const put = TILES.flatMap((row) =>
    TILES.map((n) => {
      const place = `${RESULT} + (g.z * ${rows}u + row + ${row}u) * ${columns}u + column + ${n}u`;
      return `if (row + ${row}u < ${rows}u && column + ${n}u < ${columns}u) { m[${place}] = c${row}[${n}]; }`;
    }),
  );
  const body = `let column = ${TILE}u * g.x; let row = ${TILE}u * g.y;
if (column >= ${columns}u || row >= ${rows}u) { return; }
${TILES.map((n) => `let row${n} = min(row + ${n}u, ${rows - 1}u); var c${n} = vec4f();`).join("\n")}
${begin}
${loops(`let b = vec4f(${numbers.join(", ")}); ${sums.join(" ")}`)}
${put.join("\n")}`;
  const groups = [Math.ceil(columns / TILE / SIDE), Math.ceil(rows / TILE / SIDE), batch] as const;
  return shader.dispatch(result, groups, [SIDE, SIDE], body);
}

/** Multiply matrices: as many of the second as of the first, or one of either. */
function matMul(operation: Operation, [first, second]: readonly Source[], result: Stored): Dispatch {
  const {inputs, attributes, outputs} = operation;
  const {a, b} = inputs;
  const [rows, columns] = outputs[0].shape.slice(-2);
  const inner = a.shape.at(attributes.transposeA ? -2 : -1)!;
  const [batch, ofA, ofB] = [outputs[0], a, b].map(({shape}) => sizeOf(shape.slice(0, -2)));
  if ([ofA, ofB].some((count) => count !== 1 && count !== batch)) throw new Unrecordable("some matrices are repeated");
  const shader = new Shader();
  const read = (source: Source, count: number, place: string, size: number) =>
    shader.read(source, `(${count === 1 ? "" : `g.z * ${size}u + `}${place})`);
  return multiplied(shader, result, {
    size: [batch, rows, columns],
    loops: (sums) => `for (var k = 0u; k < ${inner}u; k++) { ${sums} }`,
    left: (row) =>
      read(first, ofA, attributes.transposeA ? `k * ${rows}u + ${row}` : `${row} * ${inner}u + k`, rows * inner),
    right: (column) => {
      const place = attributes.transposeB ? `${column} * ${inner}u + k` : `k * ${columns}u + ${column}`;
      return read(second, ofB, place, inner * columns);
    },
  });
}

/** Convolve images: a product of the cells around each place with the kernel; cells beyond the border count as zeros. */
function convolve({inputs: {x, filter}, attributes}: Operation, [source, kernel]: readonly Source[], result: Stored) {
  type Sizes = [number, number, number, number];
  const {strides, dilations, pad} = attributes as {strides: number; dilations: number; pad: "same"};
  const info = tf.backend_util.computeConv2DInfo(x.shape as Sizes, filter.shape as Sizes, strides, dilations, pad);
  const {outHeight, outWidth, outChannels, inHeight, inWidth, inChannels, filterHeight, filterWidth, padInfo} = info;
  const begin = TILES.map(
    (n) => `let y${n} = i32((row${n} / ${outWidth}u) % ${outHeight}u) * ${info.strideHeight} - ${padInfo.top};
let x${n} = i32(row${n} % ${outWidth}u) * ${info.strideWidth} - ${padInfo.left};
let image${n} = i32(row${n} / ${outHeight * outWidth}u) * ${inHeight};`,
  );
  const cells = TILES.map(
    (n) => `let v${n} = y${n} + dy * ${info.dilationHeight}; let u${n} = x${n} + dx * ${info.dilationWidth};
let is${n} = f32(v${n} >= 0 && v${n} < ${inHeight} && u${n} >= 0 && u${n} < ${inWidth});
let cell${n} = u32((image${n} + clamp(v${n}, 0, ${inHeight - 1})) * ${inWidth} + clamp(u${n}, 0, ${inWidth - 1})) * ${inChannels}u;`,
  );
  const shader = new Shader();
  return multiplied(shader, result, {
    size: [1, info.batchSize * outHeight * outWidth, outChannels],
    begin: begin.join("\n"),
    loops: (sums) => `for (var dy = 0; dy < ${filterHeight}; dy++) { for (var dx = 0; dx < ${filterWidth}; dx++) {
${cells.join("\n")}
let weights = u32(dy * ${filterWidth} + dx) * ${inChannels}u;
for (var k = 0u; k < ${inChannels}u; k++) { ${sums} }
} }`,
    left: (_, n) => `is${n} * ${shader.read(source, `(cell${n} + k)`)}`,
    right: (column) => shader.read(kernel, `((weights + k) * ${outChannels}u + ${column})`),
  });
}

/** Operations that are programs of their own, and whether they read a number several times. */
export const PROGRAMS: Readonly<Record<string, {readonly write: Program; readonly rereads: boolean}>> = {
  Sum: {write: summed, rereads: false},
  Mean: {write: summed, rereads: false},
  Softmax: {write: softmax, rereads: true},
  BatchMatMul: {write: matMul, rereads: true},
  Conv2D: {write: convolve, rereads: true},
};
