/**
 * The criteria of the planned models (data/study/models.json), and the outcomes of its predictions, computed from committed files.
 *
 * The plan holds the SHA-256 of this file: a change of it is a deviation from the plan, with a date and a reason.
 */
import {judge, summary, type JudgedScores} from "lola/evaluate";
import type {Row, Source} from "./front-page";
import {systems} from "./results-rows";

/** Aims by the names of systems; a system without an aim is not judged. */
export const AIMS = {
  /** Least VRMSE of diffusion over the autoencoder's, on the first horizon at the middle rate. */
  floor: {convection: 5, Euler: 4, cloud: 2} as Readonly<Record<string, number | undefined>>,
  /** Least sharpness of a member of diffusion at the lowest rate. */
  sharpness: {Euler: 0.8, cloud: 0.8} as Readonly<Record<string, number | undefined>>,
  /** Largest half-width of an interval, and the number of systems that must meet it. */
  width: {half: 0.05, systems: 3},
};

/** Kinds of emulators that are trained with several seeds at the middle rate. */
export const KINDS = ["diffusion", "neural solver", "stochastic solver"] as const;

export interface Criterion {
  readonly system: string;
  readonly criterion: string;
  readonly aim: string;
  readonly found: string;
  readonly outcome: "met" | "missed" | "not measured";
}

const ascending = (values: readonly string[]) => [...new Set(values)].sort((a, b) => Number(a) - Number(b));

/** Middle of the compression rates; of an even number of rates the lower of the middle two. */
const middleOf = (rates: readonly string[]) => rates[Math.ceil(rates.length / 2) - 1];

const ratesIn = (rows: readonly Row[]) => ascending(rows.flatMap((row) => row["÷"] || []));

const outcome = (met: boolean | undefined): Criterion["outcome"] =>
  met === undefined ? "not measured" : met ? "met" : "missed";

/** Is reconstruction no bottleneck? */
function floorOf(source: Source, {name, folder}: (typeof systems)[number]): Criterion[] {
  const aim = AIMS.floor[name];
  if (aim === undefined) return [];
  const rows = source(`${folder}/scorecard.csv`).filter(
    ({space, horizon}) => space === "latent" && horizon.startsWith("1:"),
  );
  const middle = middleOf(ratesIn(rows));
  const error = (method: string) =>
    Number(rows.find((row) => row.method === method && row["÷"] === middle)?.VRMSE ?? NaN);
  const ratio = error("diffusion") / error("autoencoder");
  return [
    {
      system: name,
      criterion: `VRMSE of diffusion over the autoencoder's, ÷${middle}, first horizon`,
      aim: `at least ${aim}`,
      found: ratio.toFixed(1),
      outcome: outcome(Number.isNaN(ratio) ? undefined : ratio >= aim),
    },
  ];
}

const samplesOf = (row: Row) =>
  Object.keys(row)
    .filter((column) => column.startsWith("trajectory "))
    .map((column) => (row[column] === "" ? NaN : Number(row[column])));

/** Is persistence beaten on the first predicted state, by each emulator at each rate but the highest, which destroys the state? */
function persistenceOf(source: Source, {name, folder}: (typeof systems)[number]): Criterion {
  const rows = source(`${folder}/scores.csv`).filter(({horizon, metric}) => {
    const [from, to] = horizon.split(":");
    return from !== "" && from === to && metric === "vrmse";
  });
  const errorOf = (row: Row) => summary(samplesOf(row)).value;
  const own = rows.filter(({method, space}) => (KINDS as readonly string[]).includes(method) && space === "latent");
  const rates = ascending(own.map(({compression}) => compression));
  const judged = own.filter(({compression}) => compression !== rates.at(-1));
  const persistence = errorOf(rows.find(({method}) => method === "first frame")!);
  const beaten = judged.filter((row) => errorOf(row) < persistence).length;
  return {
    system: name,
    criterion: "emulators that beat persistence on the first predicted state",
    aim: "all",
    found: `${beaten} of ${judged.length}`,
    outcome: outcome(judged.length === 0 ? undefined : beaten === judged.length),
  };
}

/** Is a member of diffusion as steep as the truth? The geometric mean over fields and lead times, at the lowest rate. */
function sharpnessOf(source: Source, {name, folder}: (typeof systems)[number]): Criterion[] {
  const aim = AIMS.sharpness[name];
  if (aim === undefined) return [];
  const rows = source(`${folder}/sharpness.csv`).filter(({method}) => method === "diffusion");
  const [lowest] = ratesIn(rows);
  const logs = rows
    .filter((row) => row["÷"] === lowest)
    .flatMap((row) =>
      Object.keys(row).flatMap((column) => (column.startsWith("τ") ? Math.log(Number(row[column])) : [])),
    );
  const mean = Math.exp(logs.reduce((sum, log) => sum + log / logs.length, 0));
  return [
    {
      system: name,
      criterion: `sharpness of a member of diffusion, ÷${lowest}`,
      aim: `at least ${aim}`,
      found: mean.toFixed(2),
      outcome: outcome(logs.length === 0 ? undefined : mean >= aim),
    },
  ];
}

