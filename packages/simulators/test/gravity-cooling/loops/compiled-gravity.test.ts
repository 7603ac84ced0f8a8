/** The compiled loops of gravity beside those in JavaScript: the same bits, whatever the masses. */
import {Rng} from "@lola-ts/core";
import {HydroSolver, type Triple} from "../../../src/gravity-cooling/hydro";
import {gravityModule, scriptLoops, transformsOf, type GravityLoops} from "../../../src/gravity-cooling/gravity-loops";
import {IsolatedPoisson, PeriodicPoisson} from "../../../src/gravity-cooling/poisson";
import {SelfGravitatingGas} from "../../../src/gravity-cooling/selfgravity";
import {bothWays} from "../../../../../test/both-ways";
import {bitsOf} from "../../../../../test/bits";
import {makeGas} from "./swept-gas";

const module_ = gravityModule.wanted!;

type Value = (random: Rng) => number;
const normal: Value = (random) => random.normal();
const SENSELESS = [NaN, Infinity, -Infinity, 0, -0, -1, 5e-324, -1e-310, 1e160, 1.7e308];
const rare: Value = (random) =>
  random.uniform() < 0.01 ? SENSELESS[random.integer(SENSELESS.length)] : random.normal();

function drawn(length: number, value: Value, seed: string): Float64Array {
  const random = Rng.from(seed);
  return Float64Array.from({length}, () => value(random));
}

function makeSpectrum([planes, ny, nz]: Triple<number>, [my, mz]: readonly [number, number], value: Value) {
  const [re, im] = ["re", "im"].map((seed) => drawn(planes * ny * nz, value, seed));
  const kernel = drawn(planes * (my / 2 + 1) * (mz / 2 + 1), value, "kernel");
  return {re, im, kernel, rest: [planes, ny, nz, ...transformsOf(my, mz)] as const};
}

describe("a convolution has the same bits both ways", () => {
  const cases: [Triple<number>, [number, number]][] = [
    [
      [1, 1, 1],
      [2, 2],
    ],
    [
      [3, 2, 7],
      [4, 16],
    ],
    [
      [2, 16, 16],
      [32, 32],
    ],
    [
      [2, 17, 9],
      [36, 18],
    ],
    [
      [3, 20, 25],
      [40, 50],
    ],
    [
      [2, 7, 30],
      [30, 60],
    ],
    [
      [1, 45, 3],
      [90, 6],
    ],
  ];

  test.each(cases)("%j numbers, padded to %j", (sizes, lengths) => {
    for (const value of [normal, rare]) {
      const [found, expected] = [module_, scriptLoops].map(({convolve}) => {
        const {re, im, kernel, rest} = makeSpectrum(sizes, lengths, value);
        for (let i = 0; i < 2; i++) convolve(re, im, kernel, ...rest); // nothing is left over from the first time
        return [bitsOf(re), bitsOf(im)];
      });
      expect(found).toEqual(expected);
    }
  });

  test("and so has the potential of isolated masses", () => {
    for (const cells of [
      [5, 6, 3],
      [16, 16, 16],
      [20, 12, 9],
      [1, 33, 2],
    ] as const) {
      const [found, expected] = bothWays(() => {
        const density = drawn(cells[0] * cells[1] * cells[2], (random) => random.uniform(), "masses");
        const potential = new Float64Array(density.length);
        new IsolatedPoisson({cells, spacing: 0.3}).solve(density, potential);
        return bitsOf(potential);
      });
      expect(found).toEqual(expected);
    }
  });
});

