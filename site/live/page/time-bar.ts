/** The page's one clock: a slider that goes both ways, step by step or by itself. */
import {leadInWords} from "../views/pictures";
import {knob} from "../views/knobs";
import type {Context} from "../views/view";
import {h} from "./dom";

/** Milliseconds for which a state is shown when it plays. */
const FRAME = 160;

export function timeBar({facts, store}: Context): HTMLElement {
  const max = facts.shape[0] - 1;
  let last = 0;
  let playing = false;
  const button = h("button", {type: "button", class: "play", "aria-label": "Play"}, "▶");

  /** Frames stop in a tab in the background, and so does the clock. */
  const step = (now: number) => {
    if (!playing) return;
    if (now - last >= FRAME) {
      last = now;
      const {at} = store.state;
      store.set({at: at >= max ? 0 : at + 1}, "same");
    }
    requestAnimationFrame(step);
  };

  // Playing is not announced, and is one entry of the browser's history.
  const play = (isPlaying: boolean) => {
    if (isPlaying === playing) return;
    playing = isPlaying;
    button.textContent = isPlaying ? "❚❚" : "▶";
    button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    for (const element of document.querySelectorAll(".status"))
      element.setAttribute("aria-live", isPlaying ? "off" : "polite");
    if (isPlaying) requestAnimationFrame(step);
  };
  button.addEventListener("click", () => play(!playing));

  const buttons = {by: 1, back: "One state back", on: "One state on"};
  const time = knob(
    {store},
    "Time",
    {min: 0, max, buttons, words: leadInWords(facts)},
    ({at}) => at,
    (at) => {
      play(false);
      store.set({at});
    },
  );
  return h("div", {class: "time"}, button, time);
}