/** Scores of one kind by seed at the middle rate. @returns undefined for fewer than two seeds. */
function seedsOf(rows: readonly Row[], kind: string, horizon: string): JudgedScores | undefined {
  const own = rows.filter((row) => row.method.startsWith(`${kind}, seed `) && row.horizon === horizon);
  const bySeed = own.map(samplesOf);
  if (bySeed.length < 2) return undefined;
  const samples = bySeed[0].map((_, n) => bySeed.reduce((sum, one) => sum + one[n] / bySeed.length, 0));
  return {method: kind, samples, bySeed};
}

export interface RivalEffect {
  readonly system: string;
  readonly rival: string;
  /** Number of seeds of each kind. */
  readonly seeds: number;
  /** CRPS of diffusion over the rival's, less 1: the mean over horizons, with its interval of 95 % over seeds and trajectories. */
  readonly effect: number;
  readonly interval: readonly [number, number];
}

/**
 * Compare diffusion with each rival that was trained with as many seeds, by CRPS over the climate. The population is all seeds and
 * all trajectories of the plan's parameters: these are fixed, so trajectories have no blocks.
 */
export function rivalEffects(source: Source): RivalEffect[] {
  return systems.flatMap(({name, folder}) => {
    const rows = source(`${folder}/scores.csv`).filter(
      ({metric, space}) => metric === "crpsClimate" && space === "latent",
    );
    const horizons = [...new Set(rows.map(({horizon}) => horizon))].filter((one) => new Set(one.split(":")).size > 1);
    return KINDS.slice(1).flatMap((rival): RivalEffect[] => {
      const comparisons = horizons.flatMap((horizon) => {
        const [above, below] = [KINDS[0], rival].map((kind) => seedsOf(rows, kind, horizon));
        return above && below ? [{label: horizon, above: [above], below: [below]}] : [];
      });
      const {effect} = judge(comparisons, {about: "methods"});
      const seeds = comparisons[0]?.above[0].bySeed!.length ?? 0;
      return effect ? [{system: name, rival, seeds, effect: effect.value, interval: effect.interval}] : [];
    });
  });
}

/** Are the intervals narrow enough to answer? */
function widthOf(source: Source): Criterion {
  const effects = rivalEffects(source);
  const narrow = systems.filter(({name}) => {
    const own = effects.filter(({system}) => system === name);
    const isNarrow = ({interval: [from, to]}: RivalEffect) => (to - from) / 2 <= AIMS.width.half;
    return own.length === KINDS.length - 1 && own.every(isNarrow);
  });
  const halves = effects.map(({interval: [from, to]}) => (100 * (to - from)) / 2);
  return {
    system: "all",
    criterion: "systems with intervals of at most ± 5 % against each rival, CRPS",
    aim: `at least ${AIMS.width.systems} of 4`,
    found: `${narrow.length}, ± ${Math.min(...halves).toFixed(0)} to ${Math.max(...halves).toFixed(0)} %`,
    outcome: outcome(effects.length === 0 ? undefined : narrow.length >= AIMS.width.systems),
  };
}

/** All criteria, one for each system that has an aim. */
export const criteria = (source: Source): Criterion[] => [
  ...systems.flatMap((system) => floorOf(source, system)),
  ...systems.map((system) => persistenceOf(source, system)),
  ...systems.flatMap((system) => sharpnessOf(source, system)),
  widthOf(source),
];

/** A prediction of the plan: the logarithm of a claim's ratio in a system, with its interval of 95 %. */
export interface Prediction {
  readonly claim: string;
  readonly system: string;
  /** Operations of the training of the diffusion model, by which the effects in figures/trend.csv are found. */
  readonly operations: number;
  readonly effect: number;
  readonly interval: readonly [number, number];
}

/** Put the effects of the trained models beside their predictions. */
export function predictionRows(source: Source, predictions: readonly Prediction[]) {
  const points = source("figures/trend.csv");
  return predictions.map(({claim, system, operations, effect, interval: [from, to]}) => {
    const point = points.find(
      (row) => row.claim === claim && row.system === system && Number(row.operations) === operations,
    );
    const found = point ? Number(point["log ratio"]) : NaN;
    const isRight = found >= from && found <= to;
    return {claim, system, predicted: effect, from, to, found, outcome: point ? (isRight ? "right" : "wrong") : "open"};
  });
}
