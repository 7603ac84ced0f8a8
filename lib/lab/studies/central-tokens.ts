/** Central tokens of latent states: what a latent knows of the simulation's parameters is read off them (paper, appendix D). */
import {flat} from "../../core/array";
import {checkOptions} from "../../core/options/check-options";
import {count, optional, section, text, type RulesOf} from "../../core/options/rules";
import {sizeOf} from "../../core/shape";
import type {TrajectoryTokens} from "../../evaluate/paper/token-distances";
import {labRule, type Lab} from "../lab";
import type {Latents} from "../stages/latents";

export interface CentralTokenOptions {
  /** Name of the parameter whose value each trajectory carries. Default: the system's first. */
  readonly parameter?: string;
  /** Latent channels of the autoencoder. Default: those of the lowest compression rate. */
  readonly latentChannels?: number;
}

const rules: RulesOf<CentralTokenOptions> = {parameter: optional(text), latentChannels: optional(count)};

/** Splits whose tokens are collected: those that no model was trained on. */
export const TOKEN_SPLITS = ["valid", "test"] as const;

/** Make the function that takes the central token, C numbers, of a state of a trajectory. */
export function centralTokenOf({states}: Pick<Latents, "states">): (trajectory: number, state: number) => number[] {
  const [, frames, ...latent] = states.shape;
  const [channels, ...grid] = [latent.at(-1)!, ...latent.slice(0, -1)];
  const cell = grid.reduce((at, n) => at * n + (n >> 1), 0);
  const values = flat(states);
  return (trajectory, state) => {
    const token = (trajectory * frames + state) * sizeOf(grid) + cell;
    return Array.from(values.subarray(token * channels, (token + 1) * channels));
  };
}

/**
 * Collect the central tokens of all states of the validation and test trajectories, as Tables 16 and 17 compare them.
 *
 * @throws RangeError for a parameter that there is not, or an option that is wrong.
 * @example const {values, distances} = tokenDistances(await centralTokens(lab, {latentChannels: 16}));
 */
export async function centralTokens(lab: Lab, options: CentralTokenOptions = {}): Promise<TrajectoryTokens[]> {
  checkOptions("centralTokens", labRule, lab, "lab");
  checkOptions("centralTokens", section(rules), options);
  const dataset = await lab.dataset();
  const known = dataset.system.scalars.map(({name}) => name);
  const {latentChannels = lab.config.latentChannels[0], parameter = known[0]} = options;
  if (!known.includes(parameter)) {
    throw new RangeError(`centralTokens: expected a parameter ${known.join(", ")}, found ${parameter}.`);
  }
  const found: TrajectoryTokens[] = [];
  for (const split of TOKEN_SPLITS) {
    const latents = await lab.latents(latentChannels, split);
    const token = centralTokenOf(latents);
    const [, frames] = latents.states.shape;
    dataset.wells[split].trajectories.forEach(({scalars}, n) => {
      found.push({value: scalars[parameter], tokens: Array.from({length: frames}, (_, state) => token(n, state))});
    });
  }
  return found;
}
