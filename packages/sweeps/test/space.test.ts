import {nested, overridesInWords, variantsOf, type Space} from "../src/space";

const refusal = (space: unknown, options = {}) => {
  try {
    variantsOf("sweep", space as Space, options);
  } catch (error) {
    expect((error as Error).message).not.toContain("\n");
    return (error as Error).message;
  }
  return "accepted";
};

test("a grid has all combinations, the last option fastest", () => {
  expect(variantsOf("sweep", {a: [1, 2], "b.c": ["x", "y"]})).toEqual([
    {a: 1, "b.c": "x"},
    {a: 1, "b.c": "y"},
    {a: 2, "b.c": "x"},
    {a: 2, "b.c": "y"},
  ]);
});

test("ranges have equal differences, or equal ratios, both ends included; whole ones are rounded", () => {
  const values = (range: object) => variantsOf("sweep", {a: range} as Space).map(({a}) => a);
  expect(values({from: 0, to: 1, count: 5})).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(values({from: 1e-4, to: 1e-2, count: 3, log: true})).toEqual([1e-4, 1e-3, 1e-2]);
  expect(values({from: 1, to: 4, count: 3, whole: true})).toEqual([1, 3, 4]);
});

test("draws are reproducible, within their ranges, uniform in the logarithm, and do not depend on the other options", () => {
  const space = {rate: {from: 1e-4, to: 1e-1, log: true}, name: ["a", "b"]};
  const drawn = variantsOf("sweep", space, {draws: 2000, seed: 1});
  expect(variantsOf("sweep", space, {draws: 2000, seed: 1})).toEqual(drawn);
  expect(variantsOf("sweep", {rate: space.rate}, {draws: 3, seed: 1}).map(({rate}) => rate)).toEqual(
    drawn.slice(0, 3).map(({rate}) => rate),
  );
  const decades = drawn.map(({rate}) => Math.log10(rate as number));
  expect(Math.min(...decades)).toBeGreaterThanOrEqual(-4);
  expect(Math.max(...decades)).toBeLessThanOrEqual(-1);
  expect(decades.reduce((a, b) => a + b, 0) / decades.length).toBeCloseTo(-2.5, 1);
});

test("a list of variants may nest options, and each variant counts once", () => {
  expect(variantsOf("sweep", [{a: {b: 1}}, {"a.b": 1}, {"a.b": 2, c: [3]}])).toEqual([{"a.b": 1}, {"a.b": 2, c: [3]}]);
  expect(nested("sweep", {"a.b": 1, "a.c": 2, d: 3})).toEqual({a: {b: 1, c: 2}, d: 3});
  expect(overridesInWords({"a.b": [1, 2], c: "x"})).toBe("a.b = [1,2], c = x");
});

test.each([
  [{}, {}, "sweep: expected a space of one option or more, found none."],
  [[], {}, "sweep: expected a space of one variant or more, found none."],
  [{a: []}, {}, "sweep: expected a to have values, found an empty list."],
  [
    {a: 64},
    {},
    "sweep: expected a to be a list of values such as [64, 128], or a range such as {from: 1e-4, to: 1e-2, count: 5}, found 64; write [64].",
  ],
  [{a: {from: 2, to: 1, count: 3}}, {}, "sweep: expected a to range from less to more, found 2 to 1."],
  [{a: {from: 0, to: 1, log: true, count: 3}}, {}, "sweep: expected a to range over numbers above 0, found 0."],
  [{a: {from: 0, to: 1}}, {}, "sweep: expected a count of values of a, found none; or draw them."],
  [{a: {from: 0, until: 1}}, {}, 'sweep: unknown option "a.until"; known are from, to, count, log, whole.'],
  [
    7,
    {},
    'sweep: expected the space to be options with their values such as {"latent.hidChannels": [64, 128]}, found 7.',
  ],
  [[3], {}, 'sweep: expected space[0] to be options such as {"latent.hidChannels": 64}, found 3.'],
  [
    {a: Array.from({length: 200}, (_, i) => i), b: Array.from({length: 200}, (_, i) => i)},
    {},
    "sweep: expected at most 10000 variants, found 40000; draw some of them.",
  ],
])("%j is refused", (space, options, sentence) => {
  expect(refusal(space, options)).toBe(sentence);
});

test("options inside of each other are refused, in any order and whatever their values", () => {
  const sentence = "sweep: expected options that are not part of each other, found a.b inside a.";
  expect(() => nested("sweep", {a: 1, "a.b": 2})).toThrow(sentence);
  expect(() => nested("sweep", {"a.b": 2, a: 1})).toThrow(sentence);
  expect(() => nested("sweep", {a: {c: 3}, "a.b": 2})).toThrow(sentence); // it would have been written into the caller's value
});

test("variants with NaN, null and infinity are three, and variants that differ in the order of their options are one", () => {
  expect(variantsOf("sweep", {a: [NaN, null, Infinity]})).toHaveLength(3);
  expect(
    variantsOf("sweep", [
      {a: 1, b: 2},
      {b: 2, a: 1},
    ]),
  ).toHaveLength(1);
});

test("options without the beginning of an error's sentence are refused by name", () => {
  expect(() => nested({"a.b": 1} as never, undefined as never)).toThrow("nested: expected where to be a text");
  expect(() => nested("sweep", undefined as never)).toThrow("nested: expected overrides to be values of options");
});
