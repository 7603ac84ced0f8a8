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
  expect(html).toMatch(/^<div style="overflow-x:auto/);
  expect(html.match(/position:sticky/g)).toHaveLength(3); // heading and two rows
});

test("text is escaped", () => {
  expect(html).toContain("<b>VRMSE &amp; &quot;more&quot;</b></caption>");
  expect(html).toContain("a&lt;b");
});

test("every element that opens closes", () => {
  for (const tag of ["div", "table", "tr", "td", "th", "thead", "tbody", "caption"]) {
    const count = (pattern: string) => html.match(new RegExp(pattern, "g"))?.length;
    expect(count(`<${tag}[ >]`)).toBe(count(`</${tag}>`));
  }
});

test("cells that stand out are in bold, their errors too", () => {
  const bold = toHtmlTable([{method: "a", x: 0.5, "x ±": 0.01, y: 2}], "", {bold: [["x"]]});
  expect(bold).toContain("><b>0.500 <small>± 0.010</small></b></td>");
  expect(bold).toContain(">2</td>");
});
