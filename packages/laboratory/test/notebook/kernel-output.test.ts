import {displayId, displayWriter} from "../../src/notebook/kernel-output";

test("outside a notebook there is no cell to write to", () => expect(displayWriter()).toBeUndefined());

test("identifiers tell the kind and differ", () => {
  expect(displayId("progress")).toMatch(/^progress-[0-9a-f]{16}$/);
  expect(displayId("progress")).not.toBe(displayId("progress"));
});
