/** One change of a laboratory as a question: what it touches, what that costs, and whether the forecasts became better or worse. */
import {checkOptions, oneOf, optional, section, type TableRow} from "@lola-ts/core";
import {lines, rateLabel, type Figure} from "@lola-ts/figures";
import {METRIC_TITLES, type ScoredMetric, metricRule} from "lola/evaluate";
import {changedConfig, differences, inWords, type Change} from "./changes";
import {compare} from "./compare";
import {derivedLab, labRule, type Lab} from "./lab";
import type {LabComparison} from "./lab-comparison";
import {track, request} from "@lola-ts/cache";
import {costInWords, partsOf, WHAT_IF, type MethodParts} from "./parts";
import {methodsRule, type MethodChoice} from "./stages/methods";

const ANSWERS = ["better", "worse", "equal", "undecided"] as const;

export interface WhatIfOptions {
  /** Emulators to ask about. Default: all of the laboratory. */
  readonly methods?: readonly MethodChoice[];
  /** Metric that decides, of which small is good. Default: "vrmse". */
  readonly metric?: ScoredMetric;
  /** The expected answer; afterwards the answer says whether it came true. */
  readonly predict?: (typeof ANSWERS)[number];
}

export interface WhatIf {
  /** Both laboratories, "before" and "after", with the methods that the change touches. */
  readonly comparison: LabComparison;
  /** A row per method, rate and horizon that differs, with the judge's verdict and its corrected p-value. */
  readonly rows: readonly TableRow[];
  /** "better" or "worse" if some rows are and no other one is the opposite; "equal" if all are; else "undecided". */
  readonly verdict: (typeof ANSWERS)[number];
}

const optionRules = section<WhatIfOptions>({
  methods: optional(methodsRule),
  metric: optional(metricRule),
  predict: optional(oneOf(ANSWERS)),
});

/**
 * Ask what a change does: say what it shares with the laboratory, what is new and how long that takes; compute what the change
 * touches and nothing else; show the rows that differ, one figure, and the answer. The judge decides, for these
 * trained models.
 *
 * @param change options that differ, as for `lab.with`.
 * @throws RangeError for a change that changes no forecast, or as `lab.with` and `compare`; LabError `interrupted`.
 * @example const {verdict} = await whatIf(lab, {rollout: {steps: 4}}, {predict: "worse"});
 */
export async function whatIf(lab: Lab, change: Change, options: WhatIfOptions = {}): Promise<WhatIf> {
  checkOptions("whatIf", labRule, lab, "lab");
  checkOptions("whatIf", optionRules, options);
  const changed = derivedLab(lab, changedConfig("whatIf", lab.config, change));
  const words = inWords(differences(lab.config, changed.config, "")).join(", ");
  if (words === "") throw new RangeError("whatIf: expected a change, found the options that the laboratory has.");
  say(`What if ${words}?`);
  return request(WHAT_IF, lab.artifacts.report, () => answered([lab, changed], words, options)); // what is loaded goes without saying
}

async function answered([lab, changed]: readonly [Lab, Lab], words: string, options: WhatIfOptions): Promise<WhatIf> {
  const {methods = changed.methods, metric = "vrmse", predict} = options;
  const [before, after] = [await partsOf(lab, methods), await partsOf(changed, methods)];
  const isTouched = after.map(({forecast}, i) => forecast.key !== before[i].forecast.key);
  const [touched, replaced] = [after, before].map((parts) => parts.filter((_, i) => isTouched[i]));
  if (touched.length === 0) {
    throw new RangeError(
      `whatIf: expected a change of a forecast, found ${words}, which changes none of these methods.`,
    );
  }
  planInWords([...replaced, ...touched]).forEach(say);
  const shared = after.filter((_, i) => !isTouched[i]).map(({forecast}) => forecast.name);
  if (shared.length > 0) say(`Unchanged: ${shared.join(", ")}.`);
  const comparison = await computed([lab, changed], touched, metric);
  const short = (row: TableRow) => Object.entries(row).map(([name, value]) => [name.replace(/^after: /, ""), value]);
  const rows = comparison.table().map((row) => Object.fromEntries(short(row)) as TableRow);
  const {verdict, sentence} = answerOf(rows);
  const title = METRIC_TITLES[metric] ?? metric;
  await changed.showTable(rows, `${title} before and after ${words}`);
  await changed.show(figureOf(comparison, metric, {title, words}));
  const came = predict === verdict ? "right" : verdict === "undecided" ? "that is not decided" : "wrong";
  say(predict ? `${sentence} You expected "${predict}": ${came}.` : sentence);
  return {comparison, rows, verdict};
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Say what is trained and forecast, and about how long that takes. */
function planInWords(parts: readonly MethodParts[]): string[] {
  const models = parts.flatMap((part) => part.models);
  const forecasts = parts.map(({forecast}) => forecast);
  return [
    costInWords("New trainings", models, "All models are there."),
    costInWords("New forecasts with scores", forecasts, "All forecasts are there."),
  ];
}

function computed([before, after]: readonly Lab[], touched: readonly MethodParts[], metric: ScoredMetric) {
  const methods = touched.map(({method}) => method);
  const work = async (progress: {update(done: number): void}) => {
    await after.emulators(methods); // side by side
    for (const [i, method] of methods.entries()) {
      progress.update(i + 1);
      await after.rollouts([method]);
    }
    progress.update(methods.length + 1);
    const comparison = await compare({before, after}, {methods, metric});
    progress.update(methods.length + 2);
    return comparison;
  };
  return track("what if", methods.length + 2, work, {patience: 0});
}

/** Say what the judge found. */
function answerOf(rows: readonly TableRow[]): Pick<WhatIf, "verdict"> & {readonly sentence: string} {
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  const [better, worse, equal] = [count("better"), count("worse"), count("equal")];
  const unmeasured = rows.map((row) => String(row.verdict)).find((verdict) => verdict.startsWith("not measured"));
  const numbers = `${better} of ${rows.length} rows became better, ${worse} worse, ${equal} equal`;
  const decided = better > 0 ? "better" : worse > 0 ? "worse" : equal === rows.length ? "equal" : "undecided";
  const isMixed = better > 0 && worse > 0;
  const title = isMixed ? "Better and worse" : `${decided[0].toUpperCase()}${decided.slice(1)}`;
  const sentence = `${title}: ${[numbers, unmeasured].filter(Boolean).join("; ")}.`;
  return {verdict: isMixed ? "undecided" : decided, sentence};
}

/** Draw the errors of emulators over lead time, before and after. */
function figureOf(
  {labs}: LabComparison,
  metric: ScoredMetric,
  {title, words}: {readonly title: string; readonly words: string},
): Figure {
  const curves = labs.flatMap(({name, evaluation}) =>
    evaluation
      .curves()
      .filter(({compression}) => compression !== undefined)
      .map(({method, compression, rows}) => ({
        name: `${method} ${rateLabel(compression!)} ${name}`,
        x: rows.map(({lead}) => lead),
        y: rows.map((row) => Number((row as unknown as TableRow)[metric])),
      })),
  );
  return lines([{x: "Lead time τ", y: title, curves}], {height: 260, width: 640, caption: words});
}
