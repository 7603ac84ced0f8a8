/** Movies as GIF, for readers of a notebook that show nothing else. */
import path from "node:path";
import type {OverlayOptions} from "sharp";
import {checkParts, escapeHtml, list, projectRoot, records, text} from "@lola-ts/core";
import {columnsOf, haveOneScale, type Movie} from "../animation";
import {ink, sampleScale, withMinus} from "../style";
import {levelsOf} from "../tiles";

/** Min width of the picture in pixels, so that it can be read from afar. */
const MIN_WIDTH = 540;
/** Pixels between panels and around texts, of a colour bar's height, and of a line of text. */
const [GAP, BAR, LINE] = [12, 10, 20];
/** Colours of a panel's images: more of them make files too large for a notebook. */
const STEPS = 32;
/** Max number of frames: of more states some are left out. */
const FRAMES = 60;

/**
 * Draw a movie as a GIF that repeats for ever: the panels of the live figure, a frame per state, or 60 of them from
 * the first to the last.
 *
 * @returns bytes of the file.
 */
export async function toGif({panels, labels, delay}: Movie): Promise<Buffer> {
  checkParts("toGif", {panels: records("panels", "name", "images"), labels: list(text)}, {panels, labels});
  const {default: sharp} = await import("sharp");
  const [nx, ny] = panels[0].images[0].shape;
  const columns = columnsOf(panels);
  const cell = Math.ceil((MIN_WIDTH - GAP * (columns + 1)) / (columns * nx));
  const [across, down] = [nx * cell, ny * cell];
  const isShared = haveOneScale(panels);
  const bar = GAP + BAR + LINE;
  const step = LINE + GAP + down + (isShared ? 0 : bar);
  const left = (i: number) => GAP + (i % columns) * (across + GAP);
  const top = (i: number) => 2 * LINE + 2 * GAP + Math.floor(i / columns) * step;
  const height = top(panels.length - 1) + down + bar + GAP;
  const raw = {width: left(columns - 1) + across + GAP, height, channels: 3} as const;
  const fill = (frame: Buffer, [x, y, width, height]: readonly number[], colour: readonly number[]) => {
    for (let row = y; row < y + height; row++) {
      const start = 3 * (row * raw.width + x);
      frame.fill(Buffer.from(colour), start, start + 3 * width);
    }
  };
  const colours = panels.map(({scale}) => sampleScale(scale, STEPS));
  const ground = Buffer.alloc(3 * raw.width * raw.height, 255);
  const texts = panels.flatMap(({name, limits}, i) => {
    const heading = drawText(name, {x: left(i), y: top(i) - LINE - 2, room: across});
    if (isShared && i > 0) return [heading];
    const below = (isShared ? top(panels.length - 1) : top(i)) + down + GAP;
    colours[i].forEach((colour, step) => {
      const [from, to] = [step, step + 1].map((k) => left(i) + Math.round((k * across) / STEPS));
      fill(ground, [from, below, to - from, BAR], colour);
    });
    const [low, high] = limits.map((limit) => withMinus(Number(limit.toPrecision(2))));
    const end = {y: below + BAR + 2, room: across / 2};
    return [heading, drawText(low, {...end, x: left(i)}), drawText(high, {...end, x: left(i) + across, isRight: true})];
  });
  const named = await sharp(ground, {raw})
    .composite(await Promise.all(texts))
    .removeAlpha()
    .raw()
    .toBuffer();
  const count = Math.min(FRAMES, labels.length);
  const states = Array.from({length: count}, (_, i) => Math.round((i * (labels.length - 1)) / Math.max(1, count - 1)));
  const frames = states.map(async (state) => {
    const frame = Buffer.from(named);
    panels.forEach(({images, limits}, i) => {
      levelsOf(images[state], limits, STEPS - 1).forEach((row, y) =>
        row.forEach((level, x) => {
          if (level === null) return;
          fill(frame, [left(i) + x * cell, top(i) + (ny - 1 - y) * cell, cell, cell], colours[i][level]);
        }),
      );
    });
    const label = await drawText(labels[state], {x: GAP, y: GAP / 2, room: raw.width - 2 * GAP});
    return sharp(frame, {raw}).composite([label]).removeAlpha().raw().toBuffer();
  });
  const pages = {...raw, height: count * raw.height, pageHeight: raw.height};
  return sharp(Buffer.concat(await Promise.all(frames)), {raw: pages})
    .gif({delay: states.map(() => Math.round(1000 * delay)), loop: 0, dither: 0, keepDuplicateFrames: true})
    .toBuffer();
}

interface TextPlace {
  /** The left edge of the text, or its right one. */
  readonly x: number;
  readonly isRight?: boolean;
  /** The upper edge of its line. */
  readonly y: number;
  /** Pixels that it may take; a longer text becomes smaller. */
  readonly room: number;
}

/** An unseen bar that is as high as a line, so that letters of all heights stand on one line; its width in pixels. */
const [STRUT, STRUT_WIDTH] = ['<span alpha="1">|</span>', 5];

/** Draw a text in a font of the project, whatever fonts the machine has. */
async function drawText(text: string, {x, y, room, isRight = false}: TextPlace): Promise<OverlayOptions> {
  const {default: sharp} = await import("sharp");
  const fontfile = path.join(projectRoot(), "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf");
  const markup = `<span foreground="${ink.text}">${STRUT}${escapeHtml(text)}</span>`;
  const {data, info} = await sharp({text: {text: markup, font: "DejaVu Sans 15px", fontfile, rgba: true}})
    .resize({width: Math.floor(room), fit: "inside", withoutEnlargement: true})
    .png()
    .toBuffer({resolveWithObject: true});
  return {input: data, left: isRight ? x - info.width : x - STRUT_WIDTH, top: y};
}
