/** The compiled sub-steps of cooling beside those in JavaScript: the same bits, whatever the gas. */
import {Rng} from "@lola-ts/core";
import {Cooling} from "../../../src/gravity-cooling/cooling";
import {coolingModule, ratio, scriptLoops} from "../../../src/gravity-cooling/cooling-loops";
import {MEGAYEAR} from "../../../src/gravity-cooling/units";
import {bothWays} from "../../../../../test/both-ways";
import {bitsOf} from "../../../../../test/bits";

const module_ = coolingModule.wanted!;

const LAW = {gain: 1.2e-11, loss: 1.2e-10, floor: 5, change: 0.1};

/** What both leave behind: temperatures and sub-steps. */
function evolveBoth(temperatures: Float64Array, densities: Float64Array, seconds: number, law = LAW) {
  return [module_, scriptLoops].map(({evolve}) => {
    const after = temperatures.slice();
    const {gain, loss, floor, change} = law;
    const substeps = evolve(after, densities, after.length, seconds, gain, loss, floor, change);
    return {after: bitsOf(after), substeps};
  });
}

const drawn = (count: number, draw: (random: Rng) => number, seed = 0): Float64Array => {
  const random = Rng.from("cooling", seed);
  return Float64Array.from({length: count}, () => draw(random));
};

describe("cells have the same bits both ways", () => {
  const temperature = (random: Rng) => 10 ** random.uniform(0, 7);
  const density = (random: Rng) => 10 ** random.uniform(-4, 5);

  test.each([1, 7, 31, 32, 33, 64, 1000])("%d of them", (count) => {
    for (const seconds of [0, -1, 1e7, 1e10, 1e12]) {
      const [found, expected] = evolveBoth(drawn(count, temperature), drawn(count, density, 1), seconds);
      expect(found).toEqual(expected);
    }
  });

  test("at a hundred thousand temperatures, by the exponentials of each", () => {
    // Gas so dense that it would lose all heat at the first rate: the last bit of an exponential shows in what is left.
    const law = {...LAW, gain: 0, floor: 0, change: 1};
    for (const exponents of [
      [0.3, 3],
      [3, 3.5],
      [3, 9],
    ]) {
      const temperatures = drawn(1e5, (random) => 10 ** random.uniform(exponents[0], exponents[1]));
      const densities = temperatures.map((t) => t / (law.loss * ratio(t) * 1e9));
      const [found, expected] = evolveBoth(temperatures, densities, 1e9, law);
      expect(found).toEqual(expected);
      expect(found.substeps).toBeGreaterThanOrEqual(1e5);
    }
  });

  test("near nothing: without a minimum, down to exponentials that are no longer normal numbers, and 0", () => {
    const temperatures = drawn(20000, (random) => random.uniform(0.1, 0.2));
    for (const loss of [1e290, 1e300]) {
      const law = {...LAW, gain: 1e-3, loss, floor: 0, change: 1e6};
      const [found, expected] = evolveBoth(temperatures, new Float64Array(20000).fill(1), 1e-3, law);
      expect(found).toEqual(expected);
    }
  });

  test("numbers without sense: infinite, NaN, negative, tiny, huge, zeros of both signs", () => {
    const values = [NaN, Infinity, -Infinity, -1, -1000, 5e-324, -1e-310, 1e-160, 1e160, 1.7e308, 1500, -0, 0, 20];
    const any = (random: Rng) => values[random.integer(values.length)];
    for (const seconds of [1e-3, 1e9, Infinity, NaN]) {
      for (const law of [LAW, {...LAW, gain: 0}, {...LAW, loss: 0}, {...LAW, floor: NaN}, {...LAW, change: NaN}]) {
        // A cell that would take forever to get through infinite seconds is none to compare.
        const densities = seconds === Infinity ? new Float64Array(500).fill(NaN) : drawn(500, any, 1);
        const finite = densities.map((n) => (Math.abs(n) > 1e10 ? NaN : n));
        const [found, expected] = evolveBoth(drawn(500, any), finite, seconds, law);
        expect(found).toEqual(expected);
      }
    }
  });

  test("of laws with other metallicities, minima and sub-steps", () => {
    for (const options of [{}, {gamma: 1.4}, {floor: 50}, {change: 0.01}, {cooling: 0}, {heating: 0}]) {
      const [found, expected] = bothWays(() => {
        const temperatures = drawn(200, temperature);
        const cooling = new Cooling({cooling: 0.7, heating: 0.07, ...options});
        const substeps = cooling.evolve(temperatures, drawn(200, density, 1), 200, 0.01 * MEGAYEAR);
        return {substeps, bits: bitsOf(temperatures)};
      });
      expect(found).toEqual(expected);
    }
  });
});

test("only the first cells change", () => {
  const temperatures = drawn(40, () => 1e4);
  const {gain, loss, floor, change} = LAW;
  module_.evolve(temperatures, new Float64Array(40).fill(10), 35, 1e11, gain, loss, floor, change);
  expect([...temperatures.keys()].filter((c) => temperatures[c] === 1e4)).toEqual([35, 36, 37, 38, 39]);
});

test("is compared before it is used: one that rounds otherwise does not agree", () => {
  expect(coolingModule.agrees(module_)).toBe(true);
  expect(coolingModule.agrees({evolve: (...args) => module_.evolve(...args) + 1})).toBe(false);
  expect(
    coolingModule.agrees({
      evolve: (temperatures, ...rest) => {
        const substeps = module_.evolve(temperatures, ...rest);
        temperatures[200] *= 1 + Number.EPSILON;
        return substeps;
      },
    }),
  ).toBe(false);
});

test("refuses arrays that do not fit", () => {
  const call = (...args: unknown[]) => (module_.evolve as (...args: unknown[]) => number)(...args);
  const [t, n] = [new Float64Array(4).fill(100), new Float64Array(4).fill(1)];
  const rest = [1e9, 1e-11, 1e-10, 5, 0.1];
  expect(call(t, n, 4, ...rest)).toBeGreaterThanOrEqual(4);
  for (const args of [
    [],
    [t, n, 4],
    [t, n, 5, ...rest],
    [t, n.subarray(1), 4, ...rest],
    [t.subarray(1), n, 4, ...rest],
    [t, n, -1, ...rest],
    [t, n, 1.5, ...rest],
    [t, n, NaN, ...rest],
    [t, n, "4", ...rest],
    [t, new Float32Array(4), 4, ...rest],
    [t, n.buffer, 4, ...rest],
  ]) {
    expect(() => call(...args)).toThrow(
      "evolve: expected temperatures, densities, count, seconds, gain, loss, floor, change of cells.",
    );
  }
});
