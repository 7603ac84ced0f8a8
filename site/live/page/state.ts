/** The state of the page, all of which is in its address. */
import {engineChoices, type EngineChoice} from "@lola-ts/engine/browser";
import {metricNames, type CommittedMetric} from "../engine/committed";
import type {SystemFacts} from "../engine/facts";
import {brushesOf, canvases, type Canvas, type Stroke} from "../engine/painting";
import {CHANNELS, stages, type Stage} from "../engine/small";
import {MAX_ROUNDS} from "./rounds";

/** Names of the views, in the order of the page. */
export const viewNames = [
  "machine",
  "compress",
  "noise",
  "sample",
  "rollout",
  "guide",
  "scores",
  "results",
  "race",
  "game",
  "train",
] as const;
export type ViewName = (typeof viewNames)[number];

export const MAX_CELLS = 25;

/** Bounds of what is painted: an address should hold it. */
export const MAX_STROKES = 16;
export const MAX_POINTS = 60;

export const ranges = {
  t: {min: 0.02, max: 0.98, step: 0.01},
  steps: {min: 2, max: 32, step: 1},
  step: {min: 0, max: 32, step: 1},
  order: {min: 1, max: 4, step: 1},
  members: {min: 2, max: 8, step: 1},
  seed: {min: 0, max: 999, step: 1},
} as const;

type Cells = readonly (readonly [number, number])[];

/** Make the state that the page opens with. */
export function defaultState({name, defaults, shape, shown, shares = [1]}: SystemFacts, cells: Cells) {
  return {
    view: "machine" as ViewName,
    system: name,
    trajectory: 0,
    /** Number of latent channels. */
    rate: defaults.latentChannels,
    /** State of the trajectory that is shown. */
    at: Math.round(0.4 * (shape[0] - 1)),
    /** First state of the window that is denoised. */
    start: 0,
    /** Diffusion time. */
    t: 0.5,
    steps: defaults.steps,
    order: defaults.order,
    /** Step of the sampler that is shown large; the sample itself after the last. */
    step: ranges.step.max as number,
    members: 4,
    seed: 0,
    /** Observed cells: row and column of the image. */
    cells: cells.filter(([row, column]) => row < shown.image[0] && column < shown.image[1]) as Cells,
    /** What is painted over, strokes on it, the number of the brush, and how fine the simulator of the race is. */
    canvas: "data" as Canvas,
    strokes: [] as readonly Stroke[],
    brush: 0,
    share: shares[0],
    engine: "auto" as EngineChoice,
    /** System whose committed scores are compared, their metric, the number of their horizon, methods that are left out. */
    scored: name,
    metric: "VRMSE" as CommittedMetric,
    horizon: 0,
    without: [] as readonly number[],
    /** Round of the game that is shown, and the pictures that were chosen in it and before. */
    round: 0,
    guesses: [] as readonly number[],
    /** Which small model is trained, and the number of its latent channels. */
    stage: "autoencoder" as Stage,
    channels: 4,
  };
}

export type State = Readonly<ReturnType<typeof defaultState>>;

/** Entry of an address: its value, undefined for nonsense, and what it may be, in words. */
interface Entry {
  readonly read: (text: string) => unknown;
  readonly expected: string;
}

const oneOf = (names: readonly string[], value: (name: string) => unknown = String): Entry => ({
  read: (text) => (names.includes(text) ? value(text) : undefined),
  expected: `one of ${names.join(", ")}`,
});

