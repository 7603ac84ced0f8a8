/**
 * Does a run show what the paper found? Each finding is computed from the results, never assumed, and printed with its
 * numbers whether it holds or not.
 */
import {summary, type Metric} from "./evaluate";
import {baselineMethods, formatNumber, type Result} from "./paper-tables";

/** A statement of the paper (or about learning at all), tested on a run. */
export interface Finding {
  readonly name: string;
  readonly statement: string;
  readonly holds: boolean;
  /** The numbers that decide it, in one line. */
  readonly numbers: string;
  /** False for what is only reported, because it was not seen at this size. */
  readonly expected: boolean;
}

export interface FindingOptions {
  /** Least growth of the reconstruction error from the lowest to the highest compression. */
  growth?: number;
  /** Range of an acceptable spread/skill ratio. */
  ratio?: readonly [number, number];
}

const emulators = ["diffusion", "neural solver"];

/**
 * Test all findings on the results of one dataset: autoencoders, emulators and trivial forecasts at every horizon.
 *
 * @throws RangeError naming what is missing.
 */
export function findings(results: readonly Result[], {growth = 2, ratio = [0.5, 1.3]}: FindingOptions = {}): Finding[] {
  return [
    reconstructionGrows(results, growth),
    beatsTrivialForecasts(results),
    emulationIsRobust(results),
    spreadIsHonest(results, ratio),
    diffusionKeepsSmallScales(results),
    diffusionBeatsSolver(results),
  ];
}

/** The reconstruction error grows with compression on every horizon, by a factor `growth` or more in all. */
export function reconstructionGrows(results: readonly Result[], growth = 2): Finding {
  const rates = latentRates(results);
  const rows = horizonsOf(results).map((horizon) => ({
    horizon,
    errors: rates.map((rate) => pick(results, "autoencoder", rate, horizon, "vrmse").value),
  }));
  const ordered = ({errors}: {errors: number[]}) => errors.every((error, i) => i === 0 || error > errors[i - 1]);
  const factor = ({errors}: {errors: number[]}) => errors[errors.length - 1] / errors[0];
  return {
    name: "reconstruction",
    statement: `Reconstruction error grows with the compression rate, by a factor of ${growth} or more`,
    holds: rows.every((row) => ordered(row) && factor(row) >= growth),
    numbers: rows
      .map(
        (row) =>
          `${row.horizon} ${row.errors.map((error) => formatNumber(error)).join(" → ")} (×${factor(row).toFixed(2)})`,
      )
      .join("; "),
    expected: true,
  };
}

/** On the first horizon every emulator, latent or pixel, is below all trivial forecasts. */
export function beatsTrivialForecasts(results: readonly Result[]): Finding {
  const [horizon] = horizonsOf(results);
  const trivial = baselineMethods.map((method) => pick(results, method, null, horizon, "vrmse"));
  const rows = select(results, horizon, "vrmse").filter(({method}) => emulators.includes(method));
  if (rows.length === 0) throw new RangeError(`findings: expected results of an emulator at ${horizon}, found none`);
  const bar = Math.min(...trivial.map(({value}) => value));
  const list = rows.map(({method, compression, value}) => `${method} ÷${compression} ${formatNumber(value)}`);
  const limits = trivial.map(({method, value}) => `${method} ${formatNumber(value)}`);
  return {
    name: "trivial forecasts",
    statement: `On horizon ${horizon} every emulator beats the first frame, the training mean and the spatial mean`,
    holds: rows.every(({value}) => value < bar),
    numbers: `${list.join(", ")} against ${limits.join(", ")}`,
    expected: true,
  };
}

/**
 * From the lowest to the highest compression, emulation error grows by less than half as much as reconstruction error:
 * $e_{\max} / e_{\min} - 1 < \frac{1}{2} (a_{\max} / a_{\min} - 1)$ for both emulators on every horizon.
 */
export function emulationIsRobust(results: readonly Result[]): Finding {
  const rates = latentRates(results);
  const [lowest, highest] = [rates[0], rates[rates.length - 1]];
  const increase = (method: string, horizon: string) =>
    pick(results, method, highest, horizon, "vrmse").value / pick(results, method, lowest, horizon, "vrmse").value - 1;
  const rows = horizonsOf(results).map((horizon) => ({
    horizon,
    autoencoder: increase("autoencoder", horizon),
    emulators: emulators.map((method) => ({method, increase: increase(method, horizon)})),
  }));
  const percent = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(100 * value).toFixed(0)} %`;
  return {
    name: "robust emulation",
    statement: `From ÷${lowest} to ÷${highest}, emulation error grows by less than half as much as reconstruction error`,
    holds: rows.every((row) => row.emulators.every((emulator) => emulator.increase < row.autoencoder / 2)),
    numbers: rows
      .map((row) => {
        const list = row.emulators.map(({method, increase}) => `${method} ${percent(increase)}`);
        return `${row.horizon} autoencoder ${percent(row.autoencoder)}, ${list.join(", ")}`;
      })
      .join("; "),
    expected: true,
  };
}

/** The diffusion ensembles' spread/skill ratio is within a range at every compression and horizon. */
export function spreadIsHonest(
  results: readonly Result[],
  [low, high]: readonly [number, number] = [0.5, 1.3],
): Finding {
  const horizons = horizonsOf(results);
  const rows = latentRates(results).map((rate) => ({
    rate,
    ratios: horizons.map((horizon) => pick(results, "diffusion", rate, horizon, "ratio").value),
  }));
  return {
    name: "spread/skill",
    statement: `The diffusion ensemble's spread/skill ratio lies between ${low} and ${high} on every horizon`,
    holds: rows.every(({ratios}) => ratios.every((ratio) => low <= ratio && ratio <= high)),
    numbers: rows.map(({rate, ratios}) => `÷${rate} ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`).join("; "),
    expected: true,
  };
}

