/** A trajectory as an animation: fields beside (or above) each other, each in its own colours. */
import {imageOf, limitsIn, type FieldView} from "./field-view";
import {encodeGif} from "./render/gif";
import type {ColourScale} from "./style";
import type {FieldImage, Limits, ImageSource} from "./tiles";

export interface AnimateOptions {
  /** Fields to show in their order, `fieldViews(system)` or some of them. */
  views: readonly FieldView[];
  /** Max width of the whole picture in pixels. Default: 320. */
  width?: number;
  /** Seconds that a state is shown. Default: 0.12. */
  delay?: number;
}

/** Pixels between two fields, and the index of their colour. */
const GAP = 6;
const WHITE = 0;

/**
 * Draw all states of a trajectory [L, X, Y(, Z), C] as a GIF, x to the right and y upwards. Limits are those of all
 * states. Fields that are wider than high are put above each other.
 *
 * @throws RangeError if there is no field to show.
 */
export function animate(trajectory: ImageSource, {views, width = 320, delay}: AnimateOptions): Buffer {
  if (views.length === 0) throw new RangeError("animate: expected at least one field, found none");
  const count = trajectory.shape[0];
  const parts = views.map((view) => {
    const images = Array.from({length: count}, (_, state) => imageOf(trajectory, state, view));
    return {images, limits: limitsIn(images, view.signed)};
  });
  const [nx, ny] = parts[0].images[0].shape;
  const columns = nx > ny ? 1 : views.length;
  const rows = nx > ny ? views.length : 1;
  const cell = Math.max(1, Math.floor((width - GAP * (columns - 1)) / (columns * nx)));
  const stepX = nx * cell + GAP;
  const stepY = ny * cell + GAP;
  const size = {width: columns * stepX - GAP, height: rows * stepY - GAP};
  const steps = Math.floor(255 / views.length);
  const palette = [[255, 255, 255], ...views.flatMap(({scale}) => coloursOf(scale, steps))];
  const frames = Array.from({length: count}, (_, state) => {
    const picture = new Uint8Array(size.width * size.height).fill(WHITE);
    parts.forEach(({images, limits}, i) => {
      const corner = columns > 1 ? i * stepX : i * stepY * size.width;
      paint(picture, size.width, {image: images[state], limits, corner, cell, first: 1 + i * steps, steps});
    });
    return picture;
  });
  return encodeGif({...size, palette, frames, delay});
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
  const {data, shape} = image;
  const [nx, ny] = shape;
  const [low, high] = limits;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const part = (data[x * ny + y] - low) / (high - low || 1);
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
