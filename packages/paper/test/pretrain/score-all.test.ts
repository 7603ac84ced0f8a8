import {readFileSync} from "node:fs";
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {preset, systemNames} from "@lola-ts/laboratory/stages";
import {CALIBRATED, FEW} from "../../src/pretrain/score-all";
import {rivals} from "@lola-ts/laboratory";

/** Code of a notebook's cells. */
function codeOf(name: string): string {
  const file = path.join(projectRoot(), "notebooks", `${name}.ipynb`);
  const {cells} = JSON.parse(readFileSync(file, "utf8")) as {cells: {cell_type: string; source: string[]}[]};
  return cells
    .filter(({cell_type}) => cell_type === "code")
    .map(({source}) => source.join(""))
    .join("\n");
}

const evaluation = codeOf("07-evaluation");
const figures = codeOf("08-figures");

describe("scores that come with the project are those that notebooks ask for", () => {
  it.each([
    ["07-evaluation", evaluation],
    ["08-figures", figures],
  ])("%s: as few trajectories", (_name, code) => {
    const asked = [...code.matchAll(/openTrained\(\w+, \{trajectories: (\d+)\}\)/g)].map(([, count]) => Number(count));
    expect(asked).toEqual([FEW]);
  });

  it("07-evaluation: the same rivals, on latents", () => {
    const pair = /const pair = (\[.*?\]) as const/.exec(evaluation);
    expect(JSON.parse(pair![1])).toEqual(CALIBRATED);
  });

  it.each(systemNames())("%s has these rivals", (system) => {
    const labels = rivals(preset(system, "mini")).map(({label}) => label);
    expect(labels).toEqual(expect.arrayContaining([...CALIBRATED]));
  });

  it("07-evaluation: ensembles of solvers that are compared are among the rivals", () => {
    const labels = rivals(preset("euler", "mini")).map(({label}) => label);
    for (const name of ["ensembles", "symmetric"]) {
      const compared = new RegExp(`const ${name} = (\\[.*?\\]) as const`).exec(evaluation)![1];
      expect(labels).toEqual(expect.arrayContaining(JSON.parse(compared) as string[]));
    }
  });
});
