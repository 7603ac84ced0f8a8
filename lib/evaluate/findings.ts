/**
 * Does a run show the paper's findings? Each of them is computed from the results, never assumed, and printed with the
 * statistic that decides it, whatever the verdict.
 */
import {checkOptions, list, number} from "@lola-ts/core";
import type {ScoredMetric} from "./evaluate";
import {pairedDifference} from "./paired";
import {formatNumber} from "./tables/cells";
import {timesRule, type InferenceTime} from "./tables/inference-times";
import {baselineMethods, isEmulator, horizonsOf, latentRatesOf, resultsRule, type Result} from "./tables/results";

/**
 * Verdict on a statement. Statements about pairs of methods count cells beyond 2 standard errors of the paired
 * difference: "holds" if all are on its side, "reversed" if some are against it and none for it, "does not hold" if
 * there are some of both, "undecided" if none is against it and some are within 2 standard errors. Other statements hold
 * or do not hold. A statement that compares what was not scored is undecided too.
 */
export type Verdict = "holds" | "does not hold" | "reversed" | "undecided";

/** A statement of the paper (or about learning at all), tested on a run. */
export interface Finding {
  readonly name: string;
  readonly statement: string;
  readonly verdict: Verdict;
  /** The numbers that decide it, in one line. */
  readonly numbers: string;
}

export interface FindingOptions {
  /** Min growth of the reconstruction error from the lowest to the highest compression. Default: 2. */
  growth?: number;
  /** Range of an acceptable spread/skill ratio. Default: 0.5 to 1.3. */
  ratio?: readonly [number, number];
}

/** The two emulators of the paper. */
const emulators = ["diffusion", "neural solver"];

/**
 * Test all findings on the results of one dataset: autoencoders, emulators and trivial forecasts at every horizon. Those
 * that compare what was not scored, such as two compression rates, are undecided, and their numbers say why.
 *
 * @throws RangeError naming a missing result.
 * @example findings((await lab.evaluation()).results())
 */
export function findings(results: readonly Result[], {growth = 2, ratio = [0.5, 1.3]}: FindingOptions = {}): Finding[] {
  checkOptions("findings", resultsRule, results, "results");
  if (results.length === 0) throw new RangeError("findings: expected results, found none.");
  checkOptions("findings", number({min: 0}), growth, "growth");
  checkOptions("findings", list(number(), {length: 2}), ratio, "ratio");
  return [
    reconstructionGrows(results, growth),
    reconstructionGrowsWithTime(results),
    beatsTrivialForecasts(results),
    emulationIsRobust(results),
    spreadIsHonest(results, ratio),
    diffusionAgainstSolver(results, "mid", "small scales", "middle-band power spectrum error"),
    diffusionAgainstSolver(results, "vrmse", "diffusion against solver", "VRMSE"),
    diffusionAgainstSolver(results, "crps", "diffusion as a distribution", "CRPS"),
    ...(results.some(({metric}) => metric === "transport")
      ? [diffusionAgainstSolver(results, "transport", "distributions", "distance between distributions")]
      : []),
  ];
}

/** Test if the reconstruction error grows with compression on every horizon, by a factor `growth` or more in all. */
export function reconstructionGrows(results: readonly Result[], growth = 2): Finding {
  const name = "reconstruction";
  const statement = `Reconstruction error grows with the compression rate, by a factor of ${growth} or more`;
  const rates = latentRatesOf(results);
  const gap = missing(results, {rates: 2});
  if (gap) return {name, statement, ...gap};
  const rows = horizonsOf(results).map((horizon) => ({
    horizon,
    errors: rates.map((rate) => pick(results, "autoencoder", rate, horizon, "vrmse").value),
  }));
  const ordered = ({errors}: {errors: number[]}) => errors.every((error, i) => i === 0 || error > errors[i - 1]);
  const factor = ({errors}: {errors: number[]}) => errors[errors.length - 1] / errors[0];
  return {
    name,
    statement,
    verdict: rows.every((row) => ordered(row) && factor(row) >= growth) ? "holds" : "does not hold",
    numbers: rows
      .map(
        (row) =>
          `${row.horizon} ${row.errors.map((error) => formatNumber(error)).join(" → ")} (×${factor(row).toFixed(2)})`,
      )
      .join("; "),
  };
}

/** Test if the reconstruction error grows from the first to the last horizon at every rate, as the paper's does for Euler. */
export function reconstructionGrowsWithTime(results: readonly Result[]): Finding {
  const horizons = horizonsOf(results);
  const last = horizons[horizons.length - 1];
  const name = "reconstruction over time";
  const statement = `Reconstruction error grows with lead time, from horizon ${horizons[0]} to ${last} (in the paper: for Euler)`;
  const gap = missing(results, {rates: 1, horizons: 2});
  if (gap) return {name, statement, ...gap};
  const cells = latentRatesOf(results).map((rate) => {
    const [early, late] = [horizons[0], last].map((horizon) => pick(results, "autoencoder", rate, horizon, "vrmse"));
    return {label: `÷${rate}`, ...difference(early, late)};
  });
  return {
    name,
    statement,
    ...decide(cells, "growing", "falling"),
  };
}

