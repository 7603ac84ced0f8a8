import {toHtmlTable} from "../src/tables";

const html = toHtmlTable(
  [
    {method: "a<b", "1:20": 0.5, "1:20 ±": 0.01},
    {method: "c", "1:20": null},
  ],
  'VRMSE & "more"',
);

test("numbers are to the right, with errors beside values", () => {
  expect(html).toMatch(/<td style="text-align:right[^"]*">0\.500 <small>± 0\.010<\/small><\/td>/);
  expect(html).toMatch(/<td style="text-align:right[^"]*">–<\/td>/);
  expect(html.match(/<th /g)).toHaveLength(2);
});

test("a table that is wider than the cell scrolls in its own box, with its first column in sight", () => {
  expect(html).toMatch(/<div style="overflow-x:auto/);
  expect(html.match(/position:sticky/g)).toHaveLength(3); // heading and two rows
});

test("heads name measures as readers know them, not as options do", () => {
  const heads = toHtmlTable([{variant: "a", "vrmse@1:20": 1, "crps@1:20": 1, "mid@21:40": 1, "a@b": 1}], "").matchAll(
    /<th [^>]*>([^<]*)/g,
  );
  expect([...heads].map(([, head]) => head)).toEqual(["variant", "VRMSE 1:20", "CRPS 1:20", "mid 21:40", "a@b"]);
});

test("text is escaped", () => {
  expect(html).toContain("<b>VRMSE &amp; &quot;more&quot;</b></figcaption>");
  expect(html).toContain("a&lt;b");
});

test("every element that opens closes", () => {
  for (const tag of ["div", "table", "tr", "td", "th", "thead", "tbody", "figure", "figcaption"]) {
    const count = (pattern: string) => html.match(new RegExp(pattern, "g"))?.length;
    expect(count(`<${tag}[ >]`)).toBe(count(`</${tag}>`));
  }
});

test("cells that stand out are in bold, their errors too", () => {
  const bold = toHtmlTable([{method: "a", x: 0.5, "x ±": 0.01, y: 2}], "", {bold: [["x"]]});
  expect(bold).toContain("><b>0.500 <small>± 0.010</small></b></td>");
  expect(bold).toContain(">2</td>");
});

test("a caption names the table in bold, and the source of its numbers in grey", () => {
  const sourced = toHtmlTable([{method: "a", x: 1}], "Table 6. euler, preset tour");
  expect(sourced).toContain('<b>Table 6.</b> <small style="color:#777">euler, preset tour</small></figcaption>');
});

test.each([
  [10, 6, false],
  [11, 2, true],
  [2, 7, true],
])("of %i rows and %i columns: folded is %s", (count, width, isFolded) => {
  const row = Object.fromEntries(Array.from({length: width}, (_, i) => [`c${i}`, i]));
  const table = toHtmlTable(
    Array.from({length: count}, () => row),
    "Many numbers",
  );
  expect(table.startsWith("<details><summary")).toBe(isFolded);
  expect(table.includes(`(${count} rows, ${width} columns)`)).toBe(isFolded);
  expect(table.match(/Many numbers/g)).toHaveLength(1);
});

test("an error beside its value is no column of its own", () => {
  const row = Object.fromEntries(
    ["a", "b", "c", "d", "e", "f"].flatMap((name) => [
      [name, 1],
      [`${name} ±`, 0.1],
    ]),
  );
  expect(toHtmlTable([row], "Six")).not.toContain("<details>");
});

test("a table without a caption is refused by name", () => {
  expect(() => toHtmlTable([{a: 1}], undefined as never)).toThrow(
    "toHtmlTable: expected caption to be a text, found none",
  );
});
