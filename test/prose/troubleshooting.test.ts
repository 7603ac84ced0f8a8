/** docs/troubleshooting.md quotes messages as programs print them. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {tablesOf} from "./markdown";

const root = path.join(__dirname, "../..");
const sourcesIn = (folder: string, ending: string) =>
  readdirSync(path.join(root, folder), {recursive: folder !== "environment", encoding: "utf8"})
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(path.join(root, folder, name), "utf8"));

test("docs/troubleshooting.md quotes messages of the programs", () => {
  const programs = [
    ...sourcesIn("environment", ".mjs"),
    ...["cache", "laboratory", "sweeps"].flatMap((name) => sourcesIn(`packages/${name}/src`, ".ts")),
  ].join("\n");
  const page = readFileSync(path.join(root, "docs/troubleshooting.md"), "utf8");
  const quoted = tablesOf(page).flatMap(({rows}) => rows.flatMap(([seen]) => seen.match(/(?<=")[^",]+(?=")/g) ?? []));
  expect(quoted.length).toBeGreaterThan(6);
  const numbered = (text: string) => text.replace("8888", "${port}").replace(" in use", "");
  expect(quoted.filter((text) => !programs.includes(numbered(text)))).toEqual([]);
});
