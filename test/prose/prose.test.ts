/**
 * Numbers of prose come from results: each number with decimals of three significant digits or more, or with an error, is
 * looked up among the committed tables that its document names. What cannot be looked up is listed in unbacked.ts.
 */
import {numbersIn, passagesOf, type Passage, type PrintedNumber} from "./markdown";
import {holds} from "./records";
import {findingOf, faultsOf, findingsOf, statementsIn} from "./statements";
import {notebooks, notebookSource, paper, resultsOfReadme, sectionsOf, type Source} from "./sources";
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
  "README.md": [resultsOfReadme()],
  "docs/recipes.md": sectionsOf("docs/recipes.md"),
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

describe.each([
  ["trained models, Euler", "figures/findings-shown.json"],
  ["trained models, convection", "figures/rayleigh-benard/findings-shown.json"],
  ["trained models, cloud", "figures/gravity-cooling/findings-shown.json"],
  ["trained models, Kolmogorov flow", "figures/kolmogorov/findings-shown.json"],
])("statements of the README's results, %s", (column, file) => {
  const findings = findingsOf(file);
  const statements = statementsIn(resultsOfReadme().passages, column);
  const ofTheTour = "Latent solvers are faster than the pixel solver"; // times depend on the machine: Table 1

  test("have the verdict and the numbers of the findings that they repeat", () => {
    const shown = statements.filter(({statement}) => statement !== ofTheTour);
    expect(shown.length).toBe(statements.length - 1);
    for (const {statement, cell} of shown)
      expect([statement, ...faultsOf(cell, findingOf(statement, findings))]).toEqual([statement]);
    expect(new Set(shown.map(({statement}) => findingOf(statement, findings).statement)).size).toBe(shown.length);
  });

  test("a changed verdict or number is found", () => {
    const [finding] = findings;
    const [, factor] = /×([\d.]+)/.exec(finding.numbers)!;
    const {verdict} = finding;
    const other = verdict === "holds" ? "does not hold" : "holds";
    expect(faultsOf(`${verdict}: by a factor of ${factor}`, finding)).toEqual([]);
    expect(faultsOf(`${other}: by a factor of 7.77`, finding)).toEqual([`${other} instead of ${verdict}`, "7.77"]);
  });
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

  test("finds nearly every wrong number of the README's table", () => {
    const source = resultsOfReadme();
    const wrong = (text: string) =>
      text.replace(/0\.\d{3} ±/g, (number) => `${(Number(number.slice(0, 5)) + 0.004).toFixed(3)} ±`);
    const changed = source.passages.map((one) => ({...one, text: wrong(one.text)}));
    const all = changed.flatMap(({text}) => numbersIn(text));
    expect(all.length).toBeGreaterThan(15);
    expect(missing({...source, passages: changed}).length).toBeGreaterThan(0.9 * all.length);
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
