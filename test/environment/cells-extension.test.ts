/** JupyterLab's extension for cells, as JupyterLab loads it: what it does to knobs that a notebook comes with, and to lessons. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {runInNewContext} from "node:vm";

const script = path.resolve(__dirname, "../../environment/labextensions/lola-cells/static/cells.js");
const STATE = "application/vnd.jupyter.widget-state+json";
const widgets = (...names: string[]) => ({[STATE]: {state: Object.fromEntries(names.map((name) => [name, {}]))}});

type Slot = (sender: unknown, value: {name?: string; key?: string; oldValue?: unknown; newValue: unknown}) => void;
class Signal {
  private readonly slots: Slot[] = [];
  connect(slot: Slot): void {
    this.slots.push(slot);
  }
  emit(value: Parameters<Slot>[1]): void {
    this.slots.forEach((slot) => slot(this, value));
  }
}

/** A notebook's model with one cell that shows the widget "knob". */
class Model {
  readonly contentChanged = new Signal();
  readonly stateChanged = new Signal();
  readonly metadataChanged = new Signal();
  widgets: unknown = widgets("layout", "knob");
  private isDirty = false;

  get dirty(): boolean {
    return this.isDirty;
  }
  set dirty(newValue: boolean) {
    if (newValue === this.isDirty) return;
    this.isDirty = newValue;
    this.stateChanged.emit({name: "dirty", newValue});
  }
  /** JupyterLab marks the notebook, then tells of the change. */
  change(): void {
    this.dirty = true;
    this.contentChanged.emit({newValue: undefined});
  }
  setMetadata(key: string, newValue: unknown): void {
    const oldValue = this.widgets;
    this.widgets = newValue;
    this.metadataChanged.emit({key, oldValue, newValue});
    this.change();
  }
  toJSON(): object {
    return {cells: [{outputs: [{data: {"application/vnd.jupyter.widget-view+json": {model_id: "knob"}}}]}]};
  }
}

interface Page {
  setTimeout: (work: () => void) => unknown;
  _JUPYTERLAB?: Record<string, {init: (scope: object) => void; get: () => Promise<() => unknown>}>;
}

const moment = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A cell that makes something, by its metadata. */
class CodeCell {
  readonly node = {dataset: {} as Record<string, string>};
  readonly model: {getMetadata: (key: string) => unknown};
  constructor(lola?: object) {
    this.model = {getMetadata: (key) => (key === "lola" ? lola : undefined)};
  }
}

/** A kernel that answers each request with the next text. */
class TestKernel {
  readonly asked: string[] = [];
  constructor(private readonly answers: string[]) {}
  requestExecute({code}: {code: string}): object {
    this.asked.push(code);
    const text = this.answers.shift();
    const request = {
      onIOPub: undefined as ((message: object) => void) | undefined,
      done: Promise.resolve().then(() => {
        request.onIOPub?.({header: {msg_type: "stream"}, content: {name: "stdout", text}});
        return {content: {status: text === undefined ? "error" : "ok"}};
      }),
    };
    return request;
  }
}

/** Open a notebook with the extension. */
async function opened(cells: CodeCell[] = [], kernel = new TestKernel([])) {
  const style = {textContent: ""};
  const window: Page = {setTimeout: (work) => setTimeout(work, 0)};
  runInNewContext(readFileSync(script, "utf8"), {
    window,
    document: {createElement: () => style, head: {append: () => undefined}},
  });
  const executed = new Signal();
  const module = {"1.0.0": {get: () => Promise.resolve(() => ({NotebookActions: {executed}}))}};
  const container = window._JUPYTERLAB!["lola-cells"];
  container.init({"@jupyterlab/notebook": module, "@jupyterlab/mainmenu": module, "@jupyterlab/apputils": module});
  const {default: plugin} = (await container.get())() as {default: {activate: (...parts: object[]) => void}};
  const widgetAdded = new Signal();
  const ignore = () => undefined;
  plugin.activate({commands: {addCommand: ignore}}, {widgetAdded}, {runMenu: {addGroup: ignore}}, {addItem: ignore});
  const model = new Model();
  const content = {widgets: cells};
  const sessionContext = {ready: Promise.resolve(), session: {kernel}};
  widgetAdded.emit({context: {ready: Promise.resolve(), model, sessionContext}, content} as never);
  await moment();
  return Object.assign(model, {run: (cell: CodeCell) => executed.emit({notebook: content, cell} as never)});
}

test("cells of a lesson show what they would make, and no more once they have made it", async () => {
  const [plain, first, second] = [undefined, {makes: "dataset"}, {makes: "rollouts", trained: 8}].map(
    (lola) => new CodeCell(lola),
  );
  const kernel = new TestKernel([
    '["To make: dataset; about 12 s.","To make: solver-c16; about 2 min."]\n',
    '["",""]\n',
  ]);
  const {run} = await opened([plain, first, second], kernel);
  const shown = () => [plain, first, second].map(({node}) => node.dataset.cost);
  expect(shown()).toEqual([undefined, "To make: dataset; about 12 s.", "To make: solver-c16; about 2 min."]);
  expect(kernel.asked).toEqual([expect.stringContaining('[{"makes":"dataset"},{"makes":"rollouts","trained":8}]')]);
  run(plain);
  await moment();
  expect(kernel.asked).toHaveLength(1);
  run(first);
  await moment();
  expect(shown()).toEqual([undefined, undefined, undefined]);
});

test("notebooks without such cells, and kernels without the laboratory, are left alone", async () => {
  const kernel = new TestKernel([]);
  await opened([new CodeCell()], kernel);
  expect(kernel.asked).toEqual([]);
  const cell = new CodeCell({makes: "dataset"});
  await opened([cell], kernel);
  expect(cell.node.dataset).toEqual({});
});

test("reading knobs leaves a notebook unchanged, and an edit marks it as changed", async () => {
  const model = await opened();
  model.dirty = true; // the widget manager, for each knob that it reads
  await moment();
  expect(model.dirty).toBe(false);
  model.change();
  await moment();
  expect(model.dirty).toBe(true);
});

test("a notebook that is saved keeps knobs that no kernel hears, until the kernel has others in their place", async () => {
  const model = await opened();
  model.setMetadata("widgets", widgets());
  expect(model.widgets).toEqual(widgets("layout", "knob"));
  model.setMetadata("widgets", widgets("knob"));
  expect(model.widgets).toEqual(widgets("knob"));
});
