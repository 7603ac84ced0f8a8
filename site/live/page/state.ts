/** The state of the page, all of which is in its address. */
import {engineNames, type EngineName} from "@lola-ts/engine/browser";
import type {SystemFacts} from "../engine/facts";

/** Names of the views, in the order of the page. */
export const viewNames = ["compress", "noise", "sample", "rollout", "guide", "scores"] as const;
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
  readonly members: number;
  readonly seed: number;
  /** Observed cells: row and column of the image. */
  readonly cells: readonly (readonly [number, number])[];
  readonly engine: EngineName;
}

/** Most cells that can be observed. */
export const MAX_CELLS = 12;

/** Ranges of the numbers that are chosen. */
export const ranges = {
  t: {min: 0.02, max: 0.98, step: 0.01},
  steps: {min: 2, max: 32, step: 1},
  order: {min: 1, max: 4, step: 1},
  members: {min: 2, max: 8, step: 1},
  seed: {min: 0, max: 999, step: 1},
} as const;

/** A state and the names of what an address asked for in vain. */
export interface ParsedState {
  readonly state: State;
  readonly ignored: readonly string[];
}

/** The state that the page opens with. */
export function defaultState({name, defaults, shape, shown}: SystemFacts, cells: State["cells"]): State {
  return {
    view: "compress",
    system: name,
    trajectory: 0,
    rate: defaults.latentChannels,
    at: Math.round(0.4 * (shape[0] - 1)),
    start: 0,
    t: 0.5,
    steps: defaults.steps,
    order: defaults.order,
    members: 4,
    seed: 0,
    cells: cells.filter(([row, column]) => row < shown.image[0] && column < shown.image[1]),
    engine: "wasm",
  };
}

const whole = (text: string, min: number, max: number): number | undefined =>
  /^\d{1,4}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;

const among = <T extends string>(names: readonly T[], text: string): T | undefined =>
  names.find((name) => name === text);

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

/** Read one entry of an address. @returns undefined for nonsense. */
function read(name: string, text: string, facts: SystemFacts): Partial<State> | undefined {
  const {shape, window, trajectories, rates, shown} = facts;
  const number = (key: keyof State, value: number | undefined) => (value === undefined ? undefined : {[key]: value});
  switch (name) {
    case "view":
      return among(viewNames, text) && {view: among(viewNames, text)!};
    case "engine":
      return among(engineNames, text) && {engine: among(engineNames, text)!};
    case "trajectory":
      return number(name, whole(text, 0, trajectories.length - 1));
    case "rate":
      return rates.some(({latentChannels}) => `${latentChannels}` === text) ? {rate: Number(text)} : undefined;
    case "at":
      return number(name, whole(text, 0, shape[0] - 1));
    case "start":
      return number(name, whole(text, 0, shape[0] - window));
    case "t": {
      const t = /^0?\.\d{1,3}$/.test(text) ? Number(text) : NaN;
      return t >= ranges.t.min && t <= ranges.t.max ? {t} : undefined;
    }
    case "steps":
    case "order":
    case "members":
    case "seed":
      return number(name, whole(text, ranges[name].min, ranges[name].max));
    case "cells": {
      const cells = cellsOf(text, shown.image);
      return cells && {cells};
    }
    default:
      return undefined;
  }
}

/** Read an address's fragment; nonsense in it is left out, and named. */
export function parseState(fragment: string, facts: SystemFacts, opening: State): ParsedState {
  const ignored: string[] = [];
  let state = opening;
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    if (name === "system") continue; // it was read before, to choose the facts
    const found = read(name, text, facts);
    if (found) state = {...state, ...found};
    else ignored.push(name.slice(0, 20));
  }
  return {state, ignored};
}

/** Write a state as an address's fragment: what differs from the opening, and always the view. */
export function formatState(state: State, opening: State): string {
  const text = (value: State[keyof State]) =>
    Array.isArray(value)
      ? (value as State["cells"]).map((cell) => cell.join(".")).join(",") || "none"
      : String(value as string);
  const entries = (Object.keys(state) as (keyof State)[])
    .filter((name) => name === "view" || name === "system" || text(state[name]) !== text(opening[name]))
    .map((name) => `${name}=${text(state[name])}`);
  return `#${entries.join("&")}`;
}

/** A state that changes, and who wants to know. */
export class Store {
  private readonly listeners = new Set<(state: State, before: State) => void>();

  constructor(private current: State) {}

  get state(): State {
    return this.current;
  }

  /** Change some of it. */
  set(change: Partial<State>): void {
    const before = this.current;
    const names = Object.keys(change) as (keyof State)[];
    if (names.every((name) => before[name] === change[name])) return;
    this.current = {...before, ...change};
    for (const listener of this.listeners) listener(this.current, before);
  }

  /** Be told of changes. */
  subscribe(listener: (state: State, before: State) => void): void {
    this.listeners.add(listener);
  }
}
