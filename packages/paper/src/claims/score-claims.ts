/**
 * The paper's claims about scores (sections 4 and 6, Tables 6 to 13), each decided by paired tests on a run's own numbers.
 */
import {type ScoredMetric, type PaperCell, horizonsOf, latentRatesOf} from "lola/evaluate";
import {aboveNumber, below, belowNumber, cellOf, combined, type ClaimCell, type SeededResult} from "./claim-cells";
import {decided, notMeasured, type Claim, type ClaimText} from "./claim";

/** Scores of a run, of one system. */
export interface ClaimScores {
  /** Over the horizons. */
  readonly results: readonly SeededResult[];
  /** Of the first state that is predicted. */
  readonly first: readonly SeededResult[];
  /** Over the horizons, relative to auto-encoded states, with the results of the same trajectories beside them. */
  readonly relative?: {readonly results: readonly SeededResult[]; readonly absolute: readonly SeededResult[]};
  /** The paper's numbers of the same dataset (Tables 6 and 11 to 13); none for a system that is not in the paper. */
  readonly paper: readonly PaperCell[];
}

/** Growth of an error that still counts as none. */
const SAME = 0.1;

/** A set of results by method, rate, horizon and metric. */
class Lookup {
  readonly rates: readonly number[];
  readonly horizons: readonly string[];

  constructor(private readonly results: readonly SeededResult[]) {
    this.rates = latentRatesOf(results);
    this.horizons = horizonsOf(results);
  }

  /** Find a result; undefined where there is none, or it is undefined throughout, as the spread of a single forecast. */
  find(method: string, rate: number | null, horizon: string, metric: ScoredMetric): SeededResult | undefined {
    const found = this.results.find(
      (one) => one.method === method && one.compression === rate && one.horizon === horizon && one.metric === metric,
    );
    return found && !found.samples.every(Number.isNaN) ? found : undefined;
  }

  /** Make a cell for each rate and horizon where both results are there. */
  cells(
    pick: (rate: number, horizon: string) => readonly (SeededResult | undefined)[],
    make: (label: string, found: readonly SeededResult[]) => ClaimCell,
  ): ClaimCell[] {
    return this.rates.flatMap((rate) =>
      this.horizons.flatMap((horizon) => {
        const found = pick(rate, horizon);
        const all = found.filter((one) => one !== undefined);
        return all.length === found.length ? [make(`÷${rate} ${horizon}`, all)] : [];
      }),
    );
  }

  /** Neighbouring values of a list. */
  static steps<T>(list: readonly T[]): [T, T][] {
    return list.slice(1).map((later, i) => [list[i], later]);
  }
}

const DIFFUSION = "diffusion";
const SOLVER = "neural solver";
const EMULATORS = [DIFFUSION, SOLVER];
const BANDS = ["low", "mid", "high"] as const;

/** Decide all claims about scores, in the paper's order. */
export function scoreClaims(scores: ClaimScores): Claim[] {
  const at = new Lookup(scores.results);
  return [
    reconstructionDegrades(at),
    highBandSuffersMost(at),
    reconstructionOverTime(at, scores.paper),
    diffusionIsRobust(at),
    errorGrows(at),
    latentBeatsPixels(at),
    diffusionBeatsSolver(at),
    diffusionHasTheBetterSpectrum(at),
    diffusionIsBetterAtOnce(new Lookup(scores.first)),
    highBandIsTheAutoencoders(scores),
    ensembleIsCalibrated(at),
    calibrationFalls(at),
    calibrationFallsLess(scores),
    diversityPays(at),
    distanceFavoursDiffusion(at),
    distanceByRate(at, scores.paper),
  ];
}

function reconstructionDegrades(at: Lookup): Claim {
  const cells = at.horizons.flatMap((horizon) =>
    Lookup.steps(at.rates).flatMap(([low, high]) => {
      const [a, b] = [low, high].map((rate) => at.find("autoencoder", rate, horizon, "vrmse"));
      return a && b ? [below(`÷${low} − ÷${high}, ${horizon}`, a, b)] : [];
    }),
  );
  const text = {source: "4, Figure 3, Table 6", claim: "Reconstruction degrades with the compression rate"};
  return decided(text, "VRMSE of the lower rate less that of the higher", cells);
}

function highBandSuffersMost(at: Lookup): Claim {
  const text = {source: "4, Tables 8 to 10", claim: "Compression costs the reconstruction most in the high band"};
  const cells = at.cells(
    (rate, horizon) => (["mid", "high"] as const).map((band) => at.find("autoencoder", rate, horizon, band)),
    (label, [mid, high]) => below(label, mid, high),
  );
  return decided(text, "spectrum error of the middle band less that of the high band", cells);
}

/** How the paper's numbers change from one column to the next, if they do so at every rate: up, down, or neither. */
function printedTrend(cells: readonly (readonly [number, number])[]): "up" | "down" | undefined {
  if (cells.length === 0) return undefined;
  if (cells.every(([a, b]) => b > a)) return "up";
  return cells.every(([a, b]) => b < a) ? "down" : undefined;
}

