import {
  codeContext,
  contextMask,
  contextProbabilities,
  drawContexts,
  paperContext,
  type ContextDistribution,
} from "../../lib/models/context";
import {Rng} from "@lola-ts/core";

test("the paper's probabilities are 1/3, 1/3, 2/9, 1/9 for a window of five", () => {
  const probabilities = contextProbabilities(paperContext, 5);
  [0, 1 / 3, 1 / 3, 2 / 9, 1 / 9].forEach((p, c) => expect(probabilities[c].start).toBeCloseTo(p, 12));
  expect(probabilities.every(({end}) => end === 0)).toBe(true);
});

describe.each([
  {name: "paper", length: 5, distribution: paperContext},
  {name: "code", length: 5, distribution: codeContext},
  {
    name: "code, no context possible",
    length: 4,
    distribution: {kind: "wrapped", lambda: 2, rho: 0.5, atLeast: 0} as const,
  },
  {name: "paper, long context", length: 9, distribution: {kind: "truncated", lambda: 20} as const},
])("draws of $name", ({length, distribution}) => {
  const samples = 40000;
  const masks = drawContexts(distribution, [samples, length], Rng.from("mask test", length));
  const probabilities = contextProbabilities(distribution, length);
  const counts = new Map<string, number>();
  for (let b = 0; b < samples; b++) {
    const key = masks.data.subarray(b * length, (b + 1) * length).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }

  test("have the exact probabilities", () => {
    let total = 0;
    probabilities.forEach(({start, end}, c) => {
      const cases =
        c === 0
          ? [{side: "start", p: start + end} as const]
          : [{side: "start", p: start} as const, {side: "end", p: end} as const];
      for (const {side, p} of cases) {
        const found = counts.get(contextMask(length, c, side).join("")) ?? 0;
        const deviation = Math.sqrt(samples * p * (1 - p));
        expect(Math.abs(found - samples * p)).toBeLessThanOrEqual(4.5 * deviation);
        total += found;
      }
    });
    expect(total).toBe(samples); // and no other masks
  });

  test("are a function of the generator", () => {
    const again = drawContexts(distribution, [10, length], Rng.from("mask test", length));
    expect(again.shape).toEqual([10, length]);
    expect([...again.data]).toEqual([...masks.data.subarray(0, 10 * length)]);
  });
});

test("refuses what defines no distribution", () => {
  const draw = (distribution: ContextDistribution, length: number) => () =>
    drawContexts(distribution, [1, length], Rng.from(0));
  expect(draw(paperContext, 1)).toThrow("expected a window of 2 or more states, found 1");
  expect(draw({kind: "truncated", lambda: 0}, 5)).toThrow("expected a Poisson mean above 0 and up to 500, found 0");
  expect(draw({kind: "wrapped", rho: 2}, 5)).toThrow("expected rho from 0 to 1, found 2");
  expect(draw({kind: "wrapped", atLeast: 5}, 5)).toThrow("expected atLeast from 0 to 4, found 5");
  expect(() => contextMask(4, 5)).toThrow("expected 0 to 4 context states, found 5");
});
