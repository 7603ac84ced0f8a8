/**
 * When does diffusion beat one neural solver? Ratios of their scores by lead time, by option and at the centre of a plan, from the
 * scores of single trajectories that the plan's trials keep.
 *
 * One mean is taken throughout: the geometric mean of ratios of the same seed and trajectory. Verdicts are about trajectories of the
 * parameter values that the plan tests, in equal shares, and about no other values.
 */
import path from "node:path";
import {canonicalText, checkOptions, flag, optional, projectRoot, section, text, type TableRow} from "@lola-ts/core";
import {lines, type ErrorCurve, type Figure} from "@lola-ts/figures";
import {openLab, parametersInWords} from "@lola-ts/laboratory";
import {
  pointsOf,
  readPlan,
  runPlan,
  sweepOf,
  type PlanFile,
  type EndedTrial,
  type LeadScores,
  type Overrides,
} from "@lola-ts/sweeps";
import {statesPerCall} from "@lola-ts/laboratory/stages";
import {effectOf, judge, type Comparison, type JudgedScores} from "lola/evaluate";
import {crossingOf, type Crossing} from "./crossing";
import type {LyapunovRow} from "./lyapunov";

/** Ranges of lead times of the slopes by lead time: the first call, the second, and two later ranges. */
const RANGES = [
  [4, 16],
  [20, 32],
  [36, 60],
  [64, 100],
] as const;

/** Calls whose states are compared one by one: the first two. */
const COMPARED_CALLS = 2;

type Table = readonly (readonly number[])[];
type Endpoint = PlanFile["endpoints"][string];

/** Scores of a kind at a value of an axis, by seed. */
type BySeed = ReadonlyMap<number, LeadScores>;

/** Scores of two kinds of forecasts: tables of the same seeds and trajectories. */
interface Pair {
  readonly above: Table;
  readonly below: Table;
  readonly seeds: readonly number[];
}

/** A value of an axis, or the centre, and a block of trajectories, or all. */
interface Where {
  readonly axis?: string;
  readonly value?: unknown;
  readonly block?: string;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The results of a plan, computed from its trials alone. */
export class DiffusionStudy {
  /** Number of different models that were trained, failed trainings included: several trials can score one model. */
  readonly models: number;
  /** States that a network call adds to a rollout. */
  private readonly statesPerCall: number;
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
    const keys = trials.flatMap(({measured}) => measured?.key ?? []);
    this.models = new Set(keys).size + trials.filter(({measured}) => !measured).length;
    this.statesPerCall = statesPerCall(sweepOf(plan).config);
  }

  /** Parameters of each test trajectory, as JSON. */
  get blocks(): readonly string[] {
    return [...this.scores.values()][0]?.values().next().value?.blocks ?? [];
  }

  /** Lead times of the scores. */
  private get leads(): readonly number[] {
    return [...this.scores.values()][0]?.values().next().value?.leads ?? [];
  }

  /** All trajectories, then the trajectories of each parameter value. */
  private get allAndEach(): readonly (string | undefined)[] {
    return [undefined, ...[...new Set(this.blocks)].sort((a, b) => a.localeCompare(b, "en", {numeric: true}))];
  }

  /** Name the place of a kind at a value of an axis; kinds that the axis does not change are at the centre. */
  private place(kind: string, axis?: string, value?: unknown): string {
    const isChanged = axis === undefined || (this.plan.axes[axis].kinds ?? [kind]).includes(kind);
    return isChanged ? placeOf(kind, axis, value) : placeOf(kind);
  }

  private at(kind: string, {axis, value}: Where): BySeed {
    return this.scores.get(this.place(kind, axis, value)) ?? new Map<number, LeadScores>();
  }

  private isWhole({above, below}: Endpoint, axis: string, value: unknown): boolean {
    return [above, below].every((kind) => !this.failed.has(this.place(kind, axis, value)));
  }

  /** List an axis's rows that are drawn: values at which no training failed. */
  private drawnRows(rows: readonly TableRow[], endpoint: Endpoint, axis: string): TableRow[] {
    return rows.filter((row) => row.axis === axis && this.isWhole(endpoint, axis, row.value));
  }

  /** The ratio of squared errors, whose lead times are compared: the plan's first endpoint. */
  private get first(): Endpoint {
    return Object.values(this.plan.endpoints)[0];
  }

  private pair({above, below, score, horizon: [from, to]}: Endpoint, where: Where = {}): Pair | undefined {
    const [upper, lower] = [this.at(above, where), this.at(below, where)];
    const seeds = [...upper.keys()].filter((seed) => lower.has(seed)).sort((a, b) => a - b);
    const isChosen = (t: number) => where.block === undefined || this.blocks[t] === where.block;
    const table = (scores: BySeed) =>
      seeds.map((seed) => {
        const {leads, scores: all} = scores.get(seed)!;
        const inside = leads.flatMap((lead, i) => (lead >= from && lead <= to ? [i] : []));
        const rows = (all[score] ?? []).filter((_, t) => isChosen(t));
        return rows.map((row) => mean(inside.map((i) => row[i])));
      });
    return seeds.length > 0 ? {above: table(upper), below: table(lower), seeds} : undefined;
  }

