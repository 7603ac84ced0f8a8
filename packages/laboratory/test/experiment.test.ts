import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import type {Movie, Figure} from "@lola-ts/figures";
import {figuresFolder, projectRoot} from "@lola-ts/core";
import {closeExport} from "../../figures/src/render/export";
import {saveFigure, saveJson} from "../src/notebook/display";
import {openLab} from "../src/open-lab";
import {temporaryFolder} from "../../../test/folder";

const folder = temporaryFolder();
const figure: Figure = {data: [{type: "scatter", y: [1, 3, 2]}], layout: {width: 200, height: 150}};
const movie: Movie = {
  panels: [
    {
      name: "density",
      images: [{data: Float32Array.of(0, 1, 2, 3), shape: [2, 2]}],
      limits: [0, 3],
      scale: [
        [0, "rgb(0,0,0)"],
        [1, "rgb(255,0,0)"],
      ],
    },
  ],
  labels: ["τ = 4"],
  delay: 1,
};

const environment = {...process.env};
beforeAll(() => {
  Object.assign(process.env, {LOLA_SYSTEM: "euler", LOLA_PRESET: "tour", LOLA_OUT: folder("out")});
});
afterAll(async () => {
  for (const name of ["LOLA_SYSTEM", "LOLA_PRESET", "LOLA_OUT"]) delete process.env[name];
  Object.assign(process.env, environment);
  await closeExport();
});

/** Show and save one of everything. */
async function showAll(lab: ReturnType<typeof openLab>): Promise<string[]> {
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await lab.show(figure, {name: "figure"});
    await lab.showTable([{a: 1}], lab.caption, {name: "table"});
    await lab.show({figure, movie}, {name: "animation"});
    await lab.show(figure);
    return [
      ...(await saveFigure(figure, path.join(lab.folder, "saved"), {rows: [{a: 1}]})),
      await saveJson(lab, [1], "values"),
    ];
  } finally {
    print.mockRestore();
  }
}

const written = [
  ...[
    "animation.gif",
    "animation.html",
    "figure.html",
    "figure.png",
    "figure.svg",
    "plotly.min.js",
    "saved.csv",
    "saved.html",
    "saved.png",
    "saved.svg",
  ],
  ...["table.csv", "table.tex", "values.json"],
];

test("figures, tables, animations and values of a changed experiment leave the run's own figures untouched", async () => {
  const main = openLab();
  expect(main.folder).toBe(figuresFolder());
  await saveJson(main, "the run's own", "values");

  const labs = [
    openLab({change: (config) => ({...config, copies: 1})}),
    openLab({change: (config) => ({...config, copies: 2}), name: "two"}),
    openLab({preset: "smoke"}),
    openLab({system: "gravity-cooling"}),
  ];
  for (const lab of labs) {
    expect(lab.folder).toBe(path.join(folder("out"), lab.name, "figures"));
    const saved = await showAll(lab);
    expect(saved.every((file) => path.dirname(file) === lab.folder && existsSync(file))).toBe(true);
    expect(readdirSync(lab.folder).sort()).toEqual(written);
  }
  expect(new Set(labs.map((lab) => lab.folder)).size).toBe(labs.length);
  expect(labs[1].name).toBe("euler-tour-two");
  expect(readdirSync(main.folder)).toEqual(["values.json"]);
  expect(JSON.parse(readFileSync(path.join(main.folder, "values.json"), "utf8"))).toBe("the run's own");
});

test("without LOLA_OUT a run and a changed run write to folders of their own in .out/", () => {
  const {LOLA_OUT} = process.env;
  delete process.env.LOLA_OUT;
  expect(openLab().folder).toBe(path.join(projectRoot(), ".out/euler-tour/figures"));
  const lab = openLab({change: (config) => ({...config, copies: 1})});
  expect(lab.folder).toBe(path.join(projectRoot(), ".out", lab.name, "figures"));
  process.env.LOLA_OUT = LOLA_OUT;
});

test("a name that would lead out of the folder is refused when the laboratory opens", () => {
  expect(() => openLab({name: "../../../test/figures"})).toThrow(
    'openLab: expected a name of letters, digits, "-", "_" and "."',
  );
});
