/** Break-even: error against cost of simulators on coarser grids and of emulators, and from how many forecasts emulators pay. */
import {readFileSync} from "node:fs";
import path from "node:path";
import ndarray from "ndarray";
import {checkOptions, engineThreads, hasCode, machineName, projectRoot, sizeOf, type TableRow} from "@lola-ts/core";
import {lines, rateLabel, type ErrorCurve, type Figure} from "@lola-ts/figures";
import {
  type Dataset,
  emulatorName,
  type EmulatorSpec,
  labRule,
  requestOf,
  shortened,
  simulatorName,
  startingState,
  timeEmulator,
  type SimulatorChoice,
} from "@lola-ts/laboratory/stages";
import {track} from "@lola-ts/cache";
import {type Lab, compressionOf, methodName} from "@lola-ts/laboratory";
import {MemorySource} from "lola/data";
import {central, type Result} from "lola/evaluate";
import {systemOf} from "@lola-ts/simulators";

/** Raise it when costs are measured in another way. */
const COST_VERSION = 1;

/** Trajectories of which the median counts. */
const REPEATS = 5;

/** Each is simulated again until it has taken so many seconds, or so often: first runs compile their loops. */
const SETTLED = {seconds: 0.1, runs: 20};

/** Factor between the paper's simulator and its emulators, by its own account. */
const PAPER_FACTOR = 1000;

/** Grids of the growth of costs, as multiples of the data's along an axis: in two dimensions, and in three. */
const FACTORS = {2: [1 / 2, 1, 2, 4], 3: [1 / 2, 1, 2]} as const;

/** Time of the processor that this process has taken, in milliseconds: other work of the machine does not count. */
function processorClock(): number {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
}

/** A forecast with its errors and its cost. */
interface Priced {
  readonly method: string;
  readonly compression: number;
  readonly members: number;
  /** Seconds of a forecast with all members. */
  readonly cost: number;
  /** VRMSE by horizon. */
  readonly errors: ReadonlyMap<string, Result>;
  /** Cost of an emulator before its first forecast. */
  readonly investment?: Investment;
}

/** Seconds that were spent once. */
interface Investment {
  /** Simulation of the training and validation data. */
  readonly data: number;
  /** Training of the emulator and of its autoencoder. */
  readonly training: number;
  /** Training runs by which the recipe of the system's emulators was chosen, where it was chosen on this system. */
  readonly search: number;
}

const sumOf = ({data, training, search}: Investment) => data + training + search;

/** Seconds per state on a grid. */
interface Growth {
  /** Cells along the first axis. */
  readonly cells: number;
  readonly simulator: number;
  readonly solver: number;
  readonly diffusion: number;
}

/** Error against cost of every forecast of a system. */
export interface BreakEven {
  /**
   * A row per forecast: VRMSE by horizon, cost, the data's simulator over it, the cheapest simulator from the same start with no
   * greater error on the first horizon, the seconds of data, training and search behind an emulator, and the numbers of forecasts
   * from which it has paid for them, against either simulator; none where it never does.
   */
  readonly rows: TableRow[];
  /** A row per grid: milliseconds per state of the simulator and of both emulators at the middle rate. */
  readonly growth: TableRow[];
  /** Cells along the first axis where an emulator's cost per state becomes the simulator's; none within the grids. */
  readonly crossings: Readonly<Record<"solver" | "diffusion", number | null>>;
  readonly caption: string;
  /** Error over cost on the first and the last horizon, and cost over grid. */
  figure(): Figure;
}

/**
 * Compare emulators with their simulator on coarser grids, with larger steps: from the stored state, and from the latents that
 * emulators start from. From a latent, gas around the stored cells is guessed. Errors are an evaluation's; costs are processor times without spin-up, set-up and output,
 * emulators' with decoding. Scores are kept trajectory by trajectory, and every cost as it is measured.
 *
 * @throws RangeError if it is no laboratory, or its data are not simulated; LabError `interrupted`.
 * @example
 * const study = await breakEven(openTrained(lab));
 * await lab.show(study.figure(), {name: "break-even"});
 * await lab.showTable(study.rows, study.caption, {name: "break-even-table", decimals: {"cost, ms": 1}});
 */