  /** Compare the squared errors at one lead time. */
  private pairAt(lead: number, where: Where = {}): Pair | undefined {
    return this.pair({...this.first, horizon: [lead, lead]}, where);
  }

  /**
   * Tabulate the ratio of squared errors at the centre, less 1, at every lead time, for all trajectories and for each
   * parameter value, with its interval of 95 %, the network call that makes the state, and the state's place in that call.
   */
  ratios(): TableRow[] {
    return this.allAndEach.flatMap((block) =>
      this.leads.flatMap((lead, i) => {
        const pair = this.pairAt(lead, {block});
        const effect = pair && effectOf([comparisonOf("", pair)]);
        if (!effect) return [];
        const [low, high] = effect.interval;
        return {
          block: this.inWords(block),
          lead,
          call: Math.floor(i / this.statesPerCall) + 1,
          state: (i % this.statesPerCall) + 1,
          "change, %": 100 * effect.value,
          "from, %": orNone(100 * low),
          "to, %": orNone(100 * high),
        };
      }),
    );
  }

  /** Draw {@link ratios}: a panel for all trajectories and one for each parameter value, and a line for each network call. */
  ratioFigure(): Figure {
    const rows = this.ratios();
    const panels = [...new Set(rows.map(({block}) => String(block)))].map((block) => {
      const own = rows.filter((row) => row.block === block);
      const curves = [...new Set(own.map(({call}) => call))].map((call) =>
        curveOf(
          "states of one network call",
          "lead",
          own.filter((row) => row.call === call),
        ),
      );
      return {x: "Lead time", y: "Ratio less 1 (%)", title: block, curves};
    });
    return lines(panels, {
      height: PANEL,
      caption:
        `Below 0 diffusion has the smaller squared error. A line joins the ${this.statesPerCall} states of one network call. ` +
        `${MEAN} Bars: intervals of 95 %. ${this.caption}`,
    });
  }

