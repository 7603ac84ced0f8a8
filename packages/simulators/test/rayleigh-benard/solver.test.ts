import {Rng} from "@lola-ts/core";
import type {Modes} from "../../src/rayleigh-benard/parity";
import {pressureModes, rayleighBenardAxes} from "../../src/rayleigh-benard/frame";
import {RayleighBenardSolver, type RayleighBenardOptions} from "../../src/rayleigh-benard/solver";

/**
 * Evaluate the buoyancy of a layer at rest that begins as $\delta b_0 (1 - z)$ between walls at 1 and 0, by its sine series
 *
 * $$ b = 1 - z + (\delta b_0 - 1) \sum_n \tfrac{2}{n \pi} e^{-n^2 \pi^2 \kappa t} \sin n \pi z. $$
 */
function conduction(z: number, time: number, {difference, kappa}: {difference: number; kappa: number}): number {
  let sum = 0;
  for (let n = 1; n <= 1000; n++) {
    const decay = Math.exp(-(n * n) * Math.PI ** 2 * kappa * time);
    if (decay < 1e-18) break;
    sum += (2 / (n * Math.PI)) * decay * Math.sin(n * Math.PI * z);
  }
  return 1 - z + (difference - 1) * sum;
}

type Buoyancy = (x: number, z: number) => number;

/** Some plumes without any symmetry in a length of 4. */
const plumes: Buoyancy = (x, z) =>
  1 -
  z +
  z *
    (1 - z) *
    (0.3 * Math.cos((Math.PI / 2) * x) + 0.2 * Math.sin(Math.PI * x) + 0.1 * Math.cos(4 * z + 1.5 * x * Math.PI));

function solver(buoyancy: Buoyancy, until: number, options: Partial<RayleighBenardOptions> = {}): RayleighBenardSolver {
  const result = new RayleighBenardSolver({rayleigh: 1e5, prandtl: 1, grid: [64, 32], ...options});
  result.set(buoyancy);
  result.run(until);
  return result;
}

/** Values of modes on the grid, `[x, z]`. */
function onGrid(state: RayleighBenardSolver, modes: Modes): Float64Array {
  const size = state.options.grid[0] * state.geometry.basis.size;
  const values = new Float64Array(size);
  const rest = new Float64Array(size);
  const zero = {re: new Float64Array(modes.re.length), im: new Float64Array(modes.re.length)};
  state.transform.toGrid(modes, zero, values, rest);
  expect(Math.max(...rest.map(Math.abs))).toBeLessThan(1e-12);
  return values;
}

/** $\partial_z$ of values on the grid, by the matrix of all nodes. */
function upward({geometry, options}: RayleighBenardSolver, values: Float64Array): Float64Array {
  const {size, derivative} = geometry.basis;
  return Float64Array.from({length: options.grid[0] * size}, (_, c) => {
    const start = c - (c % size);
    let sum = 0;
    for (let j = 0; j < size; j++) sum += derivative[(c % size) * size + j] * values[start + j];
    return sum;
  });
}

/** $\partial_x$ of values on the grid, by the matrix of a periodic interpolant. */
function along({geometry, options}: RayleighBenardSolver, values: Float64Array): Float64Array {
  const {size} = geometry.basis;
  const [n] = options.grid;
  const weight = (d: number): number =>
    d === 0 ? 0 : ((Math.PI / options.length) * (-1) ** d) / Math.tan((Math.PI * d) / n);
  return Float64Array.from({length: n * size}, (_, c) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weight(Math.floor(c / size) - i) * values[i * size + (c % size)];
    return sum;
  });
}

/** Look at three states, one short step after the other; the steps before them make the first one's error fade. */
function shortSteps<T>(state: RayleighBenardSolver, dt: number, look: () => T): T[] {
  const start = state.time;
  return [10, 11, 12].map((k) => {
    for (let n = k === 10 ? 1 : k; n <= k; n++) state.run(start + n * dt);
    return look();
  });
}

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

