/** Program of the study of break-even, on one thread: npm run lola -- break-even --help */
import "./one-thread";
import {textTable} from "@lola-ts/figures";
import {openLab, openTrained} from "@lola-ts/laboratory";
import {breakEven} from "./break-even";

/** Run the verb `break-even`. */
export async function main({system}: {readonly system: string}): Promise<void> {
  const lab = openTrained(openLab({system}));
  const study = await breakEven(lab);
  const {rows, growth, crossings, caption} = study;
  const places = Object.entries(crossings).map(([kind, cells]) => {
    const place = cells === null ? "nowhere on these grids" : `at ${Math.round(cells)} cells along the first axis`;
    return `The ${kind} costs as much as the simulator ${place}.`;
  });
  process.stdout.write([textTable(rows), textTable(growth), ...places, caption, ""].join("\n"));
  await lab.show(study.figure(), {name: "break-even"});
  await lab.showTable(rows, caption, {name: "break-even-table", digits: 3, decimals: {"cost, ms": 1}});
  await lab.showTable(growth, `Cost of a state by grid. ${lab.caption}`, {name: "break-even-growth", digits: 3});
}
