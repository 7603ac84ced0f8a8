import {mkdtemp, readdir, readFile, rm, stat} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {runInNewContext} from "node:vm";
import {closeExport, placePlotly, toHtml, toJpeg, toPng, toSvg} from "../../src/render/export";
import type {Figure} from "../../src/style";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), "export-"))));
afterAll(async () => {
  await closeExport();
  await rm(folder, {recursive: true});
});

const figure: Figure = {
  data: [{type: "scatter", x: Float32Array.from([0, 1, 2]), y: [1, NaN, 3]}],
  layout: {width: 200, height: 100, title: {text: "</script><b>"}},
};

test("pictures have the layout's size, or the one asked for", async () => {
  const picture = await toPng(figure);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([300, 150]);
  const other = await toPng(figure, {width: 80, height: 60, scale: 1});
  expect([other.readUInt32BE(16), other.readUInt32BE(20)]).toEqual([80, 60]);
  expect(await toSvg(figure)).toMatch(/^<svg [^>]*width="200"/);
});

test("a JPEG has the size of the PNG", async () => {
  const {default: sharp} = await import("sharp");
  const jpeg = await sharp(await toJpeg(await toPng(figure, {width: 80, height: 60, scale: 2}))).metadata();
  expect(jpeg).toMatchObject({format: "jpeg", width: 160, height: 120});
});

test("a page draws the figure with the plotly beside it, and else with the same version from elsewhere", async () => {
  const page = toHtml(figure, "Figure <1>");
  expect(page).toContain("<title>Figure &lt;1&gt;</title>");
  const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map((match) => match[1]);
  const calls: unknown[][] = [];
  const writes: string[] = [];
  const document = {write: (text: string) => writes.push(text)};
  for (const Plotly of [undefined, {newPlot: (...args: unknown[]) => calls.push(args)}]) {
    const window = {Plotly};
    runInNewContext(scripts[0], {window, document});
    if (Plotly) runInNewContext(scripts[1], {window, document, Plotly});
  }
  const {version} = JSON.parse(await readFile(require.resolve("plotly.js/package.json"), "utf8"));
  expect(writes).toEqual([expect.stringContaining(`plotly-${version}.min.js`)]);
  expect(calls[0].slice(0, 3)).toEqual([
    "figure",
    [{type: "scatter", x: [0, 1, 2], y: [1, null, 3]}],
    {width: 200, height: 100, title: {text: "</script><b>"}},
  ]);
});

test("plotly is put beside the pages once", async () => {
  placePlotly(folder);
  const target = path.join(folder, "plotly.min.js");
  const {mtimeMs, size} = await stat(target);
  placePlotly(folder);
  expect((await stat(target)).mtimeMs).toBe(mtimeMs);
  expect(size).toBeGreaterThan(1e6);
  expect(await readdir(folder)).toEqual(["plotly.min.js"]);
});

test("what is no figure is refused by name, before a browser starts", async () => {
  await expect(toPng({} as never)).rejects.toThrow("toPng: expected figure to be a figure");
});
