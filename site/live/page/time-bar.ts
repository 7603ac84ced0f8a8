/** The page's one clock: a slider that goes both ways, step by step or by itself. */
import {Knob} from "../views/knobs";
import {h} from "./dom";
import type {Store} from "./state";

/** Milliseconds for which a state is shown when it plays. */
const FRAME = 160;

/** A knob of time that plays by itself. */
export class TimeBar {
  readonly element: HTMLElement;
  private readonly knob: Knob;
  private readonly button = h("button", {type: "button", class: "play", "aria-label": "Play"}, "▶");
  private last = 0;
  private playing = false;

  constructor(
    private readonly max: number,
    words: (value: number) => string,
    private readonly store: Store,
  ) {
    const buttons = {by: 1, back: "One state back", on: "One state on"};
    this.knob = new Knob("Time", {min: 0, max, buttons}, words, (at) => {
      this.play(false);
      this.store.set({at});
    });
    this.button.addEventListener("click", () => this.play(!this.playing));
    this.element = h("div", {class: "time"}, this.button, this.knob.element);
    this.knob.set(store.state.at);
    store.subscribe(({at}) => this.knob.set(at));
  }

  /** Play, or stop. What plays is not announced, and is one entry of the browser's history. */
  play(isPlaying: boolean): void {
    if (isPlaying === this.playing) return;
    this.playing = isPlaying;
    this.button.textContent = isPlaying ? "❚❚" : "▶";
    this.button.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
    for (const element of document.querySelectorAll(".status"))
      element.setAttribute("aria-live", isPlaying ? "off" : "polite");
    if (isPlaying) requestAnimationFrame((now) => this.step(now));
  }

  /** Frames stop in a tab in the background, and so does the clock. */
  private step(now: number): void {
    if (!this.playing) return;
    if (now - this.last >= FRAME) {
      this.last = now;
      const {at} = this.store.state;
      this.store.set({at: at >= this.max ? 0 : at + 1}, "same");
    }
    requestAnimationFrame((next) => this.step(next));
  }
}
