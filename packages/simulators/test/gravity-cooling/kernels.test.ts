import {hllc} from "../../src/euler/kernels";
import * as kernels from "../../src/gravity-cooling/kernels";

const {CONSERVED, COUNT, FACES, FLOORS, STATE, commit, exchange, extrapolate} = kernels;

type State = [density: number, u: number, v: number, w: number, pressure: number];

const GAMMA = 5 / 3;
const heat = (state: State): number => state[4] / (GAMMA - 1);
const energy = ([r, u, v, w, p]: State): number => p / (GAMMA - 1) + 0.5 * r * (u * u + v * v + w * w);
const conserved = (state: State): number[] => {
  const [r, u, v, w] = state;
  return [r, r * u, r * v, r * w, energy(state), heat(state), 0];
};

/** What leaves a cell through a face and enters the next: all {@link CONSERVED} numbers. */
function flux(lower: State, upper: State, normal = 1): number[] {
  const u = new Float64Array(2 * CONSERVED);
  exchange(u, 0, CONSERVED, Float64Array.from(lower), 0, STATE, Float64Array.from(upper), 0, 1, normal, 0.5, GAMMA);
  // what leaves enters; the flow out of one cell is into the other
  for (let k = 0; k < CONSERVED; k++) expect(u[k] + u[CONSERVED + k]).toBe(0);
  const gained = [...u.subarray(CONSERVED)];
  return gained.map((value) => value / 0.5);
}

const expectClose = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void => {
  expect(found).toHaveLength(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i] - expected[i])).toBeLessThan(tolerance);
};

describe("exchange", () => {
  test("between equal states it is the flux of the equations, and heat moves with the gas", () => {
    const state: State = [1.3, 0.4, -0.2, 0.6, 0.8];
    const [r, u, v, w, p] = state;
    const e = energy(state);
    expectClose(flux(state, state, 1), [r * u, r * u * u + p, r * u * v, r * u * w, u * (e + p), u * heat(state), -u]);
    expectClose(flux(state, state, 2), [r * v, r * v * u, r * v * v + p, r * v * w, v * (e + p), v * heat(state), -v]);
    expectClose(flux(state, state, 3), [r * w, r * w * u, r * w * v, r * w * w + p, w * (e + p), w * heat(state), -w]);
  });

  test("without a third velocity it is the flux of the two-dimensional solver", () => {
    const pairs: [State, State][] = [
      [
        [1, 0.3, -0.2, 0, 0.8],
        [0.4, -0.5, 0.7, 0, 2],
      ],
      [
        [0.4, -3, 0.7, 0, 2],
        [2, -3.5, 0.1, 0, 0.5],
      ],
    ];
    for (const [lower, upper] of pairs) {
      const flat = ([r, u, v, , p]: State): Float64Array => Float64Array.of(r, u, v, p);
      const expected = new Float64Array(4);
      hllc(expected, flat(lower), 0, flat(upper), 0, 1, 1, GAMMA);
      const [mass, along, across, none, total] = flux(lower, upper);
      expectClose([mass, along, across, none, total], [...expected.subarray(0, 3), 0, expected[3]]);
    }
  });
});

