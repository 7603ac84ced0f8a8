import {Rng} from "@lola-ts/core";
import {EULER_GASES} from "../../src/euler/spec";
import {EulerSolver, type Primitive} from "../../src/euler/solver";
import {
  CONFIGURATIONS,
  drawQuadrants,
  laxLiu,
  mirrorX,
  mirrorY,
  piecewiseConstant,
  signalSpeed,
  transpose,
} from "../../src/euler/initial";
import {starState} from "../../src/euler/riemann";

describe("laxLiu", () => {
  test("has the upper right quadrant of configuration 3 at high pressure", () => {
    const block = laxLiu(3);
    expect(block[1][1]).toEqual([1.5, 0, 0, 1.5]);
    expect(block[0][0]).toEqual([0.138, 1.206, 1.206, 0.029]);
    expect(block[1][0]).toEqual([0.5323, 0, 1.206, 0.3]);
    expect(block[0][1]).toEqual([0.5323, 1.206, 0, 0.3]);
  });

  test("has one wave of one kind at each of the four interfaces", () => {
    // The defining property of the 19 configurations: between neighbours, two of the three waves vanish. In terms of
    // the exact solution: the star pressure is one side's, or (contacts and slip lines) both sides'.
    const normal = ([density, u, v, pressure]: Primitive, axis: number) => ({
      density,
      velocity: axis === 0 ? u : v,
      pressure,
    });
    for (let configuration = 1; configuration <= CONFIGURATIONS; configuration++) {
      const b = laxLiu(configuration);
      const interfaces: [Primitive, Primitive, number][] = [
        [b[0][0], b[1][0], 0],
        [b[0][1], b[1][1], 0],
        [b[0][0], b[0][1], 1],
        [b[1][0], b[1][1], 1],
      ];
      for (const [low, high, axis] of interfaces) {
        const star = starState(normal(low, axis), normal(high, axis), 1.4);
        const waves = [low[3], high[3]].filter((pressure) => Math.abs(star.pressure / pressure - 1) > 0.01);
        expect([configuration, waves.length]).toEqual([configuration, low[3] === high[3] ? 0 : 1]);
      }
    }
  });

  test("refuses other numbers", () => {
    expect(() => laxLiu(20)).toThrow("expected a configuration from 1 to 19, found 20");
  });
});

test("orientations are involutions that turn velocities along", () => {
  const block = laxLiu(11);
  for (const turn of [mirrorX, mirrorY, transpose]) {
    expect(turn(block)).not.toEqual(block);
    expect(turn(turn(block)).map((row) => row.map((state) => state.map((value) => value + 0)))).toEqual(block);
  }
  expect(mirrorX(block)[0][1]).toEqual([1, -0.1, 0, 1]);
  expect(transpose(laxLiu(1))[1][0]).toEqual([0.5197, 0, -0.7259, 0.4]);
});

describe("drawQuadrants", () => {
  const draws = Array.from({length: 200}, (_, i) => drawQuadrants(Rng.from("quadrants", i)));

  test("puts the lines of both axes on one shifted grid", () => {
    for (const {x, y, states} of draws) {
      const offset = (x[0] * 16) % 1;
      const all = [...x, ...y];
      all.forEach((line) => expect(Math.abs(((line * 16 - offset + 0.5) % 1) - 0.5)).toBeLessThan(1e-9));
      expect(all.every((line) => line > 0 && line <= 1 - 1 / 32)).toBe(true);
      for (const lines of [x, y]) {
        lines.slice(1).forEach((line, k) => expect([2, 4, 6]).toContain(Math.round(16 * (line - lines[k]))));
      }
      expect(states.length).toBe(x.length + 1);
      expect(states.every((column) => column.length === y.length + 1)).toBe(true);
    }
    const most = Math.max(...draws.map(({x}) => x.length));
    expect([most, Math.min(...draws.map(({x}) => x.length))]).toEqual([5, 1]);
  });

  test("uses each block's own pressures, up to its factor", () => {
    for (const {states} of draws) {
      const ratios = (a: Primitive, b: Primitive): number => a[3] / b[3];
      const known = Array.from({length: CONFIGURATIONS}, (_, c) => laxLiu(c + 1).flat()).flatMap((block) =>
        block.flatMap((a) => block.map((b) => ratios(a, b))),
      );
      const found = ratios(states[0][0], states[1][0]);
      expect(known.some((ratio) => Math.abs(ratio / found - 1) < 1e-9)).toBe(true);
    }
  });

  test("has the moments of The Well's data", () => {
    const sums = [0, 0, 0];
    draws.forEach((quadrants, i) => {
      const {gamma} = EULER_GASES[i % EULER_GASES.length];
      const solver = new EulerSolver({cells: [64, 64], gamma, boundary: "periodic"});
      solver.set(piecewiseConstant(quadrants));
      const {density, pressure, energy} = solver.frame();
      [density, pressure, energy].forEach((field, k) => {
        sums[k] += field.reduce((sum, value) => sum + value, 0) / field.length / draws.length;
      });
    });
    expect(Math.abs(sums[0] - 0.911)).toBeLessThan(0.02);
    expect(Math.abs(sums[1] - 0.9)).toBeLessThan(0.06);
    expect(Math.abs(sums[2] - 3.05)).toBeLessThan(0.25);
  });

  test('draws at most three lines an axis, mostly one, for "few"', () => {
    const few = Array.from({length: 500}, (_, i) => drawQuadrants(Rng.from("few", i), "few"));
    const counts = few.flatMap(({x, y}) => [x.length, y.length]);
    expect(Math.max(...counts)).toBe(3);
    expect(Math.abs(counts.filter((count) => count === 1).length / counts.length - 0.6)).toBeLessThan(0.06);
  });
});

test("paint gives each point the state of its rectangle", () => {
  const states = Array.from({length: 3}, (_, i) => Array.from({length: 2}, (_, j): Primitive => [1 + i, j, 0, 1]));
  const field = piecewiseConstant({x: [0.2, 0.6], y: [0.5], states});
  expect(field(0.1, 0.4).slice(0, 2)).toEqual([1, 0]);
  expect(field(0.2, 0.5).slice(0, 2)).toEqual([2, 1]);
  expect(field(0.9, 0.1).slice(0, 2)).toEqual([3, 0]);
  expect(signalSpeed({x: [], y: [], states: [[[1, -3, 2, 1]]]}, 1.44)).toBeCloseTo(4.2, 12);
});
