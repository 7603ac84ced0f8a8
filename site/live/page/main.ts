/** The live page: facts and prepared results first, the engine afterwards. */
import type {SystemFacts} from "../engine/facts";
import {decodeResult} from "../engine/encoding";
import type {First} from "../engine/first";
import type {CommittedScores} from "../engine/committed";
import {compressView} from "../views/compress";
import {resultsView} from "../views/results";
import {rolloutView} from "../views/rollout";
import {sampleView} from "../views/sample";
import {scoresView} from "../views/scores";
import {sharedResults} from "../views/shared";
import type {Context, View} from "../views/view";
import {cellOf} from "./cells";
import {h, perFrame, select} from "./dom";
import {EngineClient} from "./engine-client";
import {loadBytes, loadFile, receiveFile} from "./files";
import {Colours} from "./picture";
import type {EngineState} from "./results";
import {defaultState, formatState, parseState, problemOf, Store, type State, type ViewName} from "./state";
import {timeBar} from "./time-bar";

Object.assign(globalThis, {lolaFile: receiveFile});

/** Milliseconds after the last change at which the address is written: browsers bound how often it may be. */
const ADDRESS_DELAY = 250;

/** Five colours at equal distances. */
const scaleOf = (colours: string) => colours.split(" ").map((colour, i) => [i / 4, colour] as const);
const VIRIDIS = scaleOf("#440154 #3b528b #21918c #5ec962 #fde725");
const BLUE_TO_RED = scaleOf("#2166ac #92c5de #f7f7f7 #f4a582 #b2182b");

const place = (id: string): HTMLElement => document.getElementById(id)!;

/** Say something about the whole page, in place of what was said last. */
function notice(...parts: readonly (string | Node)[]): void {
  place("notice").replaceChildren(...parts);
}

/** Name the parts of an address that cannot be shown, with a way back. */
function tellProblems(problems: readonly string[]): void {
  if (problems.length === 0) return notice();
  const back = h("a", {href: "#view=compress"}, "Open the page as it begins");
  const shown = problems.slice(0, 6).join(" ");
  notice(`These parts of the address were left out. ${shown} The rest is shown. `, back, ".");
}

function reopen(fragment: string): void {
  history.pushState(null, "", fragment);
  location.reload();
}

function choicesOf({facts, store, scores}: Context, systems: readonly SystemFacts[]): HTMLElement[] {
  const {state} = store;
  const shown = systems.map(({name, title}) => [name, title] as const);
  const solid = scores
    .filter(({system}) => systems.every(({name}) => name !== system))
    .map(({title}) => [undefined, `${title}: of three axes, see 5 and the notebooks`] as const);
  const ofTrajectory = facts.trajectories.map(
    ({index, words}, n) => [`${n}`, [`test trajectory ${index}`, words].filter(Boolean).join(", ")] as const,
  );
  const trajectory = select("Trajectory", ofTrajectory, `${state.trajectory}`, (n) =>
    store.set({trajectory: Number(n)}),
  );
  store.subscribe(({trajectory: n}) => (trajectory.querySelector("select")!.value = `${n}`));
  return [
    select("System", [...shown, ...solid], state.system, (system) =>
      reopen(`#view=${store.state.view}&system=${system}`),
    ),
    trajectory,
  ];
}

function engineChoice(store: Store, opening: State): HTMLElement {
  const engines = [
    ["auto", "WebGPU if right and faster"],
    ["wasm", "WebAssembly"],
    ["webgpu", "WebGPU if right"],
    ["webgl", "WebGL"],
  ] as const;
  return select("Engine", engines, store.state.engine, (engine) =>
    reopen(formatState({...store.state, engine: engine as State["engine"]}, opening)),
  );
}

/** Keep the address up to date: each choice is a step that Back undoes, playing is none. */
function writeAddress(store: Store, opening: State): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStep = false;
  store.subscribe((_, __, entry) => {
    if (entry === "none") return;
    clearTimeout(timer);
    isStep ||= entry === "step";
    timer = setTimeout(() => {
      const fragment = formatState(store.state, opening);
      if (isStep && fragment !== location.hash) history.pushState(null, "", fragment);
      else history.replaceState(null, "", fragment);
      isStep = false;
    }, ADDRESS_DELAY);
  });
}

/** Show the view that the state names, mark its link, and draw it at most once a frame. @returns the function that draws. */
function showViews(views: readonly View[], store: Store): () => void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("#views a")];
  const shown = () => views.find(({name}) => name === store.state.view)!;
  const open = () => {
    for (const {name, element} of views) element.hidden = name !== store.state.view;
    for (const link of links) {
      const isOpen = link.dataset.view === store.state.view;
      if (isOpen) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (isOpen) link.scrollIntoView({block: "nearest", inline: "center"}); // the bar is wider than a phone
    }
    shown().draw(store.state);
  };
  const draw = perFrame(() => shown().draw(store.state));
  store.subscribe(({view}, before) => {
    if (view === before.view) return draw();
    open();
    scrollTo(0, 0);
    shown().element.querySelector("h2")!.focus({preventScroll: true});
  });
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      store.set({view: link.dataset.view as ViewName});
    });
  }
  open();
  return draw;
}

