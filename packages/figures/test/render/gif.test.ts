import sharp from "sharp";
import {toGif} from "../../src/render/gif";

const scale: [number, string][] = [
  [0, "rgb(0, 0, 200)"],
  [1, "rgb(200, 0, 0)"],
];

/** A panel of 2 × 2 cells whose lower left one grows from 0 to 1, and the others are 0, 1 and NaN. */
const panel = (states: number, name = "density") => ({
  name,
  images: Array.from({length: states}, (_, state) => ({
    data: Float32Array.from([state / (states - 1), 0, 1, NaN]),
    shape: [2, 2],
  })),
  limits: [0, 1] as [number, number],
  scale,
});
const labels = (states: number) => Array.from({length: states}, (_, state) => `t = ${state}`);

/** Read the frames of a GIF: pixels as [red, green, blue]. */
async function decode(gif: Buffer) {
  const {width, pages, pageHeight, delay, loop} = await sharp(gif, {animated: true}).metadata();
  const {data} = await sharp(gif, {animated: true}).removeAlpha().raw().toBuffer({resolveWithObject: true});
  const at = (frame: number, x: number, y: number) => {
    const start = 3 * ((frame * pageHeight! + y) * width + x);
    return [...data.subarray(start, start + 3)];
  };
  return {width, height: pageHeight!, frames: pages!, delay, loop, at};
}

const isRed = ([red, green, blue]: number[]) => red > 150 && green < 50 && blue < 50;
const isBlue = ([red, green, blue]: number[]) => red < 50 && green < 50 && blue > 150;
const isInk = ([red, green, blue]: number[]) => Math.max(red, green, blue) < 128 && blue - red < 20;

/** Colours in the middle of the four cells: lower left, upper left, lower right, upper right. */
function cells({at, height}: Awaited<ReturnType<typeof decode>>, frame: number): number[][] {
  let top = 0;
  while (!isBlue(at(frame, 12, top)) && top < height) top++;
  const half = (540 - 24) / 4;
  return [[1, 3], [1, 1], [3, 3], [3, 1]].map(([x, y]) => at(frame, 12 + x * half, top + y * half)); // prettier-ignore
}

test("a movie is at least 540 pixels wide, x to the right and y upwards, NaN white, and repeats", async () => {
  const gif = await decode(await toGif({panels: [panel(2)], labels: labels(2), delay: 0.5}));
  expect(gif).toMatchObject({frames: 2, delay: [500, 500], loop: 0});
  expect(gif.width).toBeGreaterThanOrEqual(540);
  const [first, last] = [cells(gif, 0), cells(gif, 1)];
  expect([isBlue(first[0]), isRed(last[0])]).toEqual([true, true]);
  expect([isBlue(first[1]), isRed(first[2])]).toEqual([true, true]);
  expect(first[3]).toEqual([255, 255, 255]);
});

test("of many states it shows some, the first and the last among them, and equal ones twice", async () => {
  const gif = await decode(await toGif({panels: [panel(75)], labels: labels(75), delay: 0.1}));
  expect(gif.frames).toBe(60);
  expect([isBlue(cells(gif, 0)[0]), isRed(cells(gif, 59)[0])]).toEqual([true, true]);
  const still = {...panel(2), images: new Array(3).fill(panel(2).images[0]) as {data: Float32Array; shape: number[]}[]};
  expect(await decode(await toGif({panels: [still], labels: ["", "", ""], delay: 1}))).toMatchObject({frames: 3});
});

/** Inked pixels of a panel's name, as places. */
async function nameOf(name: string): Promise<string[]> {
  const {at} = await decode(await toGif({panels: [panel(2, name)], labels: ["", ""], delay: 1}));
  const places = Array.from({length: 24 * 300}, (_, i) => [12 + (i % 300), 40 + Math.floor(i / 300)]);
  return places.filter(([x, y]) => isInk(at(0, x, y))).map((place) => place.join());
}

test("letters of all kinds are drawn as themselves, on one line: none is the bar or the box of a missing one", async () => {
  const pictures = new Map<string, string>();
  for (const sign of ["-", "\u{10ffff}", ..."γθκτ÷±Agₓ"]) pictures.set(sign, (await nameOf(sign)).join(" "));
  expect(new Set(pictures.values()).size).toBe(pictures.size);
  for (const picture of pictures.values()) expect(picture).not.toBe("");
  const rows = async (name: string) => (await nameOf(name)).map((place) => Number(place.split(",")[1]));
  expect(Math.max(...(await rows("x")))).toBe(Math.max(...(await rows("A"))));
});

test("a long name becomes smaller, and markup is text", async () => {
  const columns = (await nameOf("<b>&")).map((place) => Number(place.split(",")[0]));
  expect(Math.max(...columns)).toBeGreaterThan(40);
  await expect(toGif({panels: [panel(2, "long ".repeat(60))], labels: labels(2), delay: 1})).resolves.toBeDefined();
});

test("wide panels stand in rows, with one colour bar below all", async () => {
  const image = {data: new Float32Array(16 * 4), shape: [16, 4]};
  const panels = ["a", "b", "c"].map((name) => ({
    name,
    images: [image, image],
    limits: [0, 1] as [number, number],
    scale,
  }));
  const {at, width, height} = await decode(await toGif({panels, labels: ["t", "u"], delay: 1}));
  const blue = (x: number) => Array.from({length: height}, (_, y) => +isBlue(at(0, x, y)));
  /** Images and bars that a column of pixels meets. */
  const parts = (x: number) => blue(x).filter((value, y, all) => value > (all[y - 1] ?? 0)).length;
  expect([parts(20), parts(width - 20)]).toEqual([3, 1]); // two images and the bar's low end; one image
});

test("a movie without panels is refused by name", async () => {
  await expect(toGif([] as never)).rejects.toThrow("toGif: expected panels to be");
});
