import {decided, notMeasured} from "../../src/claims/claim";
import {cellOf} from "../../src/claims/claim-cells";
import {claimsInMarkdown} from "../../src/claims/claims-in-markdown";

const holds = decided({source: "4, Table 6", claim: "a | b is smaller"}, "paired t-tests", [
  cellOf("÷20, 1:20", [[-1, -1.1, -0.9, -1]]),
]);
const open = notMeasured({source: "6", claim: "a caveat"}, "no run can decide it");

test("verdicts stand in a table, then each claim with its numbers, or the reason why there are none", () => {
  const text = claimsInMarkdown([holds, open], "Lab euler, preset mini");
  expect(text).toContain("Lab euler, preset mini.");
  expect(text).toContain("| a \\| b is smaller | 4, Table 6 | holds |\n| a caveat | 6 | not measured |");
  expect(text).toMatch(
    /## a \| b is smaller\n\nPaper: 4, Table 6\. \*\*holds\*\*\.\n\n÷20, 1:20 .*\n\npaired t-tests: for it in 1/,
  );
  expect(text).toContain("**not measured**.\n\nReason: no run can decide it.");
});
