import {existsSync} from "node:fs";
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {projectRoot, type TableRow} from "@lola-ts/core";
import {closeExport} from "../../../figures/src/render/export";
import type {Movie, Figure} from "@lola-ts/figures";
import type {DisplayWriter} from "@lola-ts/cache";
import {Presenter, saveFigure, saveJson} from "../../src/notebook/display";

let mockWriter: DisplayWriter | undefined;
jest.mock("../../../cache/src/kernel-output", () => ({displayWriter: () => mockWriter}));

class Files extends Presenter {
  constructor(readonly folder: string) {
    super();
  }
}

let folder: string;
let files: Files;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "display-"));
  files = new Files(folder);
});
afterAll(async () => {
  await closeExport();
  await rm(folder, {recursive: true});
});

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
const image = (valueOf: (x: number, y: number) => number, zsmooth: "best" | false = false): Figure => ({
  data: [
    {
      type: "heatmap",
      zsmooth,
      z: Array.from({length: 300}, (_, y) => Array.from({length: 300}, (__, x) => valueOf(x, y))),
    },
  ],
  layout: {width: 600, height: 600},
});
const noise = (x: number, y: number) => (Math.sin(12.9898 * x + 78.233 * y) * 43758.5453) % 1;
const waves = (x: number, y: number) => Math.sin((x * x + y * y) / 2000) + Math.cos((x - 2 * y) / 40);
const rows: TableRow[] = [
  {method: "diffusion", VRMSE: 0.123456, "VRMSE ±": 0.01},
  {method: "neural solver", VRMSE: null},
];

test("a figure is written as picture, page and numbers; outside a notebook the paths are printed", async () => {
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await files.show(figure, {name: "figure", rows});
  expect(print.mock.calls.join("")).toMatch(/figure\.png, \.svg, \.html, \.csv\n$/);
  expect(await readFile(path.join(folder, "figure.svg"), "utf8")).toMatch(/^<svg /);
  print.mockRestore();
  const picture = await readFile(path.join(folder, "figure.png"));
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([300, 225]); // 1.5 pixels per CSS pixel
  expect(await readFile(path.join(folder, "figure.html"), "utf8")).toContain("plotly.min.js");
  expect(await readFile(path.join(folder, "figure.csv"), "utf8")).toMatch(/^method,VRMSE,VRMSE ±\ndiffusion,0\.123456/);
  expect(existsSync(path.join(folder, "plotly.min.js"))).toBe(true);
});

test("a picture is drawn again only if the figure, its size or its files changed", async () => {
  const file = (extension: string) => path.join(folder, `again${extension}`);
  const draw = async (change: object = {}, size = {}) => {
    await saveFigure({...figure, ...change}, path.join(files.folder, "again"), size);
    return readFile(file(".png"));
  };
  const first = await draw();
  const marked = Buffer.concat([first, Buffer.from("marked")]); // after a picture's end readers see nothing
  const mark = () => writeFile(file(".png"), marked);

  await mark();
  expect(await draw()).toEqual(marked);
  expect(await draw({data: [{type: "scatter", y: [1, 3, 4]}]})).not.toEqual(first);
  expect(await draw()).toEqual(first);
  await mark();
  expect((await draw({}, {scale: 1})).readUInt32BE(16)).toBe(200);
  expect(await draw()).toEqual(first);
  await mark();
  await rm(file(".html"));
  expect(await draw()).toEqual(first);
  await rm(file(".png"));
  expect(await draw()).toEqual(first);
});

test("a figure has an SVG beside its picture, drawn anew with it; none if it is large", async () => {
  const file = path.join(folder, "vector.svg");
  const draw = (one: Figure) => saveFigure(one, path.join(files.folder, "vector"));
  const names = async (one: Figure) => (await draw(one)).map((name) => path.extname(name));
  expect(await names(figure)).toEqual([".png", ".svg", ".html"]);
  await writeFile(file, "kept");
  await draw(figure);
  expect(await readFile(file, "utf8")).toBe("kept");
  await draw({...figure, data: [{type: "scatter", y: [1, 3, 4]}]});
  expect(await readFile(file, "utf8")).toMatch(/^<svg /);
  expect(await names(image(noise))).toEqual([".png", ".html"]);
  expect(existsSync(file)).toBe(false);
});

test("an animation is written as GIF and as a page with its states", async () => {
  const animated = {...figure, frames: [{name: "τ = 4", data: [{y: [3, 2, 1]}]}]};
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await files.show({figure: animated, movie}, {name: "waves", caption: "waves"});
  print.mockRestore();
  expect((await readFile(path.join(folder, "waves.gif"))).subarray(0, 6).toString()).toBe("GIF89a");
  expect(await readFile(path.join(folder, "waves.html"), "utf8")).toContain('"frames":[{"name":"τ = 4"');
});

