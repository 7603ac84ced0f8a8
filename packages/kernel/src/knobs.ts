/**
 * Knobs in a cell: Jupyter's standard widgets, whose values code reads, and results that follow them.
 *
 * Outside of a notebook, and where a notebook runs without a page, knobs have their first value. A saved notebook shows the
 * last result without a kernel.
 */
import {randomUUID} from "node:crypto";
import {inspect} from "node:util";
import {frontHere} from "./front";
import {LiveOutput} from "./live-output";
import type {Content} from "./wire";

/** A value that the reader of a notebook changes. */
export interface Knob<T> {
  readonly name: string;
  readonly value: T;
}

export interface SliderOptions {
  /** Smallest value. Default: 0. */
  min?: number;
  /** Largest value. */
  max: number;
  /** Distance of values. Default: 1. */
  step?: number;
  /** First value. Default: `min`. */
  value?: number;
}

export interface PlayOptions extends SliderOptions {
  /** Milliseconds between two values. Default: 500. */
  interval?: number;
}

type State = Readonly<Record<string, unknown>>;

/** Widgets of a knob by their parts; the part "shown" is seen, and the part "value" holds the value. */
type Parts = Readonly<Record<string, State>>;

const CONTROLS = {module: "@jupyter-widgets/controls", version: "2.0.0"};
const BASE = {module: "@jupyter-widgets/base", version: "2.0.0"};

const kind = (name: string, view: string | null = `${name}View`, {module, version} = CONTROLS): State => ({
  _model_module: module,
  _model_module_version: version,
  _model_name: `${name}Model`,
  _view_module: module,
  _view_module_version: version,
  _view_name: view,
});

/** Refer to another widget of the same knob. */
class Part {
  constructor(readonly name: string) {}
}

class Control<T> implements Knob<T> {
  private readonly ids: Readonly<Record<string, string>>;
  private readonly listeners = new Set<() => void>();
  private state: State;

  constructor(
    readonly name: string,
    parts: Parts,
    private readonly read: (state: State) => T,
    /** The possible values, for readers without widgets. */
    private readonly range: string,
  ) {
    this.ids = Object.fromEntries(Object.keys(parts).map((part) => [part, randomUUID()]));
    this.state = parts.value;
    const page = frontHere()?.page();
    for (const [part, state] of Object.entries(parts)) {
      page?.open(this.ids[part], this.linked(state), (changed) => {
        if (part !== "value") return;
        this.state = changed;
        this.listeners.forEach((listener) => listener());
      });
    }
  }

  get value(): T {
    return this.read(this.state);
  }

  onMove(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The widget as an output, and what readers without widgets see. */
  get output(): Content {
    const text = `${String(this)} (${this.range})`;
    const view = {version_major: 2, version_minor: 0, model_id: this.ids.shown ?? this.ids.value};
    const data = {
      "text/plain": text,
      "text/html": `<code>${escape(text)}</code>`,
      "application/vnd.jupyter.widget-view+json": view,
    };
    return {data, metadata: {}, transient: {}};
  }

  toString(): string {
    return `${this.name} = ${String(this.value)}`;
  }

  [inspect.custom](): string {
    return String(this);
  }

  private linked(state: State): State {
    const link = (value: unknown): unknown => {
      if (value instanceof Part) return `IPY_MODEL_${this.ids[value.name]}`;
      return Array.isArray(value) ? value.map(link) : value;
    };
    return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, link(value)]));
  }
}

