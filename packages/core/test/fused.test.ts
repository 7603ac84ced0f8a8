import {isFusedWanted} from "../src/fused";

const there = () => true;
const missing = () => false;

test("without a wish, what is there runs", () => {
  expect([there, missing].map((is) => isFusedWanted(is, "here", ""))).toEqual([true, false]);
});

test("on insists, off does without, and does not even look", () => {
  expect(isFusedWanted(there, "here", "on")).toBe(true);
  expect(() => isFusedWanted(missing, "here", "on")).toThrow("LOLA_FUSED: expected off here, found on.");
  const asked = jest.fn(there);
  expect(isFusedWanted(asked, "here", "off")).toBe(false);
  expect(asked).not.toHaveBeenCalled();
});

test("another wish is refused", () => {
  expect(() => isFusedWanted(there, "here", "yes")).toThrow("LOLA_FUSED: expected on or off here, found yes.");
});

test("the reason why nothing compiled runs is said", () => {
  const reason = () => "its checksum is another";
  expect(() => isFusedWanted(reason, "here", "on")).toThrow("expected off here (its checksum is another), found on");
  const warning = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  for (let i = 0; i < 2; i++) expect(isFusedWanted(reason, "with a reason", "")).toBe(false);
  expect(warning.mock.calls).toEqual([
    [expect.stringContaining("run with a reason (its checksum is another), but slower")],
  ]);
  warning.mockRestore();
});
