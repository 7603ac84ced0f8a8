/** Knobs of the page, which follow its state: one that several views have moves in all of them. */
import {h, uniqueId} from "../page/dom";
import {ranges, type State} from "../page/state";
import {rateInWords} from "./pictures";
import type {Context} from "./view";

interface KnobOptions {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly dominant?: boolean;
  /** How far buttons on both sides of the slider go, and their names. Default: there are none. */
  readonly buttons?: {readonly by: number; readonly back: string; readonly on: string};
  /** Say a value. Default: its digits. */
  readonly words?: (value: number) => string;
}

/**
 * Make a slider with its name and value.
 *
 * @param valueOf gets its value from the state.
 * @param choose takes a new value.
 */
export function knob(
  {store}: Pick<Context, "store">,
  label: string,
  {min, max, step = 1, dominant = false, buttons, words = String}: KnobOptions,
  valueOf: (state: State) => number,
  choose: (value: number) => void,
): HTMLElement {
  const id = uniqueId();
  const input = h("input", {...{id, type: "range", min, max, step}, oninput: () => choose(Number(input.value))});
  const output = h("output", {});
  const move = (by: number) => choose(Number(Math.max(min, Math.min(max, Number(input.value) + by)).toFixed(2)));
  const button = (name: string, sign: string, by: number) =>
    h("button", {type: "button", class: "step", "aria-label": name, title: name, onclick: () => move(by)}, sign);
  const show = (state: State) => {
    const value = valueOf(state);
    if (Number(input.value) !== value) input.value = `${value}`;
    const text = words(value);
    if (output.textContent === text) return;
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  show(store.state);
  store.subscribe(show);
  return h(
    "div",
    {class: ["knob", dominant && "dominant", buttons && "stepped"].filter(Boolean).join(" ")},
    h("label", {for: id}, label),
    buttons && button(buttons.back, "‹", -buttons.by),
    input,
    buttons && button(buttons.on, "›", buttons.by),
    output,
  );
}

export const numberKnob = (
  {store}: Context,
  name: "steps" | "order" | "members" | "seed",
  label: string,
  dominant = false,
) =>
  knob(
    {store},
    label,
    {...ranges[name], dominant},
    (state) => state[name],
    (value) => store.set({[name]: value}),
  );

/** Make a knob of the compression rate: its places are the rates in order. */
export function rateKnob({facts: {rates}, store}: Context, dominant = false) {
  const at = (i: number) => rates[Math.min(i, rates.length - 1)];
  const words = (i: number) => `${rateInWords(at(i).compression)}, ${at(i).latentChannels} channels`;
  return knob(
    {store},
    "Compression",
    {min: 0, max: Math.max(1, rates.length - 1), dominant, words},
    ({rate}) => rates.findIndex(({latentChannels}) => latentChannels === rate),
    (i) => store.set({rate: at(i).latentChannels}),
  );
}
