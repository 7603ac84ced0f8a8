import {Rng} from "@lola-ts/core";
import {HydroSolver, type Primitive, type Triple} from "../../src/gravity-cooling/hydro";
import {IsolatedPoisson, PeriodicPoisson, type PotentialSolver} from "../../src/gravity-cooling/poisson";
import {SelfGravitatingGas} from "../../src/gravity-cooling/selfgravity";

function makeGas(
  cells: Triple<number>,
  state: (x: number, y: number, z: number) => Primitive,
  boundary = "open" as const,
) {
  const gas = new HydroSolver({cells, spacing: 1 / cells[0], gamma: 5 / 3, boundary});
  gas.set(state);
  return gas;
}

/** A potential that is given, not caused. */
function given(
  cells: Triple<number>,
  periodic: boolean,
  value: (i: number, j: number, k: number) => number,
): PotentialSolver {
  const [, ny, nz] = cells;
  return {
    periodic,
    solve: (_, potential) =>
      potential.forEach((_value, c) => {
        potential[c] = value(Math.floor(c / (ny * nz)), Math.floor(c / nz) % ny, c % nz);
      }),
  };
}

test("in a uniform field gas falls freely, at the walls too, and its energy pays for it", () => {
  const cells = [6, 4, 5] as const;
  const gas = makeGas(cells, () => [2, 0.1, 0, 0, 1]);
  const field = [0.3, -0.5, 0.7];
  const poisson = given(cells, false, (i, j, k) => (i * field[0] + j * field[1] + k * field[2]) / 6);
  new SelfGravitatingGas(gas, {poisson}).run(0.25);
  const volume = 120 / 6 ** 3;
  for (const [i, j, k] of [
    [0, 0, 0],
    [3, 2, 2],
    [5, 3, 4],
  ]) {
    const expected = [2, 0.1 - 0.25 * 0.3, 0.25 * 0.5, -0.25 * 0.7, 1];
    gas.cell(i, j, k).forEach((value, c) => expect(value).toBeCloseTo(expected[c], 12));
  }
  const speed = 0.025 ** 2 + 0.125 ** 2 + 0.175 ** 2;
  expect(gas.totals().energy).toBeCloseTo((1.5 + speed) * volume, 12);
});

test("differences reach around a periodic box", () => {
  const cells = [8, 2, 8] as const;
  const gas = makeGas(cells, () => [1, 0, 0, 0, 1]);
  const angle = Math.PI / 4;
  const poisson = given(cells, true, (i, _j, k) => Math.sin(angle * i) + Math.cos(angle * k));
  new SelfGravitatingGas(gas, {poisson}).step(1e-6);
  const factor = (-1e-6 * 8 * Math.sin(angle)) as number;
  for (let i = 0; i < 8; i++) {
    const [, u, v, w] = gas.cell(i, 1, i);
    expect(Math.abs(u - factor * Math.cos(angle * i))).toBeLessThan(1e-10);
    expect(Math.abs(w + factor * Math.sin(angle * i))).toBeLessThan(1e-10);
    expect(v).toBe(0);
  }
});

test("momentum stays, isolated and periodic, while gas falls together", () => {
  const cells = [16, 16, 16] as const;
  const blob = (x: number, y: number, z: number, at: readonly number[], width: number): number =>
    Math.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2) / width ** 2);
  const state = (x: number, y: number, z: number): Primitive => {
    const density = 0.05 + 5 * blob(x, y, z, [0.4, 0.55, 0.5], 0.15) + 3 * blob(x, y, z, [0.7, 0.4, 0.6], 0.1);
    return [density, 0, 0, 0, 0.1 * density];
  };
  for (const [name, poisson] of [
    ["open", new IsolatedPoisson({cells, spacing: 1 / 16})],
    ["periodic", new PeriodicPoisson({cells, spacing: 1 / 16})],
  ] as const) {
    const gas = makeGas(cells, state, name as "open");
    const {mass} = gas.totals();
    const system = new SelfGravitatingGas(gas, {poisson});
    system.run(0.2);
    let scale = 0;
    for (let c = 0; c < 4096; c++) {
      const [r, u, v, w] = gas.cell(c >> 8, (c >> 4) & 15, c & 15);
      scale += (r * Math.hypot(u, v, w)) / 4096;
    }
    expect(scale / mass).toBeGreaterThan(0.05);
    const limit = name === "periodic" ? 1e-3 : 1e-2;
    for (const momentum of gas.totals().momentum) expect(Math.abs(momentum) / scale).toBeLessThan(limit);
    if (name === "periodic") expect(Math.abs(gas.totals().mass / mass - 1)).toBeLessThan(1e-12);
  }
});

test("energies add up, and the step is short enough for the densest cell", () => {
  const cells = [8, 8, 8] as const;
  const generator = Rng.from("energies");
  const gas = makeGas(cells, () => [generator.uniform(1, 2), 0.5, 0, 0, 0.3]);
  const system = new SelfGravitatingGas(gas, {
    poisson: new IsolatedPoisson({cells, spacing: 1 / 8, constant: 2}),
    constant: 2,
  });
  const {kinetic, internal, potential, total} = system.energies();
  const {mass, energy} = gas.totals();
  expect(kinetic).toBeCloseTo(0.125 * mass, 12);
  expect(internal).toBeCloseTo(0.45, 12);
  expect(total).toBeCloseTo(energy + potential, 12);
  // a cube of side 1 and mass m has -0.94 G m^2
  expect(potential / mass ** 2 / 2).toBeCloseTo(-0.941, 2);

  const dense = makeGas(cells, (x) => [x < 0.2 ? 1e4 : 1, 0, 0, 0, 1e-3]);
  const heavy = new SelfGravitatingGas(dense, {poisson: new IsolatedPoisson({cells, spacing: 1 / 8})});
  expect(heavy.timeStep()).toBeCloseTo(0.25 / Math.sqrt(4e4 * Math.PI), 12);
});

test("a source acts for the whole of each step, in halves", () => {
  const cells = [4, 4, 4] as const;
  const calls: number[] = [];
  const gas = makeGas(cells, () => [1, 0, 0, 0, 1]);
  const system = new SelfGravitatingGas(gas, {
    poisson: given(cells, false, () => 0),
    source: (_, dt) => calls.push(dt),
  });
  system.run(0.3);
  expect(calls).toHaveLength(2 * gas.steps);
  expect(calls.reduce((sum, dt) => sum + dt, 0)).toBeCloseTo(0.3, 12);
  expect(gas.time).toBe(0.3);
});

test("cells that gravity is not resolved in are counted", () => {
  const cells = [8, 8, 8] as const;
  // lambda_J = c sqrt(pi / rho) = 4 dx at p = 16 rho^2 dx^2 / (pi gamma)
  const limit = 16 / 64 / Math.PI / (5 / 3);
  const gas = makeGas(cells, (x) => [2, 1, 0, 0, 4 * limit * (x < 0.25 ? 0.9 : 1.1)]);
  const system = new SelfGravitatingGas(gas, {poisson: new IsolatedPoisson({cells, spacing: 1 / 8})});
  expect(system.unresolved()).toBe(2 * 64);
});