/** Test if on the first horizon every emulator, latent or pixel, is below the best trivial forecast. */
export function beatsTrivialForecasts(results: readonly Result[]): Finding {
  const [horizon] = horizonsOf(results);
  const name = "trivial forecasts";
  const statement = `On horizon ${horizon} every emulator beats the first frame, the training mean and the spatial mean`;
  const trivial = baselineMethods.map((method) => pick(results, method, null, horizon, "vrmse"));
  const rows = select(results, horizon, "vrmse").filter(({method}) => isEmulator(method));
  if (rows.length === 0) return {name, statement, verdict: "undecided", numbers: "needs an emulator, found none"};
  const best = trivial.reduce((a, b) => (b.value < a.value ? b : a));
  const cells = rows.map((row) => ({label: `${row.method} ÷${row.compression}`, ...difference(row, best)}));
  const {verdict} = decide(cells, "", "");
  const list = rows.map(({method, compression, value}) => `${method} ÷${compression} ${formatNumber(value)}`);
  const limits = trivial.map(({method, value}) => `${method} ${formatNumber(value)}`);
  return {
    name,
    statement,
    verdict,
    numbers: `VRMSE of ${list.join(", ")} against ${limits.join(", ")}`,
  };
}

/**
 * Test if from the lowest to the highest compression, emulation error grows by less than half as much as reconstruction
 * error: $e_{\max} / e_{\min} - 1 < \frac{1}{2} (a_{\max} / a_{\min} - 1)$ for both emulators on every horizon.
 */
export function emulationIsRobust(results: readonly Result[]): Finding {
  const rates = latentRatesOf(results);
  const lowest = rates[0];
  const highest = rates[rates.length - 1];
  const name = "robust emulation";
  const rise = "emulation error grows by less than half as much as reconstruction error";
  const gap = missing(results, {rates: 2, methods: emulators});
  if (gap) return {name, statement: `From the lowest to the highest compression, ${rise}`, ...gap};
  const increase = (method: string, horizon: string) =>
    pick(results, method, highest, horizon, "vrmse").value / pick(results, method, lowest, horizon, "vrmse").value - 1;
  const rows = horizonsOf(results).map((horizon) => ({
    horizon,
    autoencoder: increase("autoencoder", horizon),
    emulators: emulators.map((method) => ({method, increase: increase(method, horizon)})),
  }));
  const holds = rows.every((row) => row.emulators.every((emulator) => emulator.increase < row.autoencoder / 2));
  const percent = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(100 * value).toFixed(0)} %`;
  return {
    name,
    statement: `From ÷${lowest} to ÷${highest}, ${rise}`,
    verdict: holds ? "holds" : "does not hold",
    numbers: rows
      .map((row) => {
        const list = row.emulators.map(({method, increase}) => `${method} ${percent(increase)}`);
        return `${row.horizon} autoencoder ${percent(row.autoencoder)}, ${list.join(", ")}`;
      })
      .join("; "),
  };
}

/** Test if the diffusion ensembles' spread/skill ratio is within a range at every compression and horizon. */
export function spreadIsHonest(
  results: readonly Result[],
  [low, high]: readonly [number, number] = [0.5, 1.3],
): Finding {
  const name = "spread/skill";
  const statement = `The diffusion ensemble's spread/skill ratio lies between ${low} and ${high} on every horizon`;
  const gap = missing(results, {rates: 1, methods: ["diffusion"]});
  if (gap) return {name, statement, ...gap};
  const horizons = horizonsOf(results);
  const rows = latentRatesOf(results).map((rate) => ({
    rate,
    ratios: horizons.map((horizon) => pick(results, "diffusion", rate, horizon, "ratio").value),
  }));
  const holds = rows.every(({ratios}) => ratios.every((ratio) => low <= ratio && ratio <= high));
  return {
    name,
    statement,
    verdict: holds ? "holds" : "does not hold",
    numbers: rows.map(({rate, ratios}) => `÷${rate} ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`).join("; "),
  };
}

/**
 * Test if latent diffusion is below the latent solver in a metric, at every compression and horizon, by differences that
 * are paired over trajectories where both have the same ones.
 *
 * @param title the metric in words.
 */
export function diffusionAgainstSolver(
  results: readonly Result[],
  metric: ScoredMetric,
  name: string,
  title: string,
): Finding {
  const statement = `Diffusion's ${title} is below the solver's at every compression rate and horizon`;
  const gap = missing(results, {rates: 1, methods: emulators});
  if (gap) return {name, statement, ...gap};
  const cells = latentRatesOf(results).flatMap((rate) =>
    horizonsOf(results).map((horizon) => {
      const [diffusion, solver] = emulators.map((method) => pick(results, method, rate, horizon, metric));
      return {label: `÷${rate} ${horizon}`, ...difference(diffusion, solver)};
    }),
  );
  return {
    name,
    statement,
    ...decide(cells, "diffusion better", "the solver better"),
  };
}

