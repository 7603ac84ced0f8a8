import {Chebyshev} from "../../src/rayleigh-benard/chebyshev";

const apply = (matrix: Float64Array, values: Float64Array): number[] =>
  Array.from({length: matrix.length / values.length}, (_, i) =>
    values.reduce((sum, value, j) => sum + matrix[i * values.length + j] * value, 0),
  );

describe.each([4, 12, 32])("degree %d", (degree) => {
  const basis = new Chebyshev(degree);
  // A polynomial of full degree, its derivative and its integral.
  const f = (z: number) => 3 * z ** degree - z ** 3 + 0.5;
  const values = basis.nodes.map(f);
  const close = (
    actual: readonly number[],
    expected: (z: number) => number,
    points: ArrayLike<number>,
    limit: number,
  ) => actual.forEach((value, i) => expect(Math.abs(value - expected(points[i]))).toBeLessThan(limit));

  test("nodes are those of Gauss and Lobatto, from wall to wall", () => {
    expect(basis.nodes[0]).toBe(0);
    expect(basis.nodes[degree]).toBe(1);
    expect(basis.nodes[1]).toBeCloseTo((1 - Math.cos(Math.PI / degree)) / 2, 14);
  });

  test("derivatives are exact", () => {
    const slope = (z: number) => 3 * degree * z ** (degree - 1) - 3 * z ** 2;
    close(apply(basis.derivative, values), slope, basis.nodes, 1e-14 * degree ** 4);
  });

  test("integrals are exact", () => {
    const primitive = (z: number) => (3 * z ** (degree + 1)) / (degree + 1) - z ** 4 / 4 + 0.5 * z;
    close(apply(basis.integration(), values), primitive, basis.nodes, 1e-13);
    expect(apply(basis.weights, values)[0]).toBeCloseTo(primitive(1), 13);
  });

  test("values elsewhere are exact", () => {
    const points = [0, 0.1234, 0.5, 0.9, 1];
    close(apply(basis.evaluation(points), values), f, points, 1e-13);
  });

  test("coefficients are those of the polynomials", () => {
    const third = basis.nodes.map((z) => 4 * (2 * z - 1) ** 3 - 3 * (2 * z - 1));
    apply(basis.coefficients, third).forEach((c, n) => expect(c).toBeCloseTo(n === 3 ? 1 : 0, 13));
    const last = basis.nodes.map((_, j) => (-1) ** j);
    expect(apply(basis.coefficients, last)[degree]).toBeCloseTo(1, 13);
  });
});

test.each([3, 2, 5.5])("a degree of %d is refused", (degree) => {
  expect(() => new Chebyshev(degree)).toThrow(`expected an even degree of at least 4, found ${degree}`);
});
