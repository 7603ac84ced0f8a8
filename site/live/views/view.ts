/** Common parts of the views: elements and frame. */
import type {CommittedScores} from "../engine/committed";
import type {SystemFacts} from "../engine/facts";
import type {First} from "../engine/first";
import {h} from "../page/dom";
import type {Colours} from "../page/picture";
import {prose} from "../page/prose";
import type {EngineState, Found} from "../page/results";
import type {State, Store, ViewName} from "../page/state";

export interface Context {
  readonly facts: SystemFacts;
  readonly first: First;
  readonly store: Store;
  readonly scores: readonly CommittedScores[];
  /** Colours of fields, of latents, and of what is never negative. */
  readonly colours: {readonly field: Colours; readonly latent: Colours; readonly amount: Colours};
  readonly engine: () => EngineState;
  /** Draw the open view in the next frame. */
  readonly redraw: () => void;
  /** Set the view as entries of an address would, and open it if they name one. */
  readonly follow: (fragment: string) => void;
}

export interface View {
  readonly name: ViewName;
  readonly element: HTMLElement;
  draw(state: State): void;
}

interface Texts {
  readonly name: ViewName;
  readonly title: string;
  /** Description of the view before anything is touched, see {@link prose}. */
  readonly lead: string;
  readonly seen: string;
  readonly notebook: string;
}

/**
 * Make a view: a title, a text, a status line and the view's parts.
 *
 * @param draw shows a state in the parts, and returns the result whose status is shown and a sentence about it.
 */
export function viewOf(
  {follow}: Context,
  {name, title, lead, seen, notebook}: Texts,
  parts: readonly HTMLElement[],
  draw: (state: State) => readonly [found: Found<unknown>, words?: string],
): View {
  const status = h("p", {class: "status", role: "status"});
  const progress = h("progress", {"aria-label": "Computed so far", hidden: true});
  const heading = h("h2", {id: `${name}-title`, tabindex: -1}, title);
  const continued = `Notebook ${notebook.slice(0, 2)} continues from here.`;
  const element = h(
    "section",
    {id: name, "aria-labelledby": heading.id, class: "view"},
    heading,
    h("p", {class: "lead"}, ...prose(lead, follow)),
    h("div", {class: "work"}, status, progress),
    ...parts,
    h(
      "p",
      {class: "seen"},
      h("strong", {}, "What you have seen. "),
      ...prose(seen, follow),
      " ",
      h("a", {class: "notebook", href: `../notebooks/${notebook}.html`}, continued),
    ),
    h("button", {type: "button", class: "copy", "data-view": name}, "Copy as openLab"),
  );

  const say = ({note, isExact, isRunning = false, progress: reached}: Found<unknown>, words = "") => {
    const text = note ?? words;
    if (status.textContent !== text) status.textContent = text;
    element.classList.toggle("stale", !isExact);
    element.setAttribute("aria-busy", String(isRunning));
    progress.hidden = reached === undefined;
    if (reached) {
      progress.max = reached.total;
      progress.value = reached.done;
    }
  };
  return {name, element, draw: (state) => say(...draw(state))};
}
