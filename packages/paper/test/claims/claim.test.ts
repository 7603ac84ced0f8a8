import {decided, notMeasured} from "../../src/claims/claim";

const text = {source: "4", claim: "x is small"};
const cell = (pFor: number) => ({label: "÷80", value: pFor - 0.5, error: 0.1, pFor, pAgainst: 1 - pFor});

test("a claim holds if every cell is on its side after correction for their number", () => {
  expect(decided(text, "x", [cell(0.001), cell(0.002)]).verdict).toBe("holds");
  expect(decided(text, "x", [cell(0.03)]).verdict).toBe("holds");
  expect(decided(text, "x", [cell(0.03), cell(0.04)]).verdict).toBe("undecided"); // 0.06 and 0.06
  expect(decided(text, "x", [cell(0.001), cell(0.2)]).verdict).toBe("undecided");
});

test("one cell that is clearly against it is enough", () => {
  const found = decided(text, "x", [cell(0.001), cell(0.999)]);
  expect(found.verdict).toBe("does not at this size");
  expect(found.test).toBe("x: for it in 1, against it in 1 of 2 cells, smallest p against it 0.002 (Holm)");
  expect(found.statistic).toBe("÷80 −0.499 ± 0.100; ÷80 +0.499 ± 0.100");
});

test("there is no verdict without a test", () => {
  expect(decided(text, "x", []).verdict).toBe("not measured");
  expect(decided(text, "x", [cell(NaN)])).toMatchObject({
    verdict: "not measured",
    test: "one test trajectory alone has no uncertainty",
  });
  expect(notMeasured(text, "no guidance")).toMatchObject({verdict: "not measured", test: "no guidance", statistic: ""});
});
