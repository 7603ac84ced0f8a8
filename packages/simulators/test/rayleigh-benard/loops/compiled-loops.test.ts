/** The compiled loops of convection beside those in JavaScript: the same bits, whatever the flow. */
import {Rng} from "@lola-ts/core";
import {
  convectionModule,
  scriptLoops,
  type CombineLoop,
  type ConvectionLoops,
} from "../../../src/rayleigh-benard/loops";
import {simulateRayleighBenard} from "../../../src/rayleigh-benard/trajectory";
import {bothWays} from "../../../../../test/both-ways";

const compiled = convectionModule.wanted!;

/** Makes an array that loops read or write. */
type Make = (count: number) => Float64Array;

/** Run a loop at a degree of 2 `half` for some wavenumbers. */
type Run = (loops: ConvectionLoops, make: Make, half: number, wavenumbers: number) => void;

const RUNS: Record<keyof ConvectionLoops, Run> = {
  applyHalves: ({applyHalves}, make, half, wavenumbers) => {
    const [even, odd] = [(half + 1) ** 2, half ** 2].map((numbers) => make(wavenumbers * numbers));
    const [xRe, xIm, yRe, yIm] = modes(make, half, wavenumbers, 2);
    applyHalves(even, odd, half, xRe, xIm, yRe, yIm);
  },
  differentiate: ({differentiate}, make, half, wavenumbers) => {
    const [even, odd] = [1, 2].map(() => make((half + 1) * half));
    const [xRe, xIm, yRe, yIm] = modes(make, half, wavenumbers, 2);
    differentiate(even, odd, half, xRe, xIm, yRe, yIm);
  },
  truncate: ({truncate}, make, half, wavenumbers) => {
    const [evens, odds] = [wavenumbers % 4, half % 3]; // polynomials
    const [a, b] = [1, 2].map(() => make(evens * (half + 1)));
    const [c, d] = [1, 2].map(() => make(odds * half));
    const [re, im] = modes(make, half, wavenumbers, 1);
    truncate(a, b, c, d, half, re, im);
  },
  combineHeat: ({combineHeat}, make, half, wavenumbers) => combine(combineHeat, make, half, wavenumbers),
  combineSpin: ({combineSpin}, make, half, wavenumbers) => combine(combineSpin, make, half, wavenumbers),
  multiply: ({multiply}, make, half, wavenumbers) => {
    const [u, w, theta, omega] = modes(make, half, wavenumbers, 2); // with rows in the place of wavenumbers
    multiply(u, w, theta, omega, 1 + half, make(2 * half + 1), make(2 * half + 1));
  },
  spread: ({spread}, make, half, wavenumbers) => {
    const points = pointsFor(half, wavenumbers);
    const [aRe, aIm, bRe, bIm] = modes(make, half, wavenumbers, 2);
    const [first, second] = modes(make, half, points, 1);
    spread(orderOf(points), half, aRe, aIm, bRe, bIm, first, second);
  },
  arrange: ({arrange}, make, half, wavenumbers) => {
    const points = pointsFor(half, wavenumbers);
    const [first, second, re, im] = modes(make, half, points, 2);
    arrange(orderOf(points), first, second, re, im);
  },
  collect: ({collect}, make, half, wavenumbers) => {
    const points = pointsFor(half, wavenumbers);
    const [re, im] = modes(make, half, points, 1);
    const [aRe, aIm, bRe, bIm] = modes(make, half, wavenumbers, 2);
    collect(points, half, re, im, aRe, aIm, bRe, bIm);
  },
};
/** Numbers of arrays that loops write. */
const WRITTEN: Record<keyof ConvectionLoops, number> = {
  applyHalves: 2,
  differentiate: 2,
  truncate: 2,
  combineHeat: 4,
  combineSpin: 4,
  multiply: 5,
  spread: 2,
  arrange: 2,
  collect: 4,
};
const names = Object.keys(RUNS) as (keyof ConvectionLoops)[];

function modes(make: Make, half: number, wavenumbers: number, functions: number): Float64Array[] {
  return Array.from({length: 2 * functions}, () => make(wavenumbers * (2 * half + 1)));
}

function combine(loop: CombineLoop, make: Make, half: number, wavenumbers: number): void {
  const [k, weights] = [make(wavenumbers), make(4)];
  loop(k, weights, ...modes(make, half, wavenumbers, 6));
}

/** As few points as hold the wavenumbers, or more. */
const pointsFor = (half: number, wavenumbers: number): number => Math.max(1, 2 * wavenumbers - 1 + (half % 3));

/** An order of rows in which none but the first is where it was. */
const orderOf = (points: number): Int32Array => Int32Array.from({length: points}, (_, i) => (points - i) % points);

/** Run a loop, and return all of its arrays as it leaves them. */
function after(name: keyof ConvectionLoops, loops: ConvectionLoops, value: (random: Rng) => number, grid: number[]) {
  const random = Rng.from("loops", name, ...grid);
  const arrays: Float64Array[] = [];
  const make: Make = (count) => {
    const array = Float64Array.from({length: count}, () => value(random));
    arrays.push(array);
    return array;
  };
  RUNS[name](loops, make, grid[0], grid[1]);
  return arrays.map((array) => [...array]);
}

