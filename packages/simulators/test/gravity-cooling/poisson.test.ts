import {Rng} from "@lola-ts/core";
import {uniformSphere} from "../../src/gravity-cooling/reference";
import type {Triple} from "../../src/gravity-cooling/hydro";
import {CUBE_MEAN, IsolatedPoisson, PeriodicPoisson} from "../../src/gravity-cooling/poisson";

const positions = ([nx, ny, nz]: Triple<number>): number[][] =>
  Array.from({length: nx * ny * nz}, (_, c) => [Math.floor(c / (ny * nz)), Math.floor(c / nz) % ny, c % nz]);

describe("isolated", () => {
  test.each<[Triple<number>]>([[[5, 6, 3]], [[8, 4, 7]], [[1, 10, 2]]])(
    "on %j cells it is the sum over all",
    (cells) => {
      const spacing = 0.5;
      const constant = 2;
      const generator = Rng.from("masses");
      const at = positions(cells);
      const density = Float64Array.from(at, () => generator.uniform());
      const potential = new Float64Array(at.length);
      const solver = new IsolatedPoisson({cells, spacing, constant});
      solver.solve(density, potential);
      solver.solve(density, potential); // nothing is left over from the first time
      at.forEach((here, i) => {
        const sum = at.reduce((total, there, j) => {
          const distance = Math.hypot(...here.map((x, axis) => x - there[axis]));
          return total - constant * density[j] * spacing ** 2 * (i === j ? CUBE_MEAN : 1 / distance);
        }, 0);
        expect(Math.abs(potential[i] / sum - 1)).toBeLessThan(1e-12);
      });
    },
  );

  test("the mean of 1 / r over a cube", () => {
    expect(CUBE_MEAN).toBeCloseTo(2.38007736, 8);
    const n = 40;
    const sum = positions([n, n, n]).reduce(
      (total, p) => total + 1 / Math.hypot(...p.map((i) => (i + 0.5) / n - 0.5)),
      0,
    );
    expect(Math.abs(sum / n ** 3 - CUBE_MEAN)).toBeLessThan(2e-3);
  });

  test.each([20, 32])("uniform sphere across %d cells", (cells) => {
    const {energy, centre} = uniformSphere(cells);
    expect(Math.abs(energy / -0.6 - 1)).toBeLessThan(5e-3);
    expect(Math.abs(centre / -1.5 - 1)).toBeLessThan(0.01);
  });
});

describe("periodic", () => {
  const cells = [12, 6, 8] as const;
  const spacing = 1 / 6;
  const wave = ([i, j, k]: number[]): number => Math.cos(2 * Math.PI * ((2 * i) / 12 + j / 6 - (3 * k) / 8) + 0.3);

  test("a wave is divided by -k^2, whatever the mean", () => {
    const square = (2 * Math.PI) ** 2 * (1 + 1 + (9 * 9) / 16);
    const potential = new Float64Array(576);
    new PeriodicPoisson({cells, spacing, constant: 3}).solve(
      Float64Array.from(positions(cells), (p) => 5 + wave(p)),
      potential,
    );
    positions(cells).forEach((p, i) => expect(potential[i]).toBeCloseTo((-12 * Math.PI * wave(p)) / square, 12));
  });
});

test("refuses grids that make no sense", () => {
  expect(() => new IsolatedPoisson({cells: [4, 0, 4], spacing: 1})).toThrow("IsolatedPoisson: expected positive whole");
  expect(() => new PeriodicPoisson({cells: [4, 4, 4], spacing: -1})).toThrow(
    "PeriodicPoisson: expected a positive spacing",
  );
});
