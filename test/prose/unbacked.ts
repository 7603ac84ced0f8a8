/** Numbers of prose that no committed result holds, each with the reason. */

/** Passages that are not looked up. */
export interface Unbacked {
  readonly document: RegExp;
  /** Heading above them. Default: any. */
  readonly section?: RegExp;
  /** Words in the passage, or of its column and row in a table. Default: any. */
  readonly words?: string;
  readonly reason: string;
}

export const unbacked: readonly Unbacked[] = [
  {
    document: /^notebooks\//,
    section: /^Exercises$/,
    reason: "answers to questions that no run asks: what one trial of each showed",
  },
  {
    document: /^docs\/results/,
    section: /^Rivals without training$/,
    words: "VRMSE, one call",
    reason: "ratios of VRMSE in untrained.csv and scorecard.csv, which results.test.ts computes",
  },
  {
    document: /^docs\/results/,
    section: /^Diffusion against fair rivals$/,
    words: "CRPS / climate",
    reason: "rows of rivals.csv and untrained.csv, which results.test.ts looks up",
  },
  {
    document: /^docs\/results/,
    section: /^What compression adds$/,
    words: "VRMSE²",
    reason: "differences of squared errors in scorecard.csv and the paper's Table 6, which results.test.ts computes",
  },
  {
    document: /^docs\/results/,
    section: /^Emulator or simulator\?$/,
    words: "VRMSE, cheapest simulator",
    reason: "rows of simulators in break-even-table.csv, which results.test.ts looks up",
  },
];
