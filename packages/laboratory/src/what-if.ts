/** One change of a laboratory as a question: what it touches, what that costs, and whether the forecasts became better or worse. */
import {checkOptions, oneOf, optional, section, type TableRow} from "@lola-ts/core";
import {errorCurves, rateLabel, type Figure} from "@lola-ts/figures";
import {holm, type ScoredMetric, metricRule} from "lola/evaluate";
import {changedConfig, differences, inWords, type Change} from "./changes";
import {compare} from "./compare";
import {labRule, type Lab, type MethodParts} from "./lab";
import type {LabComparison} from "./lab-comparison";
import {formatSeconds, track} from "./notebook/progress";
import {emulatorName} from "./stages/emulators";
import {methodsRule, type MethodChoice} from "./stages/methods";
import {estimateTrials} from "./sweep/sweep-estimate";

const VERDICTS = ["better", "worse", "same"] as const;

export interface WhatIfOptions {
  /** Emulators to ask about. Default: all of the laboratory. */
  readonly methods?: readonly MethodChoice[];
  /** Metric that decides, of which small is good. Default: "vrmse". */
  readonly metric?: ScoredMetric;
  /** What you expect; afterwards the answer says whether it came true. */
  readonly predict?: (typeof VERDICTS)[number];
}

/** The answer to a question. */
export interface WhatIf {
  /** Both laboratories, "before" and "after", with the methods that the change touches. */
  readonly comparison: LabComparison;
  /** A row per method, rate and horizon that could change, with the p-value after Holm's correction and its verdict. */
  readonly rows: readonly TableRow[];
  /** "better" or "worse" if some rows are and no other one is the opposite, else "same". */
  readonly verdict: (typeof VERDICTS)[number];
}

/** Level below which a corrected p-value decides. */
const LEVEL = 0.05;

const optionRules = section<WhatIfOptions>({
  methods: optional(methodsRule),
  metric: optional(metricRule),
  predict: optional(oneOf(VERDICTS)),
});

/**
 * Ask what a change does: say what it shares with the laboratory, what is new and how long that takes; compute what the change
 * touches and nothing else; show the rows that could change, one figure, and the answer in a sentence.
 *
 * @param change options that differ, as for `lab.with`.
 * @throws RangeError for a change that changes no forecast, or as `lab.with` and `compare`; LabError `interrupted`.
 * @example const {verdict} = await whatIf(lab, {rollout: {steps: 4}}, {predict: "worse"});
 */