export async function breakEven(lab: Lab): Promise<BreakEven> {
  checkOptions("breakEven", labRule, lab, "lab");
  const simulators = laddersOf(lab);
  const evaluation = await lab.evaluation({trivial: false, simulators});
  const results = evaluation.results().filter(({metric}) => metric === "vrmse");
  const count = 1 + systemOf(lab.config.system).coarser.length + lab.methods.length + factorsOf(lab).length;
  const {priced, grown} = await track("costs", count, async (progress) => {
    let done = 0;
    const tick = () => progress.update(++done);
    const all = [
      ...(await priceSimulators(lab, simulators, results, tick)),
      ...(await priceEmulators(lab, results, tick)),
    ];
    return {priced: all, grown: await priceGrids(lab, tick)};
  });
  const threads = engineThreads();
  const caption =
    `VRMSE ± standard error over trajectories; cost of a forecast in processor time, medians, ${threads} engine ` +
    `${threads === 1 ? "thread" : "threads"}, ${machineName()}. The paper: emulators about ${PAPER_FACTOR} times as fast as its simulator. ${lab.caption}`;
  return {
    rows: priced.map((one) => rowOf(one, priced)),
    growth: grown.map(({cells, ...times}) => ({cells, ...inMilliseconds(times)})),
    crossings: {solver: crossing(grown, "solver"), diffusion: crossing(grown, "diffusion")},
    caption,
    figure: () => breakEvenFigure(priced, grown, `${POINTS} ${caption}`),
  };
}

/**
 * List the simulators of a study: from the stored state and from every latent, at the data's resolution and coarser ones. From a
 * latent they know no more than an emulator, so surroundings that states do not hold are guessed.
 */
function laddersOf({config}: Lab): SimulatorChoice[] {
  const {coarser, surrounded} = systemOf(config.system);
  return [null, ...config.latentChannels].flatMap((latentChannels) =>
    [undefined, ...coarser].map((share) => ({
      latentChannels,
      share,
      ...(surrounded && latentChannels !== null && {alone: true}),
    })),
  );
}

const factorsOf = ({system}: Lab) => FACTORS[system.axes.length as 2 | 3];

/** Measure seconds, unless they are there. */
async function obtainCost(lab: Lab, what: object, inputs: readonly string[], measure: () => number | Promise<number>) {
  const {system, preset, window, rollout} = lab.config;
  const config = {what, window, rollout, machine: machineName(), threads: engineThreads()};
  const name = `${system}-${preset}-cost`;
  return lab.artifacts.obtainJson({stage: "evaluation", name, version: COST_VERSION, config, inputs}, measure);
}

function errorsOf(results: readonly Result[], method: string, compression: number): Map<string, Result> {
  const own = results.filter((one) => one.method === method && one.compression === compression);
  return new Map(own.map((one) => [one.horizon, one]));
}

/**
 * Simulate a few test trajectories from their stored states.
 *
 * @param states that are simulated. Default: all.
 * @returns the median of their seconds; NaN where the grid is too coarse for all, which scores say.
 */
async function secondsOfSimulator({config}: Lab, dataset: Dataset, share?: number, states?: number): Promise<number> {
  const times: number[] = [];
  for (const trajectory of dataset.testTrajectories.slice(0, REPEATS)) {
    const {request, first} = requestOf(config, dataset, trajectory);
    const restart = {state: startingState({config, dataset}, trajectory), first, share, clock: processorClock};
    const wanted = states === undefined ? request : shortened(request, first + states);
    const runs: number[] = [];
    try {
      for (let spent = 0; spent < SETTLED.seconds && runs.length < SETTLED.runs; spent += runs[runs.length - 1]) {
        runs.push(systemOf(config.system).restart(wanted, restart).diagnostics.seconds);
      }
      times.push(central(runs, "median"));
    } catch (error) {
      if (!hasCode(error, "unresolved")) throw error;
    }
    await new Promise(setImmediate);
  }
  return central(times, "median");
}

async function priceSimulators(
  lab: Lab,
  simulators: readonly SimulatorChoice[],
  results: readonly Result[],
  tick: () => void,
): Promise<Priced[]> {
  const dataset = await lab.dataset();
  const costs = new Map<number | undefined, number>();
  for (const share of [undefined, ...systemOf(lab.config.system).coarser]) {
    const measure = () => secondsOfSimulator(lab, dataset, share);
    costs.set(share, await obtainCost(lab, {simulator: share ?? 1}, [dataset.key], measure));
    tick();
  }
  const autoencoders = await lab.autoencoders();
  return simulators.map((choice) => {
    const method = simulatorName(choice);
    const compression = choice.latentChannels === null ? 1 : compressionOf(choice, autoencoders);
    return {
      method,
      compression,
      members: 1,
      cost: costs.get(choice.share)!,
      errors: errorsOf(results, method, compression),
    };
  });
}

