/** The sweeps of both gas solvers, cell by cell: slopes, fluxes and floors, which a run only shows together. */
import {loops, Rng} from "@lola-ts/core";
import {STATE, type EulerLoops} from "../../src/euler/solver";
import {riemann} from "../../src/euler/riemann";
import {GHOSTS} from "../../src/gas";
import {CONSERVED, type CloudLoops} from "../../src/gravity-cooling/hydro";

/** Density, a velocity per axis, and pressure. */
type State = readonly number[];

const GAMMA = 1.4;
const speeds = (state: State) => state.slice(1, -1);
const heat = (state: State) => state.at(-1)! / (GAMMA - 1);
const energy = (state: State) => heat(state) + 0.5 * state[0] * speeds(state).reduce((sum, v) => sum + v * v, 0);

/** Conserved numbers of a cell; in three dimensions with its internal energy and the flow out of it. */
function conserved(state: State): number[] {
  const all = [state[0], ...speeds(state).map((v) => state[0] * v), energy(state)];
  return state.length === 4 ? all : [...all, heat(state), 0];
}

/** The flux of the Euler equations along an axis: of mass, momenta and energy. */
function exactFlux(state: State, axis = 0): number[] {
  const v = state[1 + axis];
  const flux = [state[0], ...speeds(state).map((along) => state[0] * along), energy(state) + state.at(-1)!];
  return flux.map((value, k) => value * v + (k === 1 + axis ? state.at(-1)! : 0));
}

/** A step so short that nothing flows. */
const STILL = 1e-30;

interface Swept {
  /** Result of the loop: the largest signal speed in two dimensions, the number of constant cells in three. */
  readonly result: number;
  readonly counts: Int32Array;
  /** Primitive and conserved numbers of a cell. */
  at(...place: number[]): {primitive: number[]; conserved: number[]};
}

/** Sweep cells once, whose states are drawn place by place, ghosts too. */
function swept(
  cells: readonly number[],
  state: (...place: number[]) => State,
  a: number,
  {numbers = (...place: number[]) => conserved(state(...place)), dual = 1e-3} = {},
): Swept {
  const sizes = cells.map((n) => n + 2 * GHOSTS);
  const size = sizes.reduce((product, n) => product * n);
  const placeOf = (cell: number) => {
    const place = sizes.map(() => 0);
    for (let axis = sizes.length - 1; axis >= 0; cell = Math.floor(cell / sizes[axis--]))
      place[axis] = cell % sizes[axis];
    return place.map((i) => i - GHOSTS);
  };
  const places = Array.from({length: size}, (_, cell) => placeOf(cell));
  const w = Float64Array.from(places.flatMap((place) => [...state(...place)]));
  const u = Float64Array.from(places.flatMap((place) => numbers(...place)));
  const counts = new Int32Array(2);
  const [nx, ny, nz] = cells;
  const result =
    cells.length === 2
      ? loops<EulerLoops>().eulerSweep(u, w, counts, nx, ny, a, a, GAMMA)
      : loops<CloudLoops>().cloudSweep(u, w, counts, nx, ny, nz, a, GAMMA, dual);
  const [states, all] = cells.length === 2 ? [STATE, STATE] : [STATE + 1, CONSERVED];
  const at = (...place: number[]) => {
    const cell = place.reduce((index, i, axis) => index * sizes[axis] + i + GHOSTS, 0);
    const part = (numbers: Float64Array, count: number) => [...numbers.subarray(cell * count, (cell + 1) * count)];
    return {primitive: part(w, states), conserved: part(u, all)};
  };
  return {result, counts, at};
}

const expectClose = (found: readonly number[], expected: readonly number[], tolerance = 1e-12): void => {
  expect(found).toHaveLength(expected.length);
  for (let k = 0; k < expected.length; k++) expect(Math.abs(found[k] - expected[k])).toBeLessThan(tolerance);
};

