/**
 * What gives a latent space its scale: a saturation, a KL penalty, or nothing (paper, section 3.2.2).
 *
 * The same autoencoder is trained in each form, and a diffusion model on the latents of each, from the same seeds.
 */
import type {TableRow} from "../../core/table";
import {summary} from "../../evaluate/summary";
import {errorCurves, type ErrorCurve} from "../../figures/curves/error-curves";
import type {Figure} from "../../figures/style";
import type {Overrides} from "../../sweep/space";
import {wholeTrials} from "../../sweep/trial";
import type {Lab} from "../lab";
import type {Sweep} from "../sweep/sweep-result";
import {brieflyTrained, studyName, studyOptions, type StudyOptions} from "./variant-studies";

/** Weight of the KL penalty, per latent value; the reconstruction error that it stands beside is of order 0.1. */
const WEIGHT = 1e-3;

/** The forms by their names. */
export const latentFormVariants: Readonly<Record<string, Overrides>> = {
  saturation: {"autoencoder.model.saturation": "softclip2"},
  [`KL × ${WEIGHT}`]: {"autoencoder.model.saturation": "none", "autoencoder.model.kl": WEIGHT},
  none: {"autoencoder.model.saturation": "none"},
};

/** Shares of the quantiles that a density is drawn from. */
const SHARES = [
  0.001,
  0.005,
  0.015,
  0.03,
  ...Array.from({length: 19}, (_, i) => (i + 1) / 20),
  0.97,
  0.985,
  0.995,
  0.999,
];

const MOMENTS = ["mean", "deviation", "kurtosis", "largest"] as const;
const [ERROR, SCORE] = ["vrmse@1:20", "crps@1:20"];

/** Autoencoders in several forms, and the emulators on their latents. */
export interface LatentForms {
  readonly autoencoders: Sweep;
  readonly emulators: Sweep;
  /** A row per form: reconstruction, latents, emulation; ± is the standard error over seeds. */
  readonly rows: TableRow[];
  readonly caption: string;
  /** Densities of the latents beside the standard normal that diffusion starts from, the mean of their quantiles over seeds. */
  figure(): Figure;
}

/**
 * Train autoencoders whose latents are saturated, have a KL penalty, or neither, at the middle rate, three seeds each, and a
 * diffusion model on the latents of each; with a quarter of the preset's steps. Trainings that come with the project are read.
 *
 * @throws RangeError if it is no laboratory, or an option is unknown or wrong; InterruptedError.
 * @example
 * const forms = await latentForms(lab);
 * await lab.showTable(forms.rows, forms.caption, {name: "latent-forms"});
 * await lab.show(forms.figure(), {name: "latent-forms-densities"});
 */
export async function latentForms(lab: Lab, options: StudyOptions = {}): Promise<LatentForms> {
  const {seeds, train} = studyOptions("latentForms", lab, options);
  const brief = lab.with(brieflyTrained);
  const variants = Object.values(latentFormVariants);
  const statistics = [...MOMENTS, ...SHARES].map((one) => `latents.${one}`);
  const autoencoders = await brief.sweep(variants, {
    ...studyName(lab, "latent-forms"),
    methods: "autoencoder",
    measure: ["vrmse", ...statistics],
    seeds,
    train,
  });
  const emulators = await brief.sweep(variants, {
    ...studyName(lab, "latent-forms-emulators"),
    methods: "diffusion",
    measure: [ERROR, SCORE],
    seeds,
    train,
    autoencoders: "own",
  });
  const caption = `A quarter of the preset's steps; latents and reconstruction: validation states. ${emulators.caption}`;
  return {
    autoencoders,
    emulators,
    rows: rowsOf(autoencoders, emulators),
    caption,
    figure: () => densities(autoencoders),
  };
}

function rowsOf(autoencoders: Sweep, emulators: Sweep): TableRow[] {
  const names = latentFormVariants;
  const emulated = emulators.rows({names});
  return autoencoders.rows({names}).map((row) => {
    const other = emulated.find(({variant}) => variant === row.variant) ?? {};
    return {
      latents: row.variant,
      "reconstruction VRMSE": row.vrmse,
      "reconstruction VRMSE ±": row["vrmse ±"],
      mean: row["latents.mean"],
      deviation: row["latents.deviation"],
      kurtosis: row["latents.kurtosis"],
      largest: row["latents.largest"],
      [ERROR]: other[ERROR] ?? null,
      [`${ERROR} ±`]: other[`${ERROR} ±`] ?? null,
      [SCORE]: other[SCORE] ?? null,
      [`${SCORE} ±`]: other[`${SCORE} ±`] ?? null,
      difference: other.difference ?? null,
      "difference ±": other["difference ±"] ?? null,
      "p (Holm)": other["p (Holm)"] ?? null,
    };
  });
}

function densities(autoencoders: Sweep): Figure {
  const trials = wholeTrials(autoencoders.trials);
  const forms = Object.entries(latentFormVariants).flatMap(([name, overrides]): ErrorCurve[] => {
    const own = trials.filter((trial) => JSON.stringify(trial.overrides) === JSON.stringify(overrides));
    if (own.length === 0) return [];
    const quantiles = SHARES.map(
      (share) => summary(own.map(({measured}) => measured.values[`latents.${share}`])).value,
    );
    const between = quantiles.slice(1).map((value, i) => [quantiles[i], value]);
    return [
      {
        name,
        x: between.map(([low, high]) => (low + high) / 2),
        y: between.map(([low, high], i) => (SHARES[i + 1] - SHARES[i]) / (high - low)),
      },
    ];
  });
  const x = Array.from({length: 41}, (_, i) => (i - 20) / 5);
  const normal = {name: "standard normal", x, y: x.map((z) => Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI))};
  return errorCurves([{x: "z (dimensionless)", y: "Density", curves: [normal, ...forms]}], {
    caption: `All channels and tokens of the validation split, from the means of quantiles over seeds. ${autoencoders.caption}`,
  });
}
