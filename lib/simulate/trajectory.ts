/** One simulated trajectory: a pure function of its request, wherever and whenever it runs. */
import {Generator} from "../random";
import {EulerSolver, type Boundary, type Frame} from "./euler";
import {drawQuadrants, paint, signalSpeed, type Lines, type Quadrants} from "./quadrants";

/** Everything that determines a trajectory. */
export interface TrajectoryRequest {
  /** Hashed to seed the initial state, and named if the trajectory fails. */
  readonly seed: readonly (string | number)[];
  readonly gamma: number;
  readonly boundary: Boundary;
  readonly lines: Lines;
  /** Output cells along $x$ and $y$. */
  readonly grid: readonly [number, number];
  /** Simulation cells per output cell and axis. */
  readonly oversampling: number;
  /** Number of frames, the initial state included, at equal distances. */
  readonly frames: number;
  /** Time of the last frame. */
  readonly endTime: number;
}

/** What a run tells about itself. */
export interface Diagnostics {
  readonly steps: number;
  /** Steps times cells. */
  readonly updates: number;
  /** Cells lifted to the least density or pressure: 0 in a sound run. */
  readonly floors: number;
  /** Cells that lost their slopes for a step. */
  readonly fallbacks: number;
  /**
   * Change of the conserved totals, on periodic domains: of mass and energy relative to themselves, of momentum relative
   * to the initial largest density times the largest signal speed.
   */
  readonly drift?: {readonly mass: number; readonly momentum: number; readonly energy: number};
  readonly seconds: number;
}

/** Fields of all frames, `[T, X, Y]`, momentum `[T, X, Y, 2]`. */
export interface SimulatedTrajectory {
  readonly fields: Frame;
  readonly diagnostics: Diagnostics;
}

/** Times of the frames: `frames` from 0 to `endTime`. */
export function frameTimes({frames, endTime}: Pick<TrajectoryRequest, "frames" | "endTime">): number[] {
  return Array.from({length: frames}, (_, k) => (frames === 1 ? 0 : (endTime * k) / (frames - 1)));
}

const initialState = (request: TrajectoryRequest): Quadrants =>
  drawQuadrants(Generator.from(...request.seed), request.lines);

/** Estimate the work of a trajectory in cell updates (steps are as many as the first one's length suggests). */
export function expectedCost(request: TrajectoryRequest): number {
  const {grid, oversampling, endTime, gamma} = request;
  const cells = grid[0] * grid[1] * oversampling ** 2;
  return cells * oversampling * Math.max(...grid) * endTime * signalSpeed(initialState(request), gamma);
}

/**
 * Simulate a trajectory of the Euler equations from random quadrants.
 *
 * @throws Error naming the seed if the state stops being finite.
 */
export function simulateTrajectory(request: TrajectoryRequest): SimulatedTrajectory {
  const start = performance.now();
  const {gamma, boundary, grid, oversampling, frames} = request;
  const cells: [number, number] = [grid[0] * oversampling, grid[1] * oversampling];
  const quadrants = initialState(request);
  const size = grid[0] * grid[1];
  const [energy, density, pressure] = [0, 1, 2].map(() => new Float32Array(frames * size));
  const fields = {energy, density, pressure, momentum: new Float32Array(frames * size * 2)};

  try {
    const solver = new EulerSolver({cells, gamma, boundary});
    solver.set(paint(quadrants));
    const before = solver.totals();
    frameTimes(request).forEach((time, k) => {
      solver.run(time);
      const frame = solver.frame(oversampling);
      for (const name of ["energy", "density", "pressure", "momentum"] as const) {
        fields[name].set(frame[name], k * frame[name].length);
      }
    });
    const after = solver.totals();
    const {steps, floors, fallbacks} = solver;
    const momentumScale = Math.max(...quadrants.states.flat().map(([r]) => r)) * signalSpeed(quadrants, gamma);
    const drift = {
      mass: Math.abs(after.mass / before.mass - 1),
      momentum: Math.max(...[0, 1].map((k) => Math.abs(after.momentum[k] - before.momentum[k]))) / momentumScale,
      energy: Math.abs(after.energy / before.energy - 1),
    };
    return {
      fields,
      diagnostics: {
        steps,
        updates: steps * cells[0] * cells[1],
        floors,
        fallbacks,
        ...(boundary === "periodic" && {drift}),
        seconds: (performance.now() - start) / 1000,
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The trajectory with seed (${request.seed.join(", ")}) failed: ${reason}`, {cause: error});
  }
}