describe("a developed flow", () => {
  const flow = solver(plumes, 9);
  const {u, w, theta, omega} = flow;
  const [right, up, heat, spin] = [u, w, theta, omega].map((modes) => onGrid(flow, modes));
  const {size} = flow.geometry.basis;

  test("moves, within a resolved spectrum", () => {
    expect(largest(up)).toBeGreaterThan(0.3);
    expect(flow.tail().x).toBeLessThan(0.02);
    expect(flow.tail().z).toBeLessThan(1e-3);
  });

  test("does not diverge", () => {
    const ux = along(flow, right);
    const wz = upward(flow, up);
    expect(largest(ux)).toBeGreaterThan(1);
    expect(largest(ux.map((value, c) => value + wz[c]))).toBeLessThan(1e-10);
  });

  test("has the vorticity of its velocity", () => {
    const wx = along(flow, up);
    const uz = upward(flow, right);
    const inside = spin.map((value, c) => (c % size === 0 || c % size === size - 1 ? 0 : value - wx[c] + uz[c]));
    expect(largest(inside)).toBeLessThan(1e-8 * largest(spin));
    const wall = spin.map((value, c) => (c % size === 0 ? value - wx[c] + uz[c] : 0));
    expect(largest(wall)).toBeLessThan(1e-2 * largest(spin)); // where the equation is not imposed: as small as the tail
  });

  test("sticks to the walls, which keep their temperatures", () => {
    for (const field of [right, up, heat]) {
      const walls = field.filter((_, c) => c % size === 0 || c % size === size - 1);
      expect(largest(walls)).toBeLessThan(1e-12);
    }
  });

  test("obeys the budgets of kinetic energy and buoyancy's variance", () => {
    const state = solver(plumes, 9);
    const [before, now, after] = shortSteps(state, 1e-3, () => state.budget());
    const change = (key: "kinetic" | "variance") => (after[key] - before[key]) / 2e-3;
    const kinetic = change("kinetic");
    const variance = change("variance");
    const scale = Math.max(Math.abs(now.convection), now.dissipation, now.thermalDissipation);
    expect(Math.abs(kinetic - now.convection + now.dissipation)).toBeLessThan(2e-6 * scale);
    expect(Math.abs(variance - now.convection + now.thermalDissipation)).toBeLessThan(2e-6 * scale);
    expect(Math.abs(kinetic)).toBeGreaterThan(1e-2 * scale); // the test is about something
  });

  test("has averages that agree with sums over the grid", () => {
    const {weights} = flow.geometry.basis;
    const sum = up.reduce((total, value, c) => total + value * heat[c] * weights[c % size], 0);
    expect(flow.budget().convection).toBeCloseTo(sum / 64, 12);
    const square = right.reduce((total, value, c) => total + (value ** 2 + up[c] ** 2) * weights[c % size], 0);
    expect(flow.budget().kinetic).toBeCloseTo(square / 128, 12);
  });

  test("has a pressure that closes the momentum equation", () => {
    const state = solver(plumes, 3, {grid: [64, 40], rayleigh: 2e4}); // fine enough for 1e-6: products leave polynomials out
    const {size, nodes, weights} = state.geometry.basis;
    const dt = 1e-4;
    const [before, now, after] = shortSteps(state, dt, () => ({
      u: onGrid(state, state.u),
      w: onGrid(state, state.w),
      b: onGrid(state, state.theta),
      p: onGrid(state, pressureModes(state)),
    }));
    const laplacian = (f: Float64Array) => {
      const xx = along(state, along(state, f));
      const zz = upward(state, upward(state, f));
      return xx.map((value, c) => value + zz[c]);
    };
    for (const [name, force] of [
      ["u", () => 0],
      ["w", (c: number) => now.b[c] + 1 - nodes[c % size]],
    ] as const) {
      const f = now[name];
      const x = along(state, f);
      const z = upward(state, f);
      const diffusion = laplacian(f);
      const push = name === "u" ? along(state, now.p) : upward(state, now.p);
      const residual = f.map((_, c) => {
        const change = (after[name][c] - before[name][c]) / (2 * dt);
        return change + now.u[c] * x[c] + now.w[c] * z[c] + push[c] - state.nu * diffusion[c] - force(c);
      });
      const inside = residual.filter((_, c) => c % size > 0 && c % size < size - 1);
      expect(largest(push)).toBeGreaterThan(0.01);
      expect(largest(inside)).toBeLessThan(1e-6);
    }
    expect(now.p.reduce((sum, value, c) => sum + value * weights[c % size], 0) / 64).toBeCloseTo(0, 12);
  });
});