describe("in a notebook", () => {
  interface Output {
    data: Record<string, {layout: object; config: object}>;
    metadata: object;
  }
  const sent: Output[] = [];
  beforeAll(() => {
    mockWriter = (data, {metadata = {}} = {}) => void sent.push({data: data as Output["data"], metadata});
  });
  afterAll(() => (mockWriter = undefined));

  test("picture and live form have one size, and the live form no width of its own and no tool bar", async () => {
    await files.show(figure);
    const {data, metadata} = sent.pop()!;
    expect(metadata).toEqual({"image/png": {width: 200, height: 150}});
    const {layout, config} = data["application/vnd.plotly.v1+json"];
    expect(layout).toEqual({height: 150, autosize: true});
    expect(config).toMatchObject({displayModeBar: false, responsive: true});
  });

  test("a large picture without a live form is a JPEG where that is smaller", async () => {
    const typeOf = async (...args: Parameters<Files["show"]>) => {
      await files.show(...args);
      return Object.keys(sent.pop()!.data).filter((type) => type.startsWith("image/"));
    };
    const still = {interactive: false};
    expect(await typeOf(image(waves, "best"), {...still, width: 1200, height: 1200})).toEqual(["image/jpeg"]);
    expect(await typeOf(image(waves), still)).toEqual(["image/png"]);
    expect(await typeOf(image(noise), {...still, width: 1200, height: 1200})).toEqual(["image/png"]);
    expect(await typeOf(figure)).toEqual(["image/png"]);
  });
});

test("without a name nothing is written", async () => {
  const nowhere = new Files(path.join(folder, "nowhere"));
  await nowhere.show(figure);
  expect(existsSync(nowhere.folder)).toBe(false);
  expect(await saveFigure(figure, path.join(files.folder, "plain"))).toHaveLength(3);
});

test("a table is rows or a DataFrame", async () => {
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await files.showTable(rows, "VRMSE", {name: "rows"});
  const columns = ["method", "VRMSE", "VRMSE ±"];
  const values = [
    ["diffusion", 0.123456, 0.01],
    ["neural solver", null, null],
  ];
  await files.showTable({columns, values}, "VRMSE", {name: "frame"});
  print.mockRestore();
  const [first, second] = await Promise.all(
    ["rows", "frame"].map((n) => readFile(path.join(folder, `${n}.csv`), "utf8")),
  );
  expect(second).toBe(first);
});

test("several tables are written each under its name, and those without a name are not", async () => {
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const [one, two] = ["one", "two"].map((name) => ({rows, caption: name, name, digits: 2}));
  await files.showTable([one, {rows, caption: "unnamed"}, two]);
  print.mockRestore();
  for (const name of ["one", "two"]) {
    for (const extension of ["csv", "tex"]) expect(existsSync(path.join(folder, `${name}.${extension}`))).toBe(true);
  }
});

test("committed figures and tables are renewed with their captions, and none is added", async () => {
  const committed = path.join(projectRoot(), "figures/of-a-test");
  const renewed = new Files(committed);
  const ofAll = path.join(projectRoot(), "figures/all-of-a-test.png");
  const captions = "# Captions\n\n- [other.csv](other.csv): other\n- [kept.csv](kept.csv): old\n";
  const print = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await mkdir(committed);
    for (const name of ["kept.csv", "kept.png"]) await writeFile(path.join(committed, name), "");
    await writeFile(path.join(committed, "tables.md"), captions);
    await writeFile(ofAll, "");
    expect(await saveFigure(figure, path.join(renewed.folder, "kept"))).toEqual([path.join(committed, "kept.png")]);
    expect(await saveFigure(figure, path.join(renewed.folder, "all-of-a-test"))).toEqual([ofAll]); // about all systems
    await renewed.showTable(rows, "A new caption.", {name: "kept"});
    await renewed.showTable(rows, "Added", {name: "added"});
    await saveJson(renewed, [], "values");
    expect(await readdir(committed)).toEqual(["kept.csv", "kept.png", "tables.md"]);
    expect(await readFile(path.join(committed, "kept.csv"), "utf8")).toMatch(/^method/);
    expect(await readFile(path.join(committed, "tables.md"), "utf8")).toBe(captions.replace("old", "A new caption."));
  } finally {
    print.mockRestore();
    await Promise.all([committed, ofAll].map((place) => rm(place, {recursive: true})));
  }
});

test("a table without rows is refused", async () => {
  await expect(files.showTable([], "VRMSE")).rejects.toThrow('showTable: expected rows for "VRMSE", found none');
});

test("values go to JSON", async () => {
  const file = await saveJson(files, [{name: "a", holds: true}], "findings");
  expect(file).toBe(path.join(folder, "findings.json"));
  expect(JSON.parse(await readFile(path.join(folder, "findings.json"), "utf8"))).toEqual([{name: "a", holds: true}]);
});