  /**
   * Tabulate how the ratio of squared errors changes from each state of the first two calls to the next state, with its interval of
   * 95 % and the judge's side, corrected for the number of changes. "better" favours diffusion.
   */
  jumps(): TableRow[] {
    const leads = this.leads.slice(0, COMPARED_CALLS * this.statesPerCall + 1);
    const changes = leads.slice(1).flatMap((lead, i) => {
      const [before, after] = [this.pairAt(leads[i]), this.pairAt(lead)];
      const isNew = (i + 1) % this.statesPerCall === 0;
      return before && after
        ? [{from: leads[i], to: lead, isNew, before: ratiosOf(before), after: ratiosOf(after)}]
        : [];
    });
    const comparisons = changes.map(({to, before, after}): Comparison => ({
      label: `lead time ${to}`,
      above: [judged("after", after)],
      below: [judged("before", before)],
    }));
    return this.judgedRows(comparisons).map((row, i) => {
      const {from, to, isNew} = changes[i];
      return {"lead times": `${from} to ${to}`, "network call": isNew ? "next" : "same", ...row};
    });
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
        const pair = this.pair(ratio, {axis, value});
        return pair ? [{value, pair}] : [];
      });
      const comparisons = pairs.map(({value, pair}) => comparisonOf(`${axis} ${String(value)}`, pair));
      return this.judgedRows(comparisons).map((row, i) => ({
        axis,
        value: pairs[i].value as number,
        ...row,
        seeds: pairs[i].pair.seeds.length,
      }));
    });
  }

  /**
   * Tabulate every endpoint at the centre against its strongest rival: the plan's, or the same forecast without the plan's change
   * where that scores better. The judge's side is corrected for the number of endpoints; a last column has the other rival.
   */
  centre(): TableRow[] {
    const {endpoints, kinds} = this.plan;
    const rows = Object.entries(endpoints).flatMap(([endpoint, ratio]) => {
      const {method} = kinds[ratio.below];
      const rivals = Object.keys(kinds).filter(
        (kind) => kind === ratio.below || (kinds[kind].method === method && !kinds[kind].change),
      );
      const against = rivals.flatMap((rival) => {
        const pair = this.pair({...ratio, below: rival});
        return pair ? [{endpoint, rival, pair, change: changeOf(pair)}] : [];
      });
      const [strongest, other] = against.sort((a, b) => b.change - a.change);
      return strongest ? [{...strongest, other}] : [];
    });
    const comparisons = rows.map(({endpoint, pair}) => comparisonOf(endpoint, pair));
    return this.judgedRows(comparisons).map((row, i) => {
      const {endpoint, rival, other} = rows[i];
      return {endpoint, "strongest rival": rival, ...row, "other rival, %": other ? 100 * other.change : null};
    });
  }

  /**
   * Tabulate the slope of every endpoint along each axis of numbers: the change of its ratio for twice the option, with its interval
   * of 95 %, and the judge's side, corrected for the number of all slopes. A value at which a training failed has no part.
   */
  slopes(): TableRow[] {
    const named = Object.entries(this.plan.endpoints);
    return this.slopeRows(
      named.flatMap(([endpoint, ratio]) =>
        Object.keys(this.plan.axes).map((axis) => ({labels: {endpoint, axis}, axis, ratio})),
      ),
    );
  }

  /**
   * Tabulate the slope of the ratio of squared errors along an axis on four ranges of lead times, corrected for their number.
   *
   * @throws RangeError if the plan has no such axis.
   */
  slopesByLead(axis: string): TableRow[] {
    named("slopesByLead", "an axis", this.plan.axes, axis);
    return this.slopeRows(
      RANGES.map(([from, to]) => ({
        labels: {axis, "lead times": `${from} to ${to}`},
        axis,
        ratio: {...this.first, horizon: [from, to]},
      })),
    );
  }

  private slopeRows(wanted: readonly {labels: TableRow; axis: string; ratio: Endpoint}[]): TableRow[] {
    const slopes = wanted.flatMap(({labels, axis, ratio}) => {
      const points = this.plan.axes[axis].values.flatMap((value) => {
        const pair = this.isWhole(ratio, axis, value) ? this.pair(ratio, {axis, value}) : undefined;
        return pair && typeof value === "number" ? [{x: Math.log2(value), pair}] : [];
      });
      const shared = points.reduce<readonly number[]>(
        (all, {pair}) => all.filter((seed) => pair.seeds.includes(seed)),
        points[0]?.pair.seeds ?? [],
      );
      return points.length > 1 && shared.length > 0
        ? [{labels, axis, ratios: slopesOf(points, shared), seeds: shared.length}]
        : [];
    });
    const comparisons = slopes.map(({axis, ratios}): Comparison => ({label: axis, above: [judged(axis, ratios)]}));
    return this.judgedRows(comparisons).map((row, i) => ({...slopes[i].labels, ...row, seeds: slopes[i].seeds}));
  }

  private judgedRows(comparisons: readonly Comparison[]): TableRow[] {
    const {cells} = judge(comparisons);
    return cells.map(({side, value, corrected, reason}, i) => {
      const [low, high] = effectOf([comparisons[i]])?.interval ?? [NaN, NaN];
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
      const ofAxis = this.drawnRows(rows, this.first, axis);
      const drawn = (value: TableRow[string]) => Number(value ?? last); // a boundary beyond the last lead time is at the edge
      const x = ofAxis.map(({value}) => Number(value));
      const ends = ofAxis.map(({from, to}): [number, number] => [drawn(from), drawn(to)]);
      const curve = {name: "diffusion is better above", x, y: ofAxis.map(({lead}) => drawn(lead)), ends};
      return {x: axis, y: "Lead time", logarithmic: true, curves: [curve]};
    });
    return lines(panels, {height: PANEL, caption: `${MEAN} Bars: intervals of 95 %. ${this.caption}`});
  }

  /**
   * Tabulate the phase boundary of each block of trajectories at the centre: the lead time, its interval of 95 %, and both in
   * Lyapunov times.
   *
   * @param lyapunov exponents of the blocks. Default: lead times alone.
   */
  crossings(lyapunov: readonly LyapunovRow[] = []): TableRow[] {
    return this.allAndEach.flatMap((block) => {
      const crossing = this.crossing({block});
      if (!crossing) return [];
      const times = lyapunov.find((candidate) => candidate.block === block);
      const perLead = times ? times.exponent * times.timePerLead : NaN;
      const {
        lead,
        interval: [low, high],
      } = crossing;
      return {
        block: this.inWords(block),
        ...rowOf(crossing),
        ...(lyapunov.length > 0 && {
          "Lyapunov times": orNone(lead * perLead),
          "from, times": orNone(low * perLead),
          "to, times": orNone(high * perLead),
        }),
      };
    });
  }

  /**
   * Tabulate the phase boundary at every value of an axis, a column for all trajectories and one for each parameter value.
   * It is none where diffusion is not below at the last lead time.
   *
   * @throws RangeError if the plan has no such axis.
   */
  crossingsAlong(axis: string): TableRow[] {
    const {values} = named("crossingsAlong", "an axis", this.plan.axes, axis);
    return values.map((value): TableRow => {
      const columns = this.allAndEach.map((block) => {
        const {lead = NaN} = this.crossing({axis, value, block}, 0) ?? {};
        return [this.inWords(block), orNone(lead)];
      });
      return {[axis]: value as number, ...(Object.fromEntries(columns) as TableRow)};
    });
  }

  /** Find the last crossing of the mean ratio of squared errors with 1, with a bootstrap over trajectories and seeds. */
  private crossing(where: Where, draws?: number): Crossing | undefined {
    const {leads} = this;
    const pairs = leads.map((lead) => this.pairAt(lead, where));
    if (pairs.length === 0 || pairs.some((pair) => !pair)) return undefined;
    const logs = pairs.map((pair) => ratiosOf(pair!).map((row) => row.map(Math.log)));
    return crossingOf(leads, logs, draws);
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
    const panels = axes.map((axis) => ({
      x: axis,
      y: "Ratio less 1 (%)",
      logarithmic: true,
      zoomed: true,
      curves: [curveOf(endpoint, "value", this.drawnRows(rows, wanted, axis))],
    }));
    return lines(panels, {height: PANEL, caption: `${MEAN} Bars: intervals of 95 %. ${this.caption}`});
  }

  get caption(): string {
    const {name, system, preset, margin, axes} = this.plan;
    const seeds = Object.values(axes).map((axis) => axis.seeds);
    const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
    const many = least === most ? `${least}` : `${least} to ${most}`;
    const number = this.blocks.length;
    return (
      `Plan ${name}: ${system}, preset ${preset}; ${this.models} trained models, ${many} seeds, ${number} test trajectories, ` +
      `margin ${100 * margin} %.`
    );
  }

  /** Name the trajectories of a parameter value, or all. */
  private inWords(block?: string): string {
    return block === undefined ? "all" : parametersInWords(JSON.parse(block) as Record<string, number>);
  }
}

