import {curveStyles, colours, methodHue} from "../src/style";

test("in one laboratory colour and open marker are the rate's rank, the dash the method, and labelled methods have filled markers", () => {
  const curves = [
    {method: "diffusion", compression: 5},
    {method: "neural solver", compression: 20},
    {method: "one block", compression: 20},
    {method: "two blocks", compression: 20},
  ];
  const style = curveStyles(curves);
  const [diffusion, solver, one, two] = curves.map(style);
  expect(diffusion).toEqual({color: colours[1], dash: "solid", symbol: "circle-open"});
  expect(solver).toEqual({color: colours[2], dash: "dash", symbol: "square-open"});
  expect([one.color, two.color]).toEqual([colours[2], colours[2]]);
  expect(new Set([diffusion, solver, one, two].map(({dash}) => dash)).size).toBe(4);
  expect(one.symbol).toBeDefined();
  expect(one.symbol).not.toBe(two.symbol);
});

test("each laboratory has a colour, a marker and, for one method, a dash of its own", () => {
  const curves = ["a", "b", "c", "d", "e", "f"].map((lab) => ({lab, method: "diffusion", compression: 20}));
  const styles = curves.map(curveStyles(curves));
  for (const part of ["color", "symbol", "dash"] as const) {
    expect(new Set(styles.map((style) => style[part])).size).toBe(curves.length);
  }
  expect(styles.every(({opacity}) => opacity === 1)).toBe(true);
});

test("with several methods the dash is the method, and lower rates are paler", () => {
  const curves = ["a", "b"].flatMap((lab) => [
    {lab, method: "diffusion", compression: 5},
    {lab, method: "neural solver", compression: 80},
  ]);
  const [low, high, other] = curves.map(curveStyles(curves));
  expect([low.dash, high.dash]).toEqual(["solid", "dash"]);
  expect(low.color).toBe(high.color);
  expect(low.color).not.toBe(other.color);
  expect(low.opacity!).toBeLessThan(high.opacity!);
});

test("colours of laboratories differ in brightness, for readers who do not tell hues apart", () => {
  const curves = ["a", "b", "c"].map((lab) => ({lab}));
  const bright = curves.map(curveStyles(curves)).map(({color}) => {
    const [r, g, b] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  const sorted = [...bright].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) expect(sorted[i] / sorted[i - 1]).toBeGreaterThan(1.1);
});

test("a method has its hue whatever is drawn beside it, and other names have other colours", () => {
  const names = ["simulator", "autoencoder, yours", "diffusion", "neural solver", "diffusion, yours"];
  const style = curveStyles(names.map((lab) => ({lab})));
  for (const method of ["diffusion", "neural solver"]) expect(style({lab: method}).color).toBe(methodHue(method));
  for (const part of ["color", "symbol", "dash"] as const)
    expect(new Set(names.map((lab) => style({lab})[part])).size).toBe(names.length);
});
