import {claimsInMarkdown, notMeasured, type Claim} from "../../src/claims/claim";

const holds: Claim = {
  source: "4, Table 6",
  claim: "a | b is smaller",
  verdict: "holds",
  printed: "fails in 1 of 9",
  statistic: "÷20 1:20 −9.5 % ± 0.3",
  test: "VRMSE over VRMSE, over seeds, 40 trajectories: better in 1, worse in 0 of 1 cell",
};
const open = notMeasured({source: "6", claim: "a caveat"}, "no run can decide it");

test("verdicts stand in a table, then each claim with its numbers, or the reason why there are none", () => {
  const text = claimsInMarkdown([holds, open, {...holds, source: "ours"}], "Lab euler, preset mini");
  expect(text).toContain("Lab euler, preset mini.");
  expect(text).toContain(
    "| a \\| b is smaller | 4, Table 6 | holds | fails in 1 of 9 |\n| a caveat | 6 | not measured | – |",
  );
  expect(text).toContain(
    "## a | b is smaller\n\nPaper: 4, Table 6. **holds**.\n\n÷20 1:20 −9.5 % ± 0.3\n\nVRMSE over VRMSE, over seeds, 40 trajectories: ",
  );
  expect(text).toContain("**not measured**.\n\nReason: no run can decide it.");
  expect(text).toContain("A statement of ours. **holds**.");
});
