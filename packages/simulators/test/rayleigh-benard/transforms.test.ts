import {Rng} from "@lola-ts/core";
import {geometryOf} from "../../src/rayleigh-benard/operators";
import type {Modes} from "../../src/rayleigh-benard/parity";
import {ModeTransform} from "../../src/rayleigh-benard/transforms";

const points = 16;
const length = 3;
const geometry = geometryOf(points, 8, length);
const {basis, parity, wavenumbers} = geometry;
const {size, nodes} = basis;
const transform = new ModeTransform(geometry, points);
const empty = (): Modes => ({
  re: new Float64Array(wavenumbers.length * size),
  im: new Float64Array(wavenumbers.length * size),
});
const plane = (f: (x: number, z: number) => number = () => 0): Float64Array =>
  Float64Array.from({length: points * size}, (_, c) => f((Math.floor(c / size) * length) / points, nodes[c % size]));

/** Modes of random real functions: that of wavenumber 0 is real. */
function randomModes(seed: string): Modes {
  const generator = Rng.from(seed);
  const modes = empty();
  modes.re.forEach((_, p) => {
    modes.re[p] = generator.normal();
    modes.im[p] = p < size ? 0 : generator.normal();
  });
  return modes;
}

/** Values of a mode at the nodes. */
function values(parts: Float64Array, m: number): Float64Array {
  const result = new Float64Array(size);
  parity.unfold(parts, m * size, result, 0);
  return result;
}

test("waves have their amplitudes: 2 Re(a exp(i k x))", () => {
  const k = wavenumbers[2];
  const a = empty();
  const b = empty();
  const first = plane((x, z) => 1 + z + Math.cos(k * x) * z ** 2);
  const second = plane((x, z) => Math.sin(k * x) * z ** 3);
  transform.fromGrid(first, second, a, b);
  values(a.re, 0).forEach((value, j) => expect(value).toBeCloseTo(1 + nodes[j], 14));
  values(a.re, 2).forEach((value, j) => expect(value).toBeCloseTo(nodes[j] ** 2 / 2, 14));
  values(b.im, 2).forEach((value, j) => expect(value).toBeCloseTo(-(nodes[j] ** 3) / 2, 14));
  for (const parts of [values(a.im, 2), values(b.re, 2), values(a.re, 1), values(b.im, 3)]) {
    for (const value of parts) expect(value).toBeCloseTo(0, 14);
  }
});

test("modes to the grid and back are the same", () => {
  const a = randomModes("a");
  const b = randomModes("b");
  const first = plane();
  const second = plane();
  const backA = empty();
  const backB = empty();
  transform.toGrid(a, b, first, second);
  transform.fromGrid(first, second, backA, backB);
  for (const [modes, back] of [
    [a, backA],
    [b, backB],
  ]) {
    back.re.forEach((value, p) => expect(value).toBeCloseTo(modes.re[p], 13));
    back.im.forEach((value, p) => expect(value).toBeCloseTo(modes.im[p], 13));
  }
});

test("the mean square along x is the power of the modes (Parseval)", () => {
  const a = randomModes("power");
  const first = plane();
  const second = plane();
  transform.toGrid(a, empty(), first, second);
  for (let j = 0; j < size; j++) {
    let square = 0;
    for (let i = 0; i < points; i++) square += first[i * size + j] ** 2 / points;
    let power = 0;
    for (let m = 0; m < wavenumbers.length; m++) {
      power += (m === 0 ? 1 : 2) * (values(a.re, m)[j] ** 2 + values(a.im, m)[j] ** 2);
    }
    expect(square / power).toBeCloseTo(1, 12);
  }
  for (const value of second) expect(value).toBeCloseTo(0, 13);
});

test("wavenumbers from a third of the points on are left out", () => {
  const a = empty();
  const b = empty();
  expect(wavenumbers).toHaveLength(6);
  transform.fromGrid(
    plane((x) => Math.cos((2 * Math.PI * 6 * x) / length)),
    plane(),
    a,
    b,
  );
  for (const value of [...a.re, ...a.im]) expect(value).toBeCloseTo(0, 14);
});
