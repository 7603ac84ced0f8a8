/** Images of fields and of latents on canvases. */
import {h, shortly, uniqueId} from "./dom";

type Limits = readonly [low: number, high: number];

export class Colours {
  /** The scale from left to right, for style sheets. */
  readonly gradient: string;
  private readonly table: Uint8ClampedArray;

  /** @param stops positions from 0 to 1 with their colours. */
  constructor(stops: readonly (readonly [number, string])[]) {
    this.gradient = `linear-gradient(to right, ${stops.map(([at, colour]) => `${colour} ${100 * at}%`).join(", ")})`;
    const canvas = h("canvas", {width: 256, height: 1});
    const context = canvas.getContext("2d")!;
    const gradient = context.createLinearGradient(0, 0, 256, 0);
    for (const [at, colour] of stops) gradient.addColorStop(at, colour);
    context.fillStyle = gradient;
    context.fillRect(0, 0, 256, 1);
    this.table = context.getImageData(0, 0, 256, 1).data;
  }

  paint(values: ArrayLike<number>, [low, high]: Limits, pixels: Uint8ClampedArray): void {
    const scale = high > low ? 255 / (high - low) : 0;
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) {
        pixels[4 * i + 3] = 0; // nothing is there
        continue;
      }
      const at = 4 * Math.max(0, Math.min(255, Math.round((values[i] - low) * scale)));
      pixels[4 * i] = this.table[at];
      pixels[4 * i + 1] = this.table[at + 1];
      pixels[4 * i + 2] = this.table[at + 2];
      pixels[4 * i + 3] = 255;
    }
  }
}

/** An image with its title, and a bar of its colours between their limits. */
export class Picture {
  readonly canvas = h("canvas", {role: "img", id: uniqueId()});
  readonly caption: HTMLElement;
  readonly element: HTMLElement;
  private readonly context = this.canvas.getContext("2d")!;
  private readonly ends = [h("span", {}), h("span", {})] as const;
  private data?: ImageData;

  /**
   * @param quantity what is shown, with its unit.
   * @param size points along x and y, where all images have the same.
   */
  constructor(
    private readonly title: string,
    private readonly colours: Colours,
    quantity = "",
    private readonly size: readonly [number, number] = [1, 1],
  ) {
    const bar = h("i", {});
    bar.style.background = colours.gradient;
    this.caption = h("figcaption", {}, title, quantity && h("small", {}, quantity));
    this.element = h(
      "figure",
      {class: "picture"},
      this.canvas,
      h("div", {class: "scale", "aria-hidden": "true"}, this.ends[0], bar, this.ends[1]),
      this.caption,
    );
  }

  /** Make the picture one link or button: its title becomes the control, which the style sheet spreads over the picture. */
  control<E extends HTMLElement>(control: E): E {
    control.classList.add("whole");
    control.setAttribute("aria-describedby", this.canvas.id);
    control.append(this.caption.firstChild!);
    this.caption.prepend(control);
    return control;
  }

  /** Draw values [X, Y], x to the right and y upwards, and say in words what is seen. */
  draw(values: ArrayLike<number>, limits: Limits, words = rangeInWords(values), [nx, ny] = this.size): void {
    if (this.data?.width !== nx || this.data.height !== ny) {
      this.canvas.width = nx;
      this.canvas.height = ny;
      this.canvas.style.aspectRatio = `${nx} / ${ny}`;
      this.data = this.context.createImageData(nx, ny);
    }
    const rows = Float32Array.from({length: nx * ny}, (_, i) => values[(i % nx) * ny + ny - 1 - Math.floor(i / nx)]);
    this.colours.paint(rows, limits, this.data.data);
    this.context.putImageData(this.data, 0, 0);
    const digits = Math.max(0, 2 - Math.ceil(Math.log10(limits[1] - limits[0] || 1)));
    limits.forEach((limit, i) => (this.ends[i].textContent = `${Number(limit.toFixed(digits))}`));
    this.describe(words);
  }

  describe(words: string): void {
    this.canvas.setAttribute("aria-label", [this.title, words].filter(Boolean).join(": "));
  }
}

/** Limits of values: 1 % and 99 % quantiles, about 0 where they have a sign. */
export function limitsOf(values: Float32Array, signed: boolean): Limits {
  const some = Float32Array.from(
    {length: Math.min(values.length, 20000)},
    (_, i, step = values.length / 20000) => values[Math.floor(i * Math.max(1, step))],
  ).sort();
  const [low, high] = [some[Math.floor(0.01 * some.length)], some[Math.floor(0.99 * (some.length - 1))]];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return signed ? [-largest, largest] : [low, high];
}

/** Arrange the channels of a latent [X, Y, C] as a mosaic [X, Y]: near squares of tiles with lines between them. */
export function mosaic(
  latent: ArrayLike<number>,
  shape: readonly number[],
): {values: Float32Array; size: [number, number]} {
  const channels = shape.at(-1)!;
  const [nx, ny] = shape;
  const across = Math.ceil(Math.sqrt((channels * (ny + 1)) / (nx + 1)));
  const down = Math.ceil(channels / across);
  const size: [number, number] = [across * (nx + 1) - 1, down * (ny + 1) - 1];
  const values = new Float32Array(size[0] * size[1]).fill(NaN);
  for (let c = 0; c < channels; c++) {
    const [left, bottom] = [(c % across) * (nx + 1), (down - 1 - Math.floor(c / across)) * (ny + 1)];
    for (let x = 0; x < nx; x++) {
      for (let y = 0; y < ny; y++) {
        values[(left + x) * size[1] + bottom + y] = latent[(x * ny + y) * channels + c];
      }
    }
  }
  return {values, size};
}

export function rangeInWords(values: ArrayLike<number>): string {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return `from ${shortly(low)} to ${shortly(high)}`;
}
