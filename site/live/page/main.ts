/** The live page: facts and prepared results first, the engine afterwards. */
import type {SystemFacts} from "../engine/facts";
import {decodeResult} from "../engine/encoding";
import {firstParameters, type First} from "../engine/first";
import {compressView} from "../views/compress";
import {ensembleResults} from "../views/ensemble";
import {guideView} from "../views/guide";
import {noiseView} from "../views/noise";
import {rolloutView} from "../views/rollout";
import {sampleView} from "../views/sample";
import {scoresView} from "../views/scores";
import type {Context, View} from "../views/view";
import {cellOf} from "./cells";
import {h, perFrame, uniqueId} from "./dom";
import {EngineClient} from "./engine-client";
import {loadBytes, loadFile, receiveFile} from "./files";
import {Colours} from "./picture";
import type {EngineState} from "./results";
import {defaultState, formatState, parseState, Store, type State, type ViewName} from "./state";

Object.assign(globalThis, {lolaFile: receiveFile});

/** Milliseconds after the last change at which the address is written: browsers bound how often it may be. */
const ADDRESS_DELAY = 250;

const VIRIDIS = [
  [0, "#440154"],
  [0.25, "#3b528b"],
  [0.5, "#21918c"],
  [0.75, "#5ec962"],
  [1, "#fde725"],
] as const;
const BLUE_TO_RED = [
  [0, "#2166ac"],
  [0.25, "#92c5de"],
  [0.5, "#f7f7f7"],
  [0.75, "#f4a582"],
  [1, "#b2182b"],
] as const;

const place = (id: string): HTMLElement => document.getElementById(id)!;

/** Say something about the whole page, in place of what was said last. */
function notice(text: string): void {
  place("notice").textContent = text;
}

/** Choose a label of the choices at the top. */
function select(
  label: string,
  options: readonly (readonly [string, string])[],
  chosen: string,
  choose: (value: string) => void,
) {
  const id = uniqueId();
  const element = h(
    "select",
    {id, onchange: (event) => choose((event.target as HTMLSelectElement).value)},
    ...options.map(([value, text]) => h("option", {value, selected: value === chosen}, text)),
  );
  return h("span", {class: "choice"}, h("label", {for: id}, label), element);
}

function topOf({facts, store}: Context, systems: readonly SystemFacts[]): HTMLElement[] {
  const {state} = store;
  const reopen = (change: string) => {
    location.hash = change;
    location.reload();
  };
  const ofSystem = systems.map(({name, title}) => [name, title] as const);
  const ofTrajectory = facts.trajectories.map(
    ({index, words}, n) => [`${n}`, [`test trajectory ${index}`, words].filter(Boolean).join(", ")] as const,
  );
  const engines = [
    ["wasm", "WebAssembly"],
    ["webgl", "graphics processor"],
  ] as const;
  return [
    select("System", ofSystem, state.system, (system) => reopen(`view=${store.state.view}&system=${system}`)),
    select("Trajectory", ofTrajectory, `${state.trajectory}`, (n) => store.set({trajectory: Number(n)})),
    select("Engine", engines, state.engine, (engine) =>
      reopen(
        formatState(
          {...store.state, engine: engine as State["engine"]},
          defaultState(facts, firstParameters(facts).cells),
        ),
      ),
    ),
  ];
}

/** Draw views when something changed and they can be seen, at most once a frame. */
function drawing(views: readonly View[], store: Store) {
  const visible = new Set<ViewName>(["compress"]);
  const due = new Set<ViewName>();
  const flush = perFrame(() => {
    for (const view of views) {
      if (due.has(view.name) && visible.has(view.name)) {
        due.delete(view.name);
        view.draw(store.state);
      }
    }
  });
  const redraw = (name: ViewName) => {
    due.add(name);
    flush();
  };
  const all = () => views.forEach(({name}) => redraw(name));
  const observer = new IntersectionObserver(
    (entries) => {
      for (const {target, isIntersecting} of entries) {
        if (isIntersecting) visible.add(target.id as ViewName);
        else visible.delete(target.id as ViewName);
      }
      flush();
    },
    {rootMargin: "200px"},
  );
  return {redraw, all, watch: () => views.forEach(({element}) => observer.observe(element))};
}

/** Keep the address up to date. */
function writeAddress(store: Store, opening: State): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  store.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", formatState(store.state, opening)), ADDRESS_DELAY);
  });
}

/** Scroll the bar of views, which is wider than a phone, until a link is in its middle; the page stays where it is. */
function bringToMiddle(link: HTMLElement): void {
  const bar = place("views");
  const middleOf = (element: HTMLElement) => {
    const {left, width} = element.getBoundingClientRect();
    return left + width / 2;
  };
  bar.scrollLeft += middleOf(link) - middleOf(bar);
}

