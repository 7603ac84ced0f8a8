/** What methods need, whether it is there, and what it costs. */
import {formatSeconds} from "@lola-ts/cache";
import type {MethodChoice} from "./stages/methods";

/** An artefact that a method needs, and an estimate of how long it takes to make it. */
export interface Part {
  readonly key: string;
  readonly name: string;
  readonly isNew: boolean;
  /** NaN if no such work was timed here. */
  readonly seconds: number;
}

/** Stage of the request of a question, which says itself what it trains. */
export const WHAT_IF = "what if";

/** List what is not there, each once. */
export function missingParts(parts: readonly Part[]): Part[] {
  return [...new Map(parts.filter(({isNew}) => isNew).map((part) => [part.key, part])).values()];
}

/** Say what is not there, and about how long it takes: "To train: autoencoder-c16, solver-c16; about 2 min 10 s." */
export function costInWords(title: string, parts: readonly Part[], none = ""): string {
  const missing = missingParts(parts);
  if (missing.length === 0) return none;
  const seconds = missing.reduce((sum, part) => sum + part.seconds, 0);
  const cost = Number.isNaN(seconds) ? "not timed here before" : `about ${formatSeconds(seconds)}`;
  return `${title}: ${[...new Set(missing.map(({name}) => name))].join(", ")}; ${cost}.`;
}

export interface MethodParts {
  readonly method: MethodChoice;
  /** Its autoencoder, if it has one, and its emulator. */
  readonly models: readonly Part[];
  /** Its rollouts with their scores. */
  readonly forecast: Part;
}
