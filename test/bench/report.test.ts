import {Rng} from "@lola-ts/core";
import {heading, isNarrow, medianInterval, notes, repeat, row, summarise, type Measured, type Result} from "./report";

/** Invented times: ours 10 ms and 20 ms in two blocks, on a machine that slowed down meanwhile. */
const measured: Measured = {
  name: "entry",
  what: "an entry",
  target: 0.8,
  ours: {blocks: [[9, 10, 11], [20, 20, 20]], mib: 100}, // prettier-ignore
  peers: {
    eager: {blocks: [[20, 20, 20], [40, 41, 39]], mib: 80, start_s: 1}, // prettier-ignore
    compiled: {blocks: [[12, 12.5, 13], [25, 25, 26]], mib: 500, start_s: 61.3}, // prettier-ignore
    autotuned: {failed: "not warm after 10 minutes"},
  },
  foreign: 0.01,
};

test("the ratio is to the fastest variant, pair by pair, and to the eager one beside it", () => {
  const {peer, peer_ms, ratios, ratio, eager_ratio} = summarise(measured);
  expect({peer, ratios, ratio, eager_ratio}).toEqual({
    peer: "compiled",
    ratios: [0.8, 0.8],
    ratio: 0.8,
    eager_ratio: 0.5,
  });
  expect(peer_ms).toBe(19); // of all times; the ratio of medians, 15.5 / 19, would say more about the machine
});

test("eager is the fastest where nothing else is faster", () => {
  const slow = {blocks: [[50, 50, 50], [90, 90, 90]], mib: 1, start_s: 1}; // prettier-ignore
  const {peer, ratio, eager_ratio} = summarise({...measured, peers: {...measured.peers, compiled: slow}});
  expect(peer).toBe("eager");
  expect(ratio).toBe(eager_ratio);
});

test("without a peer, or with one that never ran, there is no ratio", () => {
  expect(summarise({...measured, peers: undefined})).not.toHaveProperty("ratio");
  const {peers, ...rest} = summarise({...measured, peers: {eager: {failed: "ended"}}});
  expect(rest).not.toHaveProperty("ratio");
  expect(peers).toEqual({eager: {failed: "ended"}});
});

test("several items of a run are told as a rate", () => {
  expect(summarise({...measured, items: 31}).ours_per_s).toBe(2000);
});

test("the table has a column for each kind of variant, and a dash where none ran", () => {
  const table = row(summarise(measured));
  expect(table).toHaveLength(heading().length);
  expect(heading()).toMatch(/^\s+eager ms\s+compiled\s+autotuned\s+ours ms/);
  expect(table).toMatch(/^entry\s+29\.5\s+19\s+–\s+15\.5/);
  expect(table).toMatch(/compiled\s+19\s+0\.8\s+0\.5\s+0\.8\s+100\s+500\s+1 % wider than 3 %/);
});

test("a column shows a variant itself, not a quicker one with details, and these where there is nothing else", () => {
  const {eager, compiled} = measured.peers!;
  const both = row(summarise({...measured, peers: {eager, "eager-fused": compiled, "autotuned-bf16": compiled}}));
  expect(both).toMatch(/^entry\s+29\.5\s+19\s+15\.5.*eager-fused/);
});

/** Invented blocks of one run each: ours take the given ratios of the peer's second. */
const withRatios = (ratios: readonly number[], variant = "compiled"): Measured => ({
  ...measured,
  ours: {blocks: ratios.map((ratio) => [1000 * ratio]), mib: 1},
  peers: {[variant]: {blocks: ratios.map(() => [1000]), mib: 1, start_s: 1}},
});
const verdictOf = (result: Measured) => row(summarise(result)).slice(heading().indexOf("verdict")).trim();

test.each([
  ["met", [0.7, 0.7, 0.7, 0.71, 0.71, 0.72]],
  ["met", [0.78, 0.78, 0.79, 0.79, 0.8, 0.8]], // at the target
  ["missed", [0.82, 0.82, 0.82, 0.82, 0.83, 0.84]],
  ["undecided", [0.79, 0.79, 0.79, 0.8, 0.8, 0.81]],
  ["undecided, wider than 3 %", [0.6, 0.61, 0.7, 0.71, 0.8, 0.9]],
  ["met, wider than 3 %", [0.4, 0.45, 0.5, 0.5, 0.55, 0.6]],
])("the row says of the target and of the interval: %s", (expected, ratios) => {
  expect(verdictOf(withRatios(ratios))).toBe(expected);
});

test("a disturbed machine makes a row invalid, and eager PyTorch alone gives no verdict", () => {
  const ratios = [0.7, 0.7, 0.7, 0.71, 0.71, 0.72];
  expect(verdictOf({...withRatios(ratios), foreign: 0.06})).toBe("invalid");
  expect(verdictOf(withRatios(ratios, "eager-fused"))).toBe("");
});