async function timedParts(lab: Lab, method: EmulatorSpec) {
  const {latentChannels} = method;
  const dataset = await lab.dataset();
  const trained = await lab.emulator(method);
  if (latentChannels === null) {
    const data = {states: dataset.source("test"), labels: dataset.labels("test"), key: dataset.key};
    return {method, trained, data, autoencoder: undefined};
  }
  const {states, labels, key} = await lab.latents(latentChannels, "test");
  return {
    method,
    trained,
    data: {states: new MemorySource(states), labels, key},
    autoencoder: await lab.autoencoder(latentChannels),
  };
}

async function priceEmulators(lab: Lab, results: readonly Result[], tick: () => void): Promise<Priced[]> {
  const {config} = lab;
  const dataset = await lab.dataset();
  const search = searchSeconds(config.system);
  const {train, valid} = "source" in config.data ? {train: 0, valid: 0} : config.data.trajectories;
  const data = ((train + valid) * dataset.summary.seconds) / dataset.summary.trajectories;
  const priced: Priced[] = [];
  for (const method of lab.methods) {
    const parts = await timedParts(lab, method);
    const {trained, autoencoder} = parts;
    const members = method.kind === "solver" ? 1 : config.rollout.members;
    const measure = async () => {
      const timed = {...parts, model: trained.model, autoencoder: autoencoder?.model, states: dataset.testWindow};
      const {trajectory = []} = await timeEmulator(config, {...timed, clock: processorClock});
      return central(trajectory, "median");
    };
    const cost = await obtainCost(lab, {emulator: emulatorName(method)}, [trained.key, dataset.key], measure);
    const name = methodName(method);
    const compression = autoencoder?.model.compression ?? 1;
    priced.push({
      ...{method: name, compression, members, cost: members * cost, errors: errorsOf(results, name, compression)},
      investment: {data, training: trained.seconds + (autoencoder?.seconds ?? 0), search},
    });
    tick();
  }
  return priced;
}

/** Measure costs per state on coarser and finer grids: a state of the simulator, a window of each emulator. */
async function priceGrids(lab: Lab, tick: () => void): Promise<Growth[]> {
  const {config, middleRate: latentChannels} = lab;
  const dataset = await lab.dataset();
  const solver = await timedParts(lab, {kind: "solver", latentChannels});
  const diffusion = await timedParts(lab, {kind: "diffusion", latentChannels});
  const emulatorCost = async ({method, trained, data, autoencoder}: typeof solver, factor: number) => {
    const [, , ...latent] = data.states.shape;
    const shape = [1, config.window, ...latent.slice(0, -1).map((cells) => factor * cells), latent[latent.length - 1]];
    const states = new MemorySource(ndarray(new Float32Array(sizeOf(shape)), shape));
    const timed = {method, model: trained.model, data: {...data, states}, autoencoder: autoencoder?.model};
    const {generation, decoding} = await timeEmulator(config, {...timed, clock: processorClock});
    return generation + decoding;
  };
  const grown: Growth[] = [];
  for (const factor of factorsOf(lab)) {
    const cost = (what: string, key: string, measure: () => number | Promise<number>) =>
      obtainCost(lab, {growth: what, factor}, [key, dataset.key], measure);
    grown.push({
      cells: factor * dataset.wells.test.grid[0],
      simulator: await cost("simulator", "", () => secondsOfSimulator(lab, dataset, factor, 1)),
      solver: await cost("solver", solver.trained.key, () => emulatorCost(solver, factor)),
      diffusion: await cost("diffusion", diffusion.trained.key, () => emulatorCost(diffusion, factor)),
    });
    tick();
  }
  return grown;
}

/** Find where the ratio of an emulator's cost to the simulator's passes 1, on straight lines between logarithms. */
export function crossing(grown: readonly Growth[], kind: "solver" | "diffusion"): number | null {
  const ratio = (one: Growth) => Math.log(one[kind] / one.simulator);
  const at = grown.findIndex((one, i) => i > 0 && ratio(grown[i - 1]) > 0 && ratio(one) <= 0);
  if (at < 0) return null;
  const [before, after] = [grown[at - 1], grown[at]];
  const part = ratio(before) / (ratio(before) - ratio(after));
  return before.cells * (after.cells / before.cells) ** part;
}

