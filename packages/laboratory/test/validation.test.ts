import {systemNames} from "@lola-ts/simulators";
import {validation} from "../src/validation";

describe.each(systemNames)("%s", (system) => {
  const {rows, failures: wrong, figure} = validation(system);

  test("agrees with everything that is known", () => {
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row.source).toBeTruthy();
  });

  test("is drawn over what is known: points lie on the line", () => {
    const [line, markers] = figure.data as unknown as {x: number[]; y: number[]}[];
    expect(markers.x.length).toBe(markers.y.length);
    const at = (x: number) => {
      const above = Math.max(
        1,
        line.x.findIndex((value) => value >= x),
      );
      const part = (x - line.x[above - 1]) / (line.x[above] - line.x[above - 1]);
      return line.y[above - 1] + part * (line.y[above] - line.y[above - 1]);
    };
    const errors = markers.x.map((x, i) => Math.abs(markers.y[i] - at(x)));
    const range = Math.max(...line.y) - Math.min(...line.y);
    expect(errors.reduce((a, b) => a + b) / errors.length).toBeLessThan(0.01 * range);
  });
});