const escape = (text: string): string =>
  text.replace(/[&<>]/g, (character) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;"})[character]!);

const look = (style: string): Parts => ({layout: kind("Layout", "LayoutView", BASE), style: styleOf(style)});
const styleOf = (name: string): State => ({
  ...kind(name, "StyleView"),
  _view_module: BASE.module,
  _view_module_version: BASE.version,
  description_width: "initial",
});
const shared = (description: string): State => ({description, layout: new Part("layout"), style: new Part("style")});

/** @throws RangeError for a range without values, or a first value outside of it. */
function rangeOf(where: string, name: string, {min = 0, max, step = 1, value = min}: SliderOptions) {
  const refuse = (expected: string, found: unknown) => {
    throw new RangeError(`${where} "${name}": expected ${expected}, found ${String(found)}.`);
  };
  for (const [option, number] of Object.entries({min, max, step, value}))
    if (!Number.isFinite(number)) refuse(`${option} to be a number`, number);
  if (max <= min) refuse(`max to be above min (${min})`, max);
  if (step <= 0) refuse("step to be above 0", step);
  if (value < min || value > max) refuse(`value to be from ${min} to ${max}`, value);
  return {min, max, step, value};
}

/** Describe a slider, of whole numbers where all of its values are. */
function sliding(where: string, name: string, options: SliderOptions) {
  const range = rangeOf(where, name, options);
  const {min, max, step} = range;
  const isWhole = [min, step].every(Number.isInteger);
  const own = {...range, readout_format: isWhole ? "d" : "", continuous_update: true};
  const value: State = {...kind(isWhole ? "IntSlider" : "FloatSlider"), ...own, ...shared(name)};
  return {range, value, words: `${min} to ${max}${step === 1 ? "" : ` in steps of ${step}`}`};
}

const numberIn = ({value}: State): number => Number(value);

/**
 * Make a slider.
 *
 * @param name stands beside it.
 * @throws RangeError for a range without values, or a first value outside of it.
 * @example const steps = slider("steps", {min: 1, max: 64, value: 16});
 */
export function slider(name: string, options: SliderOptions): Knob<number> {
  const {value, words} = sliding("slider", name, options);
  return new Control(name, {...look("SliderStyle"), value}, numberIn, words);
}

/**
 * Make a slider that a button moves.
 *
 * @param name stands beside it.
 * @throws RangeError for a range without values, or a first value outside of it.
 * @example const time = play("lead time", {min: 0, max: 80, step: 4});
 */
export function play(name: string, {interval = 500, ...options}: PlayOptions): Knob<number> {
  const {value, words, range} = sliding("play", name, options);
  const layout = new Part("layout");
  const parts = {
    ...look("SliderStyle"),
    value,
    button: {...kind("Play"), ...range, interval, layout, style: new Part("style")},
    link: {...kind("Link", null), source: [new Part("button"), "value"], target: [new Part("value"), "value"]},
    shown: {...kind("HBox"), children: [new Part("button"), new Part("value")], layout},
  };
  return new Control(name, parts, numberIn, words);
}

/**
 * Make a list to choose from.
 *
 * @param name stands beside it.
 * @param options the values, or values by the words of the list.
 * @param first the value that is chosen first. Default: the first one.
 * @throws RangeError for an empty list, or a first value that is not in it.
 * @example const rate = choice("rate", {"÷20": 64, "÷80": 16, "÷320": 4}, 16);
 */
export function choice<T extends string | number | boolean>(
  name: string,
  options: readonly T[] | Readonly<Record<string, T>>,
  first?: T,
): Knob<T> {
  const values: readonly T[] = Array.isArray(options) ? (options as readonly T[]) : Object.values(options);
  const labels = Array.isArray(options) ? values.map(String) : Object.keys(options);
  const index = first === undefined ? 0 : values.indexOf(first);
  const list = labels.join(", ");
  if (values.length === 0) throw new RangeError(`choice "${name}": expected values to choose from, found none.`);
  if (index < 0)
    throw new RangeError(`choice "${name}": expected one of ${values.join(", ")}, found ${String(first)}.`);
  const value = {...kind("Dropdown"), _options_labels: labels, index, ...shared(name)};
  const read = (state: State) => values[Number(state.index ?? index)];
  return new Control(name, {...look("DescriptionStyle"), value}, read, `of ${list}`);
}

/**
 * Make a box to tick.
 *
 * @param name stands beside it.
 * @example const symmetries = toggle("symmetries", true);
 */
export function toggle(name: string, first = false): Knob<boolean> {
  const value = {...kind("Checkbox"), value: first, indent: false, ...shared(name)};
  return new Control(name, {...look("CheckboxStyle"), value}, (state) => Boolean(state.value), "true or false");
}

type Values<K extends readonly Knob<unknown>[]> = {
  -readonly [I in keyof K]: K[I] extends Knob<infer T> ? T : never;
};

/**
 * Show knobs, and below them what some work prints and shows with their values: now, and again whenever one of them moves.
 *
 * A run that is out of date is told so by its signal; the next one begins when it has ended. Work that takes the signal may end
 * early, so its late output is left out; other work is shown when it is done, and so a player that is faster than the work leaves
 * some values out. What a run has shown is kept by the values of the knobs, and shown at once when these come back.
 *
 * @param work takes the values of the knobs in their order, then an `AbortSignal`. Its results must depend on nothing else.
 * @returns when the first result is there.
 * @throws TypeError for other knobs; whatever the first run throws. What later ones throw is shown in the place of their results.
 * @example await live(async (n, signal) => console.log(n ** 2), [slider("n", {max: 9})]);
 */
export async function live<const K extends readonly Knob<unknown>[]>(
  work: (...values: [...Values<K>, AbortSignal]) => unknown,
  knobs: K,
): Promise<void> {
  const controls = knobs.map((knob) => {
    if (knob instanceof Control) return knob as Control<unknown>;
    throw new TypeError(`live: expected knobs, such as slider(…) makes, found ${inspect(knob)}.`);
  });
  const compute = (values: readonly unknown[], signal: AbortSignal) =>
    work(...([...values, signal] as unknown as Parameters<typeof work>));
  const front = frontHere();
  const values = () => controls.map(({value}) => value);
  if (!front) return void (await compute(values(), new AbortController().signal));
  const page = front.page();
  controls.forEach(({output}) => page.show(output));
  const output = new LiveOutput(front, page, (signal) => compute(values(), signal), work.length !== knobs.length);
  const moved = () => output.move(controls.map(String).join(", "));
  const ends = controls.map((control) => control.onMove(moved));
  page.atEnd(() => ends.forEach((end) => end()));
  await output.begin(controls.map(String).join(", "));
}
