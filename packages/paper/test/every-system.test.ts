import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {figure8} from "@lola-ts/figures";
import {openLab} from "@lola-ts/laboratory";
import {saveText} from "@lola-ts/laboratory/stages";
import {everyForecast, everySystem} from "../src/every-system";
import {smokeLabs} from "../../laboratory/test/smoke";

const smoke = smokeLabs();
const environment = process.env;
const out = mkdtempSync(path.join(tmpdir(), "lola-systems-"));
beforeAll(() => void (process.env = {...environment, LOLA_OUT: out}));
afterAll(() => {
  process.env = environment;
  rmSync(out, {recursive: true});
});

const open = () => openLab({system: "rayleigh-benard", preset: "smoke"});

test("a system without scores is left out, the committed ones are read", () => {
  const all = everySystem(open());
  expect(all.map(({title}) => title)).not.toContain(open().system.title);
  const {reconstructions, curves} = all[0];
  expect(reconstructions[0]).toMatchObject({dataset: "Euler", horizon: "1:20"});
  expect(reconstructions[0].value).toBeGreaterThan(0);
  expect(curves.map(({method}) => method)).toEqual(
    expect.arrayContaining(["diffusion", "neural solver", "first frame"]),
  );
  expect(figure8(all).data.length).toBeGreaterThan(0);
});

test("own scores come from the own folder; an empty cell is no number", async () => {
  const lab = open();
  await saveText(lab, "dataset,compression,horizon,value,error\nRB,5,1:20,0.25,0.01\n", "figure-03.csv");
  await saveText(
    lab,
    "method,compression,state,lead,vrmse,ratio\nneural solver,5,1,4,0.5,\nfirst frame,,1,4,1.5,\n",
    "figure-05.csv",
  );
  const own = everySystem(lab).find(({title}) => title === lab.system.title)!;
  expect(own.reconstructions).toEqual([{dataset: "RB", compression: 5, horizon: "1:20", value: 0.25, error: 0.01}]);
  expect(own.curves).toEqual([
    {method: "neural solver", compression: 5, rows: [{state: 1, lead: 4, vrmse: 0.5, ratio: NaN}]},
    {method: "first frame", rows: [{state: 1, lead: 4, vrmse: 1.5, ratio: NaN}]},
  ]);
});

test("a damaged table is refused by name and line", async () => {
  const lab = open();
  await saveText(lab, "dataset,compression\nRB\n", "figure-03.csv");
  expect(() => everySystem(lab)).toThrow(/figure-03.csv, line 2: expected 2 cells, found 1/);
});

test("a smoke run forecasts its own system alone", async () => {
  const few = smoke.open((config) => ({...config, latentChannels: [16], pixel: undefined}));
  const [own, ...others] = await everyForecast(few);
  expect(others).toEqual([]);
  expect(own.title).toContain("Euler");
  expect(own.rows[0].method).toBe("ground truth");
});

test("refuses what is no laboratory", async () => {
  expect(() => everySystem({} as never)).toThrow("everySystem: expected lab to be");
  await expect(everyForecast({} as never)).rejects.toThrow("everyForecast: expected lab to be");
});
