/** The state of the page, all of which is in its address. */
import {engineChoices, type EngineChoice} from "@lola-ts/engine/browser";
import {metricNames, type CommittedMetric} from "../engine/committed";
import type {SystemFacts} from "../engine/facts";

/** Names of the views, in the order of the page. */
export const viewNames = ["compress", "sample", "rollout", "scores", "results"] as const;
export type ViewName = (typeof viewNames)[number];

export const ranges = {
  steps: {min: 2, max: 32, step: 1},
  step: {min: 0, max: 32, step: 1},
  order: {min: 1, max: 4, step: 1},
  members: {min: 2, max: 8, step: 1},
  seed: {min: 0, max: 999, step: 1},
} as const;

/** Make the state that the page opens with. */
export function defaultState({name, defaults, shape}: SystemFacts) {
  return {
    view: "compress" as ViewName,
    system: name,
    trajectory: 0,
    /** Number of latent channels. */
    rate: defaults.latentChannels,
    /** State of the trajectory that is shown. */
    at: Math.round(0.4 * (shape[0] - 1)),
    steps: defaults.steps,
    order: defaults.order,
    /** Step of the sampler that is shown large; the sample itself after the last. */
    step: ranges.step.max as number,
    members: 4,
    seed: 0,
    engine: "auto" as EngineChoice,
    /** System whose committed scores are compared, their metric, and the number of their horizon. */
    scored: name,
    metric: "VRMSE" as CommittedMetric,
    horizon: 0,
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

const numberFrom = ({min, max}: {readonly min: number; readonly max: number}): Entry => ({
  read: (text) => (/^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
  expected: `a number from ${min} to ${max}`,
});

function entriesOf(facts: SystemFacts, scored: readonly string[]): Map<string, Entry> {
  const {shape, trajectories, rates} = facts;
  const entries: Partial<Record<keyof State, Entry>> = {
    ...Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, numberFrom(range)])),
    view: oneOf(viewNames),
    engine: oneOf(engineChoices),
    metric: oneOf(metricNames),
    scored: oneOf(scored),
    rate: oneOf(
      rates.map(({latentChannels}) => `${latentChannels}`),
      Number,
    ),
    trajectory: numberFrom({min: 0, max: trajectories.length - 1}),
    at: numberFrom({min: 0, max: shape[0] - 1}),
    horizon: numberFrom({min: 0, max: 2}),
  };
  return new Map(Object.entries(entries));
}

/** Read an address's fragment; nonsense in it is left out and named. */
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
  const entries = (Object.keys(state) as (keyof State)[])
    .filter((name) => name === "view" || name === "system" || state[name] !== opening[name])
    .map((name) => `${name}=${state[name]}`);
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