/** Note which view is read: the one around the middle of the window. */
function followScrolling(views: readonly View[], store: Store): void {
  const observer = new IntersectionObserver(
    (entries) => {
      const entered = entries.find(({isIntersecting}) => isIntersecting);
      if (entered) store.set({view: entered.target.id as ViewName});
    },
    {rootMargin: "-45% 0px -45% 0px"},
  );
  views.forEach(({element}) => observer.observe(element));
  const links = [...document.querySelectorAll<HTMLAnchorElement>("#views a")];
  let marked: HTMLAnchorElement | undefined;
  const mark = () => {
    const link = links.find(({dataset}) => dataset.view === store.state.view)!;
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    bringToMiddle(link);
    marked = link;
  };
  links.forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const section = place(link.dataset.view!);
      section.scrollIntoView();
      section.querySelector<HTMLElement>("h2")!.focus({preventScroll: true});
    }),
  );
  store.subscribe(mark);
  mark();
}

async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = button.textContent!;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  } catch {
    const area =
      button.parentElement!.querySelector("textarea") ??
      h("textarea", {readonly: true, rows: 12, "aria-label": "Cell"});
    area.value = text;
    button.parentElement!.append(area);
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
    tag.textContent = `Models are ready (${seconds} s): everything below is computed here, by ${kind}. ${refused}`;
    document.documentElement.dataset.engine = started.name;
    tell({client});
  } catch (error) {
    const reason = (error as Error).message.replace(/\.$/, "");
    tag.textContent = `The models do not run here: ${reason}. What you see is prepared; knobs that need them stay as they are.`;
    document.documentElement.dataset.engine = "none";
    tell({note: "This was not prepared, and the models do not run here; the picture shows the last choice that was."});
  }
}

/** Facts of the system that the address names, or the first one. */
function systemFor(systems: readonly SystemFacts[]): {facts: SystemFacts; unknown: boolean} {
  const name = new URLSearchParams(location.hash.slice(1)).get("system");
  const facts = systems.find((one) => one.name === name);
  return {facts: facts ?? systems[0], unknown: name !== null && !facts};
}

async function open(): Promise<void> {
  const systems = JSON.parse(await loadFile("systems")) as SystemFacts[];
  const {facts, unknown} = systemFor(systems);
  const first = decodeResult<First>(await loadBytes(facts.first));
  const opening = defaultState(facts, first.parameters.cells);
  const {state, ignored} = parseState(location.hash, facts, opening);
  const wrong = [...(unknown ? ["system"] : []), ...ignored];
  if (wrong.length > 0)
    notice(`The address asked for something that is not here (${wrong.join(", ")}): it was left out.`);

  const store = new Store(state);
  let engine: EngineState = {note: "The models are on their way; this will be computed when they are there."};
  const context: Context = {
    ...{facts, first, store},
    colours: {field: new Colours(facts.shown.colours), latent: new Colours(BLUE_TO_RED), amount: new Colours(VIRIDIS)},
    engine: () => engine,
    redraw: (name) => draw.redraw(name),
  };
  const ensembles = ensembleResults(context);
  const views = [
    compressView(context),
    noiseView(context),
    sampleView(context),
    rolloutView(context, ensembles),
    guideView(context),
    scoresView(context, ensembles),
  ];
  place("choices").replaceChildren(...topOf(context, systems));
  place("main").replaceChildren(...views.map(({element}) => element));
  views.forEach(({element}) => element.querySelector("h2")!.setAttribute("tabindex", "-1"));
  const draw = drawing(views, store);
  for (const view of views) view.draw(state); // the first view of each is there before anything is touched
  draw.watch();
  store.subscribe(draw.all);
  writeAddress(store, opening);
  if (location.hash.length > 1) place(state.view).scrollIntoView();
  followScrolling(views, store);
  for (const button of document.querySelectorAll<HTMLButtonElement>("button.copy")) {
    button.addEventListener(
      "click",
      () => void copy(cellOf(button.dataset.view as ViewName, store.state, facts), button),
    );
  }
  window.addEventListener("hashchange", () => location.reload());
  document.documentElement.dataset.first = String(Math.round(performance.now()));
  requestAnimationFrame(() =>
    setTimeout(
      () =>
        void startEngine(facts, store, (now) => {
          engine = now;
          draw.all();
        }),
    ),
  );
}

open().catch((error: Error) => {
  notice(`This page cannot be shown: ${error.message}`);
  document.documentElement.dataset.engine = "none";
});
