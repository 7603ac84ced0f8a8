/** Measures of a trained model: an error, a score over a horizon, or time. */
import {checkOptions, nearest, text, valueInWords} from "@lola-ts/core";
import {metricNames, type ScoredMetric, type Horizon, momentNames, type MomentName} from "lola/evaluate";
import {lossNames, type LossKind} from "lola/models";

export type Measure =
  | {readonly name: string; readonly kind: "validation"}
  | {readonly name: string; readonly kind: "loss"; readonly loss: LossKind}
  | {readonly name: string; readonly kind: "latents"; readonly statistic: MomentName | number}
  | {readonly name: string; readonly kind: "score"; readonly metric: ScoredMetric; readonly horizon: Horizon}
  | {readonly name: string; readonly kind: "time"; readonly per: "step" | "training"};

const TIMES = {secondsPerStep: "step", seconds: "training"} as const;

const LATENTS = "latents.";

/** Metrics that only an ensemble has. */
const OF_MEMBERS: readonly string[] = ["spread", "ratio"];

const SCORES: readonly string[] = [...metricNames, "transport"];

/**
 * Read a measure of a method: "validation", the last validation error; for an autoencoder a reconstruction loss on the
 * validation split such as "mae", or of the latents of that split "latents.mean", "latents.deviation", "latents.kurtosis",
 * "latents.largest" or the quantile of a share such as "latents.0.05"; for an emulator a score over a horizon such as
 * "vrmse@1:20"; "secondsPerStep" and "seconds" of the training.
 *
 * @throws RangeError that begins with `where` and names the measures that the method has, the nearest first.
 */
export function readMeasure(where: string, name: string, model: "autoencoder" | "ensemble" | "single"): Measure {
  checkOptions("readMeasure", text, name, "name");
  if (name === "validation") return {name, kind: "validation"};
  if (Object.hasOwn(TIMES, name)) return {name, kind: "time", per: TIMES[name as keyof typeof TIMES]};
  if (model === "autoencoder") {
    const loss = lossNames.find((known) => known === name);
    if (loss !== undefined) return {name, kind: "loss", loss};
    const statistic = statisticOf(name);
    if (statistic !== undefined) return {name, kind: "latents", statistic};
    throw unknown(where, name, "an autoencoder", [...lossNames, ...momentNames.map((moment) => LATENTS + moment)]);
  }
  const [, metric = "", from = "", to = ""] = /^(\w+)@([\d.]+):([\d.]+)$/.exec(String(name)) ?? [];
  const horizon: Horizon = [Number(from), Number(to)];
  const known = model === "ensemble" ? SCORES : SCORES.filter((score) => !OF_MEMBERS.includes(score));
  const what = model === "ensemble" ? "an ensemble of emulators" : "an emulator with one answer";
  if (!known.includes(metric))
    throw unknown(
      where,
      name,
      what,
      known.map((score) => `${score}@1:20`),
    );
  if (!(horizon[0] <= horizon[1]))
    throw new RangeError(`${where}: expected the horizon of ${name} to go from a lead time to a later one.`);
  return {name, kind: "score", metric: metric as ScoredMetric, horizon};
}

/** How bad a value of a measure is, the smaller the better: of a ratio of spread to skill its distance from 1. */
export function badness(measure: string, value: number): number {
  return measure.startsWith("ratio@") ? Math.abs(value - 1) : value;
}

function statisticOf(name: string): MomentName | number | undefined {
  if (typeof name !== "string" || !name.startsWith(LATENTS)) return undefined;
  const what = name.slice(LATENTS.length);
  const share = /^(0(\.\d+)?|1)$/.test(what) ? Number(what) : undefined;
  return share ?? momentNames.find((moment) => moment === what);
}

function unknown(where: string, name: string, what: string, own: readonly string[]): RangeError {
  const known = ["validation", ...Object.keys(TIMES), ...own];
  const bare = (one: string) => one.split("@")[0];
  const near = typeof name === "string" ? nearest(bare(name), known, bare) : [];
  const list =
    near.length > 0 && near.length < 4
      ? `did you mean ${near.map((one) => `"${one}"`).join(" or ")}?`
      : `known are ${known.join(", ")}.`;
  return new RangeError(`${where}: ${what} has no measure ${valueInWords(name)}; ${list}`);
}
