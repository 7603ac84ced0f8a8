import {validationFigure} from "../src/curves";

const line = {x: [1, 10, 100], y: [2, 20, 200]};

test("a line of what is known under points that were computed, with names", () => {
  const {data, layout} = validationFigure({title: "", axes: ["Ra", "rate"], exact: line, ours: {x: [10], y: [21]}});
  const [exact, ours] = data;
  expect(exact).toMatchObject({mode: "lines", name: "exact", ...line});
  expect(ours).toMatchObject({mode: "markers", name: "simulation", x: [10], y: [21]});
  expect(layout).toMatchObject({xaxis: {title: {text: "Ra"}}, yaxis: {title: {text: "rate"}}});
});

test("axes are logarithmic where the curve says so", () => {
  const {layout} = validationFigure({title: "", axes: ["a", "b"], exact: line, ours: line, logarithmic: {x: true}});
  expect(layout).toMatchObject({xaxis: {type: "log"}});
  expect(layout.yaxis).not.toHaveProperty("type");
});
