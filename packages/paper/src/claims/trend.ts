/**
 * The trend, not the point: how large the effects of the main claims are in models of several sizes, and what their slope says of the
 * paper's size. figures/trend.csv keeps the effects: npm run lola -- trend
 */
import path from "node:path";
import {LabError, projectRoot, shown, writeWhole, type TableRow} from "@lola-ts/core";
import {lines, textTable, type ErrorPanel, type Figure} from "@lola-ts/figures";
import {openLab} from "@lola-ts/laboratory";
import {configChanges, preset, trainingOperations, type Config} from "@lola-ts/laboratory/stages";
import {variantConfig, type Overrides} from "@lola-ts/sweeps";
import {
  formatChange,
  judge,
  latentRatesOf,
  LEVEL,
  readCsv,
  readPaperScores,
  studentQuantile,
  toCsv,
  type Result,
  type TrajectoryScores,
} from "lola/evaluate";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {claimScores} from "../trajectory-scores";
import {CATALOGUE, numberOf} from "./catalogue";
import {printedTables, statementsOf} from "./committed-claims";
import {printedStatements} from "./score-claims";
import type {Statement} from "./claim";

/**
 * Beginnings of the claims that the paper's conclusions rest on. Presets have other rates than the paper, so the effect of a claim
 * that compares rates is of one doubling: "ends" compares the lowest rate with the highest, "neighbours" each with the next.
 */
const MAIN: Readonly<Record<string, "ends" | "neighbours" | undefined>> = {
  "Reconstruction degrades with the compression rate": "neighbours",
  "Diffusion's error does not grow with compression": "ends",
  "Diffusion has a lower VRMSE than the neural solver": undefined,
  "Diffusion has a lower spectrum error than the neural solver": undefined,
  "Diffusion's spread/skill ratio falls with the compression rate": "ends",
};

/** The effect of a claim in models of one size. */
export interface TrendPoint {
  readonly claim: number;
  readonly system: string;
  readonly preset: string;
  /** How the models differ from the preset, in words. */
  readonly change: string;
  /** Operations of the training of the diffusion model at the middle rate. */
  readonly operations: number;
  readonly trajectories: number;
  /** Mean logarithm of the claim's ratio over its cells: below 0 speaks for the claim. */
  readonly effect: number;
  /** Its interval of 95 % over test trajectories, of these trained models. */
  readonly interval: readonly [number, number];
}

/** Name of a size: "tour, latent.training.steps = 300". */
const sizeOf = ({preset: name, change}: Pick<TrendPoint, "preset" | "change">) =>
  [name, change].filter(Boolean).join(", ");

/** By how much an effect is divided, so that it is of one doubling of the rate. */
function doublings(begins: string, results: readonly Pick<Result, "compression">[]): number {
  const rates = latentRatesOf(results);
  const all = Math.log2(rates[rates.length - 1] / rates[0]);
  const kind = MAIN[begins];
  return kind === "ends" ? all : kind === "neighbours" ? all / (rates.length - 1) : 1;
}

const statementOf = (statements: readonly Statement[], begins: string) =>
  statements.find(({claim}) => claim.startsWith(begins));

/** Measure the effects of the main claims by scores of one size; a claim that they do not decide is left out. */
export function trendPoints(scores: TrajectoryScores, config: Config): TrendPoint[] {
  const {system, preset: name} = config;
  const statements = statementsOf(scores);
  return Object.keys(MAIN).flatMap((begins): TrendPoint[] => {
    const {comparisons = [], reason} = statementOf(statements, begins) ?? {};
    if (comparisons.length === 0 || reason) return [];
    const {effect} = judge(comparisons, {about: "models", blocks: scores.blocks});
    if (!effect) return [];
    const each = doublings(begins, scores.results);
    const log = (change: number) => Math.log1p(change) / each;
    const [from, to] = effect.interval;
    return [
      {
        claim: numberOf(begins),
        ...{system, preset: name, change: configChanges(config), operations: trainingOperations(config)},
        trajectories: scores.results[0].samples.length,
        effect: log(effect.value),
        interval: [log(from), log(to)],
      },
    ];
  });
}

/** Compute the effects of the main claims by the numbers that the paper prints of a system, by number of the claim. */
export function printedEffects(system: string): ReadonlyMap<number, number> {
  const {short} = systemOf(system);
  const paper = printedTables(short)
    .flatMap(readPaperScores)
    .filter(({dataset}) => dataset === short);
  if (paper.length === 0) return new Map();
  const statements = printedStatements(paper);
  const logs = (scores: Statement["comparisons"][number]["above"] = []) =>
    scores.reduce((sum, {samples: [value]}) => sum + Math.log(value), 0);
  return new Map(
    Object.keys(MAIN).flatMap((begins): [number, number][] => {
      const {comparisons = []} = statementOf(statements, begins) ?? {};
      if (comparisons.length === 0) return [];
      const sum = comparisons.reduce((all, {above, below}) => all + logs(above) - logs(below), 0);
      return [[numberOf(begins), sum / comparisons.length / doublings(begins, paper)]];
    }),
  );
}

