/** What the engine computes for each view; images are of the shown channel in physical units. */

/** A sequence of images, row-major, one after the other. */
export type Images = Float32Array;

export interface Truth {
  readonly images: Images;
  /** Power spectrum of each state. */
  readonly spectra: readonly Float64Array[];
  /** Wavenumbers of the spectra, in cycles per pixel. */
  readonly k: Float64Array;
}

export interface Compressed {
  readonly images: Images;
  /** Latents of all states, [T, h, w(, d), C]. */
  readonly latents: Float32Array;
  readonly latentShape: readonly number[];
  /** VRMSE of each state in the shown channel. */
  readonly errors: readonly number[];
  readonly spectra: readonly Float64Array[];
}

export interface Noised {
  /** Shape of a window of latents, [L, h, w(, d), C]. */
  readonly shape: readonly number[];
  readonly clean: Float32Array;
  /** The noisy window over sqrt(alpha² + sigma²), which has variance 1; its first state is known. */
  readonly noisy: Float32Array;
  readonly estimate: Float32Array;
  /** The last state of the window: as it is, and decoded from the estimate. */
  readonly images: Images;
  readonly alpha: number;
  readonly sigma: number;
  /** RMSE of the estimate over the generated states. */
  readonly error: number;
}

export interface Sampled {
  readonly sigmas: readonly number[];
  /** Last state of the window as the denoiser estimates it before each step, decoded; then that of the sample. */
  readonly images: Images;
  readonly truth: Images;
  readonly errors: readonly number[];
}

/** Eight samples of one window: what they have in common, and what one of them has beyond that. */
export interface Drawn {
  /** The last state of the first sample, and of the mean of all. */
  readonly images: Images;
  /** VRMSE of a sample on average, and of the mean. */
  readonly errors: {readonly one: number; readonly mean: number};
  /** Error of the power spectrum in its middle band: of the samples, and of the mean. */
  readonly spectrum: {readonly one: number; readonly mean: number};
  /** Power spectra: of the truth, of the samples on average, of the mean. */
  readonly spectra: readonly Float64Array[];
}

export interface Scores {
  /** VRMSE of the ensemble's mean and of the solver, by state. */
  readonly vrmse: {readonly diffusion: readonly number[]; readonly solver: readonly number[]};
  readonly crps: {readonly diffusion: readonly number[]; readonly solver: readonly number[]};
  readonly ratio: readonly number[];
  /** Power spectra by state: mean of the members', and the solver's. */
  readonly spectra: {readonly diffusion: readonly Float64Array[]; readonly solver: readonly Float64Array[]};
}

export interface RolledOut {
  /** Images [K, T, X, Y]. */
  readonly members: Images;
  readonly solver: Images;
  /** Latents of the first member, [T, h, w(, d), C]. */
  readonly latents: Float32Array;
  readonly scores: Scores;
}

export interface Guided {
  /** Images [K, T', X, Y] of the guided and the free ensemble. */
  readonly guided: Images;
  readonly free: Images;
  /** RMSE of the ensembles' means at each state. */
  readonly errors: {readonly guided: readonly number[]; readonly free: readonly number[]};
  /** RMSE at the observed cells alone. */
  readonly atCells: {readonly guided: readonly number[]; readonly free: readonly number[]};
}

/** A window of a rollout as soon as it is there. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** First state of the new ones, and these: images [K, n, X, Y]. */
  readonly from?: number;
  readonly members?: Images;
}
