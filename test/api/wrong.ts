/** Wrong forms of right arguments, made from the arguments themselves, and views that hold the same values. */
import ndarray, {type NdArray} from "ndarray";
import {tf} from "@lola-ts/engine";

/** Arguments of which one part is replaced. */
export interface Variant {
  /** Place and fault, e.g. "1.epsilon: NaN". */
  readonly name: string;
  readonly args: readonly unknown[];
  /** Arguments with which a call that takes these must have the same result: of a view, those that hold its values. */
  readonly same?: readonly unknown[];
}

/** One replacement of a value. */
interface Fault {
  readonly name: string;
  readonly value: unknown;
  /** The same values in the right form. */
  readonly same?: unknown;
}

export type Field = NdArray<Float32Array>;

export const isField = (value: unknown): value is Field =>
  typeof value === "object" && value !== null && "stride" in value && "data" in value && "shape" in value;

const isTyped = (value: unknown): value is Float32Array | Float64Array | Int32Array =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Lay the values of an array out in another order of axes, and behind other values. */
function views(field: Field): Fault[] {
  const {shape, data} = field;
  const behind = new Float32Array(data.length + 3);
  behind.fill(NaN);
  behind.set(data, 3);
  const axes = shape.map((_, axis) => axis).reverse();
  const turned = ndarray(new Float32Array(data.length), [...shape].reverse());
  const view = turned.transpose(...axes);
  forEachIndex(shape, (index, i) => view.set(...(index as [number]), data[i]));
  return [
    {name: "behind other values", value: ndarray(behind, shape, undefined, 3), same: field},
    {name: "transposed", value: view, same: field},
  ];
}

function forEachIndex(shape: readonly number[], visit: (index: number[], i: number) => void): void {
  const size = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < size; i++) {
    let rest = i;
    const index = [...shape].reverse().map((n) => {
      const at = rest % n;
      rest = (rest - at) / n;
      return at;
    });
    visit(index.reverse(), i);
  }
}

/** Wrong forms of an array with strides. */
function wrongFields(field: Field): Fault[] {
  const {data, shape} = field;
  const last = shape[shape.length - 1];
  return [
    ...views(field),
    {name: "fewer axes", value: ndarray(data, [data.length])},
    {name: "empty", value: ndarray(new Float32Array(0), [0, ...shape.slice(1)])},
    {
      name: "another length",
      value: ndarray(new Float32Array(data.length + data.length / last), [...shape.slice(0, -1), last + 1]),
    },
    {name: "fewer values than its shape", value: ndarray(data.slice(1), shape)},
    {
      name: "lists",
      value: [
        [1, 2],
        [3, 4],
      ],
    },
    {name: "texts", value: ndarray(Array.from(data, String) as never, shape)},
    {name: "float64", value: ndarray(Float64Array.from(data) as never, shape), same: field},
  ];
}

/** Wrong forms of a row of numbers. */
function wrongRows(row: ArrayLike<number>): Fault[] {
  const numbers = Array.from(row);
  const same = (values: number[]) => (isTyped(row) ? (row.constructor as typeof Float64Array).from(values) : values);
  const option = Array.isArray(row);
  return [
    {name: "empty", value: same([])},
    {name: "one less", value: same(numbers.slice(1))},
    {name: "texts", value: numbers.map(() => "a")},
    {name: "lists", value: [numbers, numbers]},
    ...(option
      ? [
          {name: "NaN", value: [NaN, ...numbers.slice(1)]},
          {name: "-1", value: [-1, ...numbers.slice(1)]},
        ]
      : []),
  ];
}

function wrongTensors(tensor: tf.Tensor): Fault[] {
  const whole = tensor.cast("int32");
  return [
    {name: "fewer axes", value: tensor.flatten()},
    {name: "empty", value: tf.zeros([0, ...tensor.shape.slice(1)])},
    tensor.dtype === "int32"
      ? {name: "float32", value: tensor.cast("float32")}
      : {name: "int32", value: whole, same: whole.cast("float32")},
    {name: "numbers", value: tensor.dataSync()},
  ];
}

const numberFaults: readonly Fault[] = [
  {name: "NaN", value: NaN},
  {name: "-1", value: -1},
  {name: "a text", value: "a"},
];

/** A fault, and the part of an argument that has it. */
interface PlacedFault extends Fault {
  readonly place: string;
}

/** See the fault of a part as one of the whole. */
function within(fault: PlacedFault, place: string, whole: (part: unknown) => unknown): PlacedFault {
  const same = fault.same !== undefined && {same: whole(fault.same)};
  return {name: fault.name, place: `${place}${fault.place}`, value: whole(fault.value), ...same};
}

/** All wrong forms of one value, itself and parts of it. */
function faults(value: unknown): PlacedFault[] {
  const here = (list: readonly Fault[]) => list.map((fault) => ({...fault, place: ""}));
  if (typeof value === "number") return here(numberFaults);
  if (typeof value === "string") return here([{name: "another text", value: "nonesuch"}]);
  if (isField(value)) return here(wrongFields(value));
  if (value instanceof tf.Tensor) return here(wrongTensors(value));
  if (isTyped(value)) return here(wrongRows(value));
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    if (items.length > 0 && items.every((item) => typeof item === "number")) return here(wrongRows(items as number[]));
    const inner = faults(items[0]).map((fault) => within(fault, ".0", (part) => [part, ...items.slice(1)]));
    return [...here([{name: "empty", value: []}]), ...inner];
  }
  if (!isPlain(value)) return [];
  if ("simulate" in value) return here([{name: "another object", value: {}}]); // a system
  return Object.entries(value).flatMap(([key, part]) =>
    faults(part).map((fault) => within(fault, `.${key}`, (other) => ({...value, [key]: other}))),
  );
}

/** Check if a value may be left out: options, and values that have no parts. */
const needed = (value: unknown): boolean => typeof value === "object" && value !== null && !isPlain(value);

/** Make the variants of arguments in which options have one more name, or are a number. */
export function wrongOptions(make: () => readonly unknown[], places: readonly number[]): Variant[] {
  return places.flatMap((place) => {
    const put = (change: (options: object) => unknown) =>
      make().map((other, i) => (i === place ? change(other as object) : other));
    return [
      {name: `${place}: an unknown option`, args: put((options) => ({...options, nonesuch: 1}))},
      {name: `${place}: a number for options`, args: put(() => 1e-6)},
    ];
  });
}

/** Make all variants of arguments, of which one part is wrong or a view. */
export function variantsOf(make: () => readonly unknown[]): Variant[] {
  return make().flatMap((value, i) => {
    const missing: PlacedFault[] = needed(value) ? [{name: "missing", value: undefined, place: ""}] : [];
    const put = (part: unknown) => make().map((other, j) => (j === i ? part : other));
    return [...faults(value), ...missing].map(({name, value: wrong, place, same}) => ({
      name: `${i}${place}: ${name}`,
      args: put(wrong),
      ...(same !== undefined && {same: put(same)}),
    }));
  });
}
