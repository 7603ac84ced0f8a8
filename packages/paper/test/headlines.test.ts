import {readFileSync} from "node:fs";
import path from "node:path";
import type {HeatmapData, ScatterData} from "plotly.js";
import {systemNames} from "@lola-ts/simulators";
import {claimsFigure, rivalsFigure} from "../src/headlines";

const index = readFileSync(path.join(__dirname, "../../../figures/index.md"), "utf8");

test("ensembles have a lower CRPS than single answers in every system, and some are surely better than diffusion", () => {
  const {data, layout} = rivalsFigure();
  expect(index).toContain((layout.title as {text: string}).text);
  const dots = data as Partial<ScatterData>[];
  const single = [
    "one call of the denoiser (16)",
    "diffusion, mean of latents (256)",
    "solver, trained on (1)",
    "neural solver (1)",
  ];
  const systems = systemNames.map((_, i) => dots.slice((i * dots.length) / 4, ((i + 1) * dots.length) / 4));
  for (const rows of systems) {
    const [alone, ensembles] = [true, false].map((is) =>
      rows.filter(({name}) => single.includes(name!) === is).map(({x}) => Number(x![0])),
    );
    expect([alone.length, ensembles.length]).toEqual([4, 7]);
    expect(Math.max(...ensembles)).toBeLessThan(Math.min(...alone));
    expect(rows.map(({name}) => name)).toEqual(systems[0].map(({name}) => name));
  }
  const isBetter = ({x, marker}: Partial<ScatterData>) => Number(x![0]) < 0 && marker!.color !== "white";
  expect(systems.filter((rows) => rows.some(isBetter)).length).toBeGreaterThan(1);
});

test("the matrix of claims has the judge's words, and its title counts them", () => {
  const {data, layout} = claimsFigure();
  const [{text: words}] = data as Partial<HeatmapData>[];
  const rows = words as unknown as string[][];
  expect(new Set(rows.flat())).toEqual(new Set(["holds", "fails", "undecided", "out of range", "–"]));
  const papers = rows.filter((_, i) => !layout.annotations!.at(i - rows.length)!.text!.endsWith("(ours)"));
  const all = (word: string) => papers.filter((row) => row.every((one) => one === word)).length;
  const {text: title} = layout.title as {text: string};
  expect(title).toBe(
    `Of ${papers.length} claims of the paper, ${all("fails")} fail our rule in every system here, and ${all("holds")} holds in every one`,
  );
  expect(index).toContain(title);
});
