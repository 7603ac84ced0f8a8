import {geometryOf, stepOperators} from "../../src/rayleigh-benard/operators";
import {applyHalves, type Modes} from "../../src/rayleigh-benard/parity";

const geometry = geometryOf(8, 20, 4);
const {basis, parity, wavenumbers} = geometry;
const {size, nodes} = basis;
const odd = parity.sizes.even; // where the odd part begins
const step = {rate: 7, kappa: 0.03, nu: 0.2};
const operators = stepOperators(geometry, "8 20 4", step);

/** The same function of height, which may depend on the wavenumber, as real and, negative, as imaginary part. */
function modes(f: (z: number, k: number) => number): Modes {
  const result = {re: new Float64Array(wavenumbers.length * size), im: new Float64Array(wavenumbers.length * size)};
  wavenumbers.forEach((k, m) => {
    const values = nodes.map((z) => f(z, k));
    parity.fold(values, 0, result.re, m * size);
    parity.fold(
      values.map((value) => -value),
      0,
      result.im,
      m * size,
    );
  });
  return result;
}

/** Set the numbers of the walls, which a right-hand side does not have. */
function withoutWalls({re, im}: Modes): Modes {
  for (let m = 0; m < wavenumbers.length; m++) for (const at of [0, odd]) re[m * size + at] = im[m * size + at] = 1e3;
  return {re, im};
}

function expectSolved(matrices: Parameters<typeof applyHalves>[0], rhs: Modes, solution: Modes, from = 0): void {
  const found = modes(() => 0);
  applyHalves(matrices, parity, rhs, found);
  for (let p = from * size; p < found.re.length; p++) {
    expect(found.re[p]).toBeCloseTo(solution.re[p], 9);
    expect(found.im[p]).toBeCloseTo(solution.im[p], 9);
  }
}

const {PI} = Math;
// Neither even nor odd about the middle.
const wave = (z: number): number => Math.sin(PI * z) + 0.5 * Math.sin(2 * PI * z);
const waveSecond = (z: number): number => -(PI ** 2) * (Math.sin(PI * z) + 2 * Math.sin(2 * PI * z));

test("the Poisson problem with fixed walls is solved", () => {
  expectSolved(geometry.poisson, withoutWalls(modes((z, k) => k * k * wave(z) - waveSecond(z))), modes(wave));
});

test("the Poisson problem with given derivatives at the walls is solved, but for the mean along x", () => {
  const derivative = modes(Math.exp); // exp' = exp
  const rhs = modes((z, k) => (1 - k * k) * Math.exp(z));
  for (let start = 0; start < rhs.re.length; start += size) {
    for (const parts of ["re", "im"] as const) {
      rhs[parts][start] = derivative[parts][start + odd];
      rhs[parts][start + odd] = derivative[parts][start];
    }
  }
  expectSolved(geometry.neumann, rhs, modes(Math.exp), 1);
  const found = modes(() => 0);
  applyHalves(geometry.neumann, parity, rhs, found);
  expect(found.re.slice(0, size)).toEqual(new Float64Array(size));
});

test("a step of diffusion is solved for the temperature", () => {
  const {rate, kappa} = step;
  const rhs = modes((z, k) => rate * wave(z) - kappa * (waveSecond(z) - k * k * wave(z)));
  expectSolved(operators.temperature, withoutWalls(rhs), modes(wave));
});

test("a step of diffusion is solved for a vorticity whose stream function sticks to the walls", () => {
  // psi = z^2 (1 - z)^2 (1 + z), which vanishes at the walls with its derivative
  const psi = (z: number): number => z ** 2 - z ** 3 - z ** 4 + z ** 5;
  const second = (z: number): number => 2 - 6 * z - 12 * z ** 2 + 20 * z ** 3;
  const fourth = (z: number): number => -24 + 120 * z;
  const omega = (z: number, k: number): number => k * k * psi(z) - second(z);
  const {rate, nu} = step;
  const rhs = modes((z, k) => (rate + nu * k * k) * omega(z, k) - nu * (k * k * second(z) - fourth(z)));
  withoutWalls(rhs);
  expectSolved(operators.vorticity, rhs, modes(omega), 1);
  expectSolved(
    operators.streamfunction,
    rhs,
    modes((z, k) => (k === 0 ? 0 : psi(z))),
  );
});

test("for wavenumber 0 the mean flow takes the place of the vorticity", () => {
  const {rate, nu} = step;
  const found = modes(() => 0);
  applyHalves(operators.vorticity, parity, withoutWalls(modes((z) => rate * wave(z) - nu * waveSecond(z))), found);
  modes(wave)
    .re.slice(0, size)
    .forEach((value, p) => expect(found.re[p]).toBeCloseTo(value, 10));
});

test("matrices are computed once per grid and step", () => {
  expect(geometryOf(8, 20, 4)).toBe(geometry);
  expect(geometryOf(8, 20, 5)).not.toBe(geometry);
  expect(stepOperators(geometry, "8 20 4", {...step})).toBe(operators);
  expect(stepOperators(geometry, "8 20 4", {...step, nu: 0.1})).not.toBe(operators);
});