const committed = () => path.join(projectRoot(), "figures", "trend.csv");

/** Read effects, the committed ones by default. @throws Error naming the file, and the row with what is no number. */
export function readTrend(file = committed()): TrendPoint[] {
  return readCsv(file).map((row, i): TrendPoint => {
    const [operations, trajectories, effect, from, to] = ["operations", "trajectories", "log ratio", "from", "to"].map(
      (column) => {
        const value = Number(row[column] || NaN);
        if (Number.isNaN(value))
          throw new Error(`${file}, row ${i + 1}: expected a number in ${column}, found "${row[column]}".`);
        return value;
      },
    );
    const {system, preset: name, change} = row;
    const claim = numberOf(row.claim);
    return {claim, system, preset: name, change, operations, trajectories, effect, interval: [from, to]};
  });
}

const rowOf = ({
  claim,
  system,
  preset: name,
  change,
  operations,
  trajectories,
  effect,
  interval,
}: TrendPoint): TableRow => ({
  claim: CATALOGUE[claim - 1].begins,
  ...{system, preset: name, change, operations: Number(operations.toPrecision(3)), trajectories},
  "log ratio": Number(effect.toPrecision(4)),
  from: Number(interval[0].toPrecision(4)),
  to: Number(interval[1].toPrecision(4)),
});

const bySize = (a: TrendPoint, b: TrendPoint) => a.operations - b.operations;

/** A line through the effects of one claim: the slope is the same in all systems, the height is each system's own. */
export interface Trend {
  readonly claim: number;
  readonly points: readonly TrendPoint[];
  /** Change of the logarithm of the ratio for ten times the operations, with its interval of 95 %. */
  readonly slope: number;
  readonly interval: readonly [number, number];
  /** Predict the effect in a system at so many operations, with the interval of 95 % of one training. */
  at(
    system: string,
    operations: number,
  ): {readonly effect: number; readonly interval: readonly [number, number]} | undefined;
}

/**
 * Fit lines by least squares. Intervals are by Student's t from the scatter about the line, which contains what differs from one
 * training to the next. Systems of a single size have no part in a slope.
 */
export function fitTrends(points: readonly TrendPoint[]): Trend[] {
  return [...new Set(points.map(({claim}) => claim))].map((claim): Trend => {
    const own = points.filter((point) => point.claim === claim);
    const groups = [...new Set(own.map(({system}) => system))].map((system) => {
      const all = own
        .filter((point) => point.system === system)
        .map(({operations, effect}) => [Math.log10(operations), effect]);
      const center = [0, 1].map((i) => all.reduce((sum, point) => sum + point[i] / all.length, 0));
      return {system, all, center};
    });
    const total = (of: (dx: number, dy: number) => number) =>
      groups.reduce((sum, {all, center: [x, y]}) => all.reduce((part, [px, py]) => part + of(px - x, py - y), sum), 0);
    const squares = total((dx) => dx * dx);
    const slope = total((dx, dy) => dx * dy) / squares;
    const freedom = own.length - groups.length - 1;
    const variance = freedom > 0 ? total((dx, dy) => (dy - slope * dx) ** 2) / freedom : NaN;
    const within = (value: number, error: number): [number, number] => {
      const half = freedom > 0 ? studentQuantile(LEVEL, freedom) * error : NaN;
      return [value - half, value + half];
    };
    return {
      claim,
      points: own,
      slope,
      interval: within(slope, Math.sqrt(variance / squares)),
      at: (system, operations) => {
        const group = groups.find((one) => one.system === system);
        if (!group) return undefined;
        const dx = Math.log10(operations) - group.center[0];
        const effect = group.center[1] + slope * dx;
        const error = Math.sqrt(variance * (1 + 1 / group.all.length + dx ** 2 / squares));
        return {effect, interval: within(effect, error)};
      },
    };
  });
}

/** Operations of the training of the paper's diffusion model on a system; none for a system that is not in the paper. */
function papersOperations(system: string): number | undefined {
  return systemOf(system).paper ? trainingOperations(preset(system, "paper")) : undefined;
}

/** Logarithm of a change of +1000 %; larger changes are not written out. */
const TENFOLD = Math.log(11);

const changeOf = (log: number) => (log > TENFOLD ? "above +1000 %" : formatChange(Math.expm1(log)));
const changesOf = ([from, to]: readonly [number, number]) =>
  Number.isNaN(from) ? "" : ` (${changeOf(from)} to ${changeOf(to)})`;

