/** The paper's schematics (Figures 1, 2 and 7), with thumbnails and numbers of the run. */
import type {Annotation, Data, LayoutAxis, Shape} from "plotly.js";
import {flat, having, records, checkOptions, checkParts, count, list, section} from "@lola-ts/core";
import type {Autoencoder} from "lola/models";
import {annotate, frame} from "./layout";
import {diverging, figureRules, ink, round, type Figure, type FigureOptions} from "./style";
import {imageRule, limitsOf, type FieldImage, type Limits} from "./tiles";

/** A place on a sheet in pixels: its upper left corner and size. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Options of a schematic, whose content sets its size. */
export type SchematicOptions = Omit<FigureOptions, "width">;

const optionsRule = section<SchematicOptions>({title: figureRules.title, caption: figureRules.caption});

/** Fills of a schematic's parts. */
const fills = {autoencoder: "#dbe6f4", emulator: "#f6e3d3"} as const;

/** A thumbnail's longer side at most, as a share of the side of a square one. */
const LONGEST = 1.5;

/** Fit a thumbnail in the shape of its field into about the area of a square. */
function fitted({shape: [nx, ny]}: FieldImage, side: number): Pick<Place, "width" | "height"> {
  const ratio = nx / ny;
  const width = side * Math.min(Math.sqrt(ratio), LONGEST, LONGEST * ratio);
  return {width, height: width / ratio};
}

const small = (size: number) => ({font: {size}});

/** A sheet for boxes, trapezoids, arrows, words and field images at places in pixels, y downwards. */
class Canvas {
  private readonly data: Data[] = [];
  private readonly shapes: Shape[] = [];
  private readonly annotations: Annotation[] = [];

  /** Write words around a point; may contain <br> and <sub>. */
  write(text: string, x: number, y: number, more: Partial<Annotation> = {}): this {
    const middle = {xref: "x", yref: "y", xanchor: "center", yanchor: "middle", showarrow: false} as const;
    this.annotations.push({text, x, y, ...middle, font: {size: 16, color: ink.text}, ...more});
    return this;
  }

  /**
   * Draw a box with words in it.
   *
   * @param narrow the narrower side of a trapezoid: right of an encoder, left of a decoder. Default: none.
   */
  box({x, y, width, height}: Place, text: string, fillcolor: string, narrow?: "right" | "left"): this {
    const look = {xref: "x", yref: "y", line: {color: ink.muted, width: 1.5}, fillcolor, layer: "below"} as const;
    if (narrow) {
      const [left, right] = narrow === "right" ? [0, 0.28 * height] : [0.28 * height, 0];
      const [above, below] = [`${x} ${y + left} L ${x + width} ${y + right}`, `${x + width} ${y + height - right}`];
      this.shapes.push({type: "path", ...look, path: `M ${above} L ${below} L ${x} ${y + height - left} Z`});
    } else this.shapes.push({type: "rect", ...look, x0: x, y0: y, x1: x + width, y1: y + height});
    return this.write(text, x + width / 2, y + height / 2);
  }

  /** Draw an arrow from one point to another. */
  arrow([ax, ay]: readonly [number, number], [x, y]: readonly [number, number]): this {
    const ends = {x, y, ax, ay, xref: "x", yref: "y", axref: "x", ayref: "y"} as const;
    const head = {arrowhead: 2, arrowsize: 1.1, arrowwidth: 1.6, arrowcolor: ink.muted};
    this.annotations.push({...ends, text: "", showarrow: true, ...head});
    return this;
  }

  /** Draw a field image with a thin frame; cells stay visible. */
  image(field: FieldImage, {x, y, width, height}: Place, [zmin, zmax]: Limits): this {
    const [nx, ny] = field.shape;
    const values = flat(field);
    const z = Array.from({length: ny}, (_, j) => Array.from({length: nx}, (_, i) => round(values[i * ny + j], 3)));
    const [dx, dy] = [width / nx, height / ny];
    const cells = {x0: x + dx / 2, dx, y0: y + height - dy / 2, dy: -dy};
    const look = {zmin, zmax, colorscale: diverging(), zsmooth: false, showscale: false, hoverinfo: "skip"} as const;
    this.data.push({type: "heatmap", z, ...cells, ...look});
    const corners = {xref: "x", yref: "y", x0: x, y0: y, x1: x + width, y1: y + height} as const;
    this.shapes.push({type: "rect", ...corners, line: {color: ink.line, width: 2}, layer: "below"});
    return this;
  }

  figure(width: number, height: number, options: SchematicOptions): Figure {
    const layout = frame({...options, width, height, margin: {l: 0, r: 0, t: 0, b: 0}});
    const bare = {visible: false, fixedrange: true} as const;
    const {data, shapes} = this;
    const [xaxis, yaxis]: LayoutAxis[] = [
      {...bare, range: [0, width]},
      {...bare, range: [height, 0]},
    ];
    return {data, layout: {...annotate(layout, this.annotations), xaxis, yaxis, shapes, showlegend: false}};
  }
}

