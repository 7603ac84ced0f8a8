/** How much guidance computes: a guided step costs as much as about ten others, so the page takes fewer and shorter forecasts. */
import type {SystemFacts} from "./facts";

/** Variance of the noise on observations, in units of the standardised channel. */
export const OBSERVATION_VARIANCE = 0.01;

/** Steps of the sampler at most. */
const MAX_STEPS = 8;

/** Choose the steps of the sampler: those of the free forecast, up to a few. */
export const guidedSteps = (steps: number): number => Math.min(MAX_STEPS, steps);

/** States of a guided rollout: two windows that overlap in one state. */
export const guidedStates = ({window, shape}: SystemFacts): number => Math.min(shape[0], 2 * window - 1);
