import {calibration} from "../../../lib/figures/curves/calibration-figure";

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
  const named = lines.filter(({name}) => name);
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
  expect(lines.filter(({name}) => !name).map(({y}) => y)).toEqual([[1, 1], [0, 1], [1, 1], [0, 1]]); // prettier-ignore
  expect(layout.annotations!.map(({text}) => text)).toEqual(["τ = 1:20", "τ = 21:60"]);
});

test("no ensemble, no figure", () => {
  expect(() => calibration([])).toThrow("expected an ensemble of two or more members, found none");
});
