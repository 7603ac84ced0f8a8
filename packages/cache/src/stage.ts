/**
 * Stages as data: on which options an artefact depends, from which others it is made, and how it is made.
 *
 * A node is one artefact of a stage. Its key is known before anything is made, and it is made once: in memory and on the disk it
 * is found by its key.
 */
import type {Artifacts, Recipe} from "./artifacts";
import type {Memo} from "./memo";

/** Where nodes are kept: a laboratory, for example. */
export interface Place {
  readonly artifacts: Artifacts;
  readonly memo: Memo;
}

/** Artefacts and data that a node is made from, in the order in which its key names them. */
export type Inputs = Readonly<Record<string, {readonly key: string} | undefined>>;

export interface Stage<P extends Place, Asked, I extends Inputs, Made> {
  /** Folder of its artefacts in the store. */
  readonly name: string;
  /** Version of its code, which is raised when the code makes other numbers of the same options. */
  readonly version: number;
  /** Find what a node is made from; nothing is made to find it. */
  inputs(place: P, asked: Asked): I;
  /** List the options on which a node depends. A version replaces the stage's. */
  recipe(
    place: P,
    asked: Asked,
    inputs: I,
  ): Omit<Recipe, "stage" | "version" | "inputs"> & Partial<Pick<Recipe, "version">>;
  /** Make a node, or read it from the store. */
  make(work: StageWork<P, Asked, I>): Promise<Made>;
  /** Identify the result in memory. Default: the artefact's key. */
  memoKey?(place: P, key: string): string;
}

export interface StageWork<P extends Place, Asked, I extends Inputs> {
  readonly place: P;
  readonly asked: Asked;
  readonly inputs: I;
  readonly recipe: Recipe;
}

export interface Node<Made> {
  readonly recipe: Recipe;
  readonly key: string;
  readonly inputs: Inputs;
  /** Find the result in memory or in the store, or make it. */
  readonly get: () => Promise<Made>;
}

/** Describe an artefact of a stage. @param inputs Default: those that the stage finds. */
export function node<P extends Place, Asked, I extends Inputs, Made>(
  stage: Stage<P, Asked, I, Made>,
  place: P,
  asked: Asked,
  inputs: I = stage.inputs(place, asked),
): Node<Made> {
  const keys = Object.values(inputs).flatMap((input) => (input ? [input.key] : []));
  const recipe = {stage: stage.name, version: stage.version, ...stage.recipe(place, asked, inputs), inputs: keys};
  const key = place.artifacts.key(recipe);
  const get = () =>
    place.memo.once(stage.memoKey?.(place, key) ?? key, () => stage.make({place, asked, inputs, recipe}));
  return {recipe, key, inputs, get};
}

/** Use a result that is there as an input. */
export function ready<Made extends {readonly key: string}>(made: Made): Pick<Node<Made>, "key" | "get"> {
  return {key: made.key, get: () => Promise.resolve(made)};
}
