import {later, renamed} from "../../lib/figures/renamed";

const numbers = {axes: 2, legends: 1};

test("axes and legends of a later figure have later names; those of the paper stay", () => {
  expect(later("x", 0, 2)).toBe("x");
  expect(later("xaxis2", 1, 2)).toBe("xaxis4");
  expect(later("legend", 2, 1)).toBe("legend3");
  expect(renamed({xref: "paper", yref: "y2", text: "x"}, 1, numbers)).toEqual({xref: "paper", yref: "y4", text: "x"});
});

test("a trace without a legend of its own is in that of its figure", () => {
  const trace = {type: "scatter", x: [1], xaxis: "x", yaxis: "y"};
  expect(renamed(trace, 1, numbers)).toEqual({type: "scatter", x: [1], xaxis: "x3", yaxis: "y3", legend: "legend2"});
});

test("an axis that another one scales names that one anew", () => {
  expect(renamed({scaleanchor: "x", anchor: "x"}, 1, numbers)).toEqual({scaleanchor: "x3", anchor: "x3"});
});
