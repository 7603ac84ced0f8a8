/** Images that change with time as a GIF, for readers that show nothing else: names above, colour bars below. */
import {flat} from "../../core/array";
import type {AnimationPanel} from "../images/animation-panel";
import type {ColourScale} from "../style";
import type {FieldImage, Limits} from "../tiles";
import {encodeGif} from "./gif";
import {drawText, TEXT_HEIGHT, textWidth, type Pixels} from "./pixel-text";

/** Min width of the picture, so that it can be read from afar. */
const MIN_WIDTH = 720;
/** Pixels between panels and around texts, and the height of a colour bar. */
const GAP = 12;
const BAR = 10;
/** Colours of a panel's images: few, because a GIF of few colours is small. */
const STEPS = 12;
/** Max number of frames: of more states some are left out. */
const FRAMES = 5;
const WHITE = 0;
const INK = 1;

/**
 * Draw panels side by side, one frame per state, or 5 of them from the first to the last.
 *
 * @param labels a text per state, above the panels.
 * @param delay seconds that a frame is shown.
 */
export function animationGif(panels: readonly AnimationPanel[], labels: readonly string[], delay: number): Buffer {
  const [nx, ny] = panels[0].images[0].shape;
  const scales = [...new Set(panels.map(({scale}) => JSON.stringify(scale)))];
  const cell = Math.ceil((MIN_WIDTH - GAP * (panels.length + 1)) / (panels.length * nx));
  const step = nx * cell + GAP;
  const top = 2 * (TEXT_HEIGHT + GAP) + GAP;
  const below = top + ny * cell + GAP;
  const size = {width: panels.length * step + GAP, height: below + BAR + TEXT_HEIGHT + GAP + 4};
  const steps = Math.min(STEPS, Math.floor(254 / scales.length));
  const first = (scale: ColourScale) => 2 + scales.indexOf(JSON.stringify(scale)) * steps;
  const ground = new Uint8Array(size.width * size.height).fill(WHITE);
  panels.forEach(({name, limits, scale}, i) => {
    const pixels = {...size, data: ground};
    drawText(pixels, name, [GAP + i * step, top - TEXT_HEIGHT - GAP / 2], INK);
    drawBar(pixels, {x: GAP + i * step, y: below, width: nx * cell, first: first(scale), steps, limits});
  });
  const kept = Math.min(FRAMES, labels.length);
  const states = Array.from({length: kept}, (_, i) => Math.round((i * (labels.length - 1)) / Math.max(1, kept - 1)));
  const frames = states.map((state) => {
    const picture = ground.slice();
    drawText({...size, data: picture}, labels[state], [GAP, GAP], INK);
    panels.forEach(({images, limits, scale}, i) => {
      const corner = top * size.width + GAP + i * step;
      paint(picture, size.width, {image: images[state], limits, corner, cell, first: first(scale), steps});
    });
    return picture;
  });
  const colours = scales.flatMap((scale) => coloursOf(JSON.parse(scale) as ColourScale, steps));
  return encodeGif({...size, palette: [[255, 255, 255], [43, 43, 43], ...colours], frames, delay});
}

interface Bar {
  x: number;
  y: number;
  width: number;
  first: number;
  steps: number;
  limits: Limits;
}

/** Draw a colour bar with the values at its ends below. */
function drawBar(pixels: Pixels, {x, y, width, first, steps, limits}: Bar): void {
  for (let column = 0; column < width; column++) {
    const colour = first + Math.floor((column * steps) / width);
    for (let row = 0; row < BAR; row++) pixels.data[(y + row) * pixels.width + x + column] = colour;
  }
  const [low, high] = limits.map((value) => `${Number(value.toPrecision(2))}`);
  drawText(pixels, low, [x, y + BAR + 4], INK);
  drawText(pixels, high, [x + width - textWidth(high) - 2, y + BAR + 4], INK);
}

interface Place {
  image: FieldImage;
  limits: Limits;
  /** Place of the upper left pixel. */
  corner: number;
  /** Pixels per cell and axis. */
  cell: number;
  /** First colour of the field in the palette, and how many it has. */
  first: number;
  steps: number;
}

function paint(picture: Uint8Array, width: number, {image, limits, corner, cell, first, steps}: Place): void {
  const values = flat(image);
  const [nx, ny] = image.shape;
  const [low, high] = limits;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const part = (values[x * ny + y] - low) / (high - low || 1);
      const colour = first + Math.round(Math.min(1, Math.max(0, part)) * (steps - 1));
      for (let row = 0; row < cell; row++) {
        const start = corner + ((ny - 1 - y) * cell + row) * width + x * cell;
        picture.fill(Number.isFinite(part) ? colour : WHITE, start, start + cell);
      }
    }
  }
}

/** `steps` colours of a scale, at equal distances. */
function coloursOf(scale: ColourScale, steps: number): number[][] {
  const channels = (colour: string) => colour.match(/\d+/g)!.map(Number);
  return Array.from({length: steps}, (_, i) => {
    const at = i / (steps - 1);
    const above = Math.max(
      1,
      scale.findIndex(([position]) => position >= at),
    );
    const [from, a] = scale[above - 1];
    const [to, b] = scale[above];
    const part = (at - from) / (to - from);
    const high = channels(b);
    return channels(a).map((value, c) => Math.round(value + part * (high[c] - value)));
  });
}
