import {candidates, MAX_ROUNDS, roundOf, ROUNDS, tally} from "../../site/live/page/rounds";

const STATES = 26;
const all = Array.from({length: MAX_ROUNDS}, (_, n) => roundOf(n, STATES));

test("each trajectory is asked at eight lead times, the last state among them, in another order", () => {
  const places = [3, 6, 9, 13, 16, 19, 22, 25];
  const passes = [0, 1, 2].map((pass) => all.slice(pass * ROUNDS, (pass + 1) * ROUNDS).map(({at}) => at));
  for (const pass of passes) expect([...pass].sort((a, b) => a - b)).toEqual(places);
  expect(new Set(passes.map((pass) => pass.join())).size).toBe(3);
  expect(roundOf(5, STATES)).toEqual(all[5]); // the same for all players
});

test("in every round each candidate stands once, and no place betrays the simulation", () => {
  for (const {order} of all) expect([...order].sort()).toEqual([...candidates].sort());
  const places = all.map(({order}) => order.indexOf("simulation"));
  for (const place of [0, 1, 2, 3]) expect(places.filter((one) => one === place).length).toBeGreaterThan(1);
});

test("a tally counts the rounds of all games by lead time", () => {
  const right = all.map(({order}) => order.indexOf("simulation"));
  const wrong = right.map((place) => (place + 1) % 4);
  const counts = tally([right, wrong.slice(0, 1)], STATES);
  expect([...counts.keys()]).toEqual([3, 6, 9, 13, 16, 19, 22, 25]);
  expect(counts.get(all[0].at)).toEqual({found: 3, asked: 4});
  expect(counts.get(all[1].at)).toEqual({found: 3, asked: 3});
  expect([...tally([], STATES).values()]).toEqual(new Array(8).fill({found: 0, asked: 0}));
});
