/**
 * Numbers of prose come from results: each number with decimals of three significant digits or more, or with an error, is
 * looked up among the committed tables that its document names. What cannot be looked up is listed in unbacked.ts.
 */
import {numbersIn, passagesOf, type Passage, type PrintedNumber} from "./markdown";
import {holds} from "./records";
import {notebooks, notebookSource, paper, sectionsOf, type Source} from "./sources";
import {unbacked, type Unbacked} from "./unbacked";

const covers = ({document, section, words}: Unbacked, passage: Passage) =>
  document.test(passage.document) &&
  (section?.test(passage.section) ?? true) &&
  (words === undefined || passage.context.includes(words));

/** List the numbers of a source that nothing holds. */
function missing({passages, tables}: Source): {passage: Passage; number: PrintedNumber}[] {
  return passages.flatMap((passage) => {
    const all = /\bpapers?\b/i.test(passage.context) ? [...tables, ...paper] : tables;
    return numbersIn(passage.text)
      .filter((number) => !all.some((table) => holds(table, number, passage)))
      .map((number) => ({passage, number}));
  });
}

const sources: Record<string, readonly Source[]> = {
  ...Object.fromEntries(["README.md", "docs/results.md"].map((name) => [name, sectionsOf(name)])),
  ...Object.fromEntries(notebooks.map((name) => [name, [notebookSource(name)]])),
};
const found = Object.fromEntries(Object.entries(sources).map(([name, list]) => [name, list.flatMap(missing)]));

test.each(Object.keys(sources))("every number of %s is in a committed result, or listed with a reason", (name) => {
  const left = found[name].filter(({passage}) => !unbacked.some((one) => covers(one, passage)));
  expect(left.map(({passage, number}) => `${passage.section}: ${number.text} in "${passage.context}"`)).toEqual([]);
});

test("every exception is needed", () => {
  const all = Object.values(found).flat();
  const idle = unbacked.filter((one) => !all.some(({passage}) => covers(one, passage)));
  expect(idle.map(({reason}) => reason)).toEqual([]);
});

describe("the look-up", () => {
  const records = [
    {method: "diffusion", "÷": "40", VRMSE: "0.53312", "VRMSE ±": "0.0152", CRPS: "0.27081", "CRPS ±": "0.0071"},
    {method: "neural solver", "÷": "80", VRMSE: "0.46912", "VRMSE ±": "0.0163", CRPS: "0.33", "CRPS ±": "0.009"},
  ];
  const isHeld = (context: string) => numbersIn(context).map((number) => holds(records, number, {context}));

  test.each([
    ["an error of 0.533 or 0.469", [true, true]],
    ["diffusion at ÷40 has 0.533", [true]],
    ["diffusion at ÷80 has 0.469", [false]],
    ["the neural solver has a VRMSE of 0.469 ± 0.016", [true]],
    ["the neural solver has a CRPS of 0.469", [false]],
    ["diffusion has 0.533 ± 0.016", [false]],
    ["it is 53.3 % of the truth", [true]],
    ["it is 0.534", [false]],
  ])("%s", (context, expected) => expect(isHeld(context)).toEqual(expected));

  test("finds nearly every wrong number of docs/results.md", () => {
    const wrong = (text: string) => text.replace(/0\.\d{3}(?!\d)/g, (number) => (Number(number) + 0.0043).toFixed(3));
    const changed = sources["docs/results.md"].map(({passages, tables}) => ({
      ...{tables, passages: passages.map((one) => ({...one, text: wrong(one.text)}))},
    }));
    const all = changed.flatMap(({passages}) => passages.flatMap(({text}) => numbersIn(text)));
    expect(all.length).toBeGreaterThan(60);
    expect(changed.flatMap(missing).length).toBeGreaterThan(0.9 * all.length);
  });
});

describe("passages", () => {
  test("are sentences and cells, without code, equations and targets of links", () => {
    const text =
      "# A\n\nOne is 0.123. Two `0.456` is $0.789$, see [it](a/0.111).\n\n| m | VRMSE |\n| - | - |\n| x | 0.222 |\n";
    const found = passagesOf("a.md", text);
    expect(found.flatMap(({text}) => numbersIn(text)).map(({text}) => text)).toEqual(["0.123", "0.222"]);
    expect(found.at(-1)).toEqual({document: "a.md", section: "A", text: "0.222", context: "VRMSE; x; 0.222"});
  });

  test("names, sections and versions are no measured numbers; two digits are none without an error", () => {
    expect(numbersIn("arXiv 2507.02608 of section 3.2.2, v1.0.0, Python 3.10.1, c0.123")).toEqual([]);
    expect(numbersIn("0.16, 1.5 and 0.05, but 0.16 ± 0.01 and 12.5 %").map(({text}) => text)).toEqual([
      "0.16 ± 0.01",
      "12.5 %",
    ]);
  });
});
