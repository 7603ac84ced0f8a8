import {compressionFloor} from "../../src/studies/compression-floor";
import {smokeLabs, three} from "../../../laboratory/test/smoke";

const {open} = smokeLabs();
/** One rate, so that little is trained. */
const lab = () => open((config) => ({...three(config), latentChannels: [16]}));

test("the floor stands beside autoencoder and emulators, a row per rate and horizon and a panel per rate", async () => {
  const {rows, figure, evaluation} = await compressionFloor(lab());
  expect(rows.map((row) => `÷${row["÷"]} ${row.horizon}`)).toEqual(["÷20 1:20", "÷20 21:40"]);
  const scores = evaluation
    .results()
    .filter(({metric, method}) => metric === "vrmse" && /simulator|solver/.test(method));
  const of = (name: string) => scores.find(({method, horizon}) => method === name && horizon === "1:20")!;
  const [floor, solver] = [of("simulator from the latent"), of("neural solver")];
  expect(rows[0]).toMatchObject({"simulator from the latent": floor.value, "neural solver ±": solver.error});
  const square = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
  expect(rows[0]["floor / solver, squared"]).toBeCloseTo(square(floor.samples) / square(solver.samples), 12);
  const {data, layout} = figure();
  const names = ["autoencoder", "simulator from the latent", "neural solver", "diffusion"];
  expect([...new Set(data.map(({name}) => name).filter(Boolean))]).toEqual(names);
  expect(JSON.stringify(layout.annotations)).toContain("÷20");
});

test("refuses what is no laboratory", async () => {
  await expect(compressionFloor({} as never)).rejects.toThrow("compressionFloor: expected lab to be a laboratory");
});
