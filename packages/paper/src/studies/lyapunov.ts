/** How fast a flow forgets: the largest Lyapunov exponent, by twin simulations (Benettin et al., 1980). */
import {checkOptions, number, optional, section, type TableRow} from "@lola-ts/core";
import {labRule, onTrajectories, requestOf, startingState} from "@lola-ts/laboratory/stages";
import {parameterBlocks, type Lab} from "@lola-ts/laboratory";
import {Rng} from "@lola-ts/core";
import {summary} from "lola/evaluate";
import {planFiles, systemOf, type StateFields, type SimulationConfig} from "@lola-ts/simulators";

/** Raise it when exponents are computed to other numbers. */
const LYAPUNOV_VERSION = 1;

/** Parts of a run whose scatter gives the standard error. */
const PARTS = 10;

export interface GrowthOptions {
  /** Time between two measurements of the twins' distance, after each of which it is set back. */
  readonly interval: number;
  readonly intervals: number;
  /** Number of measurements before, while the twins' difference turns to the direction of fastest growth. Default: a tenth. */
  readonly skip?: number;
  /** Distance of the twins relative to the norm of the state. Default: 1e-4, where states are single precision. */
  readonly size?: number;
}

export interface Growth {
  /** Exponent per unit of time, and its standard error over ten parts of the run. */
  readonly exponent: number;
  readonly error: number;
}

/**
 * Compute the largest Lyapunov exponent of a flow,
 *
 * $$ \lambda = \frac{1}{n \Delta} \sum_i \ln \frac{|x'_i - x_i|}{\delta}, $$
 *
 * where the twin $x'$ is set back to the distance $\delta$ from $x$ after each interval $\Delta$.
 *
 * @param flow advances a state by the interval, and leaves its argument as it is.
 * @throws RangeError for an interval or a size that is not above 0, or for fewer than ten intervals.
 */
export function growthRate(
  flow: (state: Float64Array) => Float64Array,
  start: Float64Array,
  options: GrowthOptions,
): Growth {
  const rule = {interval: number({above: 0}), intervals: number({min: PARTS})};
  checkOptions(
    "growthRate",
    section({...rule, skip: optional(number({min: 0})), size: optional(number({above: 0}))}),
    options,
  );
  const {interval, intervals, skip = Math.ceil(intervals / 10), size = 1e-4} = options;
  const rng = Rng.from("twin", start.length);
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const apart = (from: Float64Array, along: Float64Array, distance: number): Float64Array => {
    const scale = distance / norm(along);
    return from.map((value, i) => value + scale * along[i]);
  };
  const distance = size * norm(start);
  let state: Float64Array = start;
  let twin: Float64Array = apart(
    state,
    state.map(() => rng.normal()),
    distance,
  );
  const rates: number[] = [];
  for (let n = 0; n < skip + intervals; n++) {
    [state, twin] = [flow(state), flow(twin)];
    const difference = twin.map((value, i) => value - state[i]);
    if (n >= skip) rates.push(Math.log(norm(difference) / distance) / interval);
    twin = apart(state, difference, distance);
  }
  const part = Math.floor(rates.length / PARTS);
  const parts = Array.from({length: PARTS}, (_, i) => summary(rates.slice(i * part, (i + 1) * part)).value);
  return {exponent: summary(rates).value, error: summary(parts).error};
}

/** Lyapunov exponent of the test trajectories of one block. */
export type LyapunovRow = TableRow & {
  /** Parameters of the block, as `parameterBlocks` names them. */
  readonly block: string;
  /** Per unit of simulation time. */
  readonly exponent: number;
  readonly "exponent ±": number;
  /** Lyapunov time, in units of simulation time. */
  readonly time: number;
  readonly timePerLead: number;
};

/** Whether a laboratory simulates Kolmogorov flow, the system whose fields have a vorticity. */
export const isKolmogorov = ({config, system}: Pick<Lab, "config" | "system">): boolean =>
  system.fields.some(({name}) => name === "vorticity") && !("source" in config.data);

/** Find the data of a laboratory that simulates Kolmogorov flow, which is stationary. */
export function requireKolmogorov(where: string, lab: Pick<Lab, "config" | "system">): SimulationConfig {
  const {data, system} = lab.config;
  if (isKolmogorov(lab) && !("source" in data)) return data;
  throw new RangeError(`${where}: expected a laboratory of Kolmogorov flow, which is stationary, found ${system}.`);
}

/**
 * Compute the largest Lyapunov exponent of Kolmogorov flow at each Reynolds number of the test trajectories, by twin simulations
 * from the first trajectory of each, which alone is simulated; what was computed is kept.
 *
 * @param options `time`: simulated time that counts. Default: 400.
 * @returns a row per Reynolds number.
 * @throws RangeError for a laboratory of another system.
 * @example const exponents = await lyapunovExponents(openTrained(lab));
 */
export async function lyapunovExponents(lab: Lab, options: {readonly time?: number} = {}): Promise<LyapunovRow[]> {
  checkOptions("lyapunovExponents", labRule, lab, "lab");
  checkOptions("lyapunovExponents", section<{time: number}>({time: optional(number({min: PARTS}))}), options);
  const data = requireKolmogorov("lyapunovExponents", lab);
  const {frames, endTime} = data;
  const {time = 400} = options;
  const files = planFiles(data).filter(({split}) => split === "test");
  const few = onTrajectories("lyapunovExponents", lab, {trajectories: files.length}); // one of each file
  const {config, artifacts} = few;
  const dataset = await few.dataset();
  const blocks = parameterBlocks(dataset);
  const system = systemOf(config.system);
  const rows: LyapunovRow[] = [];
  for (const block of new Set(blocks)) {
    const trajectory = dataset.testTrajectories[blocks.indexOf(block)];
    const recipe = {
      stage: "evaluation" as const,
      name: `${config.system}-${config.preset}-lyapunov-${trajectory}`,
      version: LYAPUNOV_VERSION,
      config: {time, trajectory},
      inputs: [dataset.key],
    };
    const {exponent, error} = await artifacts.obtainJson(recipe, () => {
      const {request} = requestOf(config, dataset, trajectory);
      const start = startingState({config, dataset}, trajectory);
      const next = (state: StateFields) => {
        const {fields} = system.restart({...request, frames: 2, endTime: 1}, {state});
        return Object.fromEntries(Object.entries(fields).map(([name, all]) => [name, all.subarray(all.length / 2)]));
      };
      const flow = (values: Float64Array) => joined(next(split(values, start)));
      return growthRate(flow, joined(start), {interval: 1, intervals: Math.round(time)});
    });
    const timePerLead = endTime / (frames - 1) / config.stride;
    rows.push({block, exponent, "exponent ±": error, time: 1 / exponent, timePerLead});
  }
  return rows;
}

const joined = (fields: StateFields) => Float64Array.from(Object.values(fields).flatMap((values) => [...values]));

function split(values: Float64Array, like: StateFields): StateFields {
  let from = 0;
  const entries = Object.entries(like).map(([name, {length}]) => {
    from += length;
    return [name, Float32Array.from(values.subarray(from - length, from))] as const;
  });
  return Object.fromEntries(entries);
}
