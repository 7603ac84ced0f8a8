/** Fields that change with time, side by side, with play, pause and a slider. */
import {callable, checkOptions, optional} from "@lola-ts/core";
import type {Data, Frame, Layout} from "plotly.js";
import {imageOf, limitsIn, viewRule, viewsRule, type FieldView} from "./field-view";
import {annotate, axisName, domains, frame, heading} from "./layout";
import {checkFigure, diverging, ink, NOTEBOOK, round, withMinus} from "./style";
import type {Figure, ColourScale, FigureOptions} from "./style";
import {imageSources, levelsOf, limitsOf, type FieldImage, type ImageSource, type Limits} from "./tiles";

/** Images of one kind over time. */
export interface AnimationPanel {
  /** Above the images. */
  readonly name: string;
  /** One per state, all of one shape. */
  readonly images: readonly FieldImage[];
  readonly limits: Limits;
  readonly scale: ColourScale;
}

/** Panels side by side that change with time: the content of a GIF. */
export interface Movie {
  readonly panels: readonly AnimationPanel[];
  /** A text per state, e.g. "τ = 20". */
  readonly labels: readonly string[];
  /** Seconds that a state is shown. */
  readonly delay: number;
}

/** An animation that answers to the mouse, and its content as a movie. */
export interface AnimatedFigure {
  readonly figure: Figure;
  readonly movie: Movie;
}

export interface PanelOptions extends FigureOptions {
  /** Text of a state, e.g. "τ = 20". Default: "t = index". */
  time?: (state: number) => string;
}

export interface AnimateOptions extends PanelOptions {
  /** Fields to show in their order, `fieldViews(system)` or some of them. */
  views: readonly FieldView[];
}

/**
 * Animate the states of a trajectory [L, X, Y(, Z), C], one panel per field, x to the right and y upwards. Limits are those
 * of all states.
 *
 * @throws RangeError if there is no field to show.
 * @example await lab.show(animate(trajectory, {views: fieldViews(system)}), {caption: "Trajectory 0"});
 */
export function animate(trajectory: ImageSource, choice: AnimateOptions): AnimatedFigure {
  checkOptions("animate", imageSources, trajectory, "trajectory");
  checkFigure("animate", choice, {views: viewsRule, time: optional(callable)});
  const {views, ...options} = choice;
  const panels = views.map((view) => {
    const images = Array.from({length: trajectory.shape[0]}, (_, state) => imageOf(trajectory, state, view));
    return {name: view.name, images, limits: limitsIn(images, view.signed), scale: view.scale};
  });
  return animatePanels(panels, options);
}

export interface NamedStates {
  readonly name: string;
  /** [L, X, Y(, Z), C]. */
  readonly states: ImageSource;
}

/**
 * Animate one field of several trajectories side by side, all in the limits of the first and in the colours of Figure 4.
 *
 * @throws RangeError if there is no trajectory, or they differ in their number of states.
 */
export function animateTrajectories(
  list: readonly NamedStates[],
  choice: PanelOptions & {view: FieldView},
): AnimatedFigure {
  checkFigure("animateTrajectories", choice, {view: viewRule, time: optional(callable)});
  const {view, ...options} = choice;
  const images = list.map(({states}) =>
    Array.from({length: states.shape[0]}, (_, state) => imageOf(states, state, view)),
  );
  const limits = limitsOf(images[0] ?? []);
  const panels = list.map(({name}, i) => ({name, images: images[i], limits, scale: diverging()}));
  return animatePanels(panels, options);
}

/** Animate panels side by side. */
export function animatePanels(panels: readonly AnimationPanel[], options: PanelOptions = {}): AnimatedFigure {
  const count = panels[0]?.images.length ?? 0;
  if (count === 0) throw new RangeError("animate: expected at least one field and one state, found none.");
  const odd = panels.find(({images}) => images.length !== count);
  if (odd) throw new RangeError(`animate: expected ${count} states, found ${odd.images.length} in "${odd.name}".`);
  const {time = (state) => `t = ${state}`} = options;
  const labels = Array.from({length: count}, (_, state) => time(state));
  return {figure: liveAnimation(panels, labels, options), movie: {panels, labels, delay: DELAY}};
}

/** Seconds that a state is shown. */
const DELAY = 0.1;

/** Pixels between two panels, of a name, of a colour bar, and of the controls. */
const GAP = 24;
const NAME = 34;
const BARS = 52;
const CONTROLS = 104;

/** Whether all panels have one scale, so that one colour bar serves them. */
export const haveOneScale = ([first, ...rest]: readonly AnimationPanel[]): boolean =>
  rest.every(({limits, scale}) => `${limits}` === `${first.limits}` && `${scale}` === `${first.scale}`);