export async function whatIf(lab: Lab, change: Change, options: WhatIfOptions = {}): Promise<WhatIf> {
  checkOptions("whatIf", labRule, lab, "lab");
  checkOptions("whatIf", optionRules, options);
  const changed = lab.derived(changedConfig("whatIf", lab.config, change));
  const words = inWords(differences(lab.config, changed.config, "")).join(", ");
  if (words === "") throw new RangeError("whatIf: expected a change, found the options that the laboratory has.");
  const {methods = changed.methods, metric = "vrmse", predict} = options;
  const [before, after] = [await lab.parts(methods), await changed.parts(methods)];
  const touched = after.filter(({rollout}, i) => rollout !== before[i].rollout);
  const untouched = after.filter((part) => !touched.includes(part));
  if (touched.length === 0) {
    throw new RangeError(
      `whatIf: expected a change of a forecast, found ${words}, which changes none of these methods.`,
    );
  }
  const replaced = before.filter((_, i) => touched.includes(after[i]));
  say(`What if ${words}? ${planInWords(changed, [...replaced, ...touched])} New forecasts: ${namesOf(touched)}.`);
  if (untouched.length > 0) say(`Unchanged: ${namesOf(untouched)}.`);
  const comparison = await computed(
    lab,
    changed,
    touched.map(({method}) => method),
    metric,
  );
  const isCoded = touched.some(({autoencoder}) => !before.some((part) => part.autoencoder?.key === autoencoder?.key));
  const rows = judged(comparison.table().filter(({method}) => isCoded || method !== "autoencoder"));
  const verdict = verdictOf(rows);
  await changed.showTable(rows, `Before and after ${words}. ${comparison.labs[0].config.system}, ${metric}`);
  await changed.show(figureOf(comparison, metric, words));
  say(answer(rows, verdict, predict));
  return {comparison, rows, verdict};
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

const namesOf = (parts: readonly MethodParts[]): string => parts.map(({method}) => emulatorName(method)).join(", ");

/** Say which models are new, and how long they train by the steps of this machine's earlier trainings. */
function planInWords({artifacts, config}: Lab, parts: readonly MethodParts[]): string {
  const models = parts.flatMap(({method, autoencoder, emulator}) => [
    {...emulator, name: emulatorName(method)},
    ...(autoencoder ? [{...autoencoder, name: `autoencoder-c${method.latentChannels}`}] : []),
  ]);
  const missing = new Map(models.filter(({isNew}) => isNew).map(({key, name}) => [key, name]));
  const names = [...missing.values()];
  const trials = names.map((name) => ({method: name.replace("-c", "-"), overrides: {}, seed: config.seed, share: 1}));
  const {seconds} = estimateTrials(artifacts.root, config, trials);
  const cost = seconds === undefined ? "a time that was not measured here yet" : `about ${formatSeconds(seconds)}`;
  return names.length > 0 ? `New trainings: ${names.join(", ")}, ${cost}.` : "All models are there.";
}

/** Compute part by part, and count the parts. */
function computed(lab: Lab, changed: Lab, methods: readonly MethodChoice[], metric: ScoredMetric) {
  const work = async (progress: {update(done: number): void}) => {
    progress.update(0);
    await changed.emulators(methods); // side by side
    for (const [i, {changes, ...method}] of methods.entries()) {
      progress.update(i + 1);
      await changed.rollout(method, changes);
    }
    progress.update(methods.length + 1);
    return compare({before: lab, after: changed}, {methods, metric});
  };
  return track("what if", methods.length + 2, work, {patience: 0});
}

/** Correct the p-values for the number of rows, and judge each. */
function judged(rows: readonly TableRow[]): TableRow[] {
  const corrected = holm(rows.map(({"p of after": p}) => (typeof p === "number" ? p : 1)));
  return rows.map(({"p of after": _, "before ±": _before, "after ±": _after, ...row}, i) => {
    const isDecided = corrected[i] < LEVEL;
    const verdict = Number(row["after − before"]) < 0 ? "better" : "worse";
    return {...row, "corrected p": corrected[i], verdict: isDecided ? verdict : "undecided"};
  });
}

const count = (rows: readonly TableRow[], verdict: string) => rows.filter((row) => row.verdict === verdict).length;

function verdictOf(rows: readonly TableRow[]): WhatIf["verdict"] {
  const [better, worse] = [count(rows, "better"), count(rows, "worse")];
  if (better > 0 === worse > 0) return "same";
  return better > 0 ? "better" : "worse";
}

function answer(rows: readonly TableRow[], verdict: WhatIf["verdict"], predict: WhatIf["verdict"] | undefined): string {
  const [better, worse] = [count(rows, "better"), count(rows, "worse")];
  const numbers = `${better} of ${rows.length} rows became better, ${worse} worse (corrected p < ${LEVEL})`;
  const answers = {better: "Better", worse: "Worse", same: better > 0 ? "Better and worse" : "No difference was found"};
  const came = predict && ` You expected "${predict}": ${predict === verdict ? "right" : "not so"}.`;
  return `${answers[verdict]}: ${numbers}.${came ?? ""}`;
}

/** Draw the errors of emulators over lead time, before and after. */
function figureOf({labs}: LabComparison, metric: ScoredMetric, words: string): Figure {
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
  const title = metric === "vrmse" ? "VRMSE" : metric;
  return errorCurves([{x: "Lead time τ", y: title, curves}], {height: 260, width: 640, caption: words});
}
