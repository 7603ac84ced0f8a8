import {calibration} from "../src/calibration-figure";

const curve = (method: string, horizon: string) => ({
  method,
  compression: 20,
  horizon,
  ranks: [1.5, 1, 0.5],
  curve: [{level: 1 / 3, covered: 0.3}],
});

test("a horizon is a column: ranks of each ensemble above, coverage below, each beside what a calibrated one shows", () => {
  const {data, layout} = calibration([curve("diffusion", "1:20"), curve("stochastic solver", "1:20"), curve("diffusion", "21:60")]); // prettier-ignore
  const lines = data as {name?: string; xaxis: string; x: number[]; y: number[]; showlegend: boolean}[];
  const named = lines.filter(({name}) => name !== "calibrated");
  expect(named.map(({name, xaxis}) => `${name} ${xaxis}`)).toEqual([
    "diffusion ÷20 x",
    "diffusion ÷20 x3",
    "stochastic solver ÷20 x",
    "stochastic solver ÷20 x3",
    "diffusion ÷20 x2",
    "diffusion ÷20 x4",
  ]);
  expect(named[0]).toMatchObject({x: [0, 0.5, 1], y: [1.5, 1, 0.5]});
  expect(named.filter(({showlegend}) => showlegend).map(({name}) => name)).toEqual(["diffusion ÷20", "stochastic solver ÷20"]); // prettier-ignore
  expect(lines.filter(({name}) => name === "calibrated").map(({y}) => y)).toEqual([[1, 1], [0, 1], [1, 1], [0, 1]]); // prettier-ignore
  expect(layout.annotations!.map(({text}) => text)).toEqual(["τ = 1:20", "τ = 21:60"]);
});

test("errors over trajectories are bands, which the caption explains; markers at the ends are whole", () => {
  const errors = {ranks: [0.2, 0.1, 0.1], covered: [0.05]};
  const {data, layout} = calibration([{...curve("diffusion", "1:20"), errors}], {caption: "tour"});
  const bands = (data as {fill?: string; x: number[]; y: number[]; line: {shape: string}}[]).filter(({fill}) => fill);
  expect(bands.map(({y}) => y)).toEqual([[1.7, 1.1, 0.6, 0.4, 0.9, 1.3], [0.35, 0.25]]); // prettier-ignore
  expect(bands[0]).toMatchObject({x: [0, 0.5, 1, 1, 0.5, 0], line: {shape: "hvh"}});
  expect(layout.annotations![0].text).toBe("Bands: one standard error over trajectories, either way. tour");
  for (const {range} of [layout.xaxis!, layout.xaxis2!, layout.yaxis2!]) {
    expect(range![0]).toBeLessThan(0);
    expect(range![1]).toBeGreaterThan(1);
  }
  const single = {ranks: [NaN, NaN, NaN], covered: [NaN]};
  expect(calibration([{...curve("diffusion", "1:20"), errors: single}]).data).toHaveLength(4);
});

test("what a calibrated ensemble shows is named once in the legend", () => {
  const {data} = calibration([curve("diffusion", "1:20"), curve("diffusion", "21:60")]);
  const dotted = (data as {name: string; showlegend: boolean}[]).filter(({name}) => name === "calibrated");
  expect(dotted.map(({showlegend}) => showlegend)).toEqual([true, false, false, false]);
});

test("no ensemble, no figure", () => {
  expect(() => calibration([])).toThrow("expected an ensemble of two or more members, found none");
});
