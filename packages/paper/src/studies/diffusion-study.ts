/**
 * When does diffusion beat the solver? Endpoints, effects of axes, the law of the excess and crossing lead times, from the scores of
 * single trajectories that the trials of a plan keep.
 */
import path from "node:path";
import {
  canonicalText,
  checkOptions,
  flag,
  optional,
  projectRoot,
  section,
  text,
  type TableRow,
  Rng,
} from "@lola-ts/core";
import {lines, type Figure} from "@lola-ts/figures";
import {openLab, parametersInWords} from "@lola-ts/laboratory";
import {pointsOf, readPlan, runPlan, sweepOf, type PlanFile} from "@lola-ts/laboratory/stages";
import {effectOf, judge, type Comparison, type JudgedScores} from "lola/evaluate";
import type {EndedTrial, LeadScores, Overrides} from "@lola-ts/sweeps";
import type {LyapunovRow} from "./lyapunov";
import {levenbergMarquardt} from "ml-levenberg-marquardt";

/** Draws of a bootstrap. */
const DRAWS = 1000;

type Table = readonly (readonly number[])[];
type Endpoint = PlanFile["endpoints"][string];

/** Scores of a kind at a value of an axis, by seed. */
type BySeed = ReadonlyMap<number, LeadScores>;

interface Pair {
  /** Seeds and trajectories, of the same seeds. */
  readonly above: Table;
  readonly below: Table;
  readonly seeds: readonly number[];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface LawOptions {
  /** Draws of the bootstrap. Default: 1000. */
  readonly draws?: number;
  /** By name, values of the law's axes at which the excess is predicted; an axis without one keeps the centre's. Default: none. */
  readonly at?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A law with its intervals of 95 %, and the value of its first axis from which on the excess is below the target. */
export interface StudyLaw {
  readonly law: Law;
  /** A row per parameter: value, and both ends of its interval. */
  readonly rows: TableRow[];
  /** A row per combination of the other axes' values: the first axis' value that reaches the target, none if nothing does. */
  readonly targets: TableRow[];
}

/** The results of a plan, computed from its trials alone. */
export class DiffusionStudy {
  private readonly scores = new Map<string, BySeed>();
  /** Places at which a training failed. The seeds that are left there are no random choice. */
  private readonly failed = new Set<string>();

  /** @param trials of the plan that ended; those that are missing or failed are left out. */
  constructor(
    readonly plan: PlanFile,
    trials: readonly EndedTrial[],
  ) {
    const byVariant = new Map<string, Map<number, LeadScores>>();
    const failed = new Set<string>();
    for (const {method, overrides, seed, measured} of trials) {
      const key = keyOf(method, overrides);
      if (!measured) failed.add(key);
      if (!measured?.trajectories) continue;
      byVariant.set(key, (byVariant.get(key) ?? new Map<number, LeadScores>()).set(seed, measured.trajectories));
    }
    for (const point of pointsOf(plan)) {
      const [key, place] = [keyOf(point.method, point.overrides), placeOf(point.kind, point.axis, point.value)];
      const scores = byVariant.get(key);
      if (scores) this.scores.set(place, scores);
      if (failed.has(key)) this.failed.add(place);
    }
  }

  /** Parameters of each test trajectory, as JSON. */
  get blocks(): readonly string[] {
    return [...this.scores.values()][0]?.values().next().value?.blocks ?? [];
  }

  /** Lead times of the scores. */
  private get leads(): readonly number[] {
    return [...this.scores.values()][0]?.values().next().value?.leads ?? [];
  }

  /** Name the place of a kind at a value of an axis; kinds that the axis does not change are at the centre. */
  private place(kind: string, axis?: string, value?: unknown): string {
    const isChanged = axis === undefined || (this.plan.axes[axis].kinds ?? [kind]).includes(kind);
    return isChanged ? placeOf(kind, axis, value) : placeOf(kind);
  }

  private at(kind: string, axis?: string, value?: unknown): BySeed {
    return this.scores.get(this.place(kind, axis, value)) ?? new Map<number, LeadScores>();
  }

  /** Pair the scores at each value of an axis at which no training failed. */
  private wholePairs(endpoint: Endpoint, axis: string): {value: unknown; pair: Pair}[] {
    return this.plan.axes[axis].values.flatMap((value) => {
      const pair = this.isWhole(endpoint, axis, value) ? this.pair(endpoint, axis, value) : undefined;
      return pair ? [{value, pair}] : [];
    });
  }

  private isWhole({above, below}: Endpoint, axis: string, value: unknown): boolean {
    return [above, below].every((kind) => !this.failed.has(this.place(kind, axis, value)));
  }

  /** List an axis's rows that are drawn: values at which no training failed. */
  private drawnRows(rows: readonly TableRow[], endpoint: Endpoint, axis: string): TableRow[] {
    return rows.filter((row) => row.axis === axis && this.isWhole(endpoint, axis, row.value));
  }

  /** The endpoint whose scores cross. */
  private get crossed(): Endpoint {
    return this.plan.endpoints[this.plan.law?.endpoint ?? Object.keys(this.plan.endpoints)[0]];
  }

  private pair({above, below, score, horizon: [from, to]}: Endpoint, axis?: string, value?: unknown): Pair | undefined {
    const [upper, lower] = [this.at(above, axis, value), this.at(below, axis, value)];
    const seeds = [...upper.keys()].filter((seed) => lower.has(seed)).sort((a, b) => a - b);
    const table = (scores: BySeed) =>
      seeds.map((seed) => {
        const {leads, scores: all} = scores.get(seed)!;
        const inside = leads.flatMap((lead, i) => (lead >= from && lead <= to ? [i] : []));
        return (all[score] ?? []).map((row) => mean(inside.map((i) => row[i])));
      });
    return seeds.length > 0 ? {above: table(upper), below: table(lower), seeds} : undefined;
  }

  /**
   * Tabulate an endpoint at every value of every axis, or of one: the mean ratio less 1 with its interval of 95 %, the judge's side,
   * corrected for the values of the axis, and the numbers of seeds. "equal" is within the plan's margin.
   *
   * @throws RangeError if the plan has no such endpoint or axis.
   */
  effects(endpoint: string, only?: string): TableRow[] {
    const ratio = named("effects", "an endpoint", this.plan.endpoints, endpoint);
    const all = this.plan.axes;
    const axes = only === undefined ? all : {[only]: named("effects", "an axis", all, only)};
    return Object.entries(axes).flatMap(([axis, {values}]) => {
      const pairs = values.flatMap((value) => {
        const pair = this.pair(ratio, axis, value);
        return pair ? [{value, pair}] : [];
      });
      const comparisons = pairs.map(({value, pair}): Comparison => ({
        label: `${axis} ${String(value)}`,
        above: [judged(ratio.above, pair.above)],
        below: [judged(ratio.below, pair.below)],
      }));
      return this.judgedRows(comparisons).map((row, i) => ({
        axis,
        value: pairs[i].value as number,
        ...row,
        seeds: pairs[i].pair.seeds.length,
      }));
    });
  }

  /**
   * Tabulate the slope of an endpoint along each axis of numbers: the change of its ratio for twice the option, with its interval of
   * 95 %, and the judge's side, corrected for the number of axes. A value at which a training failed has no part.
   */
  slopes(endpoint: string): TableRow[] {
    const ratio = named("slopes", "an endpoint", this.plan.endpoints, endpoint);
    const axes = Object.keys(this.plan.axes).flatMap((axis) => {
      const points = this.wholePairs(ratio, axis).flatMap(({value, pair}) =>
        typeof value === "number" ? [{x: Math.log2(value), pair}] : [],
      );
      const shared = points.reduce<readonly number[]>(
        (all, {pair}) => all.filter((seed) => pair.seeds.includes(seed)),
        points[0]?.pair.seeds ?? [],
      );
      return points.length > 1 && shared.length > 0
        ? [{axis, ratios: slopesOf(points, shared), seeds: shared.length}]
        : [];
    });
    const comparisons = axes.map(({axis, ratios}): Comparison => ({label: axis, above: [judged(axis, ratios)]}));
    return this.judgedRows(comparisons).map((row, i) => ({axis: axes[i].axis, ...row, seeds: axes[i].seeds}));
  }

  private judgedRows(comparisons: readonly Comparison[]): TableRow[] {
    const options = {blocks: this.blocks};
    const {cells} = judge(comparisons, options);
    return cells.map(({side, value, corrected, reason}, i) => {
      const [low, high] = effectOf([comparisons[i]], options)?.interval ?? [NaN, NaN];
      return {
        "change, %": 100 * Math.expm1(value),
        "from, %": orNone(100 * low),
        "to, %": orNone(100 * high),
        p: orNone(corrected),
        side: reason ? `${side}: ${reason}` : side,
      };
    });
  }

  /**
   * Fit the plan's law to the excess at all values of its axes at which no training failed, of means over seeds and trajectories, and
   * find the value of its first axis that brings the excess below the target, at all values of the other axes. Intervals are of a
   * bootstrap over seeds and trajectories.
   *
   * @throws RangeError if the plan has no law, or there are fewer points than parameters.
   */
  law({draws: count = DRAWS, at: places = {}}: LawOptions = {}): StudyLaw {
    const {law: wanted, axes, centre} = this.plan;
    if (!wanted) throw new RangeError(`law: expected a plan with a law, found none in ${this.plan.name}.`);
    const endpoint = this.plan.endpoints[wanted.endpoint];
    const base = wanted.axes.map((axis) => Number(centre[axes[axis].option]));
    const points = wanted.axes.flatMap((axis, i) =>
      this.wholePairs(endpoint, axis).map(({value, pair}) => ({
        x: base.map((centreValue, j) => (i === j ? Number(value) / centreValue : 1)),
        pair,
      })),
    );
    const unique = [...new Map(points.map((point) => [point.x.join(), point])).values()];
    const parameters = 2 + wanted.axes.length;
    if (unique.length < parameters) {
      throw new RangeError(`law: expected trials at ${parameters} points or more, found ${unique.length}.`);
    }
    const fit = (draw?: Draw, start?: Law) =>
      fitLaw(
        unique.map(({x, pair}): LawPoint => ({x, excess: excess(pair, draw)})),
        start,
      );
    const law = fit();
    const sizes = {
      trajectories: unique[0].pair.above[0].length,
      seeds: Math.max(...unique.map(({pair}) => pair.seeds.length)),
    };
    const laws = draws(count, sizes).map((draw) => fit(draw, law));
    const row = (name: string, of: (law: Law) => number): TableRow => {
      const [low, high] = interval(laws.map(of));
      return {parameter: name, value: of(law), from: low, to: high};
    };
    const [first, ...others] = wanted.axes;
    const targets = combinations(others.map((axis) => axes[axis].values.map(Number))).map((values): TableRow => {
      const at = (fitted: Law) =>
        base[0] *
        reaches(
          fitted,
          values.map((value, i) => value / base[i + 1]),
          wanted.below,
        );
      const [low, high] = interval(laws.map(at));
      return {
        ...Object.fromEntries(others.map((axis, i) => [axis, values[i]])),
        [first]: orNone(at(law)),
        from: orNone(low),
        to: orNone(high),
      };
    });
    return {
      law,
      rows: [
        row("a", (fitted) => fitted.a),
        row("b", (fitted) => fitted.b),
        ...wanted.axes.map((axis, i) => row(`power of ${axis}`, (fitted) => fitted.powers[i])),
        ...Object.entries<Readonly<Record<string, number>>>({"the centre": {}, ...places}).map(([name, values]) => {
          const x = wanted.axes.map((axis, i) => (axis in values ? values[axis] / base[i] : 1));
          return row(`excess at ${name}`, (fitted) => excessOf(fitted, x));
        }),
      ],
      targets,
    };
  }

  /**
   * Tabulate the phase boundary along each axis of numbers: from which lead time on diffusion's squared error stays below the
   * solver's, with its interval of 95 %. It is none where diffusion is not below at the last lead time.
   */
  phases(): TableRow[] {
    return this.numericAxes().flatMap(([axis, values]) =>
      values.flatMap((value) => {
        const crossing = this.crossing({axis, value});
        return crossing ? [{axis, value, ...rowOf(crossing)}] : [];
      }),
    );
  }

  /**
   * Draw the phase diagram: a panel an axis, with the solver's phase below the boundary and diffusion's above it. Values at which a
   * training failed are left out.
   */
  phaseFigure(): Figure {
    const rows = this.phases();
    const last = Math.max(...this.leads);
    const panels = [...new Set(rows.map(({axis}) => String(axis)))].map((axis) => {
      const ofAxis = this.drawnRows(rows, this.crossed, axis);
      const drawn = (value: TableRow[string]) => Number(value ?? last); // a boundary beyond the last lead time is at the edge
      const x = ofAxis.map(({value}) => Number(value));
      const ends = ofAxis.map(({from, to}): [number, number] => [drawn(from), drawn(to)]);
      const curve = {name: "diffusion is better above", x, y: ofAxis.map(({lead}) => drawn(lead)), ends};
      return {x: axis, y: "Lead time", logarithmic: true, curves: [curve]};
    });
    return lines(panels, {caption: `Bars: intervals of 95 %. ${this.caption}`});
  }

  /**
   * Tabulate the phase boundary of each block of trajectories at the centre: the lead time, its interval of 95 %, and both in
   * Lyapunov times.
   *
   * @param lyapunov exponents of the blocks. Default: lead times alone.
   */
  crossings(lyapunov: readonly LyapunovRow[] = []): TableRow[] {
    const blocks = [...new Set(this.blocks)].sort((a, b) => a.localeCompare(b, "en", {numeric: true}));
    return ["all", ...blocks].flatMap((block) => {
      const crossing = this.crossing({block});
      if (!crossing) return [];
      const times = lyapunov.find((candidate) => candidate.block === block);
      const perLead = times ? times.exponent * times.timePerLead : NaN;
      const {
        lead,
        interval: [low, high],
      } = crossing;
      return {
        block: block === "all" ? block : parametersInWords(JSON.parse(block) as Record<string, number>),
        ...rowOf(crossing),
        ...(lyapunov.length > 0 && {
          "Lyapunov times": orNone(lead * perLead),
          "from, times": orNone(low * perLead),
          "to, times": orNone(high * perLead),
        }),
      };
    });
  }

  /** Find the last crossing of the curves of squared error, of the trajectories of a block, with a bootstrap over them and seeds. */
  private crossing({axis, value, block = "all"}: Where): Crossing | undefined {
    const endpoint = this.crossed;
    const [upper, lower] = [this.at(endpoint.above, axis, value), this.at(endpoint.below, axis, value)];
    const seeds = [...upper.keys()].filter((seed) => lower.has(seed));
    if (seeds.length === 0) return undefined;
    const {leads} = this;
    const own = this.blocks.flatMap((candidate, t) => (block === "all" || candidate === block ? [t] : []));
    const gaps = seeds.map((seed) => {
      const [above, below] = [upper, lower].map((scores) => scores.get(seed)!.scores[endpoint.score]);
      return this.blocks.map((_, t) => leads.map((_, i) => above[t][i] - below[t][i]));
    });
    const at = (chosen: readonly number[], trajectories: readonly number[]) => {
      const sum = leads.map(() => 0);
      for (const s of chosen) for (const t of trajectories) gaps[s][t].forEach((gap, i) => (sum[i] += gap));
      return lastCrossing(leads, sum);
    };
    const drawn = draws(DRAWS, {trajectories: own.length, seeds: seeds.length}).map((draw) =>
      at(
        draw.seeds(seeds.length),
        draw.trajectories.map((i) => own[i]),
      ),
    );
    const all = seeds.map((_, s) => s);
    return {lead: at(all, own), interval: interval(drawn)};
  }

  private numericAxes(): [string, number[]][] {
    return Object.entries(this.plan.axes).flatMap(([axis, {values}]): [string, number[]][] => {
      const numbers = values.filter((value) => typeof value === "number");
      return numbers.length > 0 ? [[axis, numbers]] : [];
    });
  }

  /** Draw an endpoint over each axis of numbers, with intervals of 95 %; values at which a training failed are left out. */
  figure(endpoint: string): Figure {
    const wanted = named("figure", "an endpoint", this.plan.endpoints, endpoint);
    const rows = this.effects(endpoint).filter(({value}) => typeof value === "number");
    const axes = [...new Set(rows.map(({axis}) => String(axis)))];
    const panels = axes.map((axis) => {
      const ofAxis = this.drawnRows(rows, wanted, axis);
      const ends = ofAxis.map((row): [number, number] => [Number(row["from, %"] ?? NaN), Number(row["to, %"] ?? NaN)]);
      const curve = {
        name: endpoint,
        x: ofAxis.map(({value}) => Number(value)),
        y: ofAxis.map((row) => Number(row["change, %"])),
        ends,
      };
      return {x: axis, y: "Ratio less 1 (%)", logarithmic: true, zoomed: true, curves: [curve]};
    });
    return lines(panels, {caption: `Bars: intervals of 95 %. ${this.caption}`});
  }

  get caption(): string {
    const {name, system, preset, margin, axes} = this.plan;
    const seeds = Object.values(axes).map((axis) => axis.seeds);
    const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
    const many = least === most ? `${least}` : `${least} to ${most}`;
    const number = this.blocks.length;
    return `Plan ${name}: ${system}, preset ${preset}; ${many} seeds, ${number} test trajectories, margin ${100 * margin} %.`;
  }
}

/** Find a part of the plan by its name. */
function named<T>(where: string, what: string, parts: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(parts, name)) return parts[name];
  throw new RangeError(`${where}: expected ${what} of the plan (${Object.keys(parts).join(", ")}), found ${name}.`);
}

/** A value of an axis, or the centre, and a block of trajectories, or all. */
interface Where {
  readonly axis?: string;
  readonly value?: unknown;
  readonly block?: string;
}

/** From which lead time on diffusion is better: 0 at once, Infinity never. */
interface Crossing {
  readonly lead: number;
  /** Ends of the interval of 95 %. */
  readonly interval: readonly [number, number];
}

const rowOf = ({lead, interval: [low, high]}: Crossing) => ({lead: orNone(lead), from: orNone(low), to: orNone(high)});

const orNone = (value: number) => (Number.isFinite(value) ? value : null);

const keyOf = (method: string, overrides: Overrides) => canonicalText([method, overrides]);
const placeOf = (...parts: unknown[]) => JSON.stringify(parts.filter((part) => part !== undefined));

function judged(method: string, bySeed: Table): JudgedScores {
  return {method, bySeed, samples: bySeed[0].map((_, t) => mean(bySeed.map((row) => row[t])))};
}

/** Fit $\ln(a / b)$ over $\log_2 x$ for each seed and trajectory. @returns factors of the ratio for twice the option. */
function slopesOf(points: readonly {readonly x: number; readonly pair: Pair}[], seeds: readonly number[]): number[][] {
  const middle = mean(points.map(({x}) => x));
  const square = points.reduce((sum, {x}) => sum + (x - middle) ** 2, 0);
  return seeds.map((seed) =>
    points[0].pair.above[0].map((_, t) => {
      const slope = points.reduce((sum, {x, pair: {above, below, seeds: ofPair}}) => {
        const s = ofPair.indexOf(seed);
        return sum + ((x - middle) / square) * Math.log(above[s][t] / below[s][t]);
      }, 0);
      return Math.exp(slope);
    }),
  );
}

/** Compute the ratio of mean scores less 1, of all seeds and trajectories or of those that were drawn. */
function excess({above, below}: Pair, draw?: Draw): number {
  if (!draw) return mean(above.flat()) / mean(below.flat()) - 1;
  const seeds = draw.seeds(above.length);
  const sum = (table: Table) =>
    seeds.reduce((all, s) => all + draw.trajectories.reduce((total, t) => total + table[s][t], 0), 0);
  return sum(above) / sum(below) - 1;
}

/**
 * Find the last lead time at which the gap between two curves falls to 0, on straight lines between the states: 0 if it is 0 or less
 * from the first state on, Infinity if it is above 0 at the last.
 */
export function lastCrossing(leads: readonly number[], gap: readonly number[]): number {
  const last = gap.map((difference) => difference <= 0).lastIndexOf(false); // what is not a number is not below
  if (last < 0) return 0;
  if (last === leads.length - 1) return Infinity;
  return leads[last] + (leads[last + 1] - leads[last]) * (gap[last] / (gap[last] - gap[last + 1]));
}

function combinations(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((all, list) => all.flatMap((start) => list.map((value) => [...start, value])), [[]]);
}

const optionsRule = section<{train: boolean}>({train: optional(flag)});

/**
 * Open the study of a plan: read the trials that are there, or train what is missing (docs/sweeps.md).
 *
 * @param file path of the plan, from the project's folder.
 * @param options `train`: whether to train what is missing. Default: false.
 * @throws RangeError naming what is wrong with the plan; LabError `interrupted`, and what has ended is kept.
 * @example
 * const study = await diffusionStudy("data/study/plan.json");
 * await lab.showTable(study.slopes("excess"), study.caption);
 */
export async function diffusionStudy(file: string, options: {readonly train?: boolean} = {}): Promise<DiffusionStudy> {
  checkOptions("diffusionStudy", text, file, "file");
  checkOptions("diffusionStudy", optionsRule, options);
  const plan = readPlan(path.resolve(projectRoot(), file));
  const {system, preset} = plan;
  const sweep = await runPlan(openLab({system, preset}), sweepOf(plan, {train: options.train ?? false}));
  return new DiffusionStudy(plan, sweep.trials);
}

/** A law $a + b \prod_i x_i^{p_i}$, each $x_i$ relative to the centre's. */
export interface Law {
  readonly a: number;
  readonly b: number;
  readonly powers: readonly number[];
}

interface LawPoint {
  /** Values of the options, relative to the centre's. */
  readonly x: readonly number[];
  readonly excess: number;
}

/** Largest modulus of a power, and bounds of an excess: a ratio of errors less 1 is never below -1. */
const STEEPEST = 4;
const [LEAST, LARGEST] = [-1, 10];

/** Iterations of a fit, and of one that begins near its end: the solver makes all of them. */
const [ITERATIONS, FEW] = [200, 30];

const product = (x: readonly number[], powers: readonly number[]) =>
  x.reduce((all, value, i) => all * value ** powers[i], 1);

/** Evaluate a law at values relative to the centre's. */
export const excessOf = ({a, b, powers}: Law, x: readonly number[]): number => a + b * product(x, powers);

/** Fit a law by least squares. @param start law to begin with. Default: half of the mean excess is constant, and nothing has a power. */
export function fitLaw(points: readonly LawPoint[], start?: Law): Law {
  const mean = points.reduce((sum, {excess}) => sum + excess / points.length, 0);
  const {a, b, powers} = start ?? {a: mean / 2, b: mean / 2, powers: points[0].x.map(() => 0.1)};
  const data = {x: points.map((_, i) => i), y: points.map(({excess}) => excess)};
  const law = ([first, second, ...rest]: number[]): Law => ({a: first, b: second, powers: rest});
  const {parameterValues} = levenbergMarquardt(
    data,
    (values: number[]) => (i: number) => excessOf(law(values), points[i].x),
    {
      initialValues: [a, b, ...powers],
      minValues: [LEAST, 0, ...powers.map(() => -STEEPEST)],
      maxValues: [LARGEST, LARGEST, ...powers.map(() => STEEPEST)],
      gradientDifference: 1e-6,
      centralDifference: true,
      improvementThreshold: 1e-9,
      errorTolerance: 1e-18,
      maxIterations: start ? FEW : ITERATIONS,
    },
  );
  return law(parameterValues);
}

/**
 * Find the value of the first option, relative to the centre's, from which on a law is below a target: Infinity if more of the option
 * never gets it there.
 *
 * @param others values of the other options, relative to the centre's.
 */
export function reaches({a, b, powers: [p, ...rest]}: Law, others: readonly number[], target: number): number {
  if (target <= a || p >= 0) return Infinity;
  return ((target - a) / (b * product(others, rest))) ** (1 / p);
}

/** Seeds and trajectories that were drawn with replacement: indices of trajectories, and of seeds of a point that has so many. */
interface Draw {
  readonly trajectories: readonly number[];
  seeds(count: number): number[];
}

/**
 * Draw for a bootstrap over seeds and trajectories, which are crossed. All points have the same draws. Of n there are n - 1 in
 * a draw, which makes the variance of a mean unbiased (Rao & Wu, 1988): there are few seeds.
 */
function draws(count: number, {trajectories, seeds}: {readonly trajectories: number; readonly seeds: number}): Draw[] {
  const lessOne = (n: number) => Math.max(1, n - 1);
  return Array.from({length: count}, (_, n) => {
    const rng = Rng.from("study", n);
    const chosen = Array.from({length: lessOne(trajectories)}, () => rng.integer(trajectories));
    const shares = Array.from({length: lessOne(seeds)}, () => rng.uniform());
    const seedsOf = (available: number) =>
      shares.slice(0, lessOne(available)).map((share) => Math.floor(share * available));
    return {trajectories: chosen, seeds: seedsOf};
  });
}

/** Take the central 95 % of draws, which may be infinite; what is not a number is left out. */
export function interval(values: readonly number[]): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return [at(0.025), at(0.975)];
}
