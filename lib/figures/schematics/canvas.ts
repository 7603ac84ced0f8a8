/** A sheet for schematics: boxes, trapezoids, arrows, words and field images at places in pixels, y downwards. */
import {flat} from "../../core/array";
import type {Annotation, Data, Shape} from "plotly.js";
import {annotate, diverging, frame, ink, round, type Figure, type FigureOptions} from "../style";
import type {FieldImage, Limits} from "../tiles";

/** A place: its upper left corner and size. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Options of a schematic, whose size is that of its content. */
export type SchematicOptions = Omit<FigureOptions, "width">;

/** Fills of a schematic's parts. */
export const fills = {autoencoder: "#dbe6f4", emulator: "#f6e3d3", plain: "#f2f2f2"} as const;

/** The centre of a place. */
export const centre = ({x, y, width, height}: Place) => ({x: x + width / 2, y: y + height / 2});

/** A thumbnail's longer side at most, as a share of the side of a square one. */
const LONGEST = 1.5;

/** Fit a thumbnail in the shape of its field into about the area of a square. */
export function fitted({shape: [nx, ny]}: FieldImage, side: number): Pick<Place, "width" | "height"> {
  const ratio = nx / ny;
  const width = side * Math.min(Math.sqrt(ratio), LONGEST, LONGEST * ratio);
  return {width, height: width / ratio};
}

const stroke = {color: ink.muted, width: 1.5};

export class Canvas {
  private readonly data: Data[] = [];
  private readonly shapes: Shape[] = [];
  private readonly annotations: Annotation[] = [];

  /** Write words around a point; may contain <br> and <sub>. */
  write(text: string, x: number, y: number, more: Partial<Annotation> = {}): this {
    const middle = {xref: "x", yref: "y", xanchor: "center", yanchor: "middle", showarrow: false} as const;
    this.annotations.push({text, x, y, ...middle, font: {size: 16, color: ink.text}, ...more});
    return this;
  }

  /** Draw a box with words in it. */
  box(place: Place, text: string, fill: string = fills.plain): this {
    const {x, y, width, height} = place;
    const corners = {x0: x, y0: y, x1: x + width, y1: y + height};
    this.shapes.push({type: "rect", xref: "x", yref: "y", ...corners, line: stroke, fillcolor: fill, layer: "below"});
    const middle = centre(place);
    return this.write(text, middle.x, middle.y);
  }

  /** Draw a trapezoid that narrows to the right (an encoder) or to the left (a decoder), with words in it. */
  trapezoid(place: Place, narrow: "right" | "left", text: string, fill: string = fills.autoencoder): this {
    const {x, y, width, height} = place;
    const cut = 0.28 * height;
    const [left, right] = narrow === "right" ? [0, cut] : [cut, 0];
    const corners = [
      [x, y + left],
      [x + width, y + right],
      [x + width, y + height - right],
      [x, y + height - left],
    ];
    const path = `M ${corners.map((corner) => corner.join(" ")).join(" L ")} Z`;
    this.shapes.push({type: "path", xref: "x", yref: "y", path, line: stroke, fillcolor: fill, layer: "below"});
    const middle = centre(place);
    return this.write(text, middle.x, middle.y);
  }

  /** Draw an arrow from one point to another. */
  arrow(from: readonly [number, number], to: readonly [number, number]): this {
    const [ax, ay] = from;
    const [x, y] = to;
    const ends = {x, y, ax, ay, xref: "x", yref: "y", axref: "x", ayref: "y"} as const;
    this.annotations.push({
      ...ends,
      text: "",
      showarrow: true,
      arrowhead: 2,
      arrowsize: 1.1,
      arrowwidth: 1.6,
      arrowcolor: ink.muted,
    });
    return this;
  }

  /** Draw a field image with a thin frame; cells stay visible. */
  image(field: FieldImage, place: Place, [zmin, zmax]: Limits): this {
    const {x, y, width, height} = place;
    const [nx, ny] = field.shape;
    const values = flat(field);
    const z = Array.from({length: ny}, (_, j) => Array.from({length: nx}, (_, i) => round(values[i * ny + j], 3)));
    const [dx, dy] = [width / nx, height / ny];
    this.data.push({
      type: "heatmap",
      z,
      x0: x + dx / 2,
      dx,
      y0: y + height - dy / 2,
      dy: -dy,
      zmin,
      zmax,
      colorscale: diverging(),
      zsmooth: false,
      showscale: false,
      hoverinfo: "skip",
    } as Data);
    const corners = {x0: x, y0: y, x1: x + width, y1: y + height};
    this.shapes.push({
      type: "rect",
      xref: "x",
      yref: "y",
      ...corners,
      line: {color: ink.line, width: 2},
      layer: "below",
    });
    return this;
  }

  /** Make the figure of everything that was drawn. */
  figure(width: number, height: number, options: SchematicOptions): Figure {
    const layout = frame({...options, width, height, margin: {l: 0, r: 0, t: 0, b: 0}});
    const bare = {visible: false, fixedrange: true} as const;
    return {
      data: this.data,
      layout: {
        ...annotate(layout, this.annotations),
        xaxis: {...bare, range: [0, width]},
        yaxis: {...bare, range: [height, 0]},
        shapes: this.shapes,
        showlegend: false,
      },
    };
  }
}