/** At all but the lowest compression, diffusion's spectrum error in the middle band is below the solver's. */
export function diffusionKeepsSmallScales(results: readonly Result[]): Finding {
  const pairs = latentRates(results)
    .slice(1)
    .flatMap((rate) => horizonsOf(results).map((horizon) => ({rate, horizon})))
    .map(({rate, horizon}) => ({
      rate,
      horizon,
      diffusion: pick(results, "diffusion", rate, horizon, "mid").value,
      solver: pick(results, "neural solver", rate, horizon, "mid").value,
    }));
  return {
    name: "small scales",
    statement: "Diffusion's middle-band spectrum error is below the solver's at the higher compression rates",
    holds: pairs.length > 0 && pairs.every(({diffusion, solver}) => diffusion < solver),
    numbers: pairs
      .map(
        ({rate, horizon, diffusion, solver}) =>
          `÷${rate} ${horizon} ${formatNumber(diffusion)} < ${formatNumber(solver)}`,
      )
      .map((text, i) => (pairs[i].diffusion < pairs[i].solver ? text : text.replace("<", "≥")))
      .join("; "),
    expected: true,
  };
}

/**
 * Diffusion is below the solver in VRMSE at every compression and horizon: the paper's result for well-trained models,
 * reported with the uncertainty of the difference, paired over trajectories where both have the same ones.
 */
export function diffusionBeatsSolver(results: readonly Result[]): Finding {
  const pairs = latentRates(results)
    .flatMap((rate) => horizonsOf(results).map((horizon) => ({rate, horizon})))
    .map(({rate, horizon}) => {
      const [a, b] = emulators.map((method) => pick(results, method, rate, horizon, "vrmse"));
      return {rate, horizon, ...difference(a, b)};
    });
  const better = pairs.filter(({value}) => value < 0).length;
  const clear = pairs.filter(({value, error}) => Math.abs(value) > 2 * error).length;
  return {
    name: "diffusion against solver",
    statement: "Diffusion beats the solver in VRMSE (not expected at this size)",
    holds: better === pairs.length,
    numbers:
      `better in ${better} of ${pairs.length} cells, ${clear} of the differences beyond 2 standard errors; ` +
      pairs
        .map(({rate, horizon, value, error}) => `÷${rate} ${horizon} ${signed(value)} ± ${formatNumber(error)}`)
        .join("; "),
    expected: false,
  };
}

function difference(a: Result, b: Result): {value: number; error: number} {
  if (a.samples.length === b.samples.length && a.samples.length > 1) {
    return summary(a.samples.map((sample, i) => sample - b.samples[i]));
  }
  return {value: a.value - b.value, error: Math.hypot(a.error, b.error)};
}

function signed(value: number): string {
  return value >= 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** Compression rates of the latent models, ascending. */
function latentRates(results: readonly Result[]): number[] {
  const latent = results.filter(({space}) => space === "latent").map(({compression}) => compression ?? NaN);
  const rates = [...new Set(latent)].sort((a, b) => a - b);
  if (rates.length < 2) throw new RangeError(`findings: expected two compression rates or more, found [${rates}]`);
  return rates;
}

/** Horizons in order of their start. */
function horizonsOf(results: readonly Result[]): string[] {
  return [...new Set(results.map(({horizon}) => horizon))].sort((a, b) => parseFloat(a) - parseFloat(b));
}

function select(results: readonly Result[], horizon: string, metric: Metric): Result[] {
  return results.filter((result) => result.horizon === horizon && result.metric === metric);
}

function pick(
  results: readonly Result[],
  method: string,
  rate: number | null,
  horizon: string,
  metric: Metric,
): Result {
  const found = select(results, horizon, metric).find(
    (result) => result.method === method && result.compression === rate && (rate === null || result.space === "latent"),
  );
  if (!found) {
    throw new RangeError(
      `findings: expected ${metric} of ${method}${rate ? ` ÷${rate}` : ""} at ${horizon}, found none`,
    );
  }
  return found;
}