/** Contents of a schematic of an emulation: thumbnails of one trajectory. */
export interface EmulationThumbnails {
  readonly state: FieldImage;
  /** One channel of the first latent. */
  readonly latent: FieldImage;
  /** The same of the states that each call makes. */
  readonly calls: readonly (readonly FieldImage[])[];
  /** The last state, decoded. */
  readonly forecast: FieldImage;
}

/** Sides of a state's and of a latent's thumbnail, and pixels from one latent of a call to the next. */
const [STATE, LATENT, STEP] = [118, 74, 11];
/** Height of the line that Figure 1 follows, pixels of its arrows, and the width of a call at least. */
const [LINE, ARROW, CALL] = [150, 34, 118];

/**
 * Draw the paper's Figure 1: the first state is encoded, each call of the emulator makes the next latents from the last one
 * and the parameters θ, and the decoder is needed for the states that somebody looks at.
 *
 * @throws RangeError if there is no call, or a call without a state.
 * @example await lab.show(figure1(thumbnails, {caption: lab.caption}), {name: "figure-01"});
 */
export function figure1(thumbnails: EmulationThumbnails, options: SchematicOptions = {}): Figure {
  const {state, latent, calls, forecast} = thumbnails;
  checkParts("figure1", {state: imageRule, latent: imageRule, forecast: imageRule}, thumbnails);
  checkOptions("figure1", optionsRule, options);
  checkOptions("figure1", list(list(imageRule)), calls, "calls");
  checkOptions("figure1", records("states of calls", "length"), calls, "calls");
  const pixels = limitsOf([state]);
  const latents = limitsOf([latent, ...calls.flat()]);
  const canvas = new Canvas();
  let x = 16;
  const connect = () => {
    canvas.arrow([x + 3, LINE], [x + ARROW - 3, LINE]);
    x += ARROW;
  };
  const show = (field: FieldImage, side: number, limits: Limits, name: string) => {
    const {width, height} = fitted(field, side);
    canvas.image(field, {x, y: LINE - height / 2, width, height}, limits);
    canvas.write(name, x + width / 2, LINE + height / 2 + 18);
    x += width;
  };
  const network = (text: string, narrow: "right" | "left") => {
    connect();
    canvas.box({x, y: LINE - 55, width: 96, height: 110}, text, fills.autoencoder, narrow);
    x += 96;
    connect();
  };
  show(state, STATE, pixels, "x<sup>i</sup>");
  network("Encoder<br>E<sub>ψ</sub>", "right");
  show(latent, LATENT, latents, "z<sup>i</sup>");
  calls.forEach((images, call) => {
    connect();
    const [first, last] = [call * images.length + 1, (call + 1) * images.length];
    x += drawCall(canvas, images, {x, limits: latents, name: `z<sup>i+${first} … i+${last}</sup>`});
  });
  network("Decoder<br>D<sub>ψ</sub>", "left");
  show(forecast, STATE, pixels, `x̂<sup>i+${calls.reduce((sum, {length}) => sum + length, 0)}</sup>`);
  return canvas.figure(x + 16, 2 * LINE - 20, options);
}

/** Draw a call of the emulator above the stack of latents that it makes. @returns its width. */
function drawCall(
  canvas: Canvas,
  images: readonly FieldImage[],
  {x, limits, name}: {x: number; limits: Limits; name: string},
): number {
  const {width, height} = fitted(images[0], LATENT);
  const shift = STEP * (images.length - 1);
  const across = Math.max(CALL, width + shift);
  const [left, top] = [x + (across - width - shift) / 2, LINE - height / 2];
  canvas.box({x, y: 26, width: across, height: 62}, "Emulator", fills.emulator).write("θ", x - 22, 40);
  canvas.arrow([x - 14, 42], [x - 1, 48]);
  images.forEach((image, i) => canvas.image(image, {x: left + STEP * i, y: top + STEP * i, width, height}, limits));
  const [down, up] = [x + 0.29 * across, x + 0.71 * across];
  canvas.arrow([down, 90], [down, top - 4]).arrow([up, top - 4], [up, 90]);
  canvas.write(name, x + across / 2, top + height + shift + 20);
  return across;
}

/** Contents of a schematic of a denoiser: one channel of a window of latents. */
export interface DenoiserThumbnails {
  /** The state that is known. */
  readonly context: FieldImage;
  /** The others, with noise. */
  readonly noisy: readonly FieldImage[];
  /** The denoiser's output. */
  readonly estimates: readonly FieldImage[];
}

/**
 * Draw the paper's Figure 2: known states enter without noise and a mask tells which they are; time and parameters enter
 * through the modulation; the denoiser answers with an estimate of every state of the window.
 *
 * @throws RangeError unless there are as many estimates as states.
 * @example await lab.show(figure2({context, noisy, estimates}), {name: "figure-02"});
 */