const inMilliseconds = ({simulator, solver, diffusion}: Omit<Growth, "cells">) => ({
  "simulator, ms": 1000 * simulator,
  "neural solver, ms": 1000 * solver,
  "diffusion, one member, ms": 1000 * diffusion,
});

/** Read how long the search for the recipe took, if it was made on this system; the others took its recipe over. */
function searchSeconds(system: string): number {
  const record = readFileSync(path.join(projectRoot(), "data/study/search.json"), "utf8");
  const search = JSON.parse(record) as {readonly system: string; readonly seconds: number};
  return search.system === system ? search.seconds : 0;
}

const isSimulator = ({investment}: Priced) => investment === undefined;

/** Number of forecasts after which an investment is saved; none if a forecast saves nothing. */
function forecastsUntil(investment: number, saved: number): number | null {
  return saved > 0 ? Math.ceil(investment / saved) : null;
}

function rowOf(one: Priced, all: readonly Priced[]): TableRow {
  const {method, compression, members, cost, errors, investment} = one;
  const scores = [...errors].flatMap(([horizon, {value, error}]) => [
    [`VRMSE, ${horizon}`, finite(value)],
    [`VRMSE, ${horizon} ±`, finite(error)],
  ]);
  const [first] = errors.keys();
  const errorOf = (other: Priced) => other.errors.get(first)?.value ?? NaN;
  const equals = all.filter(
    (other) => isSimulator(other) && other.compression === compression && errorOf(other) <= errorOf(one),
  );
  const equal = equals.length > 0 ? Math.min(...equals.map((other) => other.cost)) : null;
  const full = all.find((other) => isSimulator(other) && other.compression === compression)!.cost;
  const isEmulator = investment !== undefined;
  return {
    forecast: method,
    "÷": compression,
    members,
    ...(Object.fromEntries(scores) as TableRow),
    "cost, ms": 1000 * cost,
    "simulator / own": full / cost,
    "the same, paper": isEmulator ? PAPER_FACTOR : null,
    "equal error, ms": isEmulator && equal !== null ? 1000 * equal : null,
    "data, s": investment?.data ?? null,
    "training, s": investment?.training ?? null,
    "search, s": investment?.search ?? null,
    "break-even, forecasts": isEmulator ? forecastsUntil(sumOf(investment), full - cost) : null,
    "without search": isEmulator ? forecastsUntil(sumOf({...investment, search: 0}), full - cost) : null,
    "at equal error": isEmulator && equal !== null ? forecastsUntil(sumOf(investment), equal - cost) : null,
  };
}

const POINTS = "Points are grids of a simulator, and compression rates of an emulator.";

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function breakEvenFigure(priced: readonly Priced[], grown: readonly Growth[], caption: string): Figure {
  const ladder = (one: Priced) =>
    one.method.replace(/, .*$/, "") + (one.compression > 1 ? ` ${rateLabel(one.compression)}` : "");
  const groups = new Map<string, Priced[]>();
  for (const one of priced) {
    const name = isSimulator(one) ? ladder(one) : one.method;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const horizons = [...priced[0].errors.keys()];
  const panels = [horizons[0], horizons[horizons.length - 1]].map((horizon) => ({
    x: "Cost of a forecast (ms)",
    y: "VRMSE",
    title: `Lead times ${horizon}`,
    logarithmic: true,
    curves: [...groups].map(([name, group]): ErrorCurve => {
      const points = group
        .flatMap(({cost, errors}) => ({
          cost,
          value: errors.get(horizon)?.value ?? NaN,
          error: errors.get(horizon)?.error,
        }))
        .filter(({value}) => Number.isFinite(value))
        .sort((a, b) => a.cost - b.cost);
      return {
        name,
        x: points.map(({cost}) => 1000 * cost),
        y: points.map(({value}) => value),
        error: points.map(({error = 0}) => error),
      };
    }),
  }));
  const column = (key: "simulator" | "solver" | "diffusion") => grown.map((one) => 1000 * one[key]);
  const x = grown.map(({cells}) => cells);
  const curves = [
    {name: "simulator from the state", x, y: column("simulator")},
    {name: "neural solver", x, y: column("solver")},
    {name: "diffusion", x, y: column("diffusion")},
  ];
  const growth = {
    x: "Cells along an axis",
    y: "Cost of a state (ms)",
    title: "One member",
    logarithmic: true,
    logarithmicY: true,
    curves,
  };
  return lines([...panels, growth], {caption});
}
