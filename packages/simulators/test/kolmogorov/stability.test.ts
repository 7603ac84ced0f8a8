import {instabilityRate, laminarAmplitude, marginalReynolds} from "../../src/kolmogorov/reference";

/** The largest growth rate of the truncated matrix, by power iteration. */
function largestRate(reynolds: number, alpha: number, drag: number, kf = 4, harmonics = 8): number {
  const ns = Array.from({length: 2 * harmonics + 1}, (_, i) => i - harmonics);
  const squares = ns.map((n) => alpha ** 2 + (n * kf) ** 2);
  const coupling = squares.map(
    (square) => (alpha * laminarAmplitude({reynolds, drag, forcedWavenumber: kf}) * (1 - kf ** 2 / square)) / 2,
  );
  const h = 0.5 / (Math.max(...squares) / reynolds + drag);
  let vector = ns.map((n) => 1 / (1 + n * n));
  let logarithm = 0;
  const steps = Math.ceil(60 / h);
  for (let step = 0; step < steps; step++) {
    const next = vector.map((value, i) => {
      const across = (coupling[i + 1] ?? 0) * (vector[i + 1] ?? 0) - (coupling[i - 1] ?? 0) * (vector[i - 1] ?? 0);
      return value + h * (across - (squares[i] / reynolds + drag) * value);
    });
    const norm = Math.hypot(...next);
    if (step >= steps / 2) logarithm += Math.log(norm);
    vector = next.map((value) => value / norm);
  }
  const growth = Math.exp(logarithm / (steps - Math.ceil(steps / 2)));
  return (growth - 1) / h; // eigenvalues of 1 + h L
}

test.each([
  [12, 1, 0],
  [20, 2, 0.1],
  [20, 3, 0.1],
  [40, 2, 0.1],
  [8, 1, 0],
])(
  "the continued fraction gives the leading eigenvalue: Re %d, wavenumber %d, drag %d",
  (reynolds, wavenumber, drag) => {
    const rate = instabilityRate({reynolds, wavenumber, drag});
    expect(rate).toBeCloseTo(largestRate(reynolds, wavenumber, drag), 6);
  },
);

test("long waves are unstable above a local Reynolds number of √2, whatever the force's wavenumber", () => {
  for (const forcedWavenumber of [1, 4]) {
    const critical = Math.sqrt(Math.SQRT2 * forcedWavenumber ** 3);
    const wavenumber = 0.001 * forcedWavenumber;
    const found = marginalReynolds({wavenumber, forcedWavenumber, drag: 0}, [0.5 * critical, 2 * critical]);
    expect(found / critical).toBeCloseTo(1, 5);
  }
});

test("at the marginal Reynolds number nothing grows, and drag raises it", () => {
  const free = marginalReynolds({wavenumber: 1, drag: 0}, [9, 12]);
  expect(instabilityRate({wavenumber: 1, drag: 0, reynolds: free})).toBeCloseTo(0, 10);
  expect(marginalReynolds({wavenumber: 1, drag: 0.1}, [9, 20])).toBeGreaterThan(free + 1);
});

test("waves that are too short are refused in words", () => {
  const refused = () => instabilityRate({reynolds: 20, wavenumber: 4});
  expect(refused).toThrow("instabilityRate: expected a wavenumber between 0 and 4, found 4");
});