test("the row shows the interval of the ratio, and without a peer that of the time", () => {
  const wide = withRatios([0.6, 0.61, 0.7, 0.71, 0.8, 0.9]);
  expect(row(summarise(wide))).toMatch(/ 0\.6-0\.9 /);
  expect(row(summarise({...wide, peers: undefined}))).toMatch(/ 600-900 .*wider than 3 %/);
});

describe("the interval of a median", () => {
  test.each([5, 6, 9, 20, 101])("of %d values misses the true median in at most 5 %% of all cases", (count) => {
    // ranks of values: the interval misses if all values from its lower end on, or up to its upper end, are on one side
    const interval = medianInterval(Array.from({length: count}, (_, i) => i + 1));
    const binomial = [1];
    for (let i = 1; i <= count; i++) binomial.push((binomial[i - 1] * (count - i + 1)) / i);
    const missed = (below: number) => (2 * binomial.slice(0, below).reduce((sum, each) => sum + each, 0)) / 2 ** count;
    if (!interval) {
      expect(missed(1)).toBeGreaterThan(0.05);
      return;
    }
    const [low, high] = interval;
    expect(low + high).toBe(count + 1);
    expect(missed(low)).toBeLessThanOrEqual(0.05);
    expect(missed(low + 1)).toBeGreaterThan(0.05); // no narrower interval does
  });

  test("does not depend on the order of values, and exists for thousands of them", () => {
    expect(medianInterval([6, 1, 5, 2, 4, 3])).toEqual([1, 6]);
    const [low, high] = medianInterval(Array.from({length: 5001}, (_, i) => i))!;
    expect([low, high]).toEqual([2500 - 70, 2500 + 70]); // 1.96 standard deviations of a binomial number, rounded up
  });

  test("is narrow within 3 % of the median", () => {
    const narrow = (interval: readonly [number, number]) => isNarrow({interval, ratio: 2, ours_ms: 1});
    expect([narrow([1.95, 2.05]), narrow([1.9, 2.01]), narrow([1.99, 2.1])]).toEqual([true, false, false]);
    expect(isNarrow({interval: [99, 101], ours_ms: 100})).toBe(true);
    expect(isNarrow({ratio: 2, ours_ms: 1})).toBe(false);
  });
});

describe("a benchmark", () => {
  /** Repeat with invented ratios, of which each takes a minute, and count the rounds. */
  async function rounds(ratios: readonly number[], minutes: number): Promise<[number, Result]> {
    let done = 0;
    const result = () => summarise(withRatios(ratios.slice(0, done)));
    const time = () => Promise.resolve(void done++);
    const found = await repeat(time, result, minutes, () => 60_000 * done);
    return [done, found];
  }

  test("stops after six rounds that agree", async () => {
    const [count, result] = await rounds(Array<number>(100).fill(0.7), 50);
    expect(count).toBe(6);
    expect(isNarrow(result)).toBe(true);
  });

  test("is repeated until the interval is narrow", async () => {
    const [count, result] = await rounds([0.6, 0.9, ...Array<number>(98).fill(0.7)], 50);
    expect(count).toBe(9); // the smallest and the largest of nine are outside
    expect(result.interval).toEqual([0.7, 0.7]);
  });

  test("stops at the limit of time, with a wide interval in its row", async () => {
    const ratios = Array.from({length: 100}, (_, i) => (i % 2 === 0 ? 0.6 : 0.9));
    const [count, result] = await rounds(ratios, 20);
    expect(count).toBe(20);
    expect(row(result)).toMatch(/0\.6-0\.9.*undecided, wider than 3 %/);
  });

  test("ends with an interval around the true median in more than nine of ten cases, though it looks after each round", async () => {
    const rng = Rng.from("blocks");
    const holding = [];
    for (let trial = 0; trial < 400; trial++) {
      const ratios: number[] = [];
      const time = () => Promise.resolve(void ratios.push(Math.exp(0.05 * rng.normal())));
      const result = () => summarise(withRatios(ratios));
      const {interval} = await repeat(time, result, 60, () => 60_000 * ratios.length);
      holding.push(interval![0] <= 1 && interval![1] >= 1);
    }
    expect(holding.filter(Boolean).length).toBeGreaterThan(360);
  });

  test("has six rounds even where they take longer than the limit", async () => {
    const [count, result] = await rounds([0.6, 0.9, 0.6, 0.9, 0.6, 0.9], 1);
    expect(count).toBe(6);
    expect(result.interval).toEqual([0.6, 0.9]);
  });
});

test("notes say how long compilers took, and what failed", () => {
  expect(notes(summarise(measured))).toEqual([
    "  compiled: warm after 61.3 s",
    "  autotuned: not warm after 10 minutes",
  ]);
});
