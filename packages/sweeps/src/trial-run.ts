/** One trial of a sweep: train its model, and measure it. */
import {machineName} from "@lola-ts/core";
import {horizons, valueMoments, quantile, type MetricRow} from "lola/evaluate";
import type {LeadScores, Measured, Trial} from "./trial";
import type {Measure} from "./measure";
import {
  type Config,
  stageVersions,
  type AutoencoderChanges,
  type EmulatorChanges,
  parameterBlocks,
  onTrajectories,
  type Job,
  type Lab,
  derivedLab,
} from "@lola-ts/laboratory/stages";
import {artifactKey, Memo} from "@lola-ts/cache";
import type {SweepPlan} from "./sweep-plan";
import {jobOf, measuresOf, variantConfig} from "./trial-config";

const POINTS = 200;

const LABEL = "trial";

export function trialVersions(config: Config, method: string): Record<string, number> {
  const versions = stageVersions(config);
  const {dataset, standardization, autoencoder} = versions;
  return method.startsWith("autoencoder") ? {dataset, standardization, autoencoder} : versions;
}

/** Identify a trial by all that its numbers depend on, beside the data's files: options, seed, steps and versions. */
export function trialKey({config, measures, autoencoders, file}: SweepPlan, trial: Trial): string {
  const {method, overrides, seed} = trial;
  const variant = variantConfig(config, overrides);
  const versions = trialVersions(variant, method);
  const {noise: _noise, ...rollout} = variant.rollout; // the version of the rollouts tells it
  const changed = {...variant, rollout};
  const extra = {...(autoencoders && {autoencoders}), ...(file && {trajectories: file.trajectories})};
  return artifactKey({config: changed, method, seed, share: 1, measures, versions, ...extra}); // stored trials have this share
}

export async function runTrial(lab: Lab, plan: SweepPlan, {method, overrides, seed}: Trial): Promise<Measured> {
  const config = variantConfig(plan.config, overrides);
  const measures = measuresOf(config, method, plan.measures);
  const job = jobOf(config, method);
  const own = derivedLab(lab, config, {memo: new Memo(lab.memo)}); // which is let go at the end
  try {
    const model = job.stage === "autoencoder" ? ofAutoencoder(own, job) : ofEmulator(own, job);
    const {history, seconds, key} = await model.train();
    const steps = history.loss.length;
    const values: Record<string, number> = {};
    for (const measure of measures) {
      if (measure.kind === "score" || measure.kind === "latents") values[measure.name] = await model.value(measure);
      else if (measure.kind === "time") values[measure.name] = measure.per === "step" ? seconds / steps : seconds;
      else values[measure.name] = history.validation.at(-1)?.[1] ?? NaN;
    }
    const trajectories = plan.file && (await model.scores?.());
    const {validation} = history;
    const made = {key, finished: Date.now(), machine: machineName(), ...(trajectories && {trajectories})};
    return {values, steps, seconds, validation, loss: thinned(history.loss), ...made};
  } finally {
    await own.memo.release();
  }

  function ofAutoencoder(lab: Lab, {latentChannels}: Job & {stage: "autoencoder"}) {
    const loss = measures.find((measure) => measure.kind === "loss");
    const changes: AutoencoderChanges = {seed, ...(loss?.kind === "loss" && {validation: loss.loss})};
    return {
      train: () => lab.autoencoder(latentChannels, changes),
      value: async (measure: Measure) => {
        const {data} = (await lab.latents(latentChannels, "valid", changes)).states;
        const {statistic} = measure as Measure & {kind: "latents"};
        return typeof statistic === "number" ? quantile(Array.from(data), statistic) : valueMoments(data)[statistic];
      },
      scores: undefined,
    };
  }

  function ofEmulator(lab: Lab, {method: spec}: Job & {stage: "emulator"}) {
    const ownAutoencoder = plan.autoencoders && spec.latentChannels !== null;
    const changes: EmulatorChanges = {seed, ...(ownAutoencoder && {autoencoder: {seed}})};
    const {seed: drawn, number: trajectories} = plan.file?.trajectories ?? {};
    const judged = plan.file ? onTrajectories("sweep", lab, {data: {seed: drawn}, trajectories}) : lab;
    const rows = async () => {
      const methods = [{...spec, changes, label: LABEL}];
      const evaluation = await judged.evaluation({methods, trivial: false});
      return evaluation.scores.find(({labels}) => labels.method === LABEL)!.rows;
    };
    return {
      train: () => lab.emulator(spec, changes),
      value: async (measure: Measure) => {
        const {metric, horizon} = measure as Measure & {kind: "score"};
        return horizons(await rows(), [horizon], config.stride).find((score) => score.metric === metric)?.value ?? NaN;
      },
      scores: async () => leadScores(await rows(), parameterBlocks(await judged.dataset()), config.stride),
    };
  }
}

