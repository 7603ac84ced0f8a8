import ndarray from "ndarray";
import {sizeOf} from "@lola-ts/core";
import {augment, augmentation} from "../../lib/data/augment";
import {MemorySource} from "../../lib/data/source";
import {
  Batches,
  countWindows,
  evaluationWindow,
  windowAt,
  type BatchesOptions,
  type EvaluationOptions,
} from "../../lib/data/batches";

test.each([
  [5, 1, 1, 1, 4],
  [5, 1, 1, 2, 3],
  [5, 1, 1, 3, 2],
  [5, 2, 1, 2, 1],
  [5, 2, 2, 2, 0],
  [5, 2, 10, 2, 0],
])("The Well: %i states, %i + %i states by %i give %i windows", (frames, input, output, stride, windows) => {
  expect(countWindows(frames, input + output, stride)).toBe(windows);
});

test("windows of the paper, 5 states with stride 4, are counted", () => {
  expect([101, 200, 50].map((frames) => countWindows(frames, 5, 4))).toEqual([85, 184, 34]);
  expect(countWindows(200, 5, 1)).toBe(196);
  expect(windowAt(9, 4)).toEqual({trajectory: 2, start: 1});
  expect(() => countWindows(5, 0, 1)).toThrow("countWindows: expected length to be an integer of at least 1, found 0");
});

