import {advance, extrapolate, FACES, FLOORS, hllc, STATE} from "../../src/euler/kernels";
import {riemann} from "../../src/euler/riemann";

type State = [density: number, u: number, v: number, pressure: number];

const GAMMA = 1.4;
const energy = ([r, u, v, p]: State): number => p / (GAMMA - 1) + 0.5 * r * (u * u + v * v);

/** The flux of the Euler equations along x. */
const exactFlux = (state: State): number[] => {
  const [r, u, v, p] = state;
  return [r * u, r * u * u + p, r * u * v, u * (energy(state) + p)];
};

/** The HLLC flux between two states along an axis. */
function flux(lower: State, upper: State, normal = 1): number[] {
  const out = new Float64Array(STATE);
  hllc(out, Float64Array.from(lower), 0, Float64Array.from(upper), 0, 1, normal, GAMMA);
  return [...out];
}

const expectClose = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void => {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThan(tolerance);
};

describe("extrapolate", () => {
  const stride = 5 * STATE;

  /** The faces of the central cell of 5 x 5 cells of unit distance around the origin. */
  function faces(state: (x: number, y: number) => State, hx = 0, hy = 0) {
    const w = new Float64Array(5 * stride);
    for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) w.set(state(i - 2, j - 2), i * stride + j * STATE);
    const out = new Float64Array(FACES);
    const fallbacks = extrapolate(out, w, 2 * stride + 2 * STATE, 1, stride, hx, hy, GAMMA);
    const at = (k: number) => [...out.subarray(k * STATE, (k + 1) * STATE)];
    return {lowerX: at(0), upperX: at(1), lowerY: at(2), upperY: at(3), fallbacks};
  }

  test("is exact for linear fields", () => {
    const state = (x: number, y: number): State => [
      3 + 0.1 * x - 0.2 * y,
      1 - 0.3 * x + 0.1 * y,
      0.5 * x + 0.2 * y,
      2 + 0.1 * x + 0.3 * y,
    ];
    const found = faces(state);
    expectClose(found.lowerX, state(-0.5, 0));
    expectClose(found.upperX, state(0.5, 0));
    expectClose(found.lowerY, state(0, -0.5));
    expectClose(found.upperY, state(0, 0.5));
    expect(found.fallbacks).toBe(0);
  });

  test("moves a wave of density with the flow, half a step", () => {
    // Uniform velocity and pressure only carry the density: rho(x - u t, y - v t).
    const state = (x: number, y: number): State => [3 + 0.1 * x - 0.2 * y, 0.7, -0.4, 2];
    const hx = 0.2;
    const hy = 0.1; // dt / 2 dx, dt / 2 dy
    const {upperX, lowerY} = faces(state, hx, hy);
    expectClose(upperX, state(0.5 - 0.7 * hx, 0.4 * hy));
    expectClose(lowerY, state(-0.7 * hx, -0.5 + 0.4 * hy));
  });

  test("a sound wave changes velocity and pressure at the rates of the linearised equations", () => {
    // At rest, d_t p = -gamma p div(u) and d_t u = -grad(p) / rho.
    const state = (x: number, y: number): State => [2, 0.01 * x, 0.03 * y, 1 + 0.02 * x];
    const {lowerX, upperX} = faces(state, 0.1, 0.1);
    const centre = upperX.map((value, k) => 0.5 * (value + lowerX[k]));
    expectClose(centre, [2 - 0.1 * 2 * 0.04, -0.1 * (0.02 / 2), 0, 1 - 0.1 * GAMMA * 0.04]);
  });

  test("has no slope at an extremum, and at most twice the smaller difference beside a jump", () => {
    const peak = faces((x) => [x === 0 ? 2 : 1, 0, 0, 1]);
    expect([peak.lowerX[0], peak.upperX[0]]).toEqual([2, 2]);
    const jump = faces((x) => [x <= 0 ? 2 + 0.1 * x : 9, 0, 0, 1]);
    expect(jump.upperX[0] - jump.lowerX[0]).toBeCloseTo(0.2, 12);
  });

  test("a cell stays constant, and is counted, where a step would take its pressure", () => {
    const tearing = (x: number): State => [1, 4 * x, 0, 1];
    const {lowerX, upperX, fallbacks} = faces(tearing, 0.2, 0.2);
    expect(fallbacks).toBe(1);
    for (const face of [lowerX, upperX]) expect(face).toEqual([1, 0, 0, 1]);
  });
});