describe("symmetries", () => {
  const options = {grid: [32, 24], rayleigh: 2e4} as const;
  const buoyancy = (state: RayleighBenardSolver) => state.frame([32, 16]).buoyancy;
  const original = solver(plumes, 3, options);
  const column = (state: RayleighBenardSolver, i: number) =>
    Array.from(onGrid(state, state.theta).slice(25 * i, 25 * i + 25));
  const same = (a: number[], b: number[]) =>
    a.forEach((value, j) => expect(Math.abs(value - b[j])).toBeLessThan(1e-10));

  test("a shifted state stays shifted", () => {
    const shifted = solver((x, z) => plumes(x + 4 * (5 / 32), z), 3, options);
    for (let i = 0; i < 32; i++) same(column(shifted, i), column(original, (i + 5) % 32));
  });

  test("a mirrored state stays mirrored", () => {
    const mirrored = solver((x, z) => plumes(-x, z), 3, options);
    for (let i = 0; i < 32; i++) same(column(mirrored, i), column(original, (32 - i) % 32));
    const [a, b] = [original, mirrored].map((state) => onGrid(state, state.u));
    expect(largest(a.slice(25 * 3, 25 * 4).map((value, j) => value + b[25 * 29 + j]))).toBeLessThan(1e-10);
  });

  test("upside down with hot and cold exchanged, it is the same", () => {
    const turned = solver((x, z) => 1 - plumes(x, 1 - z), 3, options);
    for (let i = 0; i < 32; i++) {
      same(
        column(turned, i),
        column(original, i)
          .reverse()
          .map((value) => -value),
      );
    }
  });

  test("the same state twice is the same to the last bit", () => {
    expect(buoyancy(solver(plumes, 3, options))).toEqual(buoyancy(original));
  });
});

test("a layer at rest conducts: b follows its sine series", () => {
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [4, 32], step: 5e-4});
  state.set((_, z) => 0.5 * (1 - z));
  for (const time of [0.5, 1, 2]) {
    state.run(time);
    const frame = state.frame([4, 32]);
    const {y} = rayleighBenardAxes([4, 32]);
    frame.buoyancy.forEach((b, c) => {
      expect(Math.abs(b - conduction(y[c % 32], time, {difference: 0.5, kappa: state.kappa}))).toBeLessThan(1e-6);
    });
    expect(Math.max(...frame.velocity.map(Math.abs))).toBe(0);
  }
});

test("steps are of second order", () => {
  const energy = (steps: number) =>
    solver(plumes, 2, {grid: [32, 24], rayleigh: 2e4, step: 2 / steps}).budget().kinetic;
  const [coarse, middle, fine] = [100, 200, 400].map(energy);
  const order = Math.log2((coarse - middle) / (middle - fine));
  expect(order).toBeGreaterThan(1.8);
  expect(order).toBeLessThan(2.3);
});

test("a finer grid gives the same flow", () => {
  const [a, b] = [
    [32, 24],
    [64, 36],
  ].map((grid) => solver(plumes, 2, {grid: grid as [number, number], rayleigh: 2e4, step: 0.01}));
  const coarse = a.frame([16, 16]);
  const fine = b.frame([16, 16]);
  for (const name of ["buoyancy", "pressure", "velocity"] as const) {
    const difference = coarse[name].map((value, c) => value - fine[name][c]);
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6);
    expect(Math.max(...fine[name].map(Math.abs))).toBeGreaterThan(0.05);
  }
});