describe.each(names)("%s has the same bits both ways", (name) => {
  const halves = [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 24, 28, 31, 33, 40];
  const grids = halves.flatMap((half) => [1, 2, 3, 4, 7, 9].map((wavenumbers) => [half, wavenumbers]));

  const expectSame = (value: (random: Rng) => number) => {
    for (const grid of grids) {
      const [found, expected] = [compiled, scriptLoops].map((loops) => after(name, loops, value, grid));
      expect(found).toEqual(expected);
    }
  };

  test("for any numbers", () => {
    expectSame((random) => random.normal());
  });

  test("for zeros of both signs", () => {
    expectSame((random) => [0, -0, 1, -1][random.integer(4)]);
  });

  test("for numbers without sense: infinite, NaN, tiny, huge", () => {
    const values = [NaN, Infinity, -Infinity, 0, -0, 5e-324, -1e-310, 1e160, 1.7e308, 1];
    expectSame((random) => values[random.integer(values.length)]);
    expectSame((random) => (random.uniform() < 0.01 ? values[random.integer(values.length)] : random.normal()));
  });
});

test("the largest rate at a height is NaN if one is, whatever comes later", () => {
  for (const {multiply} of [compiled, scriptLoops]) {
    const [u, w, theta, omega] = [
      [1, NaN, -3, 2],
      [1, 1, 1, -5],
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ].map((x) => Float64Array.from(x));
    const fastest = Float64Array.of(9, 9);
    multiply(u, w, theta, omega, 10, Float64Array.of(1, 2), fastest);
    expect([...fastest]).toEqual([31, NaN]);
  }
});

test("no wavenumber is no work", () => {
  for (const name of names) for (const loops of [compiled, scriptLoops]) after(name, loops, () => 1, [4, 0]);
});

test.each([
  ["steps of one length", {resolution: [20, 10], endTime: 3}],
  ["steps that become shorter", {resolution: [32, 26], endTime: 12}],
  ["an odd number of points", {resolution: [27, 18], endTime: 3}],
] as const)("a trajectory has the same bits both ways: %s", (_, options) => {
  const [first, second] = bothWays(() => {
    const {fields, diagnostics} = simulateRayleighBenard({
      system: "rayleigh-benard",
      seed: ["both ways"],
      rayleigh: 3e4,
      prandtl: 0.7,
      difference: 1,
      grid: [16, 8],
      frames: 4,
      ...options,
    });
    return {fields: Object.values(fields).map((field) => [...field]), diagnostics: {...diagnostics, seconds: 0}};
  });
  expect(first).toEqual(second);
  expect(first.diagnostics.steps).toBeGreaterThan(30);
});

describe("the module", () => {
  test("is taken where it is wanted, and JavaScript's loops where it is not", () => {
    expect(bothWays(() => convectionModule.loops)).toEqual([compiled, scriptLoops]);
  });

  test("is compared before it is used", () => {
    expect(convectionModule.agrees(compiled)).toBe(true);
  });

  test.each(names)("does not agree where %s rounds otherwise", (name) => {
    const arrays = after(name, compiled, (random) => random.normal(), [12, 6]).length;
    const agreed = Array.from({length: arrays}, (_, i) => {
      const wrong = (...args: unknown[]) => {
        const arrays = args.filter((arg) => arg instanceof Float64Array);
        const before = [...arrays[i]];
        (compiled[name] as (...args: unknown[]) => void)(...args);
        const at = arrays[i].findIndex((x, c) => x !== before[c] && x !== 0);
        if (at >= 0) arrays[i][at] *= 1 + 2 * Number.EPSILON;
      };
      return convectionModule.agrees({...compiled, [name]: wrong});
    });
    expect(agreed.filter((does) => !does)).toHaveLength(WRITTEN[name]);
  });
});

describe("arrays that do not fit are refused", () => {
  const array = (count: number) => new Float64Array(count);
  const arrays = (count: number, length: number) => Array.from({length: count}, () => array(length));
  const call = (name: keyof ConvectionLoops, args: unknown[]) =>
    (compiled[name] as (...args: unknown[]) => void)(...args);

  const ANY = 0.5; // a number that may be any

  /** Arguments at a degree of 4 with 3 wavenumbers. */
  const good: Record<keyof ConvectionLoops, unknown[]> = {
    applyHalves: [array(27), array(12), 2, array(15), array(15), array(15), array(15)],
    differentiate: [array(6), array(6), 2, array(15), array(15), array(15), array(15)],
    truncate: [array(6), array(6), array(2), array(2), 2, array(15), array(15)],
    combineHeat: [array(3), array(4), ...arrays(12, 15)],
    combineSpin: [array(3), array(4), ...arrays(12, 15)],
    multiply: [...arrays(4, 15), ANY, array(5), array(5)],
    spread: [Int32Array.of(0, 2, 1, 3, 4, 5), 2, ...arrays(4, 15), ...arrays(2, 30)],
    arrange: [Int32Array.of(0, 2, 1, 3, 4, 5), ...arrays(4, 30)],
    collect: [6, 2, ...arrays(2, 30), ...arrays(4, 15)],
  };

  test.each(names)("by %s", (name) => {
    expect(() => call(name, good[name])).not.toThrow();
    expect(() => call(name, [])).toThrow(`${name}: expected`);
    good[name].forEach((value, i) => {
      if (value === ANY) return;
      const others =
        value instanceof Float64Array
          ? [value.slice(1), new Float32Array(value.length), value.buffer, undefined]
          : [0, -2, 3, NaN, 1.5, "2", 2 ** 31, array(2)];
      for (const other of others) {
        const args = [...good[name]];
        args[i] = other;
        expect(() => call(name, args)).toThrow(`${name}: expected`);
      }
      expect(() => call(name, good[name].slice(0, i))).toThrow(`${name}: expected`);
    });
  });
});
