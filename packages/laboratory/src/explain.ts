/** Dependencies of results: for each artefact of a stage the options and the inputs that its key names. */
import type {TableRow} from "@lola-ts/core";
import {node, type Node} from "@lola-ts/cache";
import {SPLITS} from "@lola-ts/core";
import {describeConfig} from "./description";
import {autoencoderStage} from "./stages/autoencoders";
import {openContext, type Context, type OpenContext} from "./stages/context";
import {type EmulatorSpec} from "./model-changes";
import {emulatorStage} from "./stages/emulators";
import {latentsStage} from "./stages/latents";
import {rolloutStage} from "./stages/rollouts";

const nodesOf = {
  autoencoders: (context, _) =>
    context.config.latentChannels.map((latentChannels) => node(autoencoderStage, context, {latentChannels})),
  latents: (context, _) =>
    context.config.latentChannels.flatMap((latentChannels) =>
      SPLITS.map((split) => node(latentsStage, context, {latentChannels, split})),
    ),
  emulators: (context, methods) => methods.map((method) => node(emulatorStage, context, {method})),
  rollouts: (context, methods) => methods.map((method) => node(rolloutStage, context, {method})),
} satisfies Record<string, (context: OpenContext, methods: readonly EmulatorSpec[]) => Node<unknown>[]>;

/** Stages whose keys `lab.explain` explains. */
export type ExplainedStage = keyof typeof nodesOf;

export const EXPLAINED = Object.keys(nodesOf) as ExplainedStage[];

/** Tabulate a stage's artefacts with what their keys name; without a stage, the configuration. */
export async function explained(
  lab: Context,
  methods: readonly EmulatorSpec[],
  stage?: ExplainedStage,
): Promise<TableRow[]> {
  if (stage === undefined) return describeConfig(lab.config);
  const nodes: Node<unknown>[] = nodesOf[stage](await openContext(lab), methods);
  return nodes.map(({recipe, key, inputs}) => ({
    artefact: recipe.name,
    version: recipe.version,
    options: inLines(recipe.config).join("; "),
    "made from": Object.entries(inputs)
      .flatMap(([name, input]) => (input ? [`${name} ${short(input.key)}`] : []))
      .join(", "),
    key: short(key),
  }));
}

const short = (key: string) => key.slice(0, 12);

/** Write options as "training.steps = 1400"; options that are not set are left out. */
function inLines(value: unknown, name = ""): string[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return [`${name} = ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, inner]) => inLines(inner, name ? `${name}.${key}` : key));
}