describe.each([2, 3])("in %d dimensions", (dimensions) => {
  const axes = Array.from({length: dimensions}, (_, axis) => axis);
  const along = (axis: number, n: number) => axes.map((one) => (one === axis ? n : 1));
  /** A state from a velocity along an axis and another across it. */
  const turned = ([r, u, v, p]: State, axis: number): State => {
    const velocity = axes.map(() => 0);
    velocity[axis] = u;
    velocity[(axis + 1) % dimensions] = v;
    return [r, ...velocity, p];
  };

  /** Find the flux between two states that meet at a face: what a cell beside it loses, besides the flux of its own state. */
  function flux(lower: State, upper: State, axis = 0): number[] {
    const a = 1 / 16;
    const {at} = swept(along(axis, 2), (...place) => (place[axis] < 1 ? lower : upper), a);
    const own = exactFlux(lower, axis);
    const before = conserved(lower);
    const after = at(...axes.map(() => 0)).conserved;
    const found = own.map((value, k) => value - (after[k] - before[k]) / a);
    const gained = at(...axes.map((one) => Number(one === axis))).conserved;
    const other = exactFlux(upper, axis).map((value, k) => value + (gained[k] - conserved(upper)[k]) / a);
    expectClose(other, found, 1e-11); // what leaves one cell enters the next
    return found;
  }

  const pairs: [State, State][] = [
    [
      [1, 0.3, -0.2, 0.8],
      [0.4, -0.5, 0.7, 2],
    ],
    [
      [0.4, -0.5, 0.7, 2],
      [2, 3, 0.1, 0.5],
    ],
  ];

  test("between equal states the flux is that of the equations: nothing changes", () => {
    for (const [state] of pairs) {
      for (const axis of axes) {
        const whole = turned(state, axis);
        const {at, counts} = swept([2, 3, 2].slice(0, dimensions), () => whole, 1 / 16);
        expectClose(at(...axes.map(() => 1)).conserved, conserved(whole), 1e-14);
        expect([...counts]).toEqual([0, 0]);
      }
    }
  });

  test("where all waves go one way, the flux is that of the side they come from", () => {
    const [left, right] = [turned([1, 5, 0.3, 1], 0), turned([0.6, 5.5, -0.4, 0.8], 0)];
    const back = ([r, u, ...rest]: State): State => [r, -u, ...rest];
    expectClose(flux(left, right), exactFlux(left));
    expectClose(flux(back(right), back(left)), exactFlux(back(left)));
  });

  test("through a contact at rest nothing flows but pressure, and one that drifts is exact", () => {
    const none = exactFlux(turned([1, 0, 0, 0.9], 0));
    expectClose(flux(turned([1, 0, 0.6, 0.9], 0), turned([7, 0, -0.3, 0.9], 0)), none);
    const left = turned([1, 0.2, 0.6, 0.9], 0);
    expectClose(flux(left, turned([3, 0.2, -0.5, 0.9], 0)), exactFlux(left));
  });

  test("a mirror of the states is one of the flux, and a swap of the axes a swap of its components", () => {
    const mirror = ([r, u, ...rest]: State): State => [r, -u, ...rest];
    for (const pair of pairs) {
      const [a, b] = pair.map((state) => turned(state, 0));
      const [mass, momentum, ...rest] = flux(a, b);
      expectClose(flux(mirror(b), mirror(a)), [-mass, momentum, ...rest.map((value) => -value)]);
      for (const axis of axes) {
        const [, ...found] = flux(turned(pair[0], axis), turned(pair[1], axis), axis);
        const [across] = rest;
        expectClose([found[axis], found[(axis + 1) % dimensions]], [momentum, across]);
      }
    }
  });

  test("the flux comes to that of the exact solution as the square of the jump", () => {
    const error = (jump: number): number => {
      const left: State = [1 + jump, 0.1 - jump, 0, 1 + 2 * jump];
      const right: State = [1 - jump, 0.1 + jump, 0, 1 - jump];
      const [l, r] = [left, right].map(([density, velocity, , pressure]) => ({density, velocity, pressure}));
      const {density, velocity, pressure} = riemann(l, r, GAMMA)(0);
      const expected = exactFlux(turned([density, velocity, 0, pressure], 0));
      const found = flux(turned(left, 0), turned(right, 0));
      return Math.max(...found.map((value, k) => Math.abs(value - expected[k])));
    };
    expect(error(0.02)).toBeGreaterThan(1e-6);
    expect(error(0.02)).toBeLessThan(2e-3);
    expect(Math.log2(error(0.02) / error(0.01))).toBeGreaterThan(1.8);
  });

  test("a linear density is carried with the flow, exactly", () => {
    const [velocity, slopes] = [[0.7, -0.4, 0.5].slice(0, dimensions), [0.1, -0.2, 0.15]];
    const state = (...place: number[]): State => {
      return [5 + place.reduce((sum, i, axis) => sum + slopes[axis] * i, 0), ...velocity, 2];
    };
    const a = 0.1;
    const {at} = swept([3, 4, 3].slice(0, dimensions), state, a);
    const place = axes.map(() => 1);
    expectClose(at(...place).primitive, state(...place.map((i, axis) => i - a * velocity[axis])));
  });

  test("a weak sound wave changes velocity and pressure at the rates of the linearised equations", () => {
    const small = 1e-7;
    const slopes = [1, 3, -2].slice(0, dimensions);
    const state = (...place: number[]): State => {
      return [2, ...slopes.map((slope, axis) => small * slope * place[axis]), 1 + small * (2 * place[0] - place[1])];
    };
    const a = 0.1;
    const place = axes.map(() => 1);
    const divergence = small * slopes.reduce((sum, slope) => sum + slope, 0);
    const changes = [-2 * divergence, ...[-small, small / 2, 0].slice(0, dimensions), -GAMMA * divergence];
    const {at} = swept([3, 3, 3].slice(0, dimensions), state, a);
    expectClose(
      at(...place).primitive,
      state(...place).map((value, k) => value + a * changes[k]),
      1e-12,
    );
  });

  test("slopes are the central differences, at most twice the one-sided ones, and 0 at extrema", () => {
    const [n, a, u] = [200, 0.1, 0.9];
    for (const axis of axes) {
      const random = Rng.from("slopes", axis);
      const density = Array.from({length: n + 2 * GHOSTS}, () => 1 + random.uniform() ** 3);
      const here = (i: number) => density[i + GHOSTS];
      const {at} = swept(along(axis, n), (...place) => turned([here(place[axis]), u, 0.3, 1], axis), a);
      const slope = (i: number) => {
        const [below, above] = [here(i) - here(i - 1), here(i + 1) - here(i)];
        const size = Math.min(Math.abs(below + above) / 2, 2 * Math.abs(below), 2 * Math.abs(above));
        return below * above > 0 ? Math.sign(below) * size : 0;
      };
      const upper = (i: number) => here(i) + 0.5 * (1 - a * u) * slope(i); // half a step ahead
      for (let i = 0; i < n; i++) {
        const [found] = at(...axes.map((one) => (one === axis ? i : 0))).primitive;
        expect(Math.abs(found - here(i) + a * u * (upper(i) - upper(i - 1)))).toBeLessThan(1e-14);
      }
    }
  });

  test("ghosts stay as they are, and every other cell of a rough flow changes", () => {
    const random = Rng.from("rough");
    const numbers = new Map<string, number[]>();
    const state = (...place: number[]): State => {
      const drawn = () => [1 + random.uniform(), ...axes.map(() => random.normal()), 1];
      return numbers.get(`${place}`) ?? numbers.set(`${place}`, drawn()).get(`${place}`)!;
    };
    const cells = [3, 5, 2].slice(0, dimensions);
    const {at} = swept(cells, state, 0.05);
    for (const name of numbers.keys()) {
      const place = name.split(",").map(Number);
      const isGhost = place.some((i, axis) => i < 0 || i >= cells[axis]);
      expect(at(...place).primitive[0] === state(...place)[0]).toBe(isGhost);
    }
  });

  test("a cell stays constant, and is counted, where a step would take its pressure", () => {
    const tearing = (...place: number[]): State => turned([1, 4 * place[0], 0, 1], 0);
    const {counts, result} = swept(along(0, 1), tearing, 0.4);
    expect(dimensions === 2 ? counts[1] : result).toBe(dimensions === 2 ? 9 : 15); // all that are extrapolated
  });

  const still = turned([1, 0.3, -0.2, 0.8], 0);
  /** Let a cell hold other conserved numbers than its flow. */
  const holding = (numbers: number[], dual?: number) =>
    swept(along(0, 1), () => still, STILL, {numbers: () => numbers, dual});

  test("a NaN stays", () => {
    const {at, result} = holding(conserved(still).map((value, k) => (k === 0 ? NaN : value)));
    expect(at(...axes.map(() => 0)).primitive[0]).toBeNaN();
    if (dimensions === 2) expect(result).toBeNaN();
  });

  test("a cell without density or energy is lifted to the floors and counted", () => {
    const [density, pressure] = dimensions === 2 ? [1e-8, 1e-9] : [1e-10, 1e-14];
    const lifted = (numbers: number[]) => {
      const {at, counts} = holding(numbers);
      return {...at(...axes.map(() => 0)), floors: counts[0]};
    };
    const rest = axes.map(() => 0);
    const more = dimensions === 2 ? [] : [1, 0];
    const empty = lifted([-1, ...rest, 1, ...more]);
    expect([empty.floors, empty.primitive[0]]).toEqual([1, density]);
    const cold = lifted([1, ...rest, -1, ...more.map((value) => -value)]);
    expect([cold.floors, cold.primitive.at(-1)]).toEqual([1, pressure]);
    expect(cold.conserved[1 + dimensions]).toBeCloseTo(pressure / (GAMMA - 1), 14);
  });
});

