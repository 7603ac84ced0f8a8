import {Rng} from "@lola-ts/core";
import {Chebyshev} from "../../src/rayleigh-benard/chebyshev";
import {matrixProduct, transposed} from "../../src/rayleigh-benard/dense";
import {applyHalves, differentiate, Parity, truncate} from "../../src/rayleigh-benard/parity";

const basis = new Chebyshev(10);
const parity = new Parity(basis);
const {size} = basis;
const generator = Rng.from("parity");
const random = (count: number) => Float64Array.from({length: count}, () => generator.normal());

/** Modes at two wavenumbers from values. */
function modes(re: Float64Array, im: Float64Array) {
  const result = {re: new Float64Array(2 * size), im: new Float64Array(2 * size)};
  for (const at of [0, size]) {
    parity.fold(re, at, result.re, at);
    parity.fold(im, at, result.im, at);
  }
  return result;
}

function values(parts: Float64Array, at: number): Float64Array {
  const result = new Float64Array(size);
  parity.unfold(parts, at, result, 0);
  return result;
}

test("parts add up to the whole", () => {
  const whole = random(size);
  const parts = new Float64Array(size);
  parity.fold(whole, 0, parts, 0);
  values(parts, 0).forEach((value, j) => expect(value).toBeCloseTo(whole[j], 14));
  expect(parts[0]).toBeCloseTo((whole[0] + whole[size - 1]) / 2, 14);
  expect(parts[size - 1]).toBeCloseTo((whole[4] - whole[6]) / 2, 14);
});

test("derivatives of parts are those of the whole", () => {
  const re = random(2 * size);
  const im = random(2 * size);
  const x = modes(re, im);
  const y = modes(new Float64Array(2 * size), new Float64Array(2 * size));
  differentiate(parity, x, y);
  for (const at of [0, size]) {
    for (const [from, to] of [
      [re, y.re],
      [im, y.im],
    ]) {
      const expected = matrixProduct(basis.derivative, from.slice(at, at + size), size, size, 1);
      values(to, at).forEach((value, j) => expect(value).toBeCloseTo(expected[j], 10));
    }
  }
});

test("the second derivative is the derivative of the derivative", () => {
  const twice = {even: new Float64Array(72), odd: new Float64Array(50)};
  for (const m of [0, 1]) {
    twice.even.set(transposed(parity.second.even, 6, 6), 36 * m);
    twice.odd.set(transposed(parity.second.odd, 5, 5), 25 * m);
  }
  const x = modes(random(2 * size), random(2 * size));
  const [once, again, direct] = [0, 1, 2].map(() => modes(new Float64Array(2 * size), new Float64Array(2 * size)));
  differentiate(parity, x, once);
  differentiate(parity, once, again);
  applyHalves(twice, parity, x, direct);
  direct.re.forEach((value, j) => expect(value).toBeCloseTo(again.re[j], 8));
  direct.im.forEach((value, j) => expect(value).toBeCloseTo(again.im[j], 8));
});

describe("truncation", () => {
  const polynomial = (degree: number) => basis.nodes.map((z) => Math.cos(degree * Math.acos(2 * z - 1)));
  const both = (values: Float64Array) => Float64Array.from([...values, ...values]);
  const truncated = (values: Float64Array) => {
    const x = modes(both(values), both(values.map((value) => -value)));
    truncate(parity, x);
    return x;
  };

  test("keeps polynomials up to the kept degree and leaves out the others", () => {
    expect(basis.kept).toBe(8);
    for (let degree = 0; degree <= basis.degree; degree++) {
      const found = truncated(polynomial(degree));
      for (const at of [0, size]) {
        values(found.re, at).forEach((value, j) => {
          expect(value).toBeCloseTo(degree <= 8 ? polynomial(degree)[j] : 0, 13);
        });
        values(found.im, at).forEach((value, j) => {
          expect(value).toBeCloseTo(degree <= 8 ? -polynomial(degree)[j] : 0, 13);
        });
      }
    }
  });

  test("leaves out what a product of degrees 6 and 8 has in the place of its last polynomials", () => {
    // T6 T8 = (T14 + T2) / 2, and at the nodes T14 looks like T6
    const product = polynomial(6).map((value, j) => value * polynomial(8)[j]);
    const aliased = polynomial(2).map((value, j) => (value + polynomial(6)[j]) / 2);
    product.forEach((value, j) => expect(value).toBeCloseTo(aliased[j], 13));
    // T5 T6 = (T11 + T1) / 2, and T11 looks like T9
    const [five, six] = [5, 6].map(polynomial);
    const found = truncated(five.map((value, j) => value * six[j]));
    values(found.re, 0).forEach((value, j) => expect(value).toBeCloseTo(polynomial(1)[j] / 2, 13));
  });

  test("comes before the derivative in one matrix", () => {
    const x = modes(random(2 * size), random(2 * size));
    const [once, twice] = [0, 1].map(() => modes(new Float64Array(2 * size), new Float64Array(2 * size)));
    differentiate(parity, x, once, parity.truncatedDerivative);
    truncate(parity, x);
    differentiate(parity, x, twice);
    once.re.forEach((value, p) => expect(value).toBeCloseTo(twice.re[p], 10));
    once.im.forEach((value, p) => expect(value).toBeCloseTo(twice.im[p], 10));
  });
});