/** How many panels stand side by side in a figure of `width` pixels, so that each is as large as the window allows. */
export function columnsOf(panels: readonly AnimationPanel[], width: number = NOTEBOOK.width): number {
  const [nx, ny] = panels[0].images[0].shape;
  const beside = NAME + (haveOneScale(panels) ? 0 : BARS);
  const height = NOTEBOOK.height - BARS - CONTROLS;
  const across = (columns: number) => {
    const rows = Math.ceil(panels.length / columns);
    return Math.min((width - GAP * (columns - 1)) / columns, (height / rows - beside) * (nx / ny));
  };
  return panels.map((_, i) => panels.length - i).reduce((best, next) => (across(next) > across(best) ? next : best));
}

function liveAnimation(
  panels: readonly AnimationPanel[],
  labels: readonly string[],
  {width = NOTEBOOK.width, ...options}: FigureOptions,
): Figure {
  const [nx, ny] = panels[0].images[0].shape;
  const margin = {l: 20, r: 20, t: NAME, b: BARS + CONTROLS};
  const inner = width - margin.l - margin.r;
  const columns = columnsOf(panels, inner);
  const rows = Math.ceil(panels.length / columns);
  const isShared = haveOneScale(panels);
  const between = NAME + (isShared ? 0 : BARS);
  const across = (inner - GAP * (columns - 1)) / columns;
  const high = Math.min((across * ny) / nx, (NOTEBOOK.height - BARS - CONTROLS) / rows - between);
  const total = rows * high + (rows - 1) * between;
  const spans = domains(columns, GAP / inner);
  /** Place of a panel in the figure: from left to right, then down. */
  const places = panels.map((_, i) => {
    const top = 1 - (Math.floor(i / columns) * (high + between)) / total;
    return {x: spans[i % columns], y: [top - high / total, top] as const};
  });
  const layout: Layout = frame({...options, width, height: Math.round(total) + margin.t + margin.b, margin});
  const data = panels.map((panel, i): Data => ({
    type: "heatmap",
    name: panel.name,
    z: levelsOf(panel.images[0], panel.limits, TOP),
    zmin: 0,
    zmax: TOP,
    colorscale: panel.scale,
    zsmooth: false,
    hoverinfo: "skip",
    xaxis: axisName("x", i).trace,
    yaxis: axisName("y", i).trace,
    showscale: !isShared || i === 0,
    colorbar: {
      orientation: "h",
      thickness: 10,
      outlinewidth: 0,
      lenmode: "fraction",
      len: places[i].x[1] - places[i].x[0],
      x: places[i].x[0],
      xanchor: "left",
      y: isShared ? 0 : places[i].y[0],
      yanchor: "top",
      ypad: 8,
      xpad: 0,
      tickvals: [0.08, 0.5, 0.92].map((part) => part * TOP),
      ticktext: [0.08, 0.5, 0.92].map((part) =>
        withMinus(round(panel.limits[0] + part * (panel.limits[1] - panel.limits[0]), 2)!),
      ),
    },
  }));
  const frames = labels.map((name, state): Frame => ({
    name,
    data: panels.map(({images, limits}) => ({z: levelsOf(images[state], limits, TOP)})),
    traces: panels.map((_, i) => i),
  }));
  const bare = {visible: false, fixedrange: true};
  const axes = places.map(({x, y}, i) => ({
    [axisName("x", i).layout]: {...bare, domain: x, anchor: axisName("y", i).trace},
    [axisName("y", i).layout]: {...bare, domain: y, scaleanchor: axisName("x", i).trace, constrain: "domain"},
  }));
  const names = panels.map(({name}, i) => heading(name, (places[i].x[0] + places[i].x[1]) / 2, places[i].y[1]));
  return {
    data,
    frames,
    layout: Object.assign(annotate(layout, names), ...axes, controls(labels, total)) as Layout,
  };
}

/** Highest level of an image: values are stored as levels, a byte each, so that many states stay small. */
const TOP = 254;

/** Play, pause and a slider over the states. */
function controls(labels: readonly string[], high: number): Partial<Layout> {
  const method = "animate";
  const still = {transition: {duration: 0}, mode: "immediate"};
  const shown = (duration: number, redraw: boolean) => ({...still, frame: {duration, redraw}});
  const place = {y: -(BARS + 8) / high, yanchor: "top"};
  return {
    updatemenus: [
      {
        type: "buttons",
        direction: "left",
        showactive: false,
        x: 0,
        xanchor: "left",
        ...place,
        pad: {t: 16, r: 10},
        buttons: [
          {label: "▶ play", method, args: [null, {...shown(1000 * DELAY, true), fromcurrent: true}]},
          {label: "❚❚ pause", method, args: [[null], shown(0, false)]},
        ],
      },
    ],
    sliders: [
      {
        x: 0.24,
        len: 0.76,
        ...place,
        pad: {t: 4},
        currentvalue: {xanchor: "left", font: {size: 18, color: ink.text}},
        ticklen: 0,
        minorticklen: 0,
        font: {color: "rgba(0,0,0,0)"}, // the state is named above; names of all would overlap
        steps: labels.map((label) => ({label, method, args: [[label], shown(0, true)]})),
      },
    ],
  } as Partial<Layout>;
}
