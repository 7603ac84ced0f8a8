import {resolve} from "node:path";
import {readCsv} from "../../../lib/evaluate/tables/csv";
import {readPaperScores} from "../../../lib/evaluate/tables/paper-scores";

const paper = (number: string) => resolve(__dirname, `../../../data/paper/table-${number}.csv`);

test("reads VRMSE from Table 6, three bands from Tables 8 to 10, and distances from Tables 11 to 13", () => {
  const metrics = (number: string) => [...new Set(readPaperScores(paper(number)).map(({metric}) => metric))];
  expect(readPaperScores(paper("06"))).toHaveLength(87);
  expect(metrics("06")).toEqual(["vrmse"]);
  for (const number of ["08", "09", "10"]) expect(metrics(number)).toEqual(["low", "mid", "high"]);
  const distances = ["11", "12", "13"].map((number) => readPaperScores(paper(number)));
  expect(distances.map((cells) => cells.length)).toEqual([30, 30, 27]);
  for (const {metric} of distances.flat()) expect(metric).toBe("transport");
});

test("refuses a table that has no scores", () => {
  expect(() => readPaperScores(paper("01"))).toThrow("expected columns compression, horizon");
});

test("Table 6 pools contexts: its means over rates are those of Table 7 over contexts", () => {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const dataset of ["Euler", "RB", "TGC"]) {
    for (const method of ["diffusion", "neural solver"]) {
      const pooled = readPaperScores(paper("06")).filter(
        (cell) => cell.dataset === dataset && cell.method === method && cell.compression > 1,
      );
      const separate = readCsv(paper("07")).filter((row) => row.dataset === dataset && row.method === method);
      for (const horizon of new Set(pooled.map((cell) => cell.horizon))) {
        const six = mean(pooled.filter((cell) => cell.horizon === horizon).map(({value}) => value));
        const seven = mean(separate.filter((row) => row.horizon === horizon).map(({value}) => Number(value)));
        expect(Math.abs(six - seven)).toBeLessThan(0.0011); // rounding of both
      }
    }
  }
});
