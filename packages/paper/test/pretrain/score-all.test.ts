import {readFileSync} from "node:fs";
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {preset, systemNames} from "@lola-ts/laboratory/stages";
import {CALIBRATED} from "../../src/pretrain/pretrain";
import {FEW} from "../../src/trajectory-scores";
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

const study = codeOf("12-rivals");

describe("scores that come with the project are those that notebooks ask for", () => {
  it.each(["12-rivals", "13-paper"])("%s: as few trajectories", (name) => {
    const code = codeOf(name);
    const asked = [...code.matchAll(/openTrained\(\w+, \{trajectories: (\d+)\}\)/g)].map(([, count]) => Number(count));
    expect(asked).toEqual([FEW]);
  });

  it("12-rivals: the same rivals, on latents", () => {
    const wanted = /const wanted = (\[.*?\]);/.exec(study);
    expect(JSON.parse(wanted![1])).toEqual(CALIBRATED);
  });

  it.each(systemNames())("%s has these rivals", (system) => {
    const labels = rivals(preset(system, "mini")).map(({label}) => label);
    expect(labels).toEqual(expect.arrayContaining([...CALIBRATED]));
  });

  it("12-rivals: ensembles that are compared are among the rivals", () => {
    const labels = rivals(preset("euler", "mini")).map(({label}) => label);
    const many = /const many = (".*?");/.exec(study)![1];
    for (const name of ["stochastic", "solvers", "symmetries"]) {
      const compared = new RegExp(`judge\\("verdicts-${name}", (\\[.*?\\])\\)`).exec(study)![1].replace("many", many);
      expect(labels).toEqual(expect.arrayContaining(JSON.parse(compared) as string[]));
    }
  });
});
