/** What the six views share. */
import type {First} from "../engine/first";
import type {SystemFacts} from "../engine/facts";
import {h, uniqueId} from "../page/dom";
import {limitsOf, type Colours} from "../page/picture";
import type {EngineState, Found} from "../page/results";
import type {State, Store, ViewName} from "../page/state";

/** What a view is made of. */
export interface Context {
  readonly facts: SystemFacts;
  readonly first: First;
  readonly store: Store;
  /** Colours of fields, of latents, and of what is never negative. */
  readonly colours: {readonly field: Colours; readonly latent: Colours; readonly amount: Colours};
  readonly engine: () => EngineState;
  /** Draw a view anew. */
  readonly redraw: (name: ViewName) => void;
}

/** A view. */
export interface View {
  readonly name: ViewName;
  readonly element: HTMLElement;
  /** Show a state. */
  draw(state: State): void;
}

/** Texts of a view. */
export interface Texts {
  readonly name: ViewName;
  readonly title: string;
  /** What is seen, before anything is touched. */
  readonly lead: string;
  /** Stop what is computed, or go on; for views whose results take long. */
  readonly onStop?: () => void;
}

/** A frame with a title, a text, the view's parts, and a line for what goes on. */
export class ViewFrame {
  readonly element: HTMLElement;
  private readonly status = h("p", {class: "status", role: "status"});
  private readonly progress = h("progress", {"aria-label": "Computed so far", hidden: true});
  private readonly stop?: HTMLButtonElement;

  constructor({name, title, lead, onStop}: Texts, ...parts: HTMLElement[]) {
    if (onStop) this.stop = h("button", {type: "button", hidden: true, onclick: onStop}, "Stop");
    const id = `${name}-title`;
    const equation = document.getElementById(`equation-${name}`) as HTMLTemplateElement | null;
    this.element = h(
      "section",
      {id: name, "aria-labelledby": id, class: "view"},
      h("h2", {id}, title),
      h("p", {class: "lead"}, lead),
      h("div", {class: "work"}, this.status, this.progress, this.stop),
      ...parts,
      h(
        "div",
        {class: "more"},
        equation
          ? h("details", {}, h("summary", {}, "Show the equation"), equation.content.cloneNode(true))
          : undefined,
        h("button", {type: "button", class: "copy", "data-view": name}, "Copy as openLab"),
      ),
    );
  }

  /** Say what goes on with a result. */
  say(found: Found<unknown>, result = ""): void {
    const text = found.note ?? result;
    if (this.status.textContent !== text) this.status.textContent = text;
    this.element.classList.toggle("stale", !found.isExact);
    this.element.setAttribute("aria-busy", String(found.work === "running"));
    this.progress.hidden = found.progress === undefined;
    if (found.progress) {
      this.progress.max = found.progress.total;
      this.progress.value = found.progress.done;
    }
    this.showStop(found.work);
  }

  private showStop(work: Found<unknown>["work"]): void {
    if (!this.stop) return;
    if (work === undefined && document.activeElement === this.stop) this.element.querySelector("h2")!.focus();
    this.stop.hidden = work === undefined;
    this.stop.textContent = work === "stopped" ? "Compute" : "Stop";
  }
}

/** A knob: a slider with its name and value. */
export class Knob {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly output = h("output", {});

  constructor(
    label: string,
    range: {readonly min: number; readonly max: number; readonly step?: number},
    private readonly words: (value: number) => string,
    onInput: (value: number) => void,
    {dominant = false}: {dominant?: boolean} = {},
  ) {
    const id = uniqueId();
    this.input = h("input", {
      ...{id, type: "range", min: range.min, max: range.max, step: range.step ?? 1},
      oninput: () => onInput(Number(this.input.value)),
    });
    this.element = h(
      "div",
      {class: dominant ? "knob dominant" : "knob"},
      h("label", {for: id}, label),
      this.input,
      this.output,
    );
  }

  /** Show a value. */
  set(value: number): void {
    if (Number(this.input.value) !== value) this.input.value = `${value}`;
    const text = this.words(value);
    if (this.output.textContent === text) return;
    this.output.textContent = text;
    this.input.setAttribute("aria-valuetext", text);
  }
}

/** Milliseconds for which a state is shown when it plays. */
const FRAME = 120;

/** A knob of time that plays by itself. */
export class Player {
  readonly element: HTMLElement;
  private readonly knob: Knob;
  private readonly button = h("button", {type: "button", class: "play", "aria-label": "Play"}, "▶");
  private last = 0;
  private playing = false;

  constructor(
    label: string,
    private readonly max: number,
    words: (value: number) => string,
    private readonly store: Store,
    {dominant = false}: {dominant?: boolean} = {},
  ) {
    this.knob = new Knob(label, {min: 0, max}, words, (at) => this.store.set({at}), {dominant});
    this.button.addEventListener("click", () => this.toggle());
    this.element = h("div", {class: "player"}, this.button, this.knob.element);
  }

  /** Show a state. */
  set(at: number): void {
    this.knob.set(Math.min(at, this.max));
  }

  private toggle(): void {
    this.playing = !this.playing;
    this.button.textContent = this.playing ? "❚❚" : "▶";
    this.button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    if (this.playing) requestAnimationFrame((now) => this.step(now));
  }

  /** Frames stop in a tab in the background, and so does the player. */
  private step(now: number): void {
    if (!this.playing) return;
    if (now - this.last >= FRAME) {
      this.last = now;
      const {at} = this.store.state;
      this.store.set({at: at >= this.max ? 0 : at + 1});
    }
    requestAnimationFrame((next) => this.step(next));
  }
}

/** Say a state's time as the lead time after the first one, in stored states as the paper counts them. */
export const leadInWords =
  ({stride}: SystemFacts) =>
  (at: number): string =>
    `lead time ${at * stride}`;

const limits = new WeakMap<Float32Array, readonly [number, number]>();

/** Limits of a trajectory's images, computed once. */
export function limitsOnce(images: Float32Array, signed: boolean): readonly [number, number] {
  const known = limits.get(images) ?? limitsOf(images, signed);
  limits.set(images, known);
  return known;
}

/** Say a compression rate. */
export const rateInWords = (compression: number): string => `÷${Number(compression.toPrecision(3))}`;

/** A knob of the compression rate: its places are the rates in order. */
export function rateKnob({facts, store}: Context, dominant = false): {element: HTMLElement; set(rate: number): void} {
  const {rates} = facts;
  const knob = new Knob(
    "Compression",
    {min: 0, max: Math.max(1, rates.length - 1)},
    (i) =>
      `${rateInWords(rates[Math.min(i, rates.length - 1)].compression)}, ${rates[Math.min(i, rates.length - 1)].latentChannels} channels`,
    (i) => store.set({rate: rates[Math.min(i, rates.length - 1)].latentChannels}),
    {dominant},
  );
  return {
    element: knob.element,
    set: (rate) => knob.set(rates.findIndex(({latentChannels}) => latentChannels === rate)),
  };
}
