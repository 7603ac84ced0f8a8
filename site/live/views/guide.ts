/** View 5: observations steer the ensemble. */
import {guidedStates, guidedSteps} from "../engine/guidance-plan";
import type {Guided, Progress, Truth} from "../engine/results";
import {h, shortly, svg, uniqueId} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {MAX_CELLS, type State} from "../page/state";
import {ensembleAt, optionsOf, PATIENCE} from "./ensemble";
import {leadInWords, limitsOnce, Player, ViewFrame, type Context, type View} from "./view";

type Cell = readonly [number, number];

/** A picture whose cells [x, y] are chosen, by mouse, finger or keys. */
class CellPicker {
  /** Says where the cursor is, for those who move it by keys. */
  readonly words = h("p", {class: "note", role: "status"});
  private readonly element: HTMLElement;
  private readonly marks = svg("svg", {class: "marks", "aria-hidden": "true"});
  private cursor: Cell;
  private cells: readonly Cell[] = [];

  constructor(
    picture: Picture,
    private readonly image: readonly [number, number],
    private readonly choose: (cells: readonly Cell[]) => void,
  ) {
    const [nx, ny] = image;
    this.cursor = [nx >> 1, ny >> 1];
    this.marks.setAttribute("viewBox", `0 0 ${nx} ${ny}`);
    this.marks.style.aspectRatio = `${nx} / ${ny}`;
    const {canvas} = picture;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "picture of cells");
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const part = (at: number, from: number, size: number, n: number) =>
        Math.max(0, Math.min(n - 1, Math.floor(((at - from) / size) * n)));
      const down = part(event.clientY, box.top, box.height, ny);
      this.cursor = [part(event.clientX, box.left, box.width, nx), ny - 1 - down];
      this.toggle();
    });
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.draw());
    picture.element.append(this.marks);
    picture.element.classList.add("picker");
    this.element = picture.element;
  }

  /** Show the chosen cells. */
  set(cells: readonly Cell[]): void {
    this.cells = cells;
    this.draw();
  }

  private press(event: KeyboardEvent): void {
    const moves: Record<string, Cell> = {ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
    const move = moves[event.key];
    const isChoice = event.key === "Enter" || event.key === " ";
    if (!move && !isChoice) return;
    event.preventDefault();
    if (isChoice) return this.toggle();
    const far = event.shiftKey ? 8 : 1;
    const [nx, ny] = this.image;
    this.cursor = [(this.cursor[0] + far * move[0] + nx) % nx, (this.cursor[1] + far * move[1] + ny) % ny];
    this.draw();
  }

  /** Observe the cell under the cursor, or one beside it no more. */
  private toggle(): void {
    const [x, y] = this.cursor;
    const near = this.cells.findIndex(([i, j]) => Math.abs(i - x) <= 1 && Math.abs(j - y) <= 1);
    if (near >= 0) this.choose(this.cells.filter((_, i) => i !== near));
    else if (this.cells.length < MAX_CELLS) this.choose([...this.cells, this.cursor]);
  }

  private draw(): void {
    const isFocused = document.activeElement?.parentElement === this.element;
    const mark = ([x, y]: Cell, kind: string) =>
      svg("circle", {class: kind, cx: x + 0.5, cy: this.image[1] - y - 0.5, r: 1.6});
    this.marks.replaceChildren(
      ...this.cells.map((cell) => mark(cell, "observed")),
      ...(isFocused ? [mark(this.cursor, "cursor")] : []),
    );
    const [x, y] = this.cursor;
    const isObserved = this.cells.some(([i, j]) => Math.abs(i - x) <= 1 && Math.abs(j - y) <= 1);
    this.words.textContent = isFocused ? `Cell ${x}, ${y}: ${isObserved ? "observed" : "not observed"}.` : "";
  }
}

const COST =
  "A guided step goes through denoiser and decoder and back, and costs as much as about ten free ones. So this forecast " +
  "is short, and takes 8 steps of the sampler at most; it takes ten to fifteen seconds, and shows each window as soon as it is there.";

