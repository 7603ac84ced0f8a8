/** The state of the page, all of which is in its address. */
import {engineNames, type EngineName} from "@lola-ts/engine/browser";
import {metricNames, type CommittedMetric} from "../engine/committed";
import type {SystemFacts} from "../engine/facts";

/** Names of the views, in the order of the page. */
export const viewNames = ["machine", "compress", "noise", "sample", "rollout", "guide", "scores", "results"] as const;
export type ViewName = (typeof viewNames)[number];

/** What the reader chose. */
export interface State {
  readonly view: ViewName;
  readonly system: string;
  /** Number of the trajectory. */
  readonly trajectory: number;
  /** Number of latent channels. */
  readonly rate: number;
  /** State of the trajectory that is shown. */
  readonly at: number;
  /** First state of the window that is denoised. */
  readonly start: number;
  /** Diffusion time. */
  readonly t: number;
  readonly steps: number;
  readonly order: number;
  /** Step of the sampler that is shown large; the sample itself after the last. */
  readonly step: number;
  readonly members: number;
  readonly seed: number;
  /** Observed cells: row and column of the image. */
  readonly cells: readonly (readonly [number, number])[];
  readonly engine: EngineName;
  /** System whose committed scores are compared, their metric, the number of their horizon, methods that are left out. */
  readonly scored: string;
  readonly metric: CommittedMetric;
  readonly horizon: number;
  readonly without: readonly number[];
}

/** Most cells that can be observed. */
export const MAX_CELLS = 25;

/** Ranges of the numbers that are chosen. */
export const ranges = {
  t: {min: 0.02, max: 0.98, step: 0.01},
  steps: {min: 2, max: 32, step: 1},
  step: {min: 0, max: 32, step: 1},
  order: {min: 1, max: 4, step: 1},
  members: {min: 2, max: 8, step: 1},
  seed: {min: 0, max: 999, step: 1},
} as const;

/** A state, and a sentence for each entry of an address that makes no sense. */
export interface ParsedState {
  readonly state: State;
  readonly problems: readonly string[];
}

/** The state that the page opens with. */
export function defaultState({name, defaults, shape, shown}: SystemFacts, cells: State["cells"]): State {
  return {
    view: "machine",
    system: name,
    trajectory: 0,
    rate: defaults.latentChannels,
    at: Math.round(0.4 * (shape[0] - 1)),
    start: 0,
    t: 0.5,
    steps: defaults.steps,
    order: defaults.order,
    step: ranges.step.max,
    members: 4,
    seed: 0,
    cells: cells.filter(([row, column]) => row < shown.image[0] && column < shown.image[1]),
    engine: "wasm",
    ...{scored: name, metric: "VRMSE", horizon: 0, without: []},
  };
}

const whole = (text: string, min: number, max: number): number | undefined =>
  /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

function cellsOf(text: string, [rows, columns]: readonly [number, number]): State["cells"] | undefined {
  if (text === "none") return [];
  const cells = text
    .split(",")
    .map((pair) => pair.split(".").map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : -1)));
  const fit = cells.every(
    ([row, column, ...rest]) => rest.length === 0 && row >= 0 && row < rows && column >= 0 && column < columns,
  );
  return fit && cells.length <= MAX_CELLS ? cells.map(([row, column]) => [row, column] as const) : undefined;
}

/** One entry of an address: what it sets, undefined for nonsense; and what it may be, in words. */
interface Entry {
  readonly change: Partial<State> | undefined;
  readonly expected: string;
}