describe("hllc", () => {
  const states: State[] = [
    [1, 0.3, -0.2, 0.8],
    [0.4, -0.5, 0.7, 2],
    [2, 3, 0.1, 0.5],
  ];

  test("is consistent: between equal states it is the flux of the equations", () => {
    for (const state of states) expectClose(flux(state, state), exactFlux(state));
  });

  test("is upwind: where all waves go one way, it is the flux of the side they come from", () => {
    const [left, right]: State[] = [
      [1, 5, 0.3, 1],
      [0.6, 5.5, -0.4, 0.8],
    ];
    expectClose(flux(left, right), exactFlux(left));
    const back = ([r, u, v, p]: State): State => [r, -u, v, p];
    expectClose(flux(back(right), back(left)), exactFlux(back(left)));
  });

  test("keeps a contact at rest: nothing flows but pressure", () => {
    expectClose(flux([1, 0, 0.6, 0.9], [7, 0, -0.3, 0.9]), [0, 0.9, 0, 0]);
  });

  test("is exact for a contact and shear layer that drifts", () => {
    const left: State = [1, 0.2, 0.6, 0.9];
    expectClose(flux(left, [3, 0.2, -0.5, 0.9]), exactFlux(left));
  });

  test("a mirror of the states is one of the flux, and a swap of the axes a swap of its components", () => {
    const mirror = ([r, u, v, p]: State): State => [r, -u, v, p];
    const swap = ([r, u, v, p]: State): State => [r, v, u, p];
    for (const [a, b] of [
      [states[0], states[1]],
      [states[1], states[2]],
    ]) {
      const [mass, along, across, work] = flux(a, b);
      expectClose(flux(mirror(b), mirror(a)), [-mass, along, -across, -work]);
      expectClose(flux(swap(a), swap(b), 2), [mass, across, along, work]);
    }
  });

  test("comes to the flux of the exact solution as the square of the jump", () => {
    const error = (jump: number): number => {
      const [left, right]: State[] = [
        [1 + jump, 0.1 - jump, 0, 1 + 2 * jump],
        [1 - jump, 0.1 + jump, 0, 1 - jump],
      ];
      const [l, r] = [left, right].map(([density, velocity, , pressure]) => ({density, velocity, pressure}));
      const {density, velocity, pressure} = riemann(l, r, GAMMA)(0);
      const expected = exactFlux([density, velocity, 0, pressure]);
      return Math.max(...flux(left, right).map((value, k) => Math.abs(value - expected[k])));
    };
    expect(error(0.02)).toBeGreaterThan(1e-6);
    expect(error(0.02)).toBeLessThan(2e-3);
    expect(Math.log2(error(0.02) / error(0.01))).toBeGreaterThan(1.8);
  });
});

describe("advance", () => {
  const conserved = (state: State): number[] => [state[0], state[0] * state[1], state[0] * state[2], energy(state)];

  /** Advance a row of cells by the fluxes given. */
  function run(row: State[], below: number[], above: number[], across: number[], ax = 0.1, ay = 0.2) {
    const u = Float64Array.from(row.flatMap(conserved));
    const w = Float64Array.from(row.flat());
    const floors = new Int32Array(1);
    const [b, a, c] = [below, above, across].map((values) => Float64Array.from(values));
    const fastest = advance(u, w, 0, row.length, b, a, c, ax, ay, GAMMA, floors);
    return {u, w, fastest, floors: floors[0]};
  }

  const row: State[] = [
    [1, 0.3, -0.2, 0.8],
    [2, -0.5, 0.7, 2],
  ];
  const still = new Array<number>(2 * STATE).fill(0.25);
  const none = new Array<number>(3 * STATE).fill(0.25);

  test("equal fluxes change nothing; the largest signal speed is that of the fastest cell", () => {
    const {u, w, fastest, floors} = run(row, still, still, none);
    expectClose(u, row.flatMap(conserved));
    expectClose(w, row.flat());
    expect(fastest).toBeCloseTo(0.7 + Math.sqrt((GAMMA * 2) / 2), 12);
    expect(floors).toBe(0);
  });

  test("a cell gains what comes in and loses what goes out; pressure and velocity follow", () => {
    const below = still.map((_, k) => 0.01 * k);
    const above = still.map((_, k) => 0.03 * k + 0.1);
    const across = none.map((_, k) => 0.02 * k);
    const {u, w} = run(row, below, above, across);
    const expected = row
      .flatMap(conserved)
      .map((value, k) => value - 0.1 * (above[k] - below[k]) - 0.2 * (across[k + STATE] - across[k]));
    expectClose(u, expected);
    for (const c of [0, STATE]) {
      const [r, mx, my, e] = expected.slice(c, c + STATE);
      const p = (GAMMA - 1) * (e - (mx * mx + my * my) / (2 * r));
      expectClose(w.slice(c, c + STATE), [r, mx / r, my / r, p]);
    }
  });

  test("what leaves one cell enters the next", () => {
    const across = none.map((_, k) => Math.sin(k));
    for (const ends of [0, 2 * STATE]) across.fill(0, ends, ends + STATE); // walls
    const {u} = run(row, still, still, across);
    const before = row.flatMap(conserved);
    for (let k = 0; k < STATE; k++) expect(u[k] + u[k + STATE]).toBeCloseTo(before[k] + before[k + STATE], 12);
  });

  test("a cell that loses all its density or energy is lifted to the floors and counted", () => {
    const drain = (k: number) => still.map((_, i) => (i === k ? 1000 : 0));
    const zero = still.map(() => 0);
    const walls = none.map(() => 0);
    const empty = run(row, zero, drain(0), walls);
    expect([empty.floors, empty.w[0]]).toEqual([1, FLOORS.density]);
    const cold = run(row, zero, drain(7), walls);
    expect([cold.floors, cold.w[STATE + 3]]).toEqual([1, FLOORS.pressure]);
    expect(cold.u[STATE + 3]).toBeCloseTo(energy([2, -0.5, 0.7, FLOORS.pressure]), 12);
  });

  test("a NaN shows in the signal speed", () => {
    expect(
      run(
        row,
        still,
        still.map((value, k) => (k === STATE ? NaN : value)),
        none,
      ).fastest,
    ).toBeNaN();
  });
});
