import {temporaryFolder} from "../folder";
import {fuzz, targets} from "./runner/fuzz";
import {isSentence} from "./runner/target";

const path = temporaryFolder();

/** Failures are found again by their number: npm run lola -- fuzz --seed 1 <format>. */
test.each([...targets])(
  "300 damaged files of the format %s have their seed's content or are refused",
  async (_, program) => {
    const {counts, failures} = await fuzz(program, {seed: 1, cases: 300, keep: path("kept")});
    expect(failures).toEqual([]);
    expect(counts.same + counts.refused).toBe(300);
  },
);

test("a sentence names its file, is one line, and has nothing that a terminal would obey", () => {
  expect(isSentence("/a/b: expected a number, found a text.", "/a/b")).toBe(true);
  expect(isSentence("Invalid array length", "/a/b")).toBe(false);
  expect(isSentence("/a/b: expected a\nb", "/a/b")).toBe(false);
  expect(isSentence("/a/b: found \u001b[2J", "/a/b")).toBe(false);
  expect(isSentence(`/a/b: ${"x".repeat(2000)}`, "/a/b")).toBe(false);
});
