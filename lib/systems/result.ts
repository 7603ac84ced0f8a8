/** What every simulator returns, whichever its equations. */

/** What a run tells about itself; each system adds what it checks. */
export interface Diagnostics {
  readonly steps: number;
  /** Steps times cells. */
  readonly updates: number;
  readonly seconds: number;
}

/** Fields of all frames by name: a scalar is `[T, X, Y(, Z)]`, a vector `[T, X, Y(, Z), axes]`, row-major. */
export interface SimulatedTrajectory<D extends Diagnostics = Diagnostics> {
  readonly fields: Readonly<Record<string, Float32Array>>;
  readonly diagnostics: D;
}

/** Times of the frames: `frames` from 0 to `endTime`. */
export function frameTimes({frames, endTime}: {readonly frames: number; readonly endTime: number}): number[] {
  return Array.from({length: frames}, (_, k) => (frames === 1 ? 0 : (endTime * k) / (frames - 1)));
}