function reconstructionOverTime(at: Lookup, paper: readonly PaperCell[]): Claim {
  const own = paper.filter(({method, metric}) => method === "autoencoder" && metric === "vrmse");
  const printed = horizonsOf(own);
  const value = (rate: number, horizon: string) =>
    own.find((cell) => cell.compression === rate && cell.horizon === horizon)?.value ?? NaN;
  const rates = [...new Set(own.map(({compression}) => compression))];
  const trends = Lookup.steps(printed).map(([a, b]) =>
    printedTrend(rates.map((rate) => [value(rate, a), value(rate, b)] as const)),
  );
  const words = trends.map((trend) => ({up: "rises", down: "falls"})[trend ?? "up"]);
  const text: ClaimText = {
    source: "4, Figure 3",
    claim: `Over lead time the reconstruction error ${[...new Set(words)].join(", then ") || "changes as in the paper"} (its numbers of this system)`,
  };
  if (trends.length === 0) return notMeasured(text, "the system is not in the paper");
  const cells = Lookup.steps(at.horizons).flatMap(([early, late], i) =>
    at.rates.flatMap((rate) => {
      const [a, b] = [early, late].map((horizon) => at.find("autoencoder", rate, horizon, "vrmse"));
      if (!a || !b || trends[i] === undefined) return [];
      const label = `÷${rate} ${early} to ${late}`;
      return [trends[i] === "up" ? below(label, a, b) : below(label, b, a)];
    }),
  );
  return decided(text, "change of VRMSE against the paper's direction", cells);
}

function diffusionIsRobust(at: Lookup): Claim {
  const [low, high] = [at.rates[0], at.rates[at.rates.length - 1]];
  const text = {
    source: "abstract, 4, Table 6",
    claim: `Diffusion's error does not grow with compression (by less than ${100 * SAME} % from ÷${low} to ÷${high})`,
  };
  const cells = at.horizons.flatMap((horizon) => {
    const [a, b] = [high, low].map((rate) => at.find(DIFFUSION, rate, horizon, "vrmse"));
    return a && b && low !== high ? [below(horizon, a, b, 1 + SAME)] : [];
  });
  return decided(text, `VRMSE at the highest rate less ${1 + SAME} times that at the lowest`, cells);
}

function errorGrows(at: Lookup): Claim {
  const text = {source: "4, Figures 5 and 8", claim: "Emulation error grows with lead time"};
  const cells = EMULATORS.flatMap((method) =>
    Lookup.steps(at.horizons).flatMap(([early, late]) =>
      at.rates.flatMap((rate) => {
        const [a, b] = [early, late].map((horizon) => at.find(method, rate, horizon, "vrmse"));
        return a && b ? [below(`${method} ÷${rate} ${early} − ${late}`, a, b)] : [];
      }),
    ),
  );
  return decided(text, "VRMSE of a horizon less that of the next one", cells);
}

function latentBeatsPixels(at: Lookup): Claim {
  const text = {source: "1, 4, 6, Table 6", claim: "Latent emulators match or beat the pixel-space solver"};
  const cells = EMULATORS.flatMap((method) =>
    at.cells(
      (rate, horizon) => [at.find(method, rate, horizon, "vrmse"), at.find(SOLVER, 1, horizon, "vrmse")],
      (label, [latent, pixel]) => below(`${method} ${label}`, latent, pixel),
    ),
  );
  if (cells.length === 0) return notMeasured(text, "the system has no pixel-space solver");
  return decided(text, "VRMSE less that of the pixel-space solver", cells);
}

/** Compare diffusion with the solver in some metrics, at every rate and horizon. */
function againstSolver(at: Lookup, metrics: readonly ScoredMetric[]): ClaimCell[] {
  return metrics.flatMap((metric) =>
    at.cells(
      (rate, horizon) => EMULATORS.map((method) => at.find(method, rate, horizon, metric)),
      (label, [diffusion, solver]) => below(metrics.length > 1 ? `${metric} ${label}` : label, diffusion, solver),
    ),
  );
}

function diffusionBeatsSolver(at: Lookup): Claim {
  const text = {source: "4, Figures 8 and 9, Table 6", claim: "Diffusion has a lower VRMSE than the neural solver"};
  return decided(text, "VRMSE of diffusion less that of the solver", againstSolver(at, ["vrmse"]));
}

function diffusionHasTheBetterSpectrum(at: Lookup): Claim {
  const text = {source: "4, Tables 8 to 10", claim: "Diffusion has a lower spectrum error than the neural solver"};
  return decided(text, "spectrum error of diffusion less that of the solver, by band", againstSolver(at, BANDS));
}

function diffusionIsBetterAtOnce(at: Lookup): Claim {
  const text = {source: "6", claim: "Diffusion is better already at the first predicted state"};
  return decided(text, "VRMSE of diffusion less that of the solver", againstSolver(at, ["vrmse"]));
}

