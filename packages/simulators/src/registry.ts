/**
 * The systems of the library. Another system is a folder beside `euler/` with its `System` object, and a line in
 * {@link SYSTEMS}.
 */
import {euler} from "./euler/system";
import {gravityCooling} from "./gravity-cooling/system";
import {kolmogorov} from "./kolmogorov/system";
import {rayleighBenard} from "./rayleigh-benard/system";
import type {System} from "./system";

export type {System} from "./system";

const SYSTEMS = [
  rayleighBenard, //
  euler,
  gravityCooling,
  kolmogorov,
] as const;

type Registered = (typeof SYSTEMS)[number];

export type SystemName = Registered["name"];

/** Configuration of a dataset of any system. */
export type SimulationConfig = Parameters<Registered["plan"]>[0];

/** Request of a trajectory of any system: everything that determines it. */
export type TrajectoryRequest = Parameters<Registered["simulate"]>[0];

export type RegisteredSystem = System<SystemName, SimulationConfig, TrajectoryRequest>;

const registered: readonly RegisteredSystem[] = SYSTEMS;

export const systemNames: readonly SystemName[] = SYSTEMS.map(({name}) => name);

/** Find a system by its name. @throws RangeError listing the known names. */
export function systemOf(name: string): RegisteredSystem {
  const system = registered.find((one) => one.name === name);
  if (!system) throw new RangeError(`system: expected one of ${systemNames.join(", ")}, found "${name}".`);
  return system;
}

/** Find the system of a data configuration. One without a name is Euler's, so that keys of its artefacts stay. */
export function simulatedSystem({system = euler.name}: {readonly system?: string}): RegisteredSystem {
  return systemOf(system);
}