/** Test if latent solvers, decoding included, are faster than the pixel-space solver (Table 1). */
export function latentSolversAreFaster(times: readonly InferenceTime[]): Finding {
  checkOptions("latentSolversAreFaster", timesRule, times, "times");
  const solvers = times.filter(({method}) => method === "neural solver");
  const pixel = solvers.find(({space}) => space === "pixel");
  const latent = solvers.filter(({space}) => space === "latent");
  if (!pixel || latent.length === 0) {
    throw new RangeError(
      `latentSolversAreFaster: expected times of latent and pixel solvers, found ${solvers.length} solvers.`,
    );
  }
  const total = ({generation, decoding}: InferenceTime) => generation + decoding;
  const faster = latent.filter((time) => total(time) < total(pixel)).length;
  const list = latent.map((time) => `÷${time.compression} ${formatNumber(1000 * total(time))} ms`);
  return {
    name: "latent speed",
    statement: "Latent solvers are faster than the pixel-space solver, decoding included",
    verdict: faster === latent.length ? "holds" : faster === 0 ? "reversed" : "does not hold",
    numbers: `${list.join(", ")} against ${formatNumber(1000 * total(pixel))} ms in pixel space`,
  };
}

/** A difference that is negative where a statement holds, with its standard error. */
interface PairedCell {
  readonly label: string;
  readonly value: number;
  readonly error: number;
}

/**
 * Decide by how many cells are beyond 2 standard errors on either side. A diverged forecast (NaN) counts against, a
 * single trajectory, whose error is unknown, for neither.
 */
function decide(cells: readonly PairedCell[], inFavour: string, against: string): Pick<Finding, "verdict" | "numbers"> {
  const better = cells.filter(({value, error}) => value < -2 * error).length;
  const worse = cells.filter(({value, error}) => Number.isNaN(value) || value > 2 * error).length;
  const differences = cells.map(({label, value, error}) => `${label} ${signed(value)} ± ${formatNumber(error)}`);
  return {
    verdict: verdictOf(better, worse, cells.length),
    numbers:
      `beyond 2 standard errors ${inFavour} in ${better} and ${against} in ${worse} of ${cells.length} cells; ` +
      `paired differences ${differences.join("; ")}`,
  };
}

function verdictOf(better: number, worse: number, cells: number): Verdict {
  if (better === cells) return "holds";
  if (worse === 0) return "undecided";
  return better === 0 ? "reversed" : "does not hold";
}

/** Subtract one result from another, trajectory by trajectory if both have the same number of them. */
function difference(a: Result, b: Result): {value: number; error: number} {
  if (a.samples.length === b.samples.length && a.samples.length > 1) return pairedDifference(a.samples, b.samples);
  return {value: a.value - b.value, error: Math.hypot(a.error, b.error)};
}

function signed(value: number): string {
  return value >= 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** Numbers of compression rates and horizons, and methods in latent space, that a statement compares. */
interface Needs {
  readonly rates: number;
  readonly horizons?: number;
  readonly methods?: readonly string[];
}

/** Say why a statement cannot be decided, if it cannot: there is nothing to compare. */
function missing(results: readonly Result[], needs: Needs): Pick<Finding, "verdict" | "numbers"> | undefined {
  const rates = latentRatesOf(results);
  const horizons = horizonsOf(results);
  const absent = (needs.methods ?? []).filter(
    (name) => !results.some(({method, space}) => method === name && space === "latent"),
  );
  const list = rates.map((rate) => `÷${rate}`).join(", ") || "none";
  const reasons = [
    ...(rates.length < needs.rates ? [`${needs.rates} compression rates or more, found ${list}`] : []),
    ...(horizons.length < (needs.horizons ?? 1) ? [`2 horizons or more, found ${horizons.join(", ")}`] : []),
    ...absent.map((name) => `scores of ${name} in latent space, found none`),
  ];
  return reasons.length === 0 ? undefined : {verdict: "undecided", numbers: `needs ${reasons.join("; ")}`};
}

function select(results: readonly Result[], horizon: string, metric: ScoredMetric): Result[] {
  return results.filter((result) => result.horizon === horizon && result.metric === metric);
}

function pick(
  results: readonly Result[],
  method: string,
  rate: number | null,
  horizon: string,
  metric: ScoredMetric,
): Result {
  const found = select(results, horizon, metric).find(
    (result) => result.method === method && result.compression === rate && (rate === null || result.space === "latent"),
  );
  if (!found) {
    throw new RangeError(
      `findings: expected ${metric} of ${method}${rate ? ` ÷${rate}` : ""} at ${horizon}, found none.`,
    );
  }
  return found;
}
