import {drawText, TEXT_HEIGHT, textWidth} from "../../../lib/figures/render/pixel-text";

const draw = (text: string, width = 60) => {
  const data = new Uint8Array(width * 20);
  drawText({width, data}, text, [2, 3], 7);
  return data;
};

test("a minus sign is a bar in the middle of its line", () => {
  const data = draw("−");
  const inked = [...data].flatMap((value, i) => (value === 7 ? [Math.floor(i / 60)] : []));
  expect([...new Set(inked)]).toEqual([3 + 6, 3 + 7]);
  expect(inked).toHaveLength(2 * 10);
});

test("letters differ, stay within their height and width, and subscripts are plain", () => {
  expect(draw("τ")).not.toEqual(draw("t"));
  expect(draw("x₁₀")).toEqual(draw("x10"));
  const rows = [...draw("Agj")].flatMap((value, i) => (value ? [Math.floor(i / 60)] : []));
  expect(Math.min(...rows)).toBeGreaterThanOrEqual(3);
  expect(Math.max(...rows)).toBeLessThan(3 + TEXT_HEIGHT);
  expect(textWidth("abc")).toBe(3 * 12 - 2);
});

test("what does not fit is left out", () => {
  expect(draw("MMMMMMMM").filter(Boolean)).toEqual(draw("MMMM").filter(Boolean));
});
