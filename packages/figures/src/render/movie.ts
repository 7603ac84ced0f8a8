/**
 * Movies as MP4 (H.264) of 1280 x 720 pixels, for slides: drawn on a canvas of the headless browser, encoded by it and packed
 * by mediabunny.
 */
import type * as Library from "mediabunny" with {"resolution-mode": "import"};
import {readFile} from "node:fs/promises";
import path from "node:path";
import {records, checkOptions, list, number, text, projectRoot} from "@lola-ts/core";
import type {Movie} from "../animation";
import {sampleScale} from "../style";
import {levelsOf} from "../tiles";
import {Browser} from "./browser";

/** Pixels of the picture. */
const SIZE = {width: 1280, height: 720} as const;
/** Pixels around everything, above the panels, and of each panel's name and colour bar. */
const [EDGE, TOP, NAME, BAR] = [24, 64, 34, 54];
/** Colours of a scale, and the level of a gap. */
const [LEVELS, GAP] = [255, 255];
/** Seconds that a movie may take. */
const PATIENCE = 180;

/** The place of each panel's image. */
export interface MoviePlan {
  /** Pixels per cell. */
  readonly scale: number;
  /** Upper left corners. */
  readonly corners: readonly (readonly [number, number])[];
}

/** Arrange a number of images in rows, as large as the picture allows. */
export function planMovie(count: number, [nx, ny]: readonly number[]): MoviePlan {
  const [width, height] = [SIZE.width - EDGE, SIZE.height - TOP];
  const plans = Array.from({length: count}, (_, i) => {
    const columns = i + 1;
    const rows = Math.ceil(count / columns);
    const scale = Math.min((width / columns - EDGE) / nx, (height / rows - NAME - BAR) / ny);
    return {columns, rows, scale};
  });
  const {columns, rows, scale} = plans.reduce((best, plan) => (plan.scale > best.scale ? plan : best));
  const step = [width / columns, height / rows];
  const spare = (step[1] - NAME - BAR - ny * scale) / 2;
  const corners = Array.from({length: count}, (_, i): [number, number] => [
    Math.round(EDGE + (i % columns) * step[0]),
    Math.round(TOP + NAME + spare + Math.floor(i / columns) * step[1]),
  ]);
  return {scale, corners};
}

/**
 * Encode a movie as MP4.
 *
 * @returns bytes of the file.
 * @throws Error if the headless browser is missing or cannot encode; RangeError for a movie without panels or states.
 */
export async function toMp4(movie: Movie): Promise<Buffer> {
  const {panels, labels, delay} = movie;
  checkOptions("toMp4", records("panels", "name", "images", "limits", "scale"), panels, "panels");
  checkOptions("toMp4", list(text), labels, "labels");
  checkOptions("toMp4", number({above: 0}), delay, "delay");
  const shape = panels[0]?.images[0]?.shape;
  if (!shape) throw new RangeError("toMp4: expected a panel with an image, found none.");
  const {scale, corners} = planMovie(panels.length, shape);
  const scenes = panels.map(({name, images, limits, scale: colours}, i) => ({
    name,
    corner: corners[i],
    colours: sampleScale(colours, LEVELS),
    ends: limits.map((limit) => `${Number(limit.toPrecision(2))}`),
    frames: images.map((image) => {
      const rows = levelsOf(image, limits, LEVELS - 1).reverse();
      return Buffer.from(rows.flat().map((level) => level ?? GAP)).toString("base64");
    }),
  }));
  const bundle = path.join(projectRoot(), "node_modules/mediabunny/dist/bundles/mediabunny.min.cjs");
  const library = `var Mediabunny = (() => {const module = {exports: {}}, exports = module.exports; ${await readFile(bundle, "utf8")}
return module.exports;})(); undefined`;
  // Browsers encode video for pages that came over a safe way only: a file did, about:blank did not.
  const browser = await Browser.start({script: library, page: "file:///dev/null"});
  try {
    const input = {...SIZE, labels, delay, scale, nx: shape[0], ny: shape[1], edge: EDGE, gap: GAP, panels: scenes};
    return Buffer.from(await browser.evaluate(encode, PATIENCE, input), "base64");
  } finally {
    await browser.close();
  }
}

/** The content of a movie as the page takes it. */
interface Scenes {
  readonly width: number;
  readonly height: number;
  readonly labels: readonly string[];
  readonly delay: number;
  /** Pixels per cell, and the cells of an image. */
  readonly scale: number;
  readonly nx: number;
  readonly ny: number;
  /** Pixels left of a state's label, and the level of a gap. */
  readonly edge: number;
  readonly gap: number;
  readonly panels: readonly {
    readonly name: string;
    readonly corner: readonly [number, number];
    readonly colours: readonly (readonly number[])[];
    readonly ends: readonly string[];
    /** Levels of each state's image in base64, rows from the top. */
    readonly frames: readonly string[];
  }[];
}

declare const Mediabunny: typeof Library;

/**
 * Draw each state on a canvas, hand it to the encoder, and return the file in base64. This runs in the page and refers to
 * nothing outside of itself.
 */
async function encode({width, height, labels, delay, scale, nx, ny, edge, gap, panels}: Scenes): Promise<string> {
  const {BufferTarget, CanvasSource, Mp4OutputFormat, Output} = Mediabunny;
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const pen = canvas.getContext("2d")!;
  const small = Object.assign(document.createElement("canvas"), {width: nx, height: ny});
  const cells = small.getContext("2d")!;
  const write = (text: string, x: number, y: number, size: number, align: CanvasTextAlign = "left") => {
    Object.assign(pen, {font: `${size}px 'Open Sans', sans-serif`, textAlign: align, fillStyle: "#2b2b2b"});
    pen.fillText(text, x, y);
  };
  const paint = ({name, corner: [x, y], colours, ends, frames}: Scenes["panels"][number], state: number) => {
    const bytes = Uint8Array.from(atob(frames[state]), (letter) => letter.charCodeAt(0));
    const image = cells.createImageData(nx, ny);
    bytes.forEach((level, at) => image.data.set([...(level === gap ? [245, 245, 245] : colours[level]), 255], 4 * at));
    cells.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    const [across, up] = [Math.round(nx * scale), Math.round(ny * scale)];
    pen.drawImage(small, x, y, across, up);
    write(name, x, y - 10, 22);
    colours.forEach((colour, i) => {
      pen.fillStyle = `rgb(${colour.join()})`;
      const [from, to] = [i, i + 1].map((k) => Math.round((k * across) / colours.length));
      pen.fillRect(x + from, y + up + 8, to - from, 10);
    });
    write(ends[0], x, y + up + 38, 18);
    write(ends[1], x + across, y + up + 38, 18, "right");
  };
  const target = new BufferTarget();
  const output = new Output({format: new Mp4OutputFormat({fastStart: "in-memory"}), target});
  const source = new CanvasSource(canvas, {codec: "avc", bitrate: 4e6, keyFrameInterval: 5});
  output.addVideoTrack(source, {frameRate: 1 / delay});
  await output.start();
  for (const [state, label] of labels.entries()) {
    pen.fillStyle = "white";
    pen.fillRect(0, 0, width, height);
    write(label, edge, 44, 30);
    panels.forEach((panel) => paint(panel, state));
    await source.add(state * delay, delay);
  }
  await output.finalize();
  const bytes = new Uint8Array(target.buffer!);
  let letters = "";
  for (let from = 0; from < bytes.length; from += 32768) {
    letters += String.fromCharCode(...bytes.subarray(from, from + 32768));
  }
  return btoa(letters);
}
