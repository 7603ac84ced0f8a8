import {breakEven, crossing} from "../../src/studies/break-even";
import {smokeLabs, three} from "../../../laboratory/test/smoke";

const {open} = smokeLabs();

/** One rate, so that little is trained. */
const lab = () => open((config) => ({...three(config), latentChannels: [16], pixel: undefined}));

test("emulators stand beside a ladder of simulators, with errors, costs and what they would have to save", async () => {
  const own = lab();
  const {rows, growth, figure, caption} = await breakEven(own);
  const ladder = ["", ", 0.5 of the points", ", 0.25 of the points", ", 0.125 of the points"];
  expect(rows.map(({forecast}) => forecast)).toEqual([
    ...ladder.map((share) => `simulator from the state${share}`),
    ...ladder.map((share) => `simulator from the latent${share}`),
    "diffusion",
    "neural solver",
  ]);
  const at = (forecast: string) => rows.find((row) => row.forecast === forecast)!;
  expect(at("simulator from the state")["VRMSE, 1:20"]).toBeLessThan(1e-4);
  expect(at("diffusion").members).toBe(own.config.rollout.members);
  for (const row of rows) expect(row["cost, ms"]).toBeGreaterThan(0);
  for (const name of ["diffusion", "neural solver"]) {
    const {
      "cost, ms": cost,
      "equal error, ms": equal,
      "at equal error": forecasts,
    } = at(name) as Record<string, number>;
    const [full] = rows.filter(({forecast}) => forecast === "simulator from the latent");
    expect(at(name)["simulator / own"]).toBeCloseTo(Number(full["cost, ms"]) / cost, 9);
    expect(at(name)["the same, paper"]).toBe(1000);
    if (equal !== null && equal <= cost) expect(forecasts).toBeNull(); // what costs more never pays
  }
  expect(growth.map(({cells}) => cells)).toEqual([8, 16, 32, 64]);
  expect(figure().data.length).toBeGreaterThan(10);
  expect(caption).toContain("1 engine thread");
});

test("costs that were measured stay, and the costs of other work do not count", async () => {
  const [first, second] = [await breakEven(lab()), await breakEven(lab())];
  expect(second.rows).toEqual(first.rows);
  expect(second.growth).toEqual(first.growth);
});

test("an emulator's cost crosses the simulator's between the grids where their ratio passes 1", () => {
  const grown = [32, 64, 128].map((cells) => ({
    cells,
    simulator: cells ** 3,
    solver: 64 ** 1.5 * cells ** 1.5,
    diffusion: 1e9,
  }));
  expect(crossing(grown, "solver")).toBeCloseTo(64, 6);
  expect(crossing(grown, "diffusion")).toBeNull();
});

test("refuses what is no laboratory", async () => {
  await expect(breakEven({} as never)).rejects.toThrow("breakEven: expected lab to be a laboratory");
});
