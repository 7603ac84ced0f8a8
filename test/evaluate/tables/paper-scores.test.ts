import {resolve} from "node:path";
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