export function figure2(thumbnails: DenoiserThumbnails, options: SchematicOptions = {}): Figure {
  const {context, noisy, estimates} = thumbnails;
  checkParts("figure2", {context: imageRule, noisy: list(imageRule)}, thumbnails);
  checkOptions("figure2", optionsRule, options);
  checkOptions("figure2", list(imageRule, {length: noisy.length + 1}), estimates, "estimates");
  const [left, gap, top] = [150, 26, 52];
  const limits = limitsOf([context, ...estimates]);
  const canvas = new Canvas();
  const size = fitted(context, 84);
  const columnAt = (i: number) => left + i * (size.width + gap);
  const middleAt = (i: number) => columnAt(i) + size.width / 2;
  const width = columnAt(estimates.length) - gap;
  const bottom = top + size.height;
  const box = {x: left, y: bottom + 52, width: width - left, height: 62};
  const middle = box.y + box.height / 2;
  const below = box.y + box.height + 40;
  [context, ...noisy].forEach((image, i) => {
    const [x, name] = [middleAt(i), i === 0 ? "z<sup>i</sup>" : `z<sub>t</sub><sup>i+${i}</sup>`];
    canvas.image(image, {x: columnAt(i), y: top, ...size}, limits).write(name, x, top - 14);
    canvas.write(`b = ${i === 0 ? 1 : 0}`, x, bottom + 15, small(14)).arrow([x, bottom + 28], [x, bottom + 50]);
  });
  canvas.box(box, "Denoiser d<sub>φ</sub>", fills.emulator);
  canvas.write("t, θ", left - 58, middle).arrow([left - 36, middle], [left - 2, middle]);
  canvas.write("known: clean<br>others: noise", left / 2, top + size.height / 2, small(14));
  canvas.write("estimates of<br>all states", left / 2, below + size.height / 2, small(14));
  estimates.forEach((image, i) => {
    const x = middleAt(i);
    canvas.arrow([x, below - 38], [x, below - 3]).image(image, {x: columnAt(i), y: below, ...size}, limits);
    canvas.write(`ẑ<sup>i${i === 0 ? "" : `+${i}`}</sup>`, x, below + size.height + 16);
  });
  return canvas.figure(width + 24, below + size.height + 36, options);
}

/**
 * Draw the paper's Figure 7 with the numbers of a model: each level of the encoder has residual blocks and, below the first,
 * a resampling that moves space into channels and begins near the identity; the decoder mirrors it.
 *
 * @param grid cells of a state along each axis.
 * @throws RangeError unless it is an autoencoder and a grid.
 * @example await lab.show(figure7(model, grid), {name: "figure-07"});
 */
export function figure7(
  model: Pick<Autoencoder, "config">,
  grid: readonly number[],
  options: SchematicOptions = {},
): Figure {
  checkOptions("figure7", having("an autoencoder", "config"), model, "model");
  checkOptions("figure7", optionsRule, options);
  checkOptions("figure7", list(count), grid, "grid");
  const {hidChannels, hidBlocks, patchSize = 1, pixChannels, latChannels, saturation} = model.config;
  const [width, gap, line] = [92, 44, 190];
  const canvas = new Canvas();
  const cells = (level: number) => grid.map((n) => n / (patchSize * 2 ** level)).join("×");
  const columnAt = (i: number) => 92 + gap + i * (width + gap);
  const arrowTo = (x: number, text: string) => {
    canvas.arrow([x - gap + 3, line], [x - 3, line]).write(text, x - gap / 2, line - 18, small(13));
  };
  const boxAt = (x: number, height: number, text: string, fill: string) =>
    canvas.box({x, y: line - height / 2, width, height}, text, fill);
  const state = `state<br>${grid.join("×")}<br>${pixChannels} channels`;
  const levels = hidChannels.map((channels, level) => ({channels, level, blocks: hidBlocks[level]}));
  canvas.write(state, 46, line);
  [...levels, ...[...levels].reverse()].forEach(({channels, level, blocks}, i) => {
    const isDown = i < levels.length;
    const x = columnAt(isDown ? i : i + 1);
    const height = 260 - (180 * level) / Math.max(1, levels.length - 1);
    const text = `${cells(level)}<br>${channels} ch.<br>${blocks} block${blocks > 1 ? "s" : ""}`;
    boxAt(x, height, text, fills.autoencoder);
    if (i === 0) arrowTo(x, patchSize > 1 ? `÷${patchSize}` : "");
    else if (i !== levels.length) arrowTo(x, isDown ? "↓2" : "↑2");
  });
  const middle = columnAt(levels.length);
  arrowTo(middle, "");
  boxAt(middle, 80, `latent<br>${cells(levels.length - 1)}<br>${latChannels} ch.`, fills.emulator);
  canvas.write(saturation ?? "", middle + width / 2, line + 56, small(13));
  arrowTo(columnAt(levels.length + 1), "");
  const end = columnAt(2 * levels.length + 1);
  arrowTo(end, patchSize > 1 ? `×${patchSize}` : "");
  canvas.write(state, end + 46, line);
  const words = "↓2: space to depth, then a convolution near the identity; ↑2: the reverse";
  canvas.write(words, end / 2 + 46, 2 * line - 22, small(14));
  return canvas.figure(end + 96, 2 * line, options);
}