describe("extrapolate", () => {
  const stride = [9 * STATE * 3, 3 * STATE, STATE];

  /** The faces of the central cell of 3 x 3 x 3 (with room along x) cells of unit distance around the origin. */
  function faces(state: (x: number, y: number, z: number) => State, a = 0) {
    const w = new Float64Array(3 * stride[0]);
    for (let c = 0; c < 27; c++) {
      const i = Math.floor(c / 9);
      const j = Math.floor(c / 3) % 3;
      const k = c % 3;
      w.set(state(i - 1, j - 1, k - 1), i * stride[0] + j * stride[1] + k * STATE);
    }
    const out = new Float64Array(FACES);
    const behind = new Float64Array(STATE);
    const first = stride[0] + stride[1] + stride[2];
    const fallbacks = extrapolate(out, behind, 0, w, first, 1, stride[0], stride[1], a, GAMMA);
    const at = (k: number): number[] => [...out.subarray(k * STATE, (k + 1) * STATE)];
    return {lower: [at(0), at(1), at(3)], upper: [[...behind], at(2), at(4)], fallbacks};
  }

  const linear = (x: number, y: number, z: number): State => [
    3 + 0.1 * x - 0.2 * y + 0.3 * z,
    1 - 0.3 * x + 0.1 * y,
    0.5 * x + 0.2 * y - 0.1 * z,
    0.4 * x + 0.2 * z,
    4 + 0.1 * x + 0.3 * y - 0.2 * z,
  ];

  test("is exact for linear fields", () => {
    const {lower, upper, fallbacks} = faces(linear);
    [0, 1, 2].forEach((axis) => {
      const [x, y, z] = [0, 1, 2].map((a) => (a === axis ? 0.5 : 0));
      expectClose(lower[axis], linear(-x, -y, -z));
      expectClose(upper[axis], linear(x, y, z));
    });
    expect(fallbacks).toBe(0);
  });

  test("goes half a step along the equations", () => {
    const {lower, upper} = faces(linear, 0.2);
    const [r, u, v, w, p] = linear(0, 0, 0);
    const flow = (x: number, y: number, z: number): number => u * x + v * y + w * z;
    const divergence = -0.3 + 0.2 + 0.2;
    const expected = [
      r - 0.1 * (flow(0.1, -0.2, 0.3) + r * divergence),
      u - 0.1 * (flow(-0.3, 0.1, 0) + 0.1 / r),
      v - 0.1 * (flow(0.5, 0.2, -0.1) + 0.3 / r),
      w - 0.1 * (flow(0.4, 0, 0.2) - 0.2 / r),
      p - 0.1 * (flow(0.1, 0.3, -0.2) + GAMMA * p * divergence),
    ];
    [0, 1, 2].forEach((axis) => {
      expectClose(
        lower[axis].map((value, k) => 0.5 * (value + upper[axis][k])),
        expected,
      );
    });
  });

  test("a cell stays constant, and is counted, where a step would take its pressure", () => {
    const {lower, upper, fallbacks} = faces((_x, _y, z) => [1, 0, 0, 4 * z, 1], 0.4);
    expect(fallbacks).toBe(1);
    for (const face of [...lower, ...upper]) expect(face).toEqual([1, 0, 0, 0, 1]);
  });
});

describe("commit", () => {
  /** Finish one cell, whose old pressure is that of `old`. */
  function run(values: number[], old: State, dual = 1e-3) {
    const u = Float64Array.from(values);
    const w = Float64Array.from(old);
    const counts = new Int32Array(2);
    commit(u, 0, w, 0, 1, GAMMA, dual, counts);
    return {u: [...u], w: [...w], floors: counts[COUNT.floors], dual: counts[COUNT.dual]};
  }
  const warm: State = [2, 0.3, -0.4, 0.5, 1.5];

  test("takes the internal energy from the total one where that is not small", () => {
    const values = conserved(warm);
    const {u, w, floors, dual} = run([...values.slice(0, 5), 77, 0.3], warm);
    expectClose(u, values);
    expectClose(w, warm);
    expect([floors, dual]).toEqual([0, 0]);
  });

  test("takes the carried one elsewhere, less the work of the mean pressure, and corrects the total", () => {
    const cold: State = [2, 30, -40, 50, 1e-3];
    const values = conserved(cold);
    const {u, w, dual} = run([...values.slice(0, 4), values[4] * (1 + 1e-9), values[5], 0.1], cold);
    expect(dual).toBe(1);
    // p' = p - (gamma - 1) * 0.1 * (p + p') / 2
    const pressure = (1e-3 * (1 - (GAMMA - 1) * 0.05)) / (1 + (GAMMA - 1) * 0.05);
    expect(w[4]).toBeCloseTo(pressure, 15);
    expect(pressure).toBeCloseTo(1e-3 * Math.exp(-GAMMA * 0.1) * Math.exp(0.1), 6); // adiabatic, for the gas that stays
    expectClose(u, conserved([2, 30, -40, 50, pressure]), 1e-11);
  });

  test("lifts and counts what would be negative; a NaN stays", () => {
    const empty = run([-1, 0, 0, 0, 1, 1, 0], warm);
    expect([empty.floors, empty.w[0]]).toEqual([1, FLOORS.density]);
    const frozen = run([1, 0, 0, 0, -1, -1, 0], warm);
    expect([frozen.floors, frozen.w[4]]).toEqual([1, FLOORS.pressure]);
    expect(run([NaN, 0, 0, 0, 1, 1, 0], warm).w[0]).toBeNaN();
    expect(run([1, 0, 0, 0, NaN, 1, 0], warm).w[4]).toBeNaN();
  });
});