async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  } catch {
    const area =
      button.parentElement!.querySelector("textarea") ??
      h("textarea", {readonly: true, rows: 12, "aria-label": "Cell"});
    area.value = text;
    button.after(area);
    area.select(); // where the clipboard is not to be had
  }
}

/** Start the engine and load what the state needs; the page works without it as far as its prepared results go. */
async function startEngine(facts: SystemFacts, store: Store, tell: (state: EngineState) => void): Promise<void> {
  const tag = place("engine");
  const begin = performance.now();
  try {
    tag.textContent = "Loading the models; what you see is prepared.";
    const {client, started} = await EngineClient.start(facts, store.state.engine);
    await client.prepare(store.state.trajectory, store.state.rate);
    const refused = started.refused.join(" ");
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const kind = {wasm: "WebAssembly", webgl: "the graphics processor", cpu: "plain JavaScript, slowly"}[started.name];
    const ready = `Models are ready (${seconds} s); this page computes by ${kind}. ${refused}`;
    tag.textContent = ready;
    tell({client});
    await client.accelerate(store.state.trajectory, store.state.rate, ({isUsed, said}) => {
      tag.textContent = `${ready}${said}`;
      document.documentElement.dataset.engine = isUsed ? "webgpu" : started.name;
    });
    document.documentElement.dataset.engine ??= started.name;
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, "");
    tag.textContent = `The models do not run here: ${reason}. What you see is prepared; knobs that need them stay as they are.`;
    document.documentElement.dataset.engine = "none";
    tell({note: "This was not prepared, and the models do not run here; the picture shows the last choice that was."});
  }
}

/** Facts of the system that the address names, or the first one. */
function systemFor(systems: readonly SystemFacts[]): {facts: SystemFacts; problems: string[]} {
  const asked = new URLSearchParams(location.hash.slice(1)).get("system");
  const facts = systems.find(({name}) => name === asked);
  const expected = `one of ${systems.map(({name}) => name).join(", ")}`;
  return {facts: facts ?? systems[0], problems: asked !== null && !facts ? [problemOf("system", asked, expected)] : []};
}

/** Follow Back, Forward and addresses that are typed; another system or engine reloads the page. */
function followHistory(store: Store, read: () => ReturnType<typeof parseState>, systems: readonly SystemFacts[]): void {
  window.addEventListener("popstate", () => {
    const {state, problems} = read();
    const before = store.state;
    if (systemFor(systems).facts.name !== before.system || state.engine !== before.engine) return location.reload();
    tellProblems(problems);
    store.set(state, "none");
  });
}

async function open(): Promise<void> {
  const systems = JSON.parse(await loadFile("systems")) as SystemFacts[];
  const {facts, problems} = systemFor(systems);
  const [bytes, tables] = await Promise.all([loadBytes(facts.first), loadFile("scores")]);
  const first = decodeResult<First>(bytes);
  const scores = JSON.parse(tables) as CommittedScores[];
  const scored = scores.map(({system}) => system);
  const opening = defaultState(facts);
  const read = (from = opening, fragment = location.hash) => parseState(fragment, facts, from, scored);
  const {state, problems: ofEntries} = read();
  tellProblems([...problems, ...ofEntries]);

  const store = new Store(state);
  let engine: EngineState = {note: "The models are on their way; this will be computed when they are there."};
  const context: Context = {
    ...{facts, first, store, scores},
    colours: {field: new Colours(facts.shown.colours), latent: new Colours(BLUE_TO_RED), amount: new Colours(VIRIDIS)},
    engine: () => engine,
    redraw: () => draw(),
    follow: (fragment) => store.set(read(store.state, fragment).state),
  };
  const shared = sharedResults(context);
  const views = [
    compressView(context, shared),
    sampleView(context),
    rolloutView(context, shared),
    scoresView(context, shared),
    resultsView(context),
  ];
  place("choices").replaceChildren(...choicesOf(context, systems), timeBar(context));
  place("engine-choice").replaceChildren(engineChoice(store, opening));
  place("main").replaceChildren(...views.map(({element}) => element));
  const draw = showViews(views, store);
  writeAddress(store, opening);
  for (const button of document.querySelectorAll<HTMLButtonElement>("button.copy"))
    button.onclick = () => void copy(cellOf(button.dataset.view as ViewName, store.state, facts), button);
  followHistory(store, read, systems);
  document.documentElement.dataset.first = String(Math.round(performance.now()));
  const start = () =>
    startEngine(facts, store, (now) => {
      engine = now;
      draw();
    });
  requestAnimationFrame(() => setTimeout(() => void start())); // after the first pictures
}

open().catch((error: Error) => {
  notice(`This page cannot be shown: ${error.message}`);
  document.documentElement.dataset.engine = "none";
});