/** Names of the kept scores, and a row's value of each in powers of the field's deviation. */
const SCORES: Readonly<Record<string, (row: MetricRow, deviation: number, unit: number) => number>> = {
  mse: ({vrmseLimit}, deviation, unit) => (vrmseLimit * deviation) ** 2 / unit ** 2,
  crps: ({crps}, deviation, unit) => (crps * deviation) / unit,
  low: ({variogramLow = NaN}, _, unit) => variogramLow / unit,
  mid: ({variogramMid = NaN}, _, unit) => variogramMid / unit,
  high: ({variogramHigh = NaN}, _, unit) => variogramHigh / unit,
};

/** Digits of kept scores: a part in a thousand is far below their scatter. */
const DIGITS = 4;

/**
 * Average the scores of single states over fields, in units of each field's deviation over the test trajectories: $s_f^2$, the
 * mean over trajectories and states of the truth's variance. It is the same for every forecast, so that scores stay proper.
 * `mse` is that of infinitely many members, `low`, `mid` and `high` are the bands of the variogram score, where `metrics.proper`
 * asks for it. State 0 is left out.
 */
export function leadScores(rows: readonly MetricRow[], blocks: readonly string[], stride: number): LeadScores {
  const later = rows.filter(({state}) => state > 0);
  const unique = <T>(of: (row: MetricRow) => T) => [...new Set(later.map(of))];
  const [trajectories, states, fields] = [
    unique((row) => row.trajectory),
    unique((row) => row.state),
    unique((row) => row.field),
  ];
  const deviationOf = ({rmse, vrmse}: MetricRow) => (vrmse > 0 ? rmse / vrmse : NaN);
  const units = new Map(
    fields.map((field) => {
      const squares = later
        .flatMap((row) => (row.field === field ? deviationOf(row) ** 2 : []))
        .filter(Number.isFinite);
      return [field, Math.sqrt(squares.reduce((sum, square) => sum + square / squares.length, 0))];
    }),
  );
  const sums = new Map(Object.keys(SCORES).map((name) => [name, trajectories.map(() => states.map(() => 0))]));
  for (const row of later) {
    const [t, i] = [trajectories.indexOf(row.trajectory), states.indexOf(row.state)];
    const deviation = row.rmse === 0 ? 1 : row.rmse / row.vrmse;
    for (const [name, table] of sums)
      table[t][i] += SCORES[name](row, deviation, units.get(row.field)!) / fields.length;
  }
  const tables = [...sums].filter(
    ([name]) => name === "mse" || name === "crps" || later[0]?.variogramLow !== undefined,
  );
  const short = (value: number) => Number(value.toPrecision(DIGITS));
  return {
    blocks,
    leads: states.map((state) => state * stride),
    scores: Object.fromEntries(tables.map(([name, table]) => [name, table.map((row) => row.map(short))])),
  };
}

/** Mean losses of about {@link POINTS} equal parts of a training, each with its last step. */
function thinned(loss: ArrayLike<number>): [number, number][] {
  const part = Math.ceil(loss.length / POINTS);
  return Array.from({length: Math.ceil(loss.length / part) || 0}, (_, i) => {
    const values = Array.from(loss)
      .slice(i * part, (i + 1) * part)
      .filter(Number.isFinite);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return [Math.min(loss.length, (i + 1) * part), mean];
  });
}
