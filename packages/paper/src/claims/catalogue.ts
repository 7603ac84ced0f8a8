/** The claims on trial, by number: the paper's in the order of findings.md, then statements of ours. */

export interface CataloguedClaim {
  /** How its judged statement begins, on every system. */
  readonly begins: string;
  /** The claim in words that fit every system. Default: the words of the judged statement, which are the same on all. */
  readonly title?: string;
  /** The paper's sentence. Default: the statement is ours. */
  readonly sentence?: string;
  /** Date of the commit that set its pass condition. */
  readonly since: string;
  readonly limitation?: string;
  /** Whether it is about forecasts of which compression alone does not make most of the error. Default: false. */
  readonly needsEmulatorError?: boolean;
  /** Committed tables of distances that it rests on, one for each parameter of a system, in their order. */
  readonly distances?: readonly string[];
}

const SET = "2026-11-26";
const JUDGED = "2026-11-29";
const RESTATED = "2026-12-02";

const AFTERWARDS = "We chose the statement after we had seen scores of earlier models.";
const SINGLE_ANSWER =
  "CRPS favours any ensemble over a single answer: the same solver with noise around its answer beats it nearly everywhere.";

export const CATALOGUE: readonly CataloguedClaim[] = [
  {
    begins: "Reconstruction degrades with the compression rate",
    sentence:
      "As expected, when the compression rate increases, the reconstruction quality degrades, as reported in Figure 3.",
    since: SET,
  },
  {
    begins: "Compression costs the reconstruction most in the high band",
    sentence:
      "Similar trends can be observed for the power spectrum RMSE in Tables 8, 9 and 10, where the high-frequency band is most affected by compression.",
    since: SET,
    limitation: "It compares errors of bands at each rate, not their growth.",
  },
  {
    begins: "Over lead time the reconstruction error",
    title: "Over lead time the reconstruction error changes as in the paper",
    sentence:
      "For the Euler dataset, the reconstruction error grows with the lead time due to wavefront interactions and rising high-frequency content. For the RB dataset, the reconstruction error peaks mid-simulation during the transition from low to high-turbulence regime.",
    since: SET,
    limitation: "The direction is read from the numbers that the paper prints for the system.",
  },
  {
    begins: "Diffusion's error does not grow with compression",
    title: "Diffusion's error does not grow with compression (by less than 10 %)",
    sentence:
      "However, the point-wise error of diffusion models, as measured by the VRMSE, does not grow (Euler, TGC) and sometimes decreases (RB) with higher compression rates.",
    since: SET,
    limitation: "The margin of 10 % is ours; the paper gives none. Our rates are lower than the paper's.",
    needsEmulatorError: true,
  },
  {
    begins: "Emulation error grows with lead time",
    sentence:
      "As expected from imperfect emulators, the emulation error grows with the lead time, as shown in Figures 5 and 8.",
    since: SET,
  },
  {
    begins: "Latent emulators match or beat the pixel-space solver",
    sentence:
      "Even at extreme (>1000) compression rates, latent-space emulators outperform the baseline pixel-space neural solver, despite the latter benefiting from more parameters and training compute.",
    since: SET,
  },
  {
    begins: "Diffusion has a lower VRMSE than the neural solver",
    sentence:
      "Figures 8 and 9 indicate that diffusion-based emulators are consistently more accurate than their deterministic counterparts […]",
    since: SET,
  },
  {
    begins: "Diffusion has a lower spectrum error than the neural solver",
    sentence: "[…] and generate trajectories that are statistically more plausible in terms of power spectrum.",
    since: SET,
  },
  {
    begins: "Diffusion is better already at the first predicted state",
    sentence:
      "However, at the first prediction step, before distribution shift can take effect, diffusion models are already more accurate than deterministic neural solvers.",
    since: SET,
    limitation: "The paper prints no numbers of the first predicted state.",
  },
  {
    begins: "Most of diffusion's middle- and high-band error is the autoencoder's",
    sentence:
      "High-frequency content, however, appears limited by the autoencoder’s reconstruction capabilities. […] This time, the power spectrum RMSE of the diffusion models is low for mid and high-frequency bands.",
    since: SET,
    limitation: "The limit, a half, is ours. Eight trajectories are scored.",
  },
  {
    begins: "The spread/skill ratio falls less with compression",
    sentence:
      "This phenomenon is partially explained by the smoothing effect of L₂-driven compression, and is therefore less severe in Figure 9.",
    since: SET,
    limitation: "Eight trajectories are scored.",
  },
  {
    begins: "Diffusion's spread/skill ratio is close to 1",
    sentence:
      "In addition, the spread-skill ratio of diffusion models is close to 1, suggesting that the ensemble of trajectories they produce are reasonably well calibrated in terms of uncertainty.",
    since: SET,
    limitation: "The margin of 0.2 is ours. The paper shows curves and prints no numbers.",
  },
  {
    begins: "Diffusion's spread/skill ratio falls with the compression rate",
    sentence: "However, the ratio slightly decreases with the compression rate.",
    since: SET,
  },
  {
    begins: "Diffusion makes up for uncertainty by diversity",
    sentence:
      "We also show that diffusion-based emulators are consistently more accurate than non-generative counterparts and compensate for uncertainty in their predictions with greater diversity.",
    since: SET,
    limitation: `CRPS is our reading of the sentence. ${SINGLE_ANSWER}`,
  },
  {
    begins: "The distance between distributions is smaller for diffusion",
    sentence: "The Wasserstein distance is smaller for diffusion models and decreases with the compression rate.",
    since: SET,
    limitation:
      "Members are scored one by one, and the solver's smooth answer as it is. The paper gives neither order nor directions.",
  },
  {
    begins: "Diffusion's distance between distributions does not grow",
    sentence:
      "The SEMD is small and is not significantly impacted by the compression rate, especially for diffusion models.",
    since: SET,
    limitation: "The margin of 10 % is ours.",
    needsEmulatorError: true,
  },
  {
    begins: "Diffusion's distance between distributions decreases",
    sentence: "The Wasserstein distance is smaller for diffusion models and decreases with the compression rate.",
    since: JUDGED,
    needsEmulatorError: true,
  },
  {
    begins: "The number of context states has no effect on the error",
    sentence: "Perhaps surprisingly, context lengths does not have a significant impact on emulation accuracy.",
    since: SET,
    limitation: "The margin of 10 % is ours. Eight trajectories are scored.",
  },
  {
    begins: "Forecasts of similar",
    title: "Forecasts of similar parameters stay close to each other",
    sentence: "As expected, trajectories with similar heat capacity γ are close to each others.",
    since: SET,
    limitation: "Five values of a parameter leave 120 permutations, so p cannot be below 0.008.",
    distances: ["table-15.csv"],
  },
  {
    begins: "Latents tell",
    title: "Latents tell parameters apart: distances grow with the difference",
    sentence:
      "The distances, reported in Tables 16 and 17, are anti-correlated with the similarity of simulation parameters θ.",
    since: SET,
    distances: ["table-16.csv", "table-17.csv"],
  },
  {
    begins: "Fronts stay right to the end",
    sentence:
      "For Euler, wavefronts are accurately propagated until the end of the simulation, while vortices are well located, but distorted. For Rayleigh-Bénard, diffusion-based emulators produce plumes that grow at the correct pace but diverge from the ground-truth.",
    since: SET,
  },
  {
    begins: "Latent diffusion is slower than latent solvers",
    sentence:
      "In terms of computational cost, although they remain slower than latent-space neural solvers, latent-space diffusion models are much faster than their pixel-space counterparts and competitive with pixel-space neural solvers (see Table 1).",
    since: SET,
  },
  {
    begins: "Guidance by partial observations keeps the forecast near the truth",
    sentence:
      "Thanks to the additional information in the observations, the emulation diverges less from the ground-truth.",
    since: SET,
  },
  {
    begins: "Results exceed most published ones",
    sentence:
      "Even though our latent neural solvers (LNSs) and latent diffusion models (LDMs) outperform most published baselines, we emphasize that we do not position our models as state-of-the-art […]",
    since: SET,
  },
  {
    begins: "Near-identity resampling, a preconditioned optimiser and saturation",
    sentence:
      "Finally, we cover practical design choices, spanning from architectures to optimizers, that we found critical to train latent-space emulators.",
    since: SET,
  },
  {
    begins: "Compression filters irrelevant detail",
    sentence:
      "While our findings seem to violate the famous data processing inequality, they are well aligned with the theory of usable information […]",
    since: SET,
  },
  {
    begins: "Try latent space before pixel space",
    sentence:
      "First, try latent-space approaches before pixel-space emulation. […] Second, prefer diffusion-based emulators over deterministic neural solvers.",
    since: SET,
  },
  {
    begins: "Needs large datasets",
    sentence:
      "This points towards the need for large training datasets or mixtures of datasets used to pre-train emulators before fine-tuning on targeted physics […]",
    since: SET,
  },
  {
    begins: "Compression adds less squared error to the forecast than to the reconstruction",
    title: "Compression adds less squared error to the forecast than to the reconstruction",
    since: RESTATED,
    limitation:
      "Until then it compared factors of growth. That is nearly automatic, because the reconstruction has the smaller error " +
      "to begin with, and it held in every cell.",
  },
  {
    begins: "On the first horizon every emulator beats the first frame",
    since: JUDGED,
    limitation: `${AFTERWARDS} It averages over the horizon: on the first predicted state of the cloud the first frame wins.`,
  },
  {
    begins: "Over three seeds, diffusion has a lower CRPS",
    since: SET,
    limitation: `${AFTERWARDS} Three seeds were trained, at the middle rate only. ${SINGLE_ANSWER}`,
  },
  {
    begins: "Over three seeds, diffusion has a lower VRMSE",
    since: SET,
    limitation: `${AFTERWARDS} Three seeds were trained, at the middle rate only.`,
  },
  {
    begins: "Diffusion has a lower CRPS than the neural solver dressed with noise",
    since: JUDGED,
    limitation: AFTERWARDS,
  },
  {
    begins: "Diffusion has a lower CRPS than the neural solver dressed with residuals",
    since: JUDGED,
    limitation: AFTERWARDS,
  },
  {begins: "Four neural solvers have a lower CRPS", since: "2026-11-28", limitation: AFTERWARDS},
];

/** The number of the claim that a statement is. @throws Error for a statement that is not in the catalogue. */
export function numberOf(statement: string): number {
  const at = CATALOGUE.findIndex(({begins}) => statement.startsWith(begins));
  if (at < 0) throw new Error(`Expected a claim of the catalogue, found "${statement}".`);
  return at + 1;
}
