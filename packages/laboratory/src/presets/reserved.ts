/** Data that a plan keeps for its end. */

/**
 * Seed of data whose test split nobody reads until the models of data/study/models.json have been trained, and the systems that
 * wait for it. So no choice of that plan can depend on the trajectories that decide its questions.
 */
export const RESERVED: {readonly seed: number; readonly systems: readonly string[]} = {
  seed: 2026,
  systems: ["rayleigh-benard", "euler", "gravity-cooling", "kolmogorov"],
};
