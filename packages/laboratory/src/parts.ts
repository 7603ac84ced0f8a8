/** Artefacts that methods need, whether they are there, and their costs. */
import {artifactKey, formatSeconds, node, type Node} from "@lola-ts/cache";
import {scoringSeconds} from "./scoring/score";
import {autoencoderStage} from "./stages/autoencoders";
import {openContext, type Context, type OpenContext} from "./stages/context";
import {emulatorName, emulatorStage} from "./stages/emulators";
import type {MethodChoice} from "./stages/methods";
import {rolloutSeconds, rolloutStage} from "./stages/rollouts";
import {timeOfStep} from "./stages/training";

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

/** List the artefacts that methods need, whether each is new, and about how long it takes by earlier work; none is made. */
export async function partsOf(lab: Context, methods: readonly MethodChoice[]): Promise<MethodParts[]> {
  const context = await openContext(lab);
  return Promise.all(
    methods.map(async (method) => ({
      method,
      models: await modelParts(context, method),
      forecast: await forecastPart(context, method),
    })),
  );
}

async function forecastPart(base: OpenContext, method: MethodChoice): Promise<Part> {
  const {artifacts} = base;
  const name = emulatorName(method);
  const context = {...base, config: {...base.config, rollout: {...base.config.rollout, ...method.changes?.rollout}}};
  const rollouts = node(rolloutStage, context, {method, changes: method.changes});
  const {dressing, average} = context.config.rollout; // made of the rollouts, whose key has none of them
  return {
    key: artifactKey({dressing, average}, [rollouts.key]),
    name,
    isNew: !(await artifacts.has(rollouts.recipe)),
    seconds: rolloutSeconds(context, method, rollouts) + scoringSeconds(base, {name}),
  };
}

/** List a method's autoencoder, if it has one, and its emulator. */
export async function modelParts(context: OpenContext, {kind, latentChannels, changes}: MethodChoice): Promise<Part[]> {
  const {artifacts} = context;
  const method = {kind, latentChannels};
  const training = async (name: string, {key, recipe}: Node<unknown>): Promise<Part> => {
    const {steps} = (recipe.config as {training: {steps: number}}).training;
    return {key, name, isNew: !(await artifacts.has(recipe)), seconds: steps * timeOfStep(artifacts, recipe).seconds};
  };
  const emulator = await training(emulatorName(method), node(emulatorStage, context, {method, changes}));
  if (latentChannels === null) return [emulator];
  const autoencoder = node(autoencoderStage, context, {latentChannels, changes: changes?.autoencoder});
  return [await training(`autoencoder-c${latentChannels}`, autoencoder), emulator];
}