export function guideView(context: Context): View {
  const {facts, first, store, colours} = context;
  const {shown, stride} = facts;
  const T = guidedStates(facts);
  const changed = () => context.redraw("guide");
  const truths = new Results<Truth>(context.engine, changed);
  const results = new Results<Guided>(context.engine, changed);
  const {trajectory, latentChannels, cells, at: _at, ...options} = first.parameters;
  truths.prepare([trajectory], first.truth);
  const parametersOf = (state: Pick<State, "members" | "steps" | "order" | "seed">) => ({
    ...optionsOf(state),
    steps: guidedSteps(state.steps),
  });
  results.prepare([trajectory, latentChannels, cells, T, parametersOf(options)], first.guided);
  const player = new Player("Time", T - 1, leadInWords(facts), store);
  const pictures = {
    truth: new Picture("Truth: choose cells here", colours.field),
    guided: new Picture("Mean, guided", colours.field),
    free: new Picture("Mean, free", colours.field),
    spreadGuided: new Picture("Spread, guided", colours.amount),
    spreadFree: new Picture("Spread, free", colours.amount),
  };
  const picker = new CellPicker(pictures.truth, shown.image, (chosen) => store.set({cells: chosen}));
  const howId = uniqueId();
  pictures.truth.canvas.setAttribute("aria-describedby", howId);
  const errors = new Plot({title: "Error (RMSE) of the ensemble's mean", xTitle: "lead time"});
  const clear = h("button", {type: "button", onclick: () => store.set({cells: []})}, "Observe nothing");
  const frame = new ViewFrame(
    {
      name: "guide",
      title: "5. Guide",
      lead:
        "Choose cells of the truth: their values are observed at every later state, with a little noise, and the same " +
        "trained model follows them, nothing is trained anew. At the observed cells the error shrinks; how far the rest follows " +
        "is what the model has learned.",
      onStop: () => results.toggle(),
    },
    h("div", {class: "pictures three"}, ...Object.values(pictures).map(({element}) => element)),
    player.element,
    h(
      "div",
      {class: "plots"},
      errors.element,
      h(
        "div",
        {class: "knobs"},
        clear,
        h(
          "p",
          {id: howId},
          "Click the truth, or focus it, move by arrows (with Shift by 8 cells) and press Enter. An observed cell is " +
            "chosen again to be left out.",
        ),
        picker.words,
        h("p", {class: "note"}, COST),
      ),
    ),
  );
  const leads = Array.from({length: T}, (_, i) => i * stride);
  const size = shown.image[0] * shown.image[1];

  const drawState = (truth: Truth, guided: Guided, at: number) => {
    const limits = limitsOnce(truth.images, shown.signed);
    const amount = [0, (limits[1] - limits[0]) / 4] as const;
    const [withThem, without] = [guided.guided, guided.free].map((images) => ensembleAt(images, size, T, at));
    pictures.guided.draw(withThem.mean, shown.image, limits);
    pictures.free.draw(without.mean, shown.image, limits);
    pictures.spreadGuided.draw(withThem.spread, shown.image, amount);
    pictures.spreadFree.draw(without.spread, shown.image, amount);
    pictures.guided.describe(`${rangeInWords(withThem.mean)}, RMSE ${shortly(guided.errors.guided[at])}`);
    pictures.free.describe(`${rangeInWords(without.mean)}, RMSE ${shortly(guided.errors.free[at])}`);
    const {errors: everywhere, atCells} = guided;
    errors.set([
      {name: "guided", kind: "diffusion", x: leads, y: everywhere.guided},
      {name: "free", kind: "solver", x: leads, y: everywhere.free},
      {name: "guided, at the cells", kind: "diffusion thin", x: leads, y: atCells.guided},
      {name: "free, at the cells", kind: "solver thin", x: leads, y: atCells.free},
    ]);
    errors.mark(leads[at]);
  };

  let isPartial = false;

  /** Show the newest state of a guided forecast that goes on. */
  const drawProgress = ({images}: Truth, {members: made, from}: Progress, count: number) => {
    if (!made || from === undefined) return;
    const states = made.length / (count * size);
    const limits = limitsOnce(images, shown.signed);
    const {mean, spread} = ensembleAt(made, size, states, states - 1);
    const lead = `so far, at lead time ${leads[from + states - 1]}`;
    pictures.guided.draw(mean, shown.image, limits);
    pictures.spreadGuided.draw(spread, shown.image, [0, (limits[1] - limits[0]) / 4]);
    pictures.guided.describe(`${rangeInWords(mean)} ${lead}`);
    pictures.spreadGuided.describe(`${rangeInWords(spread)} ${lead}`);
  };

  return {
    name: "guide",
    element: frame.element,
    draw: (state: State) => {
      const at = Math.min(state.at, T - 1);
      player.set(at);
      picker.set(state.cells);
      const {trajectory: n, rate} = state;
      const truth = truths.get({call: "truth", trajectory: n, rate, parameters: [n]});
      const found = results.get({
        call: "guide",
        trajectory: n,
        rate,
        parameters: [n, rate, state.cells, T, parametersOf(state)],
        patience: 2 * PATIENCE,
      });
      if (truth.value) {
        pictures.truth.draw(
          truth.value.images.subarray(at * size, (at + 1) * size),
          shown.image,
          limitsOnce(truth.value.images, shown.signed),
        );
        pictures.truth.describe(`${state.cells.length} cells are observed`);
      }
      if (found.work !== "running") isPartial = false;
      if (truth.value && found.progress?.members) {
        drawProgress(truth.value, found.progress, state.members);
        isPartial = true;
      } else if (truth.value && found.value && !isPartial) drawState(truth.value, found.value, at);
      frame.say(
        found,
        `${state.cells.length} cells observed: at lead time ${leads[at]} the error is ${shortly(found.value?.errors.guided[at])} with and ${shortly(found.value?.errors.free[at])} without them.`,
      );
    },
  };
}
