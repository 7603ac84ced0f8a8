import {drawTestTrajectories, testWindow} from "../../src/stages/dataset";
import {RESERVED} from "../../src/presets/presets";
import {smoke} from "../smoke";

const drawn = (trajectories: number, available: number, seed = 0) =>
  drawTestTrajectories({...smoke, rollout: {...smoke.rollout, trajectories}, seed}, available);

test("draws without replacement, ascending, the same for the same seed", () => {
  const some = drawn(8, 100);
  expect(some).toEqual([...new Set(some)].sort((a, b) => a - b));
  expect(some).toHaveLength(8);
  expect(some.every((n) => n >= 0 && n < 100)).toBe(true);
  expect(drawn(8, 100)).toEqual(some);
  expect(drawn(8, 100, 1)).not.toEqual(some);
});

test("refuses those that a plan reserves, until its models have been trained", () => {
  expect(RESERVED.seed).toBe(2026);
  for (const system of RESERVED.systems as readonly (typeof smoke.system)[]) {
    const of = (seed: number) => ({...smoke, system, data: {...smoke.data, seed}}) as typeof smoke;
    expect(() => drawTestTrajectories(of(2026), 4)).toThrow(
      "found data.seed 2026: data/study/models.json reserves them until its models have been trained.",
    );
    expect(drawTestTrajectories(of(2025), 4)).toHaveLength(1);
  }
});

test("takes all where as many or more are asked for", () => {
  expect(drawn(3, 3)).toEqual([0, 1, 2]);
  expect(drawn(64, 3)).toEqual([0, 1, 2]);
});

test("draws every trajectory equally often, not the first files of a split", () => {
  const counts = new Array<number>(10).fill(0);
  const seeds = 2000;
  for (let seed = 0; seed < seeds; seed++) for (const n of drawn(3, 10, seed)) counts[n]++;
  const expected = 0.3 * seeds;
  const deviation = Math.sqrt(seeds * 0.3 * 0.7);
  for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(4 * deviation);
});

describe("the states that are rolled out", () => {
  const window = (rollout: object, stride = 4) => testWindow({rollout: {...smoke.rollout, ...rollout}, stride}, 26);

  test("are all of a trajectory by default", () => {
    expect(window({})).toMatchObject({start: 0, length: 26});
  });

  test("begin with the context, whose last state is at the start", () => {
    expect(window({start: 16})).toMatchObject({start: 4, length: 22});
    expect(window({start: 16, context: 3})).toMatchObject({start: 2, length: 24});
    expect(window({start: 16}, 1)).toMatchObject({start: 16, length: 10});
  });

  test("need a start that is a multiple of the stride, with something left to predict", () => {
    expect(() => window({start: 6})).toThrow("expected a start that is a multiple of the stride 4, found 6");
    expect(() => window({start: 100})).toThrow("expected states to predict");
  });
});