describe("steps", () => {
  test("become shorter when the flow becomes too fast, and longer again when it is slow", () => {
    const state = solver(plumes, 0.5, {step: 0.1});
    const steps: number[] = [];
    for (let time = 1; time <= 20; time += 0.5) {
      state.run(time);
      expect(state.time).toBe(time);
      steps.push(state.timeStep);
    }
    expect(Math.min(...steps)).toBe(state.shortestStep);
    expect(state.shortestStep).toBeLessThan(0.05);
    expect(steps.some((step, i) => i > 0 && step > steps[i - 1])).toBe(true);
    expect(state.largestCourant).toBeLessThanOrEqual(0.3);
  });

  test("are the maximum one divided by powers of the square root of 2, a whole number of them to each time", () => {
    const state = solver(plumes, 0.5, {step: 0.05});
    const allowed = [10, 15, 20, 30, 40, 60]; // in half a unit of time: 10, ceil(10 sqrt 2), and their doubles
    const found = new Set<number>();
    for (let time = 1; time <= 8; time += 0.5) {
      state.run(time);
      found.add(Math.round(0.5 / state.timeStep));
    }
    expect(found.size).toBeGreaterThan(1);
    for (const count of found) expect(allowed).toContain(count);
  });

  test("count the same whether a run is cut into frames or not", () => {
    const options = {grid: [32, 24], rayleigh: 2e4, step: 0.01} as const;
    const whole = solver(plumes, 1, options);
    const parts = solver(plumes, 0.25, options);
    for (const time of [0.5, 0.5, 0.75, 1]) parts.run(time);
    expect(parts.steps).toBe(whole.steps);
    expect(parts.budget().kinetic / whole.budget().kinetic - 1).toBeCloseTo(0, 10);
  });
});

describe("a grid that is too coarse", () => {
  const noise = () => {
    const generator = Rng.from("coarse");
    return (_: number, z: number) => 1 - z + 0.1 * z * (1 - z) * generator.normal();
  };

  test("along z stays stable where aliased polynomials would grow", () => {
    // Without the truncation of products this flow diverges.
    const coarse = new RayleighBenardSolver({rayleigh: 3e6, prandtl: 1, grid: [64, 24]});
    coarse.set(noise());
    for (let time = 1; time <= 20; time++) {
      coarse.run(time);
      const {buoyancy} = coarse.frame([32, 16]);
      for (const b of buoyancy) expect(Math.max(b - 1, -b)).toBeLessThan(0.1);
    }
  });

  test("shows in the tails", () => {
    const {x} = solver(noise(), 10, {rayleigh: 1e6, grid: [32, 32]}).tail();
    expect(x).toBeGreaterThan(0.04);
  });

  test("and in the end in an error that says so", () => {
    expect(() => solver(noise(), 40, {rayleigh: 1e9, grid: [32, 16]})).toThrow(
      /expected a finite and resolved flow, found a Courant number of .* Ra 1000000000, Pr 1 may need a finer grid than 32 x 16/,
    );
  });
});

test.each([
  [{rayleigh: 0}, "expected rayleigh to be a finite number above 0, found 0"],
  [{prandtl: NaN}, "expected prandtl to be a finite number above 0, found NaN"],
  [{length: -4}, "expected length to be a finite number above 0, found -4"],
  [{step: 0}, "expected step to be a finite number above 0, found 0"],
  [{grid: [2, 16]}, "expected grid to be 2 numbers of points, the first 4 or more, found [ 2, 16 ]"],
  [{rayliegh: 1e5}, 'unknown option "rayliegh"; did you mean "rayleigh"?'],
  [{grid: [32, 15]}, "expected an even degree of at least 4, found 15"],
])("options %p are refused", (options, message) => {
  const right: RayleighBenardOptions = {rayleigh: 1e4, prandtl: 1, grid: [32, 16]};
  expect(() => new RayleighBenardSolver(Object.assign({}, right, options))).toThrow(message);
});

test("a state that is not finite is refused", () => {
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [8, 8]});
  expect(() => state.set((x) => 1 / (x - 1))).toThrow("expected finite values, found Infinity at point (2, 0)");
});