const numberFrom = ({min, max}: {readonly min: number; readonly max: number}, pattern = /^\d{1,4}$/): Entry => ({
  read: (text) => (pattern.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
  expected: `a number from ${min} to ${max}`,
});

/** Read a list of numbers or of pairs: "1,2", "1.2,3.4" or "none". */
const listOf = (pattern: RegExp, isFit: (list: number[][]) => boolean, expected: string) => ({
  read: (text: string) => {
    const list = text === "none" ? [] : text.split(",").map((one) => one.split(".").map(Number));
    return (text === "none" || pattern.test(text)) && isFit(list) ? list : undefined;
  },
  expected,
});

function entriesOf(facts: SystemFacts, scored: readonly string[]): Map<string, Entry> {
  const {shape, window, trajectories, rates, shown, shares = [1]} = facts;
  const brushes = brushesOf(facts);
  const isStroke = (stroke: number[]) =>
    stroke.length % 2 === 1 &&
    stroke.length <= 2 * MAX_POINTS + 1 &&
    stroke[0] < brushes.length &&
    stroke.every((at, i) => i === 0 || at < shown.image[(i - 1) % 2]);
  const isCell = ([row, column]: number[]) => row < shown.image[0] && column < shown.image[1];
  const cells = `none, or at most ${MAX_CELLS} cells as x.y, below ${shown.image.join(".")}`;
  const numbers = listOf(/^\d{1,2}(,\d{1,2})*$/, () => true, "none, or numbers of methods");
  const guesses = listOf(
    /^[0-3](,[0-3])*$/,
    ({length}) => length <= MAX_ROUNDS,
    `none, or at most ${MAX_ROUNDS} numbers from 0 to 3`,
  );
  const {t, ...wholes} = ranges;
  const entries: Partial<Record<keyof State, Entry>> = {
    ...Object.fromEntries(Object.entries(wholes).map(([name, range]) => [name, numberFrom(range)])),
    view: oneOf(viewNames),
    engine: oneOf(engineChoices),
    metric: oneOf(metricNames),
    scored: oneOf(scored),
    rate: oneOf(
      rates.map(({latentChannels}) => `${latentChannels}`),
      Number,
    ),
    canvas: oneOf(brushes.length > 0 ? canvases : ["data"]),
    brush: numberFrom({min: 0, max: Math.max(0, brushes.length - 1)}),
    share: oneOf(shares.map(String), Number),
    trajectory: numberFrom({min: 0, max: trajectories.length - 1}),
    at: numberFrom({min: 0, max: shape[0] - 1}),
    start: numberFrom({min: 0, max: shape[0] - window}),
    horizon: numberFrom({min: 0, max: 2}),
    t: numberFrom(t, /^0?\.\d{1,3}$/),
    cells: listOf(
      /^\d{1,4}\.\d{1,4}(,\d{1,4}\.\d{1,4})*$/,
      (list) => list.length <= MAX_CELLS && list.every(isCell),
      cells,
    ),
    strokes: listOf(
      /^\d(\.\d{1,4}){2,}(,\d(\.\d{1,4}){2,})*$/,
      (list) => list.length <= MAX_STROKES && list.every(isStroke),
      `none, or at most ${MAX_STROKES} strokes as brush.x.y, of ${brushes.length} brushes`,
    ),
    without: {...numbers, read: (text) => numbers.read(text)?.flat()},
    round: numberFrom({min: 0, max: MAX_ROUNDS - 1}),
    stage: oneOf(stages),
    channels: oneOf(CHANNELS.map(String), Number),
    guesses: {...guesses, read: (text) => guesses.read(text)?.flat()},
  };
  return new Map(Object.entries(entries));
}

/** Read an address's fragment; nonsense in it is left out, and said in a sentence each. */
export function parseState(
  fragment: string,
  facts: SystemFacts,
  opening: State,
  scored: readonly string[] = [],
): {state: State; problems: readonly string[]} {
  const entries = entriesOf(facts, scored);
  const problems: string[] = [];
  const changes: Record<string, unknown> = {};
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    if (name === "system") continue; // it was read before, to choose the facts
    const entry = entries.get(name);
    const value = entry?.read(text);
    if (value === undefined) problems.push(problemOf(name, text, entry?.expected));
    else changes[name] = value;
  }
  return {state: {...opening, ...changes}, problems};
}

export function problemOf(name: string, text: string, expected?: string): string {
  const found = `${name.slice(0, 20)}=${text.slice(0, 20)}`;
  return expected ? `${found}: expected ${expected}.` : `${found}: the page has no such entry.`;
}

/** Write a state as an address's fragment: what differs from the opening, and always the view. */
export function formatState(state: State, opening: State): string {
  const text = (value: State[keyof State]) =>
    Array.isArray(value)
      ? (value as readonly (number | readonly number[])[]).map((one) => [one].flat().join(".")).join(",") || "none"
      : String(value);
  const entries = (Object.keys(state) as (keyof State)[])
    .filter((name) => name === "view" || name === "system" || text(state[name]) !== text(opening[name]))
    .map((name) => `${name}=${text(state[name])}`);
  return `#${entries.join("&")}`;
}

/**
 * How a change enters the browser's history: as a step of its own that Back undoes, in place of the last one, or not at all,
 * because it comes from there.
 */
type HistoryEntry = "step" | "same" | "none";

type Listener = (state: State, before: State, entry: HistoryEntry) => void;

/** A state that changes, and who wants to know. */
export class Store {
  private readonly listeners = new Set<Listener>();

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  set(change: Partial<State>, entry: HistoryEntry = "step"): void {
    const before = this.current;
    const names = Object.keys(change) as (keyof State)[];
    if (names.every((name) => before[name] === change[name])) return;
    this.current = {...before, ...change};
    for (const listener of this.listeners) listener(this.current, before, entry);
  }

  subscribe(listener: Listener): void {
    this.listeners.add(listener);
  }
}
