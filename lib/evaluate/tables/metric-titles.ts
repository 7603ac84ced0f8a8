import type {ScoredMetric} from "../evaluate";

/** Names of the scorecard's metrics in tables, in its order. */
export const METRIC_TITLES: Readonly<Partial<Record<ScoredMetric, string>>> = {
  vrmse: "VRMSE",
  vrmseLimit: "VRMSE, K → ∞",
  crps: "CRPS",
  energy: "energy",
  ratio: "spread/skill",
};
