import {heading, notes, row, summarise, type Measured} from "./report";

/** Made-up times: ours 10 ms and 20 ms in two blocks, on a machine that slowed down meanwhile. */
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
  expect(table).toMatch(/compiled\s+19\s+0\.8\s+0\.8-0\.8\s+0\.5\s+0\.8\s+100\s+500\s+1 % met/);
});

test("a column shows a variant itself, not a quicker one with details, and these where there is nothing else", () => {
  const {eager, compiled} = measured.peers!;
  const both = row(summarise({...measured, peers: {eager, "eager-fused": compiled, "autotuned-bf16": compiled}}));
  expect(both).toMatch(/^entry\s+29\.5\s+19\s+15\.5.*eager-fused/);
});

test("the verdict is missed above the target, and invalid on a disturbed machine", () => {
  expect(row(summarise({...measured, target: 0.7}))).toMatch(/missed\s*$/);
  expect(row(summarise({...measured, foreign: 0.06}))).toMatch(/invalid\s*$/);
});

test("notes say how long compilers took, and what failed", () => {
  expect(notes(summarise(measured))).toEqual([
    "  compiled: warm after 61.3 s",
    "  autotuned: not warm after 10 minutes",
  ]);
});