/** Height of a panel in pixels: there are many. */
const PANEL = 220;

/** The mean of every caption. */
const MEAN = "Geometric means over seeds and trajectories.";

/** Draw rows of ratios with their intervals over one of their columns. */
function curveOf(name: string, x: string, rows: readonly TableRow[]): ErrorCurve {
  return {
    name,
    x: rows.map((row) => Number(row[x])),
    y: rows.map((row) => Number(row["change, %"])),
    ends: rows.map((row): [number, number] => [Number(row["from, %"] ?? NaN), Number(row["to, %"] ?? NaN)]),
  };
}

/** Find a part of the plan by its name. */
function named<T>(where: string, what: string, parts: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(parts, name)) return parts[name];
  throw new RangeError(`${where}: expected ${what} of the plan (${Object.keys(parts).join(", ")}), found ${name}.`);
}

const rowOf = ({lead, interval: [low, high]}: Crossing) => ({lead: orNone(lead), from: orNone(low), to: orNone(high)});

const orNone = (value: number) => (Number.isFinite(value) ? value : null);

const keyOf = (method: string, overrides: Overrides) => canonicalText([method, overrides]);
const placeOf = (...parts: unknown[]) => JSON.stringify(parts.filter((part) => part !== undefined));

function judged(method: string, bySeed: Table): JudgedScores {
  return {method, bySeed, samples: bySeed[0].map((_, t) => mean(bySeed.map((row) => row[t])))};
}

const comparisonOf = (label: string, {above, below}: Pair): Comparison => ({
  label,
  above: [judged("above", above)],
  below: [judged("below", below)],
});

const ratiosOf = ({above, below}: Pair): number[][] =>
  above.map((row, s) => row.map((value, t) => value / below[s][t]));

/** Compute the geometric mean of the ratios less 1. */
const changeOf = (pair: Pair): number => Math.expm1(mean(ratiosOf(pair).flat().map(Math.log)));

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

const optionsRule = section<{train: boolean}>({train: optional(flag)});

/**
 * Open the study of a plan: read the trials that are there, or train what is missing (docs/sweeps.md).
 *
 * @param file path of the plan, from the project's folder.
 * @param options `train`: whether to train what is missing. Default: false.
 * @throws RangeError naming what is wrong with the plan; LabError `interrupted`, and what has ended is kept.
 * @example
 * const study = await diffusionStudy("data/study/plan.json");
 * await lab.showTable(study.slopes(), study.caption);
 */
export async function diffusionStudy(file: string, options: {readonly train?: boolean} = {}): Promise<DiffusionStudy> {
  checkOptions("diffusionStudy", text, file, "file");
  checkOptions("diffusionStudy", optionsRule, options);
  const plan = readPlan(path.resolve(projectRoot(), file));
  const {system, preset} = plan;
  const sweep = await runPlan(openLab({system, preset}), sweepOf(plan, {train: options.train ?? false}));
  return new DiffusionStudy(plan, sweep.trials);
}
