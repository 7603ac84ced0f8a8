/** Figures as files: PNG and SVG pictures, and pages that stay interactive. */
import {copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync} from "node:fs";
import {readFile} from "node:fs/promises";
import path from "node:path";
import {checkOptions, escapeHtml, having, projectRoot} from "@lola-ts/core";
import {compact} from "./compact";
import {Painter, sizeOf, type ImageSize} from "./picture";
import type {Figure} from "../style";

const painter = new Painter();

const figureRule = having("a figure", "data", "layout");

/** Pixels of a PNG per CSS pixel. Default: 1.5. */
const SCALE = 1.5;

/**
 * Draw a figure as PNG, of at most 256 colours.
 *
 * @throws Error if the headless browser is missing or cannot draw the figure.
 */
export async function toPng(figure: Figure, {scale = SCALE, ...size}: ImageSize = {}): Promise<Buffer> {
  checkOptions("toPng", figureRule, figure, "figure");
  const picture = await painter.image(compact(figure, {digits: 6}), "png", {...size, scale});
  return withPalette(Buffer.from(picture, "base64"));
}

/** Write a PNG again, with a palette of at most 256 colours: a quarter of the bytes. @throws Error for bytes that are no picture. */
export async function withPalette(png: Buffer): Promise<Buffer> {
  const {default: sharp} = await import("sharp");
  return sharp(png).png({palette: true, quality: 85, dither: 0, effort: 7, compressionLevel: 9}).toBuffer();
}

/** Make a JPEG of a picture: half of a PNG's bytes where it is full of field images. */
export async function toJpeg(picture: Buffer): Promise<Buffer> {
  const {default: sharp} = await import("sharp");
  return sharp(picture).jpeg({quality: 80, mozjpeg: true}).toBuffer();
}

/** Draw a figure as SVG. @throws Error if the headless browser is missing or cannot draw the figure. */
export function toSvg(figure: Figure, size: ImageSize = {}): Promise<string> {
  checkOptions("toSvg", figureRule, figure, "figure");
  return painter.image(compact(figure, {digits: 6}), "svg", size);
}

/** Bytes of the largest SVG that is worth its room: one of many field images is larger than its PNG, and no sharper. */
const LARGEST_SVG = 300_000;

/**
 * Draw a figure as SVG, unless that is large.
 *
 * @returns undefined for a figure of many field images, whose SVG has more than 300 kB.
 * @throws Error if the headless browser is missing or cannot draw the figure.
 */
export async function toSmallSvg(figure: Figure, {width, height}: ImageSize = {}): Promise<string | undefined> {
  const svg = await toSvg(figure, {width, height});
  return Buffer.byteLength(svg) <= LARGEST_SVG ? svg : undefined;
}

/** Start the browser that draws, in the background: the first picture then comes a second sooner. */
export const warmExport = (): void => painter.warm();

/** End the browser that draws; a later picture starts it again. It also ends by itself with this process. */
export function closeExport(): Promise<void> {
  return painter.close();
}

const plotlyFolder = () => path.join(projectRoot(), "node_modules/plotly.js");

/**
 * Write a figure as an interactive page. It loads plotly.min.js from its own folder ({@link placePlotly} puts it there),
 * so that it works without a network, and else from plotly's public server.
 */
export function toHtml(figure: Figure, title = "figure"): string {
  const spec = JSON.stringify(compact(figure)).replaceAll("<", "\\u003c");
  const {version} = JSON.parse(readFileSync(path.join(plotlyFolder(), "package.json"), "utf8")) as {version: string};
  const elsewhere = `https://cdn.plot.ly/plotly-${version}.min.js`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<script src="plotly.min.js"></script>
<script>window.Plotly || document.write('<script src="${elsewhere}"><\\/script>')</script>
<body style="margin: 0">
<div id="figure"></div>
<script>
const {data, layout, frames} = ${spec};
const drawn = Plotly.newPlot("figure", data, layout, {responsive: true, displayModeBar: false});
if (frames) drawn.then(() => Plotly.addFrames("figure", frames));
</script>
`;
}

/** Copy plotly.js once into a folder of pages. */
export function placePlotly(folder: string): void {
  const source = path.join(plotlyFolder(), "dist/plotly.min.js");
  const target = path.join(folder, "plotly.min.js");
  if (existsSync(target) && statSync(target).size === statSync(source).size) return;
  mkdirSync(folder, {recursive: true});
  const temporary = `${target}.${process.pid}.tmp`;
  copyFileSync(source, temporary);
  renameSync(temporary, target);
}

/**
 * Find the picture that {@link toPng} would draw of a figure among the files of an earlier run: base.png, if it has the size and
 * base.html, which was written after it, is the figure's page. Drawing takes longer than anything else about a figure.
 */
export async function drawnBefore(
  base: string,
  figure: Figure,
  {scale = SCALE, ...size}: ImageSize = {},
): Promise<Buffer | undefined> {
  const [picture, page] = await Promise.all([`${base}.png`, `${base}.html`].map(readIfThere));
  if (picture === undefined || picture.length < 24 || page?.toString() !== toHtml(figure, path.basename(base))) {
    return undefined;
  }
  const {width, height} = sizeOf(figure, size);
  const off = [picture.readUInt32BE(16) - scale * width, picture.readUInt32BE(20) - scale * height];
  return off.every((pixels) => Math.abs(pixels) <= 1) ? picture : undefined;
}

const readIfThere = (file: string) => readFile(file).catch(() => undefined);
