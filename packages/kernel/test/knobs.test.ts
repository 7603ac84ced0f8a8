/** Knobs on Jupyter's protocol: what a page hears of them, and what follows when they move. */
import {mkdirSync, symlinkSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../../../test/folder";
import {install, Kernel, type CellResult} from "./kernel";

const folder = temporaryFolder();
let kernel: Kernel;
beforeAll(async () => {
  mkdirSync(folder("node_modules/@lola-ts"), {recursive: true});
  symlinkSync(path.resolve(__dirname, ".."), folder("node_modules/@lola-ts/kernel"));
  kernel = await Kernel.start(install(folder("jupyter")), folder());
  await kernel.run('import {choice, live, play, slider, toggle} from "@lola-ts/kernel/knobs";\nlet runs = 0;');
});
afterAll(() => kernel.stop());

/** The channel of the widget that holds a value. */
const knobOf = ({channels}: CellResult, name = "IntSliderModel") =>
  channels.find(({data}) => data.state._model_name === name)!.comm_id;

/** The last places of the page. */
const last = async (count: number) => (await kernel.page()).slice(-count).map((place) => place["text/plain"]);

const moved = (...values: number[]) => values.map((value) => ({value}));

test("a slider is a widget of Jupyter's, with a text for readers without widgets, and a cell shows its first value", async () => {
  const cell = await kernel.run(
    'const steps = slider("steps", {min: 1, max: 64, value: 16});\nawait live(async (n) => console.log(`square ${n ** 2}`), [steps]);',
  );
  expect(cell).toMatchObject({status: "ok", displays: 3, text: ""});
  const [layout, style, value] = cell.channels;
  for (const {target_name, version} of cell.channels)
    expect({target_name, version}).toEqual({target_name: "jupyter.widget", version: "2.1.0"});
  expect(layout.data.state).toMatchObject({_model_module: "@jupyter-widgets/base", _model_name: "LayoutModel"});
  expect(value.data.state).toMatchObject({
    _model_module: "@jupyter-widgets/controls",
    _model_name: "IntSliderModel",
    _view_name: "IntSliderView",
    description: "steps",
    layout: `IPY_MODEL_${layout.comm_id}`,
    style: `IPY_MODEL_${style.comm_id}`,
    ...{min: 1, max: 64, step: 1, value: 16},
  });
  const [knob, said, result] = (await kernel.page()).slice(-3);
  expect(knob).toEqual({
    "text/plain": "steps = 16 (1 to 64)",
    "text/html": "<code>steps = 16 (1 to 64)</code>",
    "application/vnd.jupyter.widget-view+json": {version_major: 2, version_minor: 0, model_id: value.comm_id},
  });
  expect(said).toEqual({"text/plain": "steps = 16", "text/html": "<small>steps = 16</small>"});
  expect(result["text/plain"]).toBe("square 256\n");
  expect(await kernel.show("steps")).toBe("steps = 16");

  const texts = await kernel.moves(value.comm_id, moved(3), "steps = 3");
  expect(texts).toContain("steps = 3: computing");
  expect(await last(2)).toEqual(["steps = 3", "square 9\n"]);
  expect(await kernel.show("steps.value + 1")).toBe("4");
});

test("choices, boxes and players have their values, and a player's button is linked with its slider", async () => {
  const cell = await kernel.run(
    'const rate = choice("rate", {"÷20": 64, "÷80": 16}, 16);\nconst both = toggle("both", true);\nconst time = play("time", {max: 80, step: 4});\n' +
      "await live(async (...values) => console.log(values.slice(0, 3).join()), [rate, both, time]);",
  );
  expect(await last(2)).toEqual(["rate = 16, both = true, time = 0", "16,true,0\n"]);
  const states = cell.channels.map(({data: {state}}) => state);
  expect(states.find(({_model_name}) => _model_name === "LinkModel")).toMatchObject({
    source: [expect.stringMatching(/^IPY_MODEL_/), "value"],
    target: [`IPY_MODEL_${knobOf(cell)}`, "value"],
  });
  await kernel.moves(knobOf(cell, "DropdownModel"), [{index: 0}], "rate = 64, both = true, time = 0");
  await kernel.moves(knobOf(cell, "CheckboxModel"), [{value: false}], "rate = 64, both = false, time = 0");
  await kernel.moves(knobOf(cell), [{value: 8}], "rate = 64, both = false, time = 8");
  expect(await last(1)).toEqual(["64,false,8\n"]);
});

test("twenty moves a second cancel what is out of date, one run at a time, and the last one counts", async () => {
  const cell = await kernel.run(
    'const n = slider("n", {max: 100});\nconst log = {begun: [] as number[], ended: [] as number[], together: 0};\nlet open = 0;\n' +
      "await live(async (n, signal) => {\n  log.begun.push(n);\n  log.together = Math.max(log.together, ++open);\n" +
      "  const end = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));\n" +
      "  await Promise.race([end, new Promise((resolve) => setTimeout(resolve, n === 0 || n === 40 ? 1 : 1e6))]).finally(() => open--);\n" +
      "  log.ended.push(n);\n  console.log(n);\n}, [n]);",
  );
  const values = Array.from({length: 40}, (_, i) => i + 1);
  const texts = await kernel.moves(knobOf(cell), moved(...values), "n = 40");
  expect(await last(2)).toEqual(["n = 40", "40\n"]);
  expect(texts).not.toContain("1\n");
  const log = JSON.parse(await kernel.show("JSON.stringify(log)")) as {
    begun: number[];
    ended: number[];
    together: number;
  };
  expect(log).toMatchObject({ended: [0, 40], together: 1});
  expect(log.begun.at(-1)).toBe(40);
});

test("a result is kept: the second time it is shown without a run, also beside a run that does not hear that it is late", async () => {
  const cell = await kernel.run(
    'const slow = slider("slow", {max: 9});\nlet release = () => {};\nruns = 0;\nawait live(async (x) => {\n  runs++;\n  console.log(`run ${x}`);\n' +
      "  if (x === 5) await new Promise<void>((resolve) => (release = resolve));\n}, [slow]);",
  );
  const knob = knobOf(cell);
  await kernel.moves(knob, moved(1), "slow = 1");
  await kernel.moves(knob, moved(5), "run 5\n");
  const texts = await kernel.moves(knob, moved(1), "slow = 1");
  expect(texts).not.toContain("slow = 1: computing");
  await kernel.moves(knob, moved(2), "slow = 2: waiting for the last run to stop");
  expect(await kernel.show("release();\nawait new Promise(setImmediate);\nruns")).toBe("4");
  await kernel.moves(knob, moved(2), "slow = 2");
  expect(await last(2)).toEqual(["slow = 2", "run 2\n"]);
  expect(await kernel.moves(knob, moved(5), "slow = 5")).not.toContain("slow = 5: computing"); // it was done, though late
  expect(await kernel.show("runs")).toBe("4");
});

test("a player that is faster than its work leaves values out, and shows the others while it plays", async () => {
  const cell = await kernel.run(
    'const fast = slider("fast", {max: 20});\nruns = 0;\nawait live(async (x) => {\n  runs++;\n' +
      "  await new Promise((resolve) => setTimeout(resolve, 120));\n  console.log(`at ${x}`);\n}, [fast]);",
  );
  const texts = await kernel.moves(knobOf(cell), moved(...Array.from({length: 20}, (_, i) => i + 1)), "fast = 20");
  const shown = texts.filter((text) => /^at \d+\n$/.test(text));
  expect(shown.length).toBeGreaterThan(2);
  expect(Number(await kernel.show("runs"))).toBeLessThan(20);
  expect(await last(2)).toEqual(["fast = 20", "at 20\n"]);
});

test("figures are replaced in their places, text and updates included; places that are not needed become empty", async () => {
  const cell = await kernel.run(
    'import {display} from "tslab";\nconst few = slider("few", {max: 5, value: 3});\nawait live(async (count) => {\n' +
      "  for (let i = 0; i < count; i++) display.html(`<b>${i}</b>`);\n  console.error('done');\n}, [few]);",
  );
  expect(cell).toMatchObject({displays: 6, text: ""});
  await kernel.moves(knobOf(cell), moved(1), "few = 1");
  expect((await kernel.page()).slice(-4)).toEqual([
    {"text/html": "<b>0</b>"},
    {"text/plain": "done\n"},
    {"text/plain": "", "text/html": ""},
    {"text/plain": "", "text/html": ""},
  ]);
});

test("a fault of the first run is the cell's; that of a later one stands in the place of its result", async () => {
  const cell =
    'const fault = slider("fault", {max: 9, value: 1});\nawait live((x) => {\n  if (x === 1) throw new Error("One.");\n}, [fault]);';
  const failed = await kernel.run(cell);
  expect(failed.error).toBe(
    'Error: One.\ncell line 3: if (x === 1) throw new Error("One.");\ncell line 2: await live((x) => {',
  );
  const good = await kernel.run(cell.replace("value: 1", "value: 2"));
  await kernel.moves(knobOf(good), moved(1), "fault = 1: failed");
  expect(await last(1)).toEqual([expect.stringMatching(/^Error: One\.\ncell (\[\d+\] )?line 3/)]);
  await kernel.moves(knobOf(good), moved(3), "fault = 3");
  expect(await last(1)).toEqual([""]);
});

test("a cell that runs again replaces its knobs and ends what followed them", async () => {
  const source = 'runs = 0;\nconst again = slider("again", {max: 9});\nawait live(() => void runs++, [again]);';
  const [first, second] = [await kernel.run(source), await kernel.run(source)];
  await kernel.ask("comm_msg", {comm_id: knobOf(first), data: {method: "update", state: {value: 5}}});
  await kernel.moves(knobOf(second), moved(4), "again = 4");
  expect(await kernel.show("runs")).toBe("2");
});

test("an interrupt ends a run that follows a knob, also one that computes without end, and the next move works", async () => {
  const cell = await kernel.run(
    'const loop = slider("loop", {max: 9});\nawait live(async (x) => {\n  if (x === 1) await new Promise(() => {});\n  if (x === 2) {\n' +
      "    await Promise.resolve();\n    while (true) {}\n  }\n}, [loop]);",
  );
  for (const value of [1, 2]) {
    await kernel.moves(knobOf(cell), moved(value), `loop = ${value}: computing`);
    await kernel.stopWork(`loop = ${value}: interrupted`);
    await kernel.moves(knobOf(cell), moved(value + 2), `loop = ${value + 2}`);
  }
  expect(await kernel.show("1 + 1")).toBe("2");
});

test("a page that is loaded again hears the state of widgets, and that their cell is to run again", async () => {
  const cell = await kernel.run('const back = slider("back", {max: 9});\nawait live(() => undefined, [back]);');
  const knob = knobOf(cell);
  await kernel.moves(knob, moved(7), "back = 7");
  const [{type, content}] = await kernel.ask("comm_msg", {comm_id: knob, data: {method: "request_state"}});
  expect(type).toBe("comm_msg");
  expect(content).toMatchObject({
    comm_id: knob,
    data: {method: "update", state: {value: 7, description: "back (run the cell again)"}},
  });
  const control = await kernel.ask("comm_open", {comm_id: "c", target_name: "jupyter.widget.control", data: {}});
  expect(control).toEqual([{type: "comm_close", content: {comm_id: "c", data: {}}}]);
});

test("a knob refuses what it cannot show", async () => {
  const refused = async (source: string) => (await kernel.show(source)).split("\n")[0];
  expect(await refused('slider("n", {max: 0})')).toBe(
    'RangeError: slider "n": expected max to be above min (0), found 0.',
  );
  expect(await refused('slider("n", {max: 2, value: 3})')).toBe(
    'RangeError: slider "n": expected value to be from 0 to 2, found 3.',
  );
  expect(await refused('choice("n", ["a", "b"], "c" as string)')).toBe(
    'RangeError: choice "n": expected one of a, b, found c.',
  );
  expect(await refused("await live(() => undefined, [{name: 'n', value: 1}])")).toBe(
    "TypeError: live: expected knobs, such as slider(…) makes, found { name: 'n', value: 1 }.",
  );
});

test("a kernel that was restarted under a page ignores its old knobs, and the cell makes new ones", async () => {
  const source =
    'import {live, slider} from "@lola-ts/kernel/knobs";\nconst k = slider("k", {max: 9});\nawait live((x) => console.log(x), [k]);';
  const before = knobOf(await kernel.run(source));
  await kernel.restart();
  expect(await kernel.ask("comm_msg", {comm_id: before, data: {method: "update", state: {value: 3}}})).toEqual([]);
  const after = knobOf(await kernel.run(source));
  await kernel.moves(after, moved(3), "k = 3");
  expect(await last(1)).toEqual(["3\n"]);
});
