/** Lines over an axis, as a drawing that follows the page's colours. */
import {h, shortly, svg} from "./dom";

export interface Series {
  readonly name: string;
  /** Class of its colour: truth, diffusion, solver, autoencoder or ideal; with "dots" each of its points is marked. */
  readonly kind: string;
  readonly y: ArrayLike<number | null>;
  /** Standard errors, drawn as a band. */
  readonly errors?: readonly number[];
}

interface PlotOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly log?: boolean;
  /** Lowest top of the vertical axis. Default: 0. */
  readonly top?: number;
}

const WIDTH = 360;
const HEIGHT = 220;
const LEFT = 46;
const TOP = 12;
const RIGHT = WIDTH - 10;
const BOTTOM = HEIGHT - 36;

interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

function linear(low: number, high: number, from: number, to: number): Scale {
  const span = high > low ? high - low : 1;
  const rough = span / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= rough)!;
  const first = Math.ceil(low / step);
  const ticks = Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, i) => (first + i) * step);
  return {at: (value) => from + ((value - low) / span) * (to - from), ticks};
}

function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high > low ? high : 10 * low)];
  const every = Math.max(1, Math.round((b - a) / 5));
  const decades = Array.from({length: Math.floor(b) - Math.floor(a) + 1}, (_, i) => Math.floor(a) + i);
  const ticks = decades
    .filter((decade) => decade % every === 0)
    .flatMap((decade) => (b - a < 2 ? [1, 2, 5] : [1]).map((factor) => factor * 10 ** decade))
    .filter((tick) => tick >= low && tick <= high);
  return {at: (value) => from + ((Math.log10(value) - a) / (b - a)) * (to - from), ticks};
}

/** A plot; its marker follows a value of the horizontal axis. */
export class Plot {
  readonly element: HTMLElement;
  private readonly drawing = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"});
  private readonly legend = h("ul", {class: "legend"});
  private readonly marker = svg("line", {class: "marker", y1: TOP, y2: BOTTOM, visibility: "hidden"});
  private x: readonly number[] = [];
  private scale?: Scale;
  private shown: readonly Series[] = [];
  private at?: number;

  constructor(private readonly options: PlotOptions) {
    this.element = h("figure", {class: "plot"}, h("figcaption", {}, options.title), this.drawing, this.legend);
    this.clear();
  }

  /** Show lines. The same lists again change nothing. */
  set(places: ArrayLike<number>, series: readonly Series[]): void {
    if (series.length === this.shown.length && series.every((one, i) => one.y === this.shown[i].y)) return;
    const {log, top = 0} = this.options;
    const x = Array.from(places);
    [this.x, this.shown] = [x, series];
    const isUsable = (a: number, b: number | null) => Number.isFinite(b ?? NaN) && !(log && (a <= 0 || b! <= 0));
    const lines = series.map(({y}) => x.flatMap((a, i) => (isUsable(a, y[i]) ? [[a, y[i]!]] : [])));
    const bands = series.map(({y, errors}) =>
      errors ? [1, -1].map((sign) => x.map((a, i) => [a, (y[i] ?? 0) + sign * errors[i]])) : [],
    );
    const all = [...lines.flat(), ...bands.flatMap(([upper = []]) => upper)];
    if (all.length === 0) return this.clear();
    const range = (axis: number) => [Math.min(...all.map((p) => p[axis])), Math.max(...all.map((p) => p[axis]))];
    const [[x0, x1], [y0, y1]] = [range(0), range(1)];
    const low = log ? Math.max(y0, y1 * 1e-9) : Math.min(0, y0);
    const make = log ? logarithmic : linear;
    const across = make(x0, x1, LEFT, RIGHT);
    const up = make(low, Math.max(y1, top), BOTTOM, TOP);
    this.scale = across;
    const path = (points: number[][]) =>
      points
        .map(([a, b], i) => `${i ? "L" : "M"}${across.at(a).toFixed(1)},${up.at(Math.max(b, low)).toFixed(1)}`)
        .join("");
    this.drawing.replaceChildren(
      ...this.axes(across, up),
      ...bands.flatMap(([upper, lower], i) =>
        upper ? svg("path", {class: `band ${series[i].kind}`, d: `${path([...upper, ...lower.reverse()])}Z`}) : [],
      ),
      ...series.map(({kind}, i) => svg("path", {class: `line ${kind}`, d: path(lines[i])})),
      ...series.flatMap(({kind}, i) =>
        / dots$/.test(kind)
          ? lines[i].map(([a, b]) => svg("circle", {class: `dot ${kind}`, cx: across.at(a), cy: up.at(b), r: 3}))
          : [],
      ),
      this.marker,
    );
    this.legend.replaceChildren(
      ...series.map(({name, kind}) => {
        const swatch = svg("path", {class: `line ${kind}`, d: "M0,4H26"});
        return h("li", {}, svg("svg", {class: "swatch", viewBox: "0 0 26 8", "aria-hidden": "true"}, swatch), name);
      }),
    );
    this.follow(this.at ?? x0);
  }

  private clear(): void {
    this.scale = undefined;
    this.legend.replaceChildren();
    this.drawing.replaceChildren();
    this.drawing.setAttribute("aria-label", `${this.options.title}: nothing yet.`);
  }

  /** Move the marker; before the first call there is none. */
  mark(at: number): void {
    this.at = at;
    this.follow(at);
  }

  private follow(at: number): void {
    if (!this.scale) return;
    const nearest = this.x.reduce((best, a, i) => (Math.abs(a - at) < Math.abs(this.x[best] - at) ? i : best), 0);
    const values = this.shown.map(({name, y}) => `${name} ${shortly(y[nearest])}`).join(", ");
    const {title, xTitle} = this.options;
    this.drawing.setAttribute("aria-label", `${title}. ${xTitle} ${shortly(at)}: ${values}.`);
    if (this.at === undefined) return;
    const place = this.scale.at(at);
    const isVisible = Number.isFinite(place) && place >= LEFT - 1 && place <= WIDTH;
    this.marker.setAttribute("visibility", isVisible ? "visible" : "hidden");
    if (isVisible) for (const end of ["x1", "x2"]) this.marker.setAttribute(end, place.toFixed(1));
  }

  private axes(x: Scale, y: Scale): SVGElement[] {
    const label = (value: number) =>
      this.options.log && (value < 0.01 || value >= 1000) ? value.toExponential() : shortly(value);
    return [
      ...y.ticks.flatMap((tick) => [
        svg("line", {class: "grid", x1: LEFT, x2: RIGHT, y1: y.at(tick), y2: y.at(tick)}),
        svg("text", {x: LEFT - 6, y: y.at(tick) + 4, "text-anchor": "end"}, label(tick)),
      ]),
      ...x.ticks.map((tick) => svg("text", {x: x.at(tick), y: BOTTOM + 15, "text-anchor": "middle"}, label(tick))),
      svg("line", {class: "axis", x1: LEFT, x2: RIGHT, y1: BOTTOM, y2: BOTTOM}),
      svg("text", {x: (LEFT + RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle"}, this.options.xTitle),
    ];
  }
}