describe("a kick has the same bits both ways", () => {
  const grids: Triple<number>[] = [
    [4, 5, 6],
    [8, 8, 8],
    [1, 1, 9],
    [1, 9, 1],
    [9, 1, 1],
    [2, 2, 2],
  ];

  test.each(grids)("%d x %d x %d cells", (...cells) => {
    for (const periodic of [true, false]) {
      for (const value of [normal, rare]) {
        const [found, expected] = [module_, scriptLoops].map(({kick}) => {
          const {u, w} = makeGas(cells, (r) => [value(r), value(r), value(r), value(r), value(r)]);
          const potential = drawn(cells[0] * cells[1] * cells[2], value, "potential");
          for (const factor of [-0.3, -1e-3, 0]) kick(u, w, potential, ...cells, factor, periodic ? 1 : 0);
          return [bitsOf(u), bitsOf(w)];
        });
        expect(found).toEqual(expected);
      }
    }
  });

  test("and so has a gas that falls together, isolated and periodic", () => {
    const cells = [6, 8, 10] as const;
    for (const Poisson of [IsolatedPoisson, PeriodicPoisson]) {
      const [found, expected] = bothWays(() => {
        const gas = new HydroSolver({cells, spacing: 0.1, gamma: 5 / 3, boundary: "periodic"});
        const random = Rng.from("falls");
        gas.set(() => [random.uniform(1, 9), random.normal(), random.normal(), random.normal(), random.uniform(1, 2)]);
        const system = new SelfGravitatingGas(gas, {poisson: new Poisson({cells, spacing: 0.1})});
        system.run(0.3);
        return {w: bitsOf(gas.w), potential: bitsOf(system.potential), energies: system.energies(), steps: gas.steps};
      });
      expect(found).toEqual(expected);
      expect(found.steps).toBeGreaterThan(5);
    }
  });
});

test("is compared before it is used: one that rounds otherwise does not agree", () => {
  expect(gravityModule.agrees(module_)).toBe(true);
  const convolve: GravityLoops["convolve"] = (re, im, ...rest) => {
    module_.convolve(re, im, ...rest);
    im[im.length - 1] *= 1 + Number.EPSILON;
  };
  expect(gravityModule.agrees({...module_, convolve})).toBe(false);
  const kick: GravityLoops["kick"] = (u, w, potential, nx, ny, nz, factor, periodic) =>
    module_.kick(u, w, potential, nx, ny, nz, factor, 1 - periodic);
  expect(gravityModule.agrees({...module_, kick})).toBe(false);
});

test("refuses spectra that do not fit", () => {
  const call = (...args: unknown[]) => (module_.convolve as (...args: unknown[]) => void)(...args);
  const {re, im, kernel, rest} = makeSpectrum([2, 3, 4], [6, 8], normal);
  const good: unknown[] = [re, im, kernel, ...rest];
  expect(() => call(...good)).not.toThrow();
  const changes: [number, unknown][] = [
    [0, re.subarray(1)],
    [0, re.buffer],
    [1, new Float32Array(24)],
    [2, kernel.subarray(1)],
    [3, 3],
    [3, -1],
    [4, 7],
    [4, 0],
    [5, 9],
    [5, "4"],
    [6, Int32Array.of(0, 1, 2, 3, 4, 6)],
    [6, Int32Array.of(0, 1, 2, 3, 4, -1)],
    [6, new Int32Array(0)],
    [7, new Float64Array(11)],
    [8, new Int32Array(7)],
    [9, undefined],
  ];
  const message = "convolve: expected re, im, kernel, planes, ny, nz, y order, y tables, z order, z tables of a grid.";
  for (const [at, value] of changes) expect(() => call(...good.map((x, i) => (i === at ? value : x)))).toThrow(message);
  expect(() => call()).toThrow(message);
});

test("refuses cells that do not fit", () => {
  const call = (...args: unknown[]) => (module_.kick as (...args: unknown[]) => void)(...args);
  const {u, w} = makeGas([2, 3, 4], () => [1, 0, 0, 0, 1]);
  const potential = new Float64Array(24);
  expect(() => call(u, w, potential, 2, 3, 4, 0.1, 0)).not.toThrow();
  for (const args of [
    [],
    [u, w, potential, 2, 3, 4],
    [u, w, potential, 2, 3, 5, 0.1, 0],
    [u, w, potential, 2, 3, 0, 0.1, 0],
    [u, w, potential, 999999999, 999999999, 999999999, 0.1, 0],
    [w, u, potential, 2, 3, 4, 0.1, 0],
    [u, w, potential.subarray(1), 2, 3, 4, 0.1, 0],
    [u, w.buffer, potential, 2, 3, 4, 0.1, 0],
    [u, w, new Float32Array(24), 2, 3, 4, 0.1, 0],
  ]) {
    expect(() => call(...args)).toThrow("kick: expected u, w, potential, nx, ny, nz, factor, periodic of a grid.");
  }
});