test("the largest signal speed is the larger component of the velocity plus that of sound", () => {
  const {result} = swept([4, 7], (i, j) => [2, 0.5, i === 2 && j === 5 ? -0.75 : 0.2, 1.4], STILL);
  expect(result).toBeCloseTo(0.75 + Math.sqrt((1.4 * 1.4) / 2), 12);
});

describe("the internal energy", () => {
  /** Finish a step of a cell that holds other conserved numbers than its old state. */
  function finished(numbers: number[], old: State) {
    const {at, counts} = swept([1, 1, 1], () => old, STILL, {numbers: () => numbers});
    return {...at(0, 0, 0), floors: counts[0], dual: counts[1]};
  }

  test("comes from the total one where that is not small", () => {
    const warm: State = [2, 0.3, -0.4, 0.5, 1.5];
    const found = finished([...conserved(warm).slice(0, 5), 77, 0.3], warm);
    expectClose(found.conserved, conserved(warm));
    expectClose(found.primitive, warm);
    expect([found.floors, found.dual]).toEqual([0, 0]);
  });

  test("is the carried one elsewhere, less the work of the mean pressure, and corrects the total", () => {
    const cold: State = [2, 30, -40, 50, 1e-3];
    const numbers = conserved(cold);
    const found = finished([...numbers.slice(0, 4), numbers[4] * (1 + 1e-9), numbers[5], 0.1], cold);
    expect(found.dual).toBe(1);
    // p' = p - (gamma - 1) * 0.1 * (p + p') / 2
    const pressure = (1e-3 * (1 - (GAMMA - 1) * 0.05)) / (1 + (GAMMA - 1) * 0.05);
    expect(found.primitive[4]).toBeCloseTo(pressure, 15);
    expect(pressure).toBeCloseTo(1e-3 * Math.exp(-GAMMA * 0.1) * Math.exp(0.1), 6); // adiabatic, for the gas that stays
    expectClose(found.conserved, conserved([2, 30, -40, 50, pressure]), 1e-11);
  });

  test("is carried through a contact by the flow of mass", () => {
    const state = (i: number): State => [i < 1 ? 1 : 2, 0.4, 0.1, 0, 0.8];
    const {at, counts} = swept([2, 1, 1], state, 1 / 16, {dual: 10});
    expect(counts[1]).toBe(2);
    for (const i of [0, 1]) expect(at(i, 0, 0).primitive[4]).toBeCloseTo(0.8, 14);
    expect(at(1, 0, 0).primitive[0]).toBeCloseTo(2 - 0.4 / 16, 14);
  });
});
