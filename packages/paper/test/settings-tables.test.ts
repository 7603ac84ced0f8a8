import {join} from "node:path";
import {projectRoot} from "@lola-ts/core";
import {autoencoderTable, datasetTable, emulatorTable} from "../src/settings-tables";
import {preset, systemNames} from "@lola-ts/laboratory/stages";
import type {TableContent} from "../src/tables/paper-table";

const table = (number: string) => join(projectRoot(), `data/paper/table-${number}.csv`);
const [convection, euler, cloud, kolmogorov] = systemNames();

/** The row of a property or hyperparameter. */
function row({rows}: TableContent, name: string) {
  const found = rows.find((one) => Object.values(one)[0] === name);
  if (!found) throw new Error(`no row ${name} in ${rows.map((one) => Object.values(one)[0]).join(", ")}`);
  return found;
}

describe("data (Table 2)", () => {
  test.each([
    [euler, "5243", "10000", "512x512", "100", "4"],
    [convection, "367", "1750", "512x128", "200", "1"],
    [cloud, "849", "2700", "64x64x64", "50", "1"],
  ])(
    "of %s has the paper's column, and the preset of the same name agrees",
    (system, size, count, grid, steps, stride) => {
      const made = datasetTable(table("02"), preset(system, "mini"));
      expect(row(made, "size, GB").paper).toBe(size);
      expect(row(made, "trajectories").paper).toBe(count);
      expect(row(made, "resolution")).toMatchObject({paper: grid, "preset paper": grid});
      expect(row(made, "stride")).toMatchObject({paper: stride, "preset paper": stride});
      expect(row(made, "channels").paper).toBe(row(made, "channels")["preset paper"]);
      expect(row(made, "time steps").paper).toBe(steps);
      expect(row(made, "software")["this run"]).toBe("this project's simulator");
    },
  );

  test("of a run has what its files tell: size, grid, states at the stride", () => {
    const facts = {gridType: "cartesian", grid: [64, 64], frames: 26, trajectories: 1680};
    const made = datasetTable(table("02"), preset(euler, "mini"), facts);
    expect(row(made, "size, GB")["this run"]).toBe("3.6"); // 1680 · 26 · 64² · 5 · 4 bytes
    expect(row(made, "resolution")["this run"]).toBe("64x64");
    expect(row(made, "time steps")["this run"]).toBe("100"); // 25 stored ones, every 4th
    expect(row(made, "discretization")["this run"]).toBe("cartesian");
  });

  test("of a system that is not in the paper are of the run alone", () => {
    const made = datasetTable(table("02"), preset(kolmogorov, "tour"));
    expect(Object.keys(made.rows[0])).toEqual(["property", "this run"]);
  });
});

describe("autoencoders (Table 3)", () => {
  test.each([euler, convection, cloud])("of %s: the preset of the paper has what the paper prints", (system) => {
    const made = autoencoderTable(table("03"), preset(system, "mini"));
    const same = ["Architecture", "Pixel shape", "Latent shape", "Residual blocks per level", "Channels per level"];
    const training = ["Kernel size", "Activation", "Normalization", "Dropout", "Loss", "Optimizer", "Learning rate"];
    const schedule = ["Weight decay", "Scheduler", "Gradient norm clipping", "Batch size", "Steps", "Examples seen"];
    for (const name of [...same, ...training, ...schedule]) {
      expect([name, row(made, name)["preset paper"]]).toEqual([name, row(made, name).paper]);
    }
  });

  test("count parameters and cost: eight devices for two days are 384 hours", () => {
    const made = autoencoderTable(table("03"), preset(euler, "mini"), {seconds: [600, 1200], threads: 1});
    expect(row(made, "Parameters")).toMatchObject({paper: "3.1e8", "preset paper": "3.1e8"});
    expect(row(made, "Hours × devices")).toEqual({
      hyperparameter: "Hours × devices",
      paper: "384",
      "preset paper": null,
      "this run": "0.33",
    });
    expect(row(made, "Time of a training")).toMatchObject({paper: "2 days", "this run": "10 minutes to 20 minutes"});
    expect(row(made, "Steps")["this run"]).toBe("4000 to 4500");
    expect(row(made, "Trained on")).toMatchObject({paper: "8 H100", "this run": "1 CPU thread"});
  });

  test("of a system that is not in the paper are of the run alone", () => {
    expect(Object.keys(autoencoderTable(table("03"), preset(kolmogorov, "tour")).rows[0])).toEqual([
      "hyperparameter",
      "this run",
    ]);
  });
});

describe("emulators (Table 5)", () => {
  test.each([euler, convection])("of %s: the preset of the paper has what the paper prints", (system) => {
    const made = emulatorTable(table("05"), preset(system, "mini"));
    for (const space of ["latent", "pixel"]) {
      const architecture = ["Architecture", "Input shape", "Patch size", "Tokens", "Embedding size", "Blocks"];
      const others = ["Positional embedding", "Activation", "Normalization", "Dropout", "Optimizer", "Learning rate"];
      const training = ["Weight decay", "Scheduler", "Gradient norm clipping", "Batch size", "Steps"];
      for (const name of [...architecture, ...others, ...training]) {
        const {[`${space}: paper`]: printed, [`${space}: preset paper`]: own} = row(made, name);
        expect([space, name, own]).toEqual([space, name, printed]);
      }
    }
  });

  test("count parameters, and what they cost in each space", () => {
    const costs = {latent: {seconds: [3600], threads: 2}, pixel: {seconds: [90], threads: 0}};
    const made = emulatorTable(table("05"), preset(euler, "mini"), costs);
    expect(row(made, "Hours × devices")).toMatchObject({"latent: paper": "960", "pixel: paper": "3840"});
    expect(row(made, "Hours × devices")).toMatchObject({"latent: this run": "2"});
    expect(row(made, "Time of a training")).toMatchObject({"pixel: this run": "1.5 minutes"});
    expect(row(made, "Parameters")).toMatchObject({"latent: paper": "2.2e8", "latent: preset paper": "2.2e8"});
  });

  test("in three dimensions there are none in pixel space: no column of the paper either", () => {
    const columns = Object.keys(emulatorTable(table("05"), preset(cloud, "paper")).rows[0]);
    expect(columns).toEqual(["hyperparameter", "latent: paper", "latent: preset paper", "latent: this run"]);
  });
});
