/** The used part of druidjs, whose package has no declarations for CommonJS. */
declare module "@saehrimnir/druidjs" {
  export class TSNE {
    constructor(
      points: number[][],
      options: {perplexity: number; epsilon: number; d: number; metric?: string; seed: number},
    );
    transform(iterations: number): number[][];
  }
}
