/** Results of a simulation, the same for all systems. */

/** Diagnostics of a run; each system adds those that it checks. */
export interface Diagnostics {
  readonly steps: number;
  /** Number of steps times number of cells. */
  readonly updates: number;
  /** Duration of the run. */
  readonly seconds: number;
}

/** Fields of all frames by name: a scalar is `[T, X, Y(, Z)]`, a vector `[T, X, Y(, Z), axes]`, row-major. */
export interface SimulatedTrajectory<D extends Diagnostics = Diagnostics> {
  readonly fields: Readonly<Record<string, Float32Array>>;
  readonly diagnostics: D;
}

/** Compute the times of the frames: `frames` times from 0 to `endTime`, at equal distances. */
export function frameTimes({frames, endTime}: {readonly frames: number; readonly endTime: number}): number[] {
  return Array.from({length: frames}, (_, k) => (frames === 1 ? 0 : (endTime * k) / (frames - 1)));
}

/** Run a simulation through the times of its frames, and join the fields that `read` takes of each. */
export function recordFrames<Fields extends Readonly<Record<keyof Fields, Float32Array>>>(
  times: readonly number[],
  run: (time: number) => void,
  read: (frame: number) => Fields,
): Readonly<Record<keyof Fields, Float32Array>> {
  const joined: Record<string, Float32Array> = {};
  times.forEach((time, k) => {
    run(time);
    for (const [name, values] of Object.entries<Float32Array>(read(k))) {
      joined[name] ??= new Float32Array(times.length * values.length);
      joined[name].set(values, k * values.length);
    }
  });
  return joined as Record<keyof Fields, Float32Array>;
}
