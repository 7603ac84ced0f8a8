/** CSV files: what is accepted must be what Python's reader makes of them. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {readCsv} from "../../lib/evaluate/tables/csv";
import {mutateBytes, mutateText, several} from "./runner/mutations";
import {pythonReader} from "./runner/python";
import type {FuzzTarget} from "./runner/target";

const table = (name: string) => readFileSync(path.join(__dirname, "../../data/paper", name));

export const target: FuzzTarget = {
  name: "csv",
  seeds: [table("table-04.csv"), table("table-11.csv"), Buffer.from('a,b\n"x, ""y""",1\n"two\nlines",\n')],
  mutate: (bytes, rng) =>
    several(
      rng,
      (one) => (rng.integer(3) === 0 ? mutateBytes(one, rng) : Buffer.from(mutateText(`${one}`, rng))),
      bytes,
    ),
  read: (file) => JSON.stringify(readCsv(file).map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))),
  expected: pythonReader(`
import csv, io
csv.field_size_limit(2**30)
def read(path):
    text = open(path, "rb").read().decode("utf-8")
    # JavaScript's trim
    text = text.strip("\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    rows = [row or [""] for row in rows] or [[""]]
    header = rows[0]
    assert len(set(header)) == len(header) and all(len(row) == len(header) for row in rows)
    key = lambda pair: pair[0].encode("utf-16-be", "surrogatepass")
    return [sorted((list(pair) for pair in zip(header, row)), key=key) for row in rows[1:]]
`),
};
