import {displayId, displayWriter} from "../src/kernel-output";

test("outside a notebook there is no cell to write to", () => expect(displayWriter()).toBeUndefined());

test("identifiers tell that they are of progress, and differ", () => {
  expect(displayId()).toMatch(/^progress-[0-9a-f]{16}$/);
  expect(displayId()).not.toBe(displayId());
});