/** Read one entry of an address. @returns undefined if nothing has this name. */
function read(name: string, text: string, facts: SystemFacts, scored: readonly string[]): Entry | undefined {
  const {shape, window, trajectories, rates, shown} = facts;
  const choices = new Map<string, readonly string[]>([
    ["view", viewNames],
    ["engine", engineNames],
    ["metric", metricNames],
    ["scored", scored],
    ["rate", rates.map(({latentChannels}) => `${latentChannels}`)],
  ]);
  const {t, ...wholes} = ranges;
  const bounds = new Map<string, readonly [number, number]>([
    ...Object.entries(wholes).map(([key, {min, max}]) => [key, [min, max]] as const),
    ["trajectory", [0, trajectories.length - 1]],
    ["at", [0, shape[0] - 1]],
    ["start", [0, shape[0] - window]],
    ["horizon", [0, 2]],
  ]);
  const entry = (value: unknown, expected: string): Entry => ({
    change: value === undefined ? undefined : {[name]: value},
    expected,
  });
  const [names, bound] = [choices.get(name), bounds.get(name)];
  if (names) {
    const chosen = names.includes(text) ? text : undefined;
    return entry(name === "rate" && chosen ? Number(chosen) : chosen, `one of ${names.join(", ")}`);
  }
  if (bound) return entry(whole(text, ...bound), `a number from ${bound[0]} to ${bound[1]}`);
  if (name === "t") {
    const time = /^0?\.\d{1,3}$/.test(text) ? Number(text) : NaN;
    return entry(time >= t.min && time <= t.max ? time : undefined, `a number from ${t.min} to ${t.max}`);
  }
  if (name === "cells") {
    const expected = `none, or at most ${MAX_CELLS} cells as x.y, below ${shown.image.join(".")}`;
    return entry(cellsOf(text, shown.image), expected);
  }
  if (name !== "without") return undefined;
  const numbers = text === "none" ? [] : text.split(",").map(Number);
  return entry(/^(none|\d{1,2}(,\d{1,2})*)$/.test(text) ? numbers : undefined, "none, or numbers of methods");
}

/** Read an address's fragment; nonsense in it is left out, and said in a sentence each. */
export function parseState(
  fragment: string,
  facts: SystemFacts,
  opening: State,
  scored: readonly string[] = [],
): ParsedState {
  const problems: string[] = [];
  let state = opening;
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    if (name === "system") continue; // it was read before, to choose the facts
    const entry = read(name, text, facts, scored);
    if (entry?.change) state = {...state, ...entry.change};
    else problems.push(problemOf(name, text, entry?.expected));
  }
  return {state, problems};
}

/** Say what is wrong with an entry of an address. */
export function problemOf(name: string, text: string, expected?: string): string {
  const found = `${name.slice(0, 20)}=${text.slice(0, 20)}`;
  return expected ? `${found}: expected ${expected}.` : `${found}: the page has no such entry.`;
}

/** Write a state as an address's fragment: what differs from the opening, and always the view. */
export function formatState(state: State, opening: State): string {
  const text = (value: State[keyof State]) =>
    Array.isArray(value)
      ? (value as readonly (number | readonly number[])[]).map((one) => [one].flat().join(".")).join(",") || "none"
      : String(value as string);
  const entries = (Object.keys(state) as (keyof State)[])
    .filter((name) => name === "view" || name === "system" || text(state[name]) !== text(opening[name]))
    .map((name) => `${name}=${text(state[name])}`);
  return `#${entries.join("&")}`;
}

/**
 * How a change enters the browser's history: as a step of its own that Back undoes, in place of the last one, or not at all,
 * because it comes from there.
 */
export type HistoryEntry = "step" | "same" | "none";

type Listener = (state: State, before: State, entry: HistoryEntry) => void;

/** A state that changes, and who wants to know. */
export class Store {
  private readonly listeners = new Set<Listener>();

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  /** Change some of it. */
  set(change: Partial<State>, entry: HistoryEntry = "step"): void {
    const before = this.current;
    const names = Object.keys(change) as (keyof State)[];
    if (names.every((name) => before[name] === change[name])) return;
    this.current = {...before, ...change};
    for (const listener of this.listeners) listener(this.current, before, entry);
  }

  /** Be told of changes. */
  subscribe(listener: Listener): void {
    this.listeners.add(listener);
  }
}
