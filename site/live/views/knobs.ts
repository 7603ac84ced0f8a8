/** Knobs of the page; each says which other views it moves. */
import {h, uniqueId} from "../page/dom";
import {ranges} from "../page/state";
import {rateInWords} from "./pictures";
import type {Context} from "./view";

/** Options of a knob. */
interface KnobOptions {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly dominant?: boolean;
  /** Views that the knob also moves, in words. */
  readonly shared?: string;
  /** How far buttons on both sides of the slider go, and their names. Default: there are none. */
  readonly buttons?: {readonly by: number; readonly back: string; readonly on: string};
}

/** A knob: a slider with its name and value. */
export class Knob {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly output = h("output", {});

  constructor(
    label: string,
    {min, max, step = 1, dominant = false, shared, buttons}: KnobOptions,
    private readonly words: (value: number) => string,
    onInput: (value: number) => void,
  ) {
    const id = uniqueId();
    this.input = h("input", {...{id, type: "range", min, max, step}, oninput: () => onInput(Number(this.input.value))});
    const move = (by: number) => {
      const value = Number(this.input.value) + by;
      onInput(Number(Math.max(min, Math.min(max, value)).toFixed(2)));
    };
    const button = (name: string, sign: string, by: number) =>
      h("button", {type: "button", class: "step", "aria-label": name, title: name, onclick: () => move(by)}, sign);
    this.element = h(
      "div",
      {class: ["knob", dominant && "dominant", buttons && "stepped"].filter(Boolean).join(" ")},
      h("label", {for: id}, label, shared && h("small", {}, ` ${shared}`)),
      buttons && button(buttons.back, "‹", -buttons.by),
      this.input,
      buttons && button(buttons.on, "›", buttons.by),
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

/** The views that each knob of the state moves. */
const SHARED = {
  rate: "shared by all views",
  steps: "shared by 3 to 6",
  order: "shared by 3 to 6",
  members: "shared by front, 4 to 6",
  seed: "shared by 2 to 6",
} as const;

/** Make a knob of a number of the state. */
export function numberKnob(
  {store}: Context,
  name: Exclude<keyof typeof SHARED, "rate">,
  label: string,
  dominant = false,
): Knob {
  const options = {...ranges[name], dominant, shared: SHARED[name]};
  return new Knob(label, options, String, (value) => store.set({[name]: value}));
}

/** A knob of the compression rate: its places are the rates in order. */
export function rateKnob({facts: {rates}, store}: Context, dominant = false): Pick<Knob, "element" | "set"> {
  const at = (i: number) => rates[Math.min(i, rates.length - 1)];
  const knob = new Knob(
    "Compression",
    {min: 0, max: Math.max(1, rates.length - 1), dominant, shared: SHARED.rate},
    (i) => `${rateInWords(at(i).compression)}, ${at(i).latentChannels} channels`,
    (i) => store.set({rate: at(i).latentChannels}),
  );
  const placeOf = (rate: number) => rates.findIndex(({latentChannels}) => latentChannels === rate);
  return {element: knob.element, set: (rate) => knob.set(placeOf(rate))};
}
