import {UNMEASURED} from "../../src/claims/claim";

test("each claim that no run decides is there once, with a reason and no numbers", () => {
  expect(new Set(UNMEASURED.map(({claim}) => claim)).size).toBe(UNMEASURED.length);
  for (const {verdict, test, source, printed, statistic} of UNMEASURED) {
    expect([verdict, printed, statistic]).toEqual(["not measured", "–", ""]);
    expect(test.length).toBeGreaterThan(20);
    expect(source).not.toBe("");
  }
});
