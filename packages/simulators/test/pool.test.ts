import {simulateAll, type SimulationProgress} from "../src/pool";
import type {SimulatedTrajectory} from "../src/result";
import type {TrajectoryRequest} from "../src/registry";
import {expectedCost, simulateTrajectory} from "../src/trajectory";

type Request = Extract<TrajectoryRequest, {system: "euler"}>;
const request = (index: number, overrides: Partial<Request> = {}): Request => ({
  system: "euler",
  seed: ["pool", index],
  gamma: 1.4,
  boundary: "periodic",
  lines: "few",
  grid: [8, 8],
  oversampling: 2,
  frames: 3,
  endTime: 0.1,
  ...overrides,
});

describe("simulateAll", () => {
  test.each([0, 2])("with %d workers delivers each trajectory once, the most expensive first", async (workers) => {
    const requests = [0.1, 0.4, 0.2, 0.3].map((endTime, i) => request(i, {endTime: 10 * endTime, gamma: 1.3}));
    const order: number[] = [];
    const progress: SimulationProgress[] = [];
    await simulateAll(
      requests,
      (index, {fields}) => {
        order.push(index);
        expect(fields.energy).toEqual(simulateTrajectory(requests[index]).fields.energy);
      },
      {workers, progress: (p) => progress.push(p)},
    );
    expect([...order].sort()).toEqual([0, 1, 2, 3]);
    if (workers === 0) {
      const costs = order.map((index) => expectedCost(requests[index]));
      expect(costs).toEqual([...costs].sort((a, b) => b - a));
    }
    expect(progress.map(({done, total}) => [done, total])).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
    expect(progress[3].left).toBe(0);
    expect(progress[0].left).toBeGreaterThan(0);
  });

  test("starts threads only for more work than their start takes", async () => {
    const threadsDuring = async (endTime: number) => {
      const found: string[] = [];
      const deliver = () => void found.push(...process.getActiveResourcesInfo());
      await simulateAll([request(0, {endTime}), request(1, {endTime})], deliver);
      return found.includes("MessagePort");
    };
    expect(await threadsDuring(0.1)).toBe(false);
    expect(await threadsDuring(500)).toBe(true);
  });

  test.each([0, 2])("with %d workers names the seed of a trajectory that fails", async (workers) => {
    const requests = [request(0), request(1, {gamma: 0.5}), request(2)];
    await expect(simulateAll(requests, () => undefined, {workers})).rejects.toThrow(
      "The trajectory with seed (pool, 1) failed: EulerSolver: expected gamma to be a finite number above 1, found 0.5",
    );
  });

  test.each([0, 2])("with %d workers stops when aborted", async (workers) => {
    const controller = new AbortController();
    const requests = Array.from({length: 50}, (_, i) => request(i, {grid: [16, 16], endTime: 2}));
    let delivered = 0;
    const work = simulateAll(requests, () => void (++delivered === 2 && controller.abort(new Error("enough"))), {
      workers,
      signal: controller.signal,
    });
    await expect(work).rejects.toThrow("enough");
    const then = delivered;
    expect(then).toBeLessThan(6);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(delivered).toBe(then);
  });

  test("does nothing when aborted before, or asked for nothing", async () => {
    const never = (): never => {
      throw new Error("delivered");
    };
    await expect(simulateAll([request(0)], never, {signal: AbortSignal.abort(new Error("early"))})).rejects.toThrow(
      "early",
    );
    await expect(simulateAll([], never, {workers: 2})).resolves.toBeUndefined();
    await expect(simulateAll([], never, {workers: -1})).rejects.toThrow("expected a whole number of workers, found -1");
  });

  describe("with a store", () => {
    /** A store in memory. */
    const memory = () => {
      const kept = new Map<number, SimulatedTrajectory>();
      return {
        kept,
        read: (index: number) => kept.get(index),
        write: (index: number, _: TrajectoryRequest, trajectory: SimulatedTrajectory) =>
          void kept.set(index, trajectory),
      };
    };

    test.each([0, 2])("and %d workers goes on from what was finished", async (workers) => {
      const requests = Array.from({length: 5}, (_, i) => request(i));
      const store = memory();
      const controller = new AbortController();
      const stop = ({done}: SimulationProgress) => void (done === 2 && controller.abort(new Error("killed")));
      const {signal} = controller;
      const first = simulateAll(requests, () => undefined, {workers, store, progress: stop, signal});
      await expect(first).rejects.toThrow("killed");
      const kept = [...store.kept.keys()];
      expect(kept.length).toBeGreaterThanOrEqual(2);
      expect(kept.length).toBeLessThan(5);

      const delivered: number[] = [];
      const done: number[] = [];
      await simulateAll(
        requests,
        (index, {fields}) => {
          delivered.push(index);
          expect(fields).toEqual(simulateTrajectory(requests[index]).fields);
        },
        {workers, store, progress: (progress) => done.push(progress.done)},
      );
      expect(delivered.slice(0, kept.length).sort()).toEqual(kept.sort());
      expect([...delivered].sort()).toEqual([0, 1, 2, 3, 4]);
      expect(done).toEqual(Array.from({length: 5 - kept.length}, (_, i) => kept.length + i + 1));
      expect(store.kept.size).toBe(5);
    });
  });
});
