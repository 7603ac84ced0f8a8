import {spawn, spawnSync} from "node:child_process";
import path from "node:path";
import {Kaleido} from "../../../lib/figures/render/kaleido";

const figure = {data: [{type: "bar", y: [2, 1]}], layout: {width: 120, height: 100}};

/** Width and height of a PNG in base64. */
function size(picture: string): number[] {
  const bytes = Buffer.from(picture, "base64");
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const gone = async (pid: number) => {
  for (let i = 0; i < 100 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return !alive(pid);
};

describe("one browser", () => {
  const kaleido = new Kaleido();
  afterAll(() => kaleido.close());

  test("draws what several callers ask for at once, each its own", async () => {
    const scales = [1, 2, 3];
    const pictures = await Promise.all(scales.map((scale) => kaleido.image(figure, "png", {scale})));
    expect(pictures.map(size)).toEqual(scales.map((scale) => [120 * scale, 100 * scale]));
    expect(size(await kaleido.image(figure, "png", {width: 64, height: 48}))).toEqual([64, 48]);
  });

  test("draws SVG, and typed arrays as plotly packs them", async () => {
    const y = {dtype: "f4", bdata: Buffer.from(new Float32Array([1, 2, 3]).buffer).toString("base64")};
    const packed = {data: [{type: "bar", y}], layout: {}};
    const plain = {data: [{type: "bar", y: [1, 2, 3]}], layout: {}};
    const bars = (svg: string) => svg.match(/class="point"/g)?.length;
    const [one, other] = [await kaleido.image(packed, "svg"), await kaleido.image(plain, "svg")];
    expect(one).toMatch(/^<svg/);
    expect(bars(one)).toBe(3);
    expect(bars(other)).toBe(3);
  });

  test("says what is wrong with a figure, and goes on", async () => {
    const before = kaleido.pid;
    const wrong = {data: [], layout: 5};
    await expect(kaleido.image(wrong, "png")).rejects.toThrow(/cannot draw this figure: .*layout/);
    expect(size(await kaleido.image(figure, "png"))).toEqual([120, 100]);
    expect(kaleido.pid).toBe(before);
  });

  test("starts again once when it dies", async () => {
    const pid = kaleido.pid as number;
    process.kill(pid, "SIGKILL");
    expect(size(await kaleido.image(figure, "png"))).toEqual([120, 100]);
    expect(kaleido.pid).not.toBe(pid);
  });

  test("ends when it is closed, and starts again when it is needed", async () => {
    const pid = kaleido.pid as number;
    await kaleido.close();
    expect(await gone(pid)).toBe(true);
    expect(size(await kaleido.image(figure, "png"))).toEqual([120, 100]);
  });
});

test("rests after a while", async () => {
  const kaleido = new Kaleido({rest: 0.2});
  await kaleido.image(figure, "png");
  const pid = kaleido.pid as number;
  expect(alive(pid)).toBe(true);
  expect(await gone(pid)).toBe(true);
});

test("a browser that does not answer is given up", async () => {
  const kaleido = new Kaleido({limit: 0.01});
  await expect(kaleido.image(figure, "png")).rejects.toThrow(/kaleido ended \(SIGKILL\)/);
});

test("what is not installed is one sentence", async () => {
  await expect(new Kaleido({folder: "/nowhere"}).image(figure, "png")).rejects.toThrow(/^kaleido cannot be started: /);
  await expect(new Kaleido({plotly: "/nowhere.js"}).image(figure, "png")).rejects.toThrow(
    /plotly\.js and \/nowhere\.js was not found: run/,
  );
});

describe("the process that draws", () => {
  const library = path.resolve(__dirname, "../../../lib/dist/figures/render/kaleido.js");
  const script = (then: string) => `
    const {Kaleido} = require(${JSON.stringify(library)});
    const kaleido = new Kaleido();
    kaleido.image(${JSON.stringify(figure)}, "png").then(() => { console.log(kaleido.pid); ${then} });`;

  test("ends by itself, and its browser with it", async () => {
    const {stdout, status} = spawnSync(process.execPath, ["-e", script("")], {encoding: "utf8", timeout: 15_000});
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
