/** Lines over an axis, as a drawing that follows the page's colours. */
import {h, shortly, svg} from "./dom";

/** A line. */
export interface Series {
  readonly name: string;
  /** Class of its colour: truth, diffusion, solver, autoencoder or ideal. */
  readonly kind: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Standard errors, drawn as a band. */
  readonly errors?: readonly number[];
}

export interface PlotOptions {
  readonly title: string;
  readonly xTitle: string;
  readonly log?: boolean;
  /** Lowest top of the vertical axis. Default: 0. */
  readonly top?: number;
}

const WIDTH = 360;
const HEIGHT = 220;
const LEFT = 46;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 36;

/** A scale from values to places. */
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
  const decades = Array.from({length: Math.floor(b) - Math.ceil(a) + 1}, (_, i) => Math.ceil(a) + i);
  const ticks = decades.filter((decade) => decade % every === 0).map((decade) => 10 ** decade);
  return {at: (value) => from + ((Math.log10(value) - a) / (b - a)) * (to - from), ticks};
}

/** A plot; its marker follows a value of the horizontal axis. */
export class Plot {
  readonly element: HTMLElement;
  private readonly drawing = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"});
  private readonly legend = h("ul", {class: "legend"});
  private readonly marker = svg("line", {class: "marker", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden"});
  private x?: Scale;
  private shown: readonly Series[] = [];
  private at?: number;

  constructor(private readonly options: PlotOptions) {
    this.element = h("figure", {class: "plot"}, h("figcaption", {}, options.title), this.drawing, this.legend);
  }

  /** Show lines. The same lists again change nothing. */
  set(series: readonly Series[]): void {
    if (series.length === this.shown.length && series.every((one, i) => one.y === this.shown[i].y)) return;
    this.shown = series;
    const usable = ({x, y}: Series) => x.flatMap((one, i) => (this.isShown(one, y[i]) ? [[one, y[i] as number]] : []));
    const points = series.map(usable);
    const edges = series.map(({x, y, errors = []}) =>
      [1, -1].map((sign) => x.map((one, i) => [one, (y[i] ?? 0) + sign * (errors[i] ?? 0)])),
    );
    const all = [...points.flat(), ...edges.flatMap(([upper], i) => (series[i].errors ? upper : []))];
    if (all.length === 0) return;
    const range = (axis: number) => [Math.min(...all.map((p) => p[axis])), Math.max(...all.map((p) => p[axis]))];
    const [[x0, x1], [y0, y1]] = [range(0), range(1)];
    const scale = this.options.log ? logarithmic : linear;
    const low = this.options.log ? Math.max(y0, y1 * 1e-9) : Math.min(0, y0);
    this.x = scale(x0, x1, LEFT, WIDTH - RIGHT);
    const y = scale(low, Math.max(y1, this.options.top ?? 0), HEIGHT - BOTTOM, TOP);
    const line = (ps: number[][]) =>
      ps
        .map(([a, b], i) => `${i ? "L" : "M"}${this.x!.at(a).toFixed(1)},${y.at(Math.max(b, low)).toFixed(1)}`)
        .join("");
    this.drawing.replaceChildren(
      ...this.axes(this.x, y),
      ...series.map(({kind, errors}, i) =>
        errors ? svg("path", {class: `band ${kind}`, d: `${line([...edges[i][0], ...edges[i][1].reverse()])}Z`}) : "",
      ),
      ...series.map(({kind}, i) => svg("path", {class: `line ${kind}`, d: line(points[i])})),
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

  /** Move the marker; before the first call there is none. */
  mark(at: number): void {
    this.at = at;
    this.follow(at);
  }

  private follow(at: number): void {
    if (!this.x) return;
    this.drawing.setAttribute("aria-label", `${this.options.title}. ${this.inWords(at)}`);
    if (this.at === undefined) return;
    const place = this.x.at(at);
    const isVisible = Number.isFinite(place) && place >= LEFT - 1 && place <= WIDTH;
    this.marker.setAttribute("visibility", isVisible ? "visible" : "hidden");
    if (isVisible) {
      this.marker.setAttribute("x1", place.toFixed(1));
      this.marker.setAttribute("x2", place.toFixed(1));
    }
  }

  private isShown(x: number, y: number | null): y is number {
    const isFinite = typeof y === "number" && Number.isFinite(y);
    return isFinite && (!this.options.log || (x > 0 && y > 0));
  }

  private inWords(at: number): string {
    const values = this.shown.map(({name, x, y}) => {
      const nearest = x.reduce((best, one, i) => (Math.abs(one - at) < Math.abs(x[best] - at) ? i : best), 0);
      return `${name} ${shortly(y[nearest])}`;
    });
    return `${this.options.xTitle} ${shortly(at)}: ${values.join(", ")}.`;
  }

  private axes(x: Scale, y: Scale): SVGElement[] {
    const [bottom, right] = [HEIGHT - BOTTOM, WIDTH - RIGHT];
    const label = (value: number) =>
      this.options.log && (value < 0.01 || value >= 1000) ? `1e${Math.round(Math.log10(value))}` : shortly(value);
    return [
      ...y.ticks.flatMap((tick) => [
        svg("line", {class: "grid", x1: LEFT, x2: right, y1: y.at(tick), y2: y.at(tick)}),
        svg("text", {x: LEFT - 6, y: y.at(tick) + 4, "text-anchor": "end"}, label(tick)),
      ]),
      ...x.ticks.map((tick) => svg("text", {x: x.at(tick), y: bottom + 15, "text-anchor": "middle"}, label(tick))),
      svg("line", {class: "axis", x1: LEFT, x2: right, y1: bottom, y2: bottom}),
      svg("text", {x: (LEFT + right) / 2, y: HEIGHT - 4, "text-anchor": "middle"}, this.options.xTitle),
    ];
  }
}
