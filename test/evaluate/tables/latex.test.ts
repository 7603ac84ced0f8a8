import {toLatex} from "../../../lib/evaluate/tables/latex";

test("writes caption, columns and rows; numbers are to the right, errors beside them", () => {
  const rows = [
    {method: "diffusion", "÷": 80, vrmse: 0.4567, "vrmse ±": 0.0123},
    {method: "neural solver", "÷": 320, vrmse: null, "vrmse ±": null},
  ];
  expect(toLatex(rows, "Table 6. VRMSE")).toBe(
    [
      "\\begin{table}",
      "  \\centering",
      "  \\caption{Table 6. VRMSE}",
      "  \\begin{tabular}{lrr}",
      "    \\toprule",
      "    method & $\\div$ & vrmse \\\\",
      "    \\midrule",
      "    diffusion & 80 & 0.457 $\\pm$ 0.012 \\\\",
      "    neural solver & 320 & -- \\\\",
      "    \\bottomrule",
      "  \\end{tabular}",
      "\\end{table}",
      "",
    ].join("\n"),
  );
});

test("what LaTeX would read as a command is text", () => {
  const written = toLatex([{"a_b & 100 %": "50$ {x} \\y ~ ^ #1"}], "γ = 1.4, 10⁻² of z₀");
  expect(written).toContain("a\\_b \\& 100 \\%");
  expect(written).toContain("50\\$ \\{x\\} \\textbackslash{}y \\textasciitilde{} \\textasciicircum{} \\#1");
  expect(written).toContain("$\\gamma$ = 1.4, 10");
  expect(written).toContain("z$_{0}$");
});

test("a negative number has a minus sign, and digits are as asked", () => {
  expect(toLatex([{x: -0.12345}], "c", {digits: 2})).toContain("    $-$0.12 \\\\");
});

test("no rows and wrong digits are refused", () => {
  expect(() => toLatex([], "c")).toThrow("toLatex: expected rows, found none.");
  expect(() => toLatex([{x: 1}], "c", {digits: -1})).toThrow(/toLatex: expected digits/);
});

test("cells that stand out are in bold, their errors too", () => {
  const rows = [{method: "a", x: 0.5, "x ±": 0.01, y: 2}];
  expect(toLatex(rows, "", {bold: [["x"]]})).toContain("a & \\textbf{0.500 $\\pm$ 0.010} & 2 \\\\");
});
