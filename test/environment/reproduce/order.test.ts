import {writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../../folder";

type OrderOf = (notebooks: string[]) => {file: string; needs: string[]; beside: boolean}[];
let orderOf: OrderOf;
beforeAll(async () => {
  const program = path.resolve(__dirname, "../../../environment/reproduce/notebooks.mjs");
  ({orderOf} = (await import(program)) as {orderOf: OrderOf});
});

const folder = temporaryFolder();

/** Write notebooks whose metadata are those given, by name. */
const notebooks = (metadata: Record<string, object>) =>
  Object.entries(metadata).map(([name, lola]) => {
    const file = path.join(folder(), `${name}.ipynb`);
    writeFileSync(file, JSON.stringify({cells: [], metadata: lola}));
    return file;
  });

test("a notebook needs all earlier ones and runs alone, or those up to the one that it names", () => {
  const files = notebooks({"01-a": {}, "02-b": {lola: {after: "01-a"}}, "03-c": {lola: {}}});
  expect(orderOf(files)).toEqual([
    {file: files[0], needs: [], beside: false},
    {file: files[1], needs: [files[0]], beside: true},
    {file: files[2], needs: files.slice(0, 2), beside: false},
  ]);
});

test.each([
  ["02-b", '"02-b"'],
  ["03-c", '"03-c"'],
  [1, "1"],
  [null, "null"],
])("a notebook cannot come after %j", (after, found) => {
  const files = notebooks({"01-a": {}, "02-b": {lola: {after}}});
  expect(() => orderOf(files)).toThrow(
    `02-b: expected the name of an earlier notebook in its metadata's lola.after, found ${found}.`,
  );
});
