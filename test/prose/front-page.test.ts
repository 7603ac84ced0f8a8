/** The README's statements, not only its numbers, are what the committed files say; a change of these files changes them. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {readTrajectoryScores} from "lola/evaluate";
import {adversary} from "../../packages/paper/src/claims/adversary";
import {committed, errorRows, rivalRows, STATEMENTS, type Source} from "./front-page";
import {tableWith} from "./markdown";
import {systems} from "./results-rows";

const root = path.resolve(__dirname, "../..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");
const prose = readme.replace(/\s+/g, " ").replace(/\*\*/g, "");

test("the tables of errors and of rivals are made again", () => {
  expect(tableWith("paper, diffusion", readme).rows).toEqual(errorRows(committed));
  expect(tableWith("strongest ensemble of solvers (calls)", readme).rows).toEqual(rivalRows(committed));
});

test.each(STATEMENTS)("what is said of $about is what the files say", ({says}) => {
  expect(prose).toContain(says(committed));
});

test.each(STATEMENTS)("what is said of $about changes with the files", ({says, file, changed}) => {
  const other: Source = (name) => (file.test(name) ? committed(name).map(changed) : committed(name));
  expect(says(other)).not.toBe(says(committed));
});

test("counts of diffusion are against the strongest rival first, and 12 of 12 never stands alone", () => {
  const {columns} = tableWith("strongest ensemble of solvers (calls)", readme);
  expect(columns.slice(1, 3)).toEqual(["strongest ensemble of solvers (calls)", "diffusion against it, CRPS"]);
  const bullet = readme.split("\n").find((line) => line.includes("12 of 12"))!;
  expect(bullet).toMatch(/white noise around the solver beats it in \d+ of 36 cells/);
  expect(readme.indexOf("Against the strongest rival")).toBeLessThan(readme.indexOf(bullet));
});

test("so many systems are undecided without one of three seeds", () => {
  const turned = systems.filter(({folder}) => {
    const attacks = adversary(readTrajectoryScores(path.join(root, folder, "scores.csv")));
    const seed = attacks("Over three seeds, diffusion has a lower CRPS").find(({kind}) => kind === "seed");
    return seed?.flip?.verdict === "undecided";
  });
  const words = ["no", "one", "two", "three", "four"];
  expect(prose).toContain(`dropping one makes ${words[turned.length]} systems undecided against one solver`);
});

test("the effect of the 8-bit rounding is the largest of the measured ones", () => {
  const {rows} = tableWith("Kolmogorov flow", readFileSync(path.join(root, "data/README.md"), "utf8"));
  const largest = Math.max(...rows.flat().flatMap((cell) => (cell.match(/\d\.\d/g) ?? []).map(Number)));
  expect(prose).toContain(`which shifts them by up to ${largest} %`);
});