function highBandIsTheAutoencoders({relative}: ClaimScores): Claim {
  const text = {
    source: "4, Figure 9",
    claim:
      "Most of diffusion's middle- and high-band error is the autoencoder's: less than half is left relative to D(E(x))",
  };
  if (!relative) return notMeasured(text, "scores relative to auto-encoded states were not computed");
  const [own, whole] = [relative.results, relative.absolute].map((list) => new Lookup(list));
  const cells = (["mid", "high"] as const).flatMap((band) =>
    own.cells(
      (rate, horizon) => [own.find(DIFFUSION, rate, horizon, band), whole.find(DIFFUSION, rate, horizon, band)],
      (label, [a, b]) => below(`${band} ${label}`, a, b, 0.5),
    ),
  );
  return decided(text, "error relative to D(E(x)) less half of the error", cells);
}

/** Deviation of the spread/skill ratio from 1 that still counts as calibrated. */
const CALIBRATED = 0.2;

function ensembleIsCalibrated(at: Lookup): Claim {
  const text = {
    source: "4, Figures 5 and 8",
    claim: `Diffusion's spread/skill ratio is close to 1 (within ${CALIBRATED})`,
  };
  const sides = [aboveNumber, belowNumber].flatMap((test, i) =>
    at.cells(
      (rate, horizon) => [at.find(DIFFUSION, rate, horizon, "ratio")],
      (label, [ratio]) =>
        test(
          `${label} ${i === 0 ? "above" : "below"} ${1 + (2 * i - 1) * CALIBRATED}`,
          ratio,
          1 + (2 * i - 1) * CALIBRATED,
        ),
    ),
  );
  return decided(text, "two one-sided tests of the ratio against the ends of that range", sides);
}

function calibrationFalls(at: Lookup): Claim {
  const text = {source: "4, Figures 5 and 8", claim: "Diffusion's spread/skill ratio falls with the compression rate"};
  const [low, high] = [at.rates[0], at.rates[at.rates.length - 1]];
  const cells = at.horizons.flatMap((horizon) => {
    const [a, b] = [high, low].map((rate) => at.find(DIFFUSION, rate, horizon, "ratio"));
    return a && b && low !== high ? [below(horizon, a, b)] : [];
  });
  return decided(text, "ratio at the highest rate less that at the lowest", cells);
}

function calibrationFallsLess({relative}: ClaimScores): Claim {
  const text = {source: "4, Figure 9", claim: "It falls less relative to auto-encoded states"};
  if (!relative) return notMeasured(text, "scores relative to auto-encoded states were not computed");
  const [own, whole] = [relative.results, relative.absolute].map((list) => new Lookup(list));
  const [low, high] = [own.rates[0], own.rates[own.rates.length - 1]];
  const cells = own.horizons.flatMap((horizon) => {
    const found = [whole, own].flatMap((at) => [high, low].map((rate) => at.find(DIFFUSION, rate, horizon, "ratio")));
    const all = found.filter((one) => one !== undefined);
    return all.length === 4 && low !== high
      ? [
          cellOf(
            horizon,
            combined(all, ([a, b, c, d]) => a - b - (c - d)),
          ),
        ]
      : [];
  });
  return decided(text, "fall of the ratio less its fall relative to D(E(x))", cells);
}

function diversityPays(at: Lookup): Claim {
  const text = {
    source: "abstract, 1, 4",
    claim: "Diffusion makes up for uncertainty by diversity: as a distribution (CRPS) it is the better forecast",
  };
  return decided(text, "CRPS of diffusion less that of the solver's single answer", againstSolver(at, ["crps"]));
}

function distanceFavoursDiffusion(at: Lookup): Claim {
  const text = {source: "Tables 11 to 13", claim: "The distance between distributions is smaller for diffusion"};
  return decided(text, "distance of diffusion less that of the solver", againstSolver(at, ["transport"]));
}

function distanceByRate(at: Lookup, paper: readonly PaperCell[]): Claim {
  const [low, high] = [at.rates[0], at.rates[at.rates.length - 1]];
  const own = paper.filter(({method, metric}) => method === DIFFUSION && metric === "transport");
  const rates = latentRatesOf(own);
  const text = {
    source: "Tables 11 to 13",
    claim: `Diffusion's distance between distributions does not grow with compression (by less than ${100 * SAME} %)`,
  };
  if (own.length === 0 || rates.length < 2) return notMeasured(text, "the system is not in the paper");
  const cells = at.horizons.flatMap((horizon) => {
    const [a, b] = [high, low].map((rate) => at.find(DIFFUSION, rate, horizon, "transport"));
    return a && b && low !== high ? [below(horizon, a, b, 1 + SAME)] : [];
  });
  return decided(text, `distance at the highest rate less ${1 + SAME} times that at the lowest`, cells);
}