describe("Batches", () => {
  // each value tells where it comes from: trajectory, state, cell, channel
  const n = 3;
  const frames = 7;
  const side = 4;
  const channels = 3;
  const shape = [n, frames, side, side, channels];
  const states = ndarray(
    Float32Array.from({length: sizeOf(shape)}, (_, i) => i + 1),
    shape,
  );
  const source = new MemorySource(states);
  const size = side * side * channels;
  const fields = [{order: 0}, {order: 1}];
  const options: BatchesOptions = {window: 3, stride: 2, batch: 4, seed: 1};
  const labels = Array.from({length: n}, (_, i) => Float32Array.of(i, 10 * i));
  const PERIODIC = [2, 2] as const;
  const augmented = {...options, labels, augment: {fields, boundaries: [0, 1, 2].map(() => [PERIODIC, PERIODIC])}};

  test("an epoch holds every window once, each with the states of its stride and its label", () => {
    const batches = new Batches(source, {...options, batch: 3, labels});
    expect(batches.epoch).toBe(9);
    expect(batches.shape).toEqual([3, 3, side, side, channels]);
    const seen = Array.from({length: 3}, () => batches.next()).flatMap(({x, label}) =>
      [0, 1, 2].map((slot) => {
        const first = (x[slot * 3 * size] - 1) / size;
        const trajectory = Math.floor(first / frames);
        const start = first % frames;
        for (let state = 0; state < 3; state++) {
          const from = (trajectory * frames + start + 2 * state) * size;
          const to = (slot * 3 + state) * size;
          expect(x.slice(to, to + size)).toEqual(source.data.slice(from, from + size));
        }
        expect([...label!.slice(2 * slot, 2 * slot + 2)]).toEqual([trajectory, 10 * trajectory]);
        return `${trajectory},${start}`;
      }),
    );
    expect(new Set(seen).size).toBe(9);
  });

  test("epochs are shuffled differently, and so are seeds", () => {
    const order = (batches: Batches) => Array.from({length: 9}, () => batches.next().x[0]);
    const batches = new Batches(source, {...options, batch: 1});
    const first = order(batches);
    const second = order(batches);
    expect([...first].sort()).toEqual([...second].sort());
    expect(first).not.toEqual(second);
    expect(order(new Batches(source, {...options, batch: 1, seed: 2}))).not.toEqual(first);
  });

  test("a resumed run sees the same batches, across epochs", () => {
    const batches = new Batches(source, augmented);
    const all = Array.from({length: 8}, () => batches.next());
    const resumed = new Batches(source, augmented);
    for (const step of [5, 2, 7]) {
      resumed.seek(step);
      expect(resumed.next()).toEqual(all[step]);
    }
    expect(all[0].x).not.toEqual(all[1].x);
  });

  test("rows of a batch are those of the whole batch", () => {
    const whole = new Batches(source, augmented);
    const parts = [[2, 3], [0]].map((rows) => new Batches(source, {...augmented, rows}));
    expect(parts.map(({shape: [rows]}) => rows)).toEqual([2, 1]);
    for (let step = 0; step < 5; step++) {
      const {x, label} = whole.next();
      const [end, first] = parts.map((part) => part.next());
      expect(end.x).toEqual(x.slice(2 * 3 * size));
      expect(first.x).toEqual(x.slice(0, 3 * size));
      expect([end.label, first.label]).toEqual([label!.slice(4), label!.slice(0, 2)]);
    }
    expect(() => new Batches(source, {...options, rows: [4]})).toThrow("a whole number from 0 to 3");
  });

  test("augmented windows are windows under one symmetry of all their states", () => {
    const batches = new Batches(source, {...augmented, augment: {...augmented.augment, roll: false}});
    const {x} = batches.next();
    const symmetries = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
      augmentation(2, {flip: [!!(bits & 1), !!(bits & 2)], permutation: bits & 4 ? [1, 0] : [0, 1]}),
    );
    for (let slot = 0; slot < 4; slot++) {
      const found = Array.from(x.subarray(slot * 3 * size, (slot + 1) * 3 * size), Math.fround).join();
      const matches = symmetries.flatMap((change) =>
        Array.from({length: 9}, (_, i) => windowAt(i, 3)).filter(({trajectory, start}) => {
          const seen = states.pick(trajectory, null, null, null, null).lo(start).step(2).hi(3);
          return augment(seen, fields, change).data.join() === found;
        }),
      );
      expect(matches).toHaveLength(1);
    }
  });

  test("no room, too few labels, unequal axes, wrong fields and steps are refused", () => {
    expect(() => new Batches(source, {...options, stride: 4})).toThrow(
      "expected room for 3 states with stride 4, found 3 trajectories of 7 states",
    );
    expect(() => new Batches(source, {...options, labels: labels.slice(1)})).toThrow(
      "expected a label for each of 3 trajectories, found 2",
    );
    const {boundaries} = augmented.augment;
    const few = {...augmented.augment, boundaries: boundaries.slice(1)};
    expect(() => new Batches(source, {...options, augment: few})).toThrow(
      "expected boundary codes for each of 3 trajectories, found 2",
    );
    expect(() => new Batches(source, {...options, batch: 0})).toThrow("found 0");
    const oblong = new MemorySource(ndarray(source.data, [n, frames, 2, 8, channels]));
    expect(() => new Batches(oblong, augmented)).toThrow("expected equal axes for permutations, found the grid [2,8]");
    const curved = {...augmented, augment: {...augmented.augment, gridType: "spherical"}};
    const [plain, left] = [{...augmented, augment: undefined}, curved].map((how) => new Batches(oblong, how));
    expect(left.next().x).toEqual(plain.next().x); // nothing is a symmetry of such a grid
    const wrong = {...augmented, augment: {...augmented.augment, fields: [{order: 0}]}};
    expect(() => new Batches(source, wrong)).toThrow("expected states of 16 values for these fields");
    expect(() => new Batches(source, options).seek(-1)).toThrow(
      "expected step to be an integer of at least 0, found -1",
    );
  });
});

describe("evaluationWindow", () => {
  test("has the known states before lead time 0, as far as there are any", () => {
    const frames = (options: EvaluationOptions) => {
      const {start, stride, length, firstState} = evaluationWindow(23, options);
      return Array.from({length}, (_, i) => [firstState + i, start + i * stride]);
    };
    expect(frames({start: 16, stride: 4, context: 3})).toEqual([
      [-2, 8],
      [-1, 12],
      [0, 16],
      [1, 20],
    ]);
    expect(frames({start: 0, stride: 10, context: 2})).toEqual([
      [-1, 0],
      [0, 10],
      [1, 20],
    ]);
    expect(evaluationWindow(50)).toEqual({start: 0, stride: 1, length: 50, firstState: 0});
  });

  test.each([{start: 49}, {start: -1}, {stride: 0}, {context: 50}])("refuses %o of 50 states", (options) => {
    expect(() => evaluationWindow(50, options)).toThrow("expected states to predict among the 50 stored ones");
  });
});
