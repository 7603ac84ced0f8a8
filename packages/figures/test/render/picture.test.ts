import {spawn, spawnSync} from "node:child_process";
import path from "node:path";
import {Painter} from "../../src/render/picture";
import {alive, gone} from "./processes";

const figure = {data: [{type: "bar", y: [2, 1]}], layout: {width: 120, height: 100}};

/** Width and height of a PNG in base64. */
function size(picture: string): number[] {
  const bytes = Buffer.from(picture, "base64");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** A figure of nothing but a text. */
const written = (text: string) => ({
  data: [],
  layout: {
    width: 60,
    height: 40,
    margin: {l: 0, r: 0, t: 0, b: 0},
    xaxis: {visible: false},
    yaxis: {visible: false},
    annotations: [{text, x: 0.5, y: 0.5, xref: "paper", yref: "paper", showarrow: false, font: {size: 24}}],
  },
});

test("a browser that was started ahead draws the first picture; one that cannot start is named by that picture", async () => {
  const painter = new Painter();
  painter.warm();
  while (painter.pid === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  const {pid} = painter;
  expect(size(await painter.image(figure, "png"))).toEqual([120, 100]);
  expect(painter.pid).toBe(pid);
  await painter.close();
  const missing = new Painter({program: "/missing/browser"});
  missing.warm();
  await expect(missing.image(figure, "png")).rejects.toThrow("Pictures need the headless browser /missing/browser");
});

describe("one browser", () => {
  const painter = new Painter();
  afterAll(() => painter.close());

  test("draws what several callers ask for at once, each its own", async () => {
    const scales = [1, 2, 3];
    const pictures = await Promise.all(scales.map((scale) => painter.image(figure, "png", {scale})));
    expect(pictures.map(size)).toEqual(scales.map((scale) => [120 * scale, 100 * scale]));
    expect(size(await painter.image(figure, "png", {width: 64, height: 48}))).toEqual([64, 48]);
  });

  test("draws SVG, and typed arrays as plotly packs them", async () => {
    const y = {dtype: "f4", bdata: Buffer.from(new Float32Array([1, 2, 3]).buffer).toString("base64")};
    const packed = {data: [{type: "bar", y}], layout: {}};
    const plain = {data: [{type: "bar", y: [1, 2, 3]}], layout: {}};
    const bars = (svg: string) => svg.match(/class="point"/g)?.length;
    const [one, other] = [await painter.image(packed, "svg"), await painter.image(plain, "svg")];
    expect(one).toMatch(/^<svg/);
    expect(bars(one)).toBe(3);
    expect(bars(other)).toBe(3);
  });

  test("draws the same bytes again, after other figures and from another browser", async () => {
    const first = await painter.image(figure, "png", {scale: 2});
    await painter.image(written("÷4"), "png");
    expect(await painter.image(figure, "png", {scale: 2})).toBe(first);
    const other = new Painter();
    expect(await other.image(figure, "png", {scale: 2})).toBe(first);
    await other.close();
  });

  test("writes every sign of the figures: none is blank, none is the box of a missing one", async () => {
    const pictures: string[] = [];
    for (const sign of [" ", "\u4e2d", ..."γτρσαπ²³⁶₀₁÷±×−–·√∞→…é"]) {
      pictures.push(await painter.image(written(sign), "png"));
    }
    const [blank, box, ...signs] = pictures;
    expect(new Set(signs).size).toBe(signs.length);
    expect(signs).not.toContain(blank);
    expect(signs).not.toContain(box);
  });

  test("says what is wrong with a picture, and goes on", async () => {
    const before = painter.pid;
    await expect(painter.image(figure, "png", {width: -5})).rejects.toThrow(
      /^plotly cannot draw this figure: Error: Height and width should be pixel values\.$/,
    );
    await expect(painter.image(figure, "png", {width: 4e4, height: 4e4})).rejects.toThrow(/has more pixels than/);
    expect(size(await painter.image(figure, "png"))).toEqual([120, 100]);
    expect(painter.pid).toBe(before);
  });

  test("starts again once when it dies, also in the middle of a picture", async () => {
    const pid = painter.pid as number;
    process.kill(pid, "SIGKILL");
    expect(size(await painter.image(figure, "png"))).toEqual([120, 100]);
    expect(painter.pid).not.toBe(pid);

    const picture = painter.image(figure, "png", {scale: 20});
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(painter.pid as number, "SIGKILL");
    expect(size(await picture)).toEqual([2400, 2000]);
  });

  test("ends when it is closed, and starts again when it is needed", async () => {
    const pid = painter.pid as number;
    await painter.close();
    expect(await gone(pid)).toBe(true);
    expect(size(await painter.image(figure, "png"))).toEqual([120, 100]);
  });
});

test("rests after a while", async () => {
  const painter = new Painter({rest: 0.2});
  await painter.image(figure, "png");
  const pid = painter.pid as number;
  expect(alive(pid)).toBe(true);
  expect(await gone(pid)).toBe(true);
});

test("a picture that takes too long is given up", async () => {
  const painter = new Painter({limit: 0.001});
  await expect(painter.image(figure, "png", {scale: 20})).rejects.toThrow(/ended: no answer within 0\.001 s\.$/);
});

test("a browser or a plotly that is not installed is one sentence", async () => {
  await expect(new Painter({program: "/nowhere"}).image(figure, "png")).rejects.toThrow(
    /^Pictures need the headless browser \/nowhere and it was not found: run/,
  );
  await expect(new Painter({plotly: "/nowhere.js"}).image(figure, "png")).rejects.toThrow(
    /plotly\.js and \/nowhere\.js was not found: run/,
  );
});

describe("the process that draws", () => {
  const library = path.resolve(__dirname, "../../dist/render/picture.js");
  const script = (then: string) => `
    const {Painter} = require(${JSON.stringify(library)});
    const painter = new Painter();
    painter.image(${JSON.stringify(figure)}, "png").then(() => { console.log(painter.pid); ${then} });`;

  test("ends by itself, and its browser with it", async () => {
    const {stdout, status} = spawnSync(process.execPath, ["-e", script("")], {encoding: "utf8", timeout: 300_000});
    expect(status).toBe(0);
    expect(await gone(Number(stdout))).toBe(true);
  });

  test("leaves no browser behind when it is killed", async () => {
    const child = spawn(process.execPath, ["-e", script("setInterval(() => {}, 1000)")]);
    const pid = await new Promise<number>((resolve) => child.stdout.on("data", (data) => resolve(Number(data))));
    expect(alive(pid)).toBe(true);
    child.kill("SIGKILL");
    expect(await gone(pid)).toBe(true);
  });
});