/** Tabulate trends: a row per claim and system, with its sizes from the smallest to the largest. */
export function trendRows(points: readonly TrendPoint[]): TableRow[] {
  return fitTrends(points).flatMap((trend) =>
    systemNames.flatMap((system): TableRow[] => {
      const own = trend.points.filter((point) => point.system === system).sort(bySize);
      if (own.length === 0) return [];
      const operations = papersOperations(system);
      const there = operations === undefined ? undefined : trend.at(system, operations);
      const printed = printedEffects(system).get(trend.claim);
      return [
        {
          claim: CATALOGUE[trend.claim - 1].begins,
          system: systemOf(system).common,
          "from small to large": own.map(({effect}) => changeOf(effect)).join(" → "),
          "for ten times the training": `${changeOf(trend.slope)}${changesOf(trend.interval)}`,
          "predicted at the paper's size": there ? `${changeOf(there.effect)}${changesOf(there.interval)}` : "–",
          "the paper": printed === undefined ? "–" : changeOf(printed),
        },
      ];
    }),
  );
}

/** Claims whose trend is drawn, by the beginnings of their statements, with the titles of their panels. */
const DRAWN: Readonly<Record<string, string>> = {
  "Diffusion's error does not grow with compression": "Growth of diffusion's error",
  "Diffusion has a lower VRMSE than the neural solver": "VRMSE, diffusion / solver",
  "Diffusion has a lower spectrum error than the neural solver": "Spectrum, diffusion / solver",
};

/**
 * Draw the effects of three claims over the training of the models, what a line through them predicts at the paper's size, and the
 * numbers that the paper prints.
 *
 * @throws Error naming a damaged file of committed effects.
 * @example await lab.show(trendFigure(), {name: "claims-trend"});
 */
export function trendFigure(): Figure {
  const hundredths = (log: number) => 100 * log; // in which intervals are symmetric
  const halfOf = ([from, to]: readonly [number, number]) => hundredths(to - from) / 2;
  const trends = fitTrends(readTrend());
  const panels = Object.entries(DRAWN).map(([begins, title]): ErrorPanel => {
    const trend = trends.find(({claim}) => claim === numberOf(begins))!;
    const curves = systemNames.flatMap((system) => {
      const {common: name} = systemOf(system);
      const own = trend.points.filter((point) => point.system === system).sort(bySize);
      const sizes = own.map(({operations}) => operations);
      const ours = {
        ...{name, x: sizes, y: own.map(({effect}) => hundredths(effect))},
        error: own.map(({interval}) => halfOf(interval)),
      };
      const [operations, printed] = [papersOperations(system), printedEffects(system).get(trend.claim)];
      if (operations === undefined || printed === undefined) return [ours];
      const {effect, interval} = trend.at(system, operations)!;
      const predicted = {name, x: [operations], y: [hundredths(effect)], error: [halfOf(interval)]};
      return [ours, predicted, {name, x: [operations], y: [hundredths(printed)], muted: true}];
    });
    return {x: "Operations of training", y: "100 × log of the ratio", title, logarithmic: true, curves};
  });
  return lines(panels, {
    title: "Lines through three sizes say little about the paper's size, a million times away",
    caption:
      "Left: growth of diffusion's VRMSE for twice the compression. A value of −22 is 20 % less, and a value below 0 supports the claim. Joined: our models, with " +
      "95 % intervals over test trajectories. Single, to the right: what a line of one slope in all systems predicts. Grey: the " +
      "paper's numbers.",
  });
}

interface TrendCommand {
  readonly system: string;
  readonly preset: string;
  readonly set: Overrides;
  readonly add: boolean;
}

/** Run the verb `trend`. A damaged file of effects is refused before anything is trained. */
export async function main({system, preset: name, set, add}: TrendCommand): Promise<void> {
  const points = readTrend();
  process.stdout.write(`${textTable(trendRows(add ? await withSize(points, {system, name, set}) : points))}\n`);
}

/** Train and score what is missing of a size, and put its effects into the committed file. */
async function withSize(
  points: readonly TrendPoint[],
  {system, name, set}: {readonly system: string; readonly name: string; readonly set: Overrides},
): Promise<TrendPoint[]> {
  const base = openLab({system, preset: name});
  const lab = Object.keys(set).length > 0 ? base.with(() => variantConfig(base.config, set, "trend")) : base;
  const found = trendPoints(await claimScores(lab), lab.config);
  if (found.length === 0) {
    throw new LabError("usage", `trend: expected a preset that decides a main claim, found ${name}.`);
  }
  const size = (point: TrendPoint) => `${point.system}, ${sizeOf(point)}`;
  const place = (point: TrendPoint) => systemNames.findIndex((one) => one === point.system);
  const all = [...points.filter((point) => size(point) !== size(found[0])), ...found].sort(
    (a, b) => place(a) - place(b) || bySize(a, b) || a.claim - b.claim,
  );
  await writeWhole(committed(), toCsv(all.map(rowOf)));
  process.stdout.write(`${shown(committed())}: ${found.length} effects of ${size(found[0])}\n`);
  return all;
}
