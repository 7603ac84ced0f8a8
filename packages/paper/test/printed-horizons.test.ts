import {printedHorizonsNote} from "../src/score-tables";
import {systemOf} from "@lola-ts/simulators";

test("only horizons that the paper prints otherwise than it computes them are named", () => {
  expect(printedHorizonsNote(systemOf("gravity-cooling"))).toBe(
    "The paper's header prints 11:20 and 21:50; its numbers are of 11:30 and 31:50, as in its later tables.",
  );
  const others = (["euler", "rayleigh-benard", "kolmogorov"] as const).map(systemOf);
  expect(others.map(printedHorizonsNote)).toEqual(["", "", ""]);
});
