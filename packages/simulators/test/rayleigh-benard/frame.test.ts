import {pressureModes, rayleighBenardAxes} from "../../src/rayleigh-benard/frame";
import {RayleighBenardSolver} from "../../src/rayleigh-benard/solver";

test("output points are the nodes of The Well", () => {
  const {x, y} = rayleighBenardAxes([128, 32]);
  expect([y[0], y[1]].map((value) => value.toPrecision(5))).toEqual(["0.00060227", "0.0054117"]);
  expect(rayleighBenardAxes([512, 128]).y[127]).toBeCloseTo(0.999962, 6);
  expect([x[0], x[1], x[127]]).toEqual([0, 1 / 32, 4 - 1 / 32]);
});

test("frames begin without pressure, which then holds up the layer's weight", () => {
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [8, 16], step: 0.01});
  state.set((_, z) => 1 - z);
  expect(state.frame([8, 8]).pressure).toEqual(new Float32Array(64));
  state.run(0.01);
  const {y} = rayleighBenardAxes([8, 8]);
  state.frame([8, 8]).pressure.forEach((p, c) => expect(p).toBeCloseTo(y[c % 8] - y[c % 8] ** 2 / 2 - 1 / 3, 6));
});

test.each([
  [24, 10],
  [64, 40],
])("frames evaluate the state on %d x %d points", (nx, ny) => {
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [32, 16]});
  const b = (x: number, z: number) =>
    1 - z + z * (1 - z) * (Math.cos(Math.PI * x) - 0.5 * Math.sin(1.5 * Math.PI * x) * z);
  state.set(b);
  const {x, y} = rayleighBenardAxes([nx, ny]);
  state.frame([nx, ny]).buoyancy.forEach((value, c) => {
    expect(value).toBeCloseTo(b(x[Math.floor(c / ny)], y[c % ny]), 6);
  });
});

test("velocities are in the order x, y", () => {
  const state = new RayleighBenardSolver({rayleigh: 2e4, prandtl: 1, grid: [32, 24]});
  state.set(
    (x, z) => 1 - z + z * (1 - z) * (0.3 * Math.cos((Math.PI / 2) * x) + 0.1 * Math.cos(4 * z + 1.5 * x * Math.PI)),
  );
  state.run(3);
  const {velocity} = state.frame([32, 8]);
  const w = velocity.filter((_, c) => c % 2 === 1);
  // No net flux through any height; the mean flow along x is free.
  for (let j = 0; j < 8; j++) {
    expect(w.filter((_, c) => c % 8 === j).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
  }
});

test("the pressure of a layer at rest balances its buoyancy, but for forces with a curl", () => {
  // With k = pi / 2, p = cos(k x) cos(pi z) fulfils the Poisson equation and the conditions at the walls.
  const k = Math.PI / 2;
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [16, 24]});
  const wave = (x: number, z: number) => (Math.PI + k ** 2 / Math.PI) * Math.cos(k * x) * Math.sin(Math.PI * z);
  state.set((x, z) => 1 - z + z ** 2 - wave(x, z));
  const {nodes, size} = state.geometry.basis;
  const pressure = pressureModes(state);
  const values = new Float64Array(16 * size);
  const still = {re: new Float64Array(pressure.re.length), im: new Float64Array(pressure.im.length)};
  state.transform.toGrid(pressure, still, values, new Float64Array(16 * size));
  values.forEach((p, c) => {
    const x = Math.floor(c / size) / 4;
    const z = nodes[c % size];
    const hydrostatic = z - z ** 2 / 2 + z ** 3 / 3 - 5 / 12;
    expect(p).toBeCloseTo(hydrostatic + Math.cos(k * x) * Math.cos(Math.PI * z), 9);
  });
});

test("fields that are not finite are refused", () => {
  const state = new RayleighBenardSolver({rayleigh: 1e4, prandtl: 1, grid: [8, 8]});
  state.set((_, z) => 1 - z);
  state.u.re[0] = NaN;
  expect(() => state.frame([8, 8])).toThrow("expected finite fields, found others at time 0");
});
