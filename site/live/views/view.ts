/** What the views share. */
import type {CommittedScores} from "../engine/committed";
import type {First} from "../engine/first";
import type {SystemFacts} from "../engine/facts";
import {h} from "../page/dom";
import type {Colours} from "../page/picture";
import {prose} from "../page/prose";
import type {EngineState, Found} from "../page/results";
import type {State, Store, ViewName} from "../page/state";

/** What a view is made of. */
export interface Context {
  readonly facts: SystemFacts;
  readonly first: First;
  readonly store: Store;
  /** Committed scores of all systems. */
  readonly scores: readonly CommittedScores[];
  /** Colours of fields, of latents, and of what is never negative. */
  readonly colours: {readonly field: Colours; readonly latent: Colours; readonly amount: Colours};
  readonly engine: () => EngineState;
  /** Redraw a view. */
  readonly redraw: (name: ViewName) => void;
  /** Set the view as entries of an address would, and scroll to it if they name one. */
  readonly follow: (fragment: string) => void;
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
  /** What is seen, before anything is touched, see {@link prose}. */
  readonly lead: string;
  /** What was seen, at the end. */
  readonly seen: string;
  /** The notebook that continues. */
  readonly notebook: string;
  /** Stop what is computed, or go on; for views whose results take long. */
  readonly onStop?: () => void;
}

/** A frame with a title, a text, the view's parts, and a status line. */
export class ViewFrame {
  readonly element: HTMLElement;
  private readonly status = h("p", {class: "status", role: "status"});
  private readonly progress = h("progress", {"aria-label": "Computed so far", hidden: true});
  private readonly stop?: HTMLButtonElement;

  constructor(follow: Context["follow"], {name, title, lead, seen, notebook, onStop}: Texts, ...parts: HTMLElement[]) {
    if (onStop) this.stop = h("button", {type: "button", hidden: true, onclick: onStop}, "Stop");
    const id = `${name}-title`;
    const equation = document.getElementById(`equation-${name}`) as HTMLTemplateElement | null;
    this.element = h(
      "section",
      {id: name, "aria-labelledby": id, class: "view"},
      h("h2", {id, tabindex: -1}, title),
      h("p", {class: "lead"}, ...prose(lead, follow)),
      h("div", {class: "work"}, this.status, this.progress, this.stop),
      ...parts,
      h(
        "p",
        {class: "seen"},
        h("strong", {}, "What you have seen. "),
        ...prose(seen, follow),
        " ",
        h(
          "a",
          {class: "notebook", href: `../notebooks/${notebook}.html`},
          `Notebook ${notebook.slice(0, 2)} continues from here.`,
        ),
      ),
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

  /** Show the status of a result. */
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
