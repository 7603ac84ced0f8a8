/** What is used of druidjs, whose declarations for CommonJS are missing from the package. */
declare module "@saehrimnir/druidjs" {
  export class TSNE {
    constructor(
      points: number[][],
      options: {perplexity: number; epsilon: number; d: number; metric?: string; seed: number},
    );
    transform(iterations: number): number[][];
  }
}
