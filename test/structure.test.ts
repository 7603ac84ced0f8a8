/** The library's layout: rooms in reading order, and no cycle. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {systemNames} from "../lib/systems/registry";

const lib = path.resolve(__dirname, "../lib");

/** Folders of lib/ in reading order: a file imports from its own folder and from those before it. */
const ORDER = [
  ...["core", "tensor", "nn", "models", "diffusion", "emulate", "formats", "train"],
  ...["systems", "well", "download", "data", "runs", "evaluate", "sweep", "figures", "lab"],
];

/** The systems' folders, whose files have the same names on purpose. */
const SYSTEM = /^systems\/[^/]+\//;

const files = readdirSync(lib, {recursive: true, encoding: "utf8"})
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => file.endsWith(".ts") && !file.startsWith("dist/") && !file.startsWith("node_modules/"));

/** Files of the library that a file imports; a type alone counts too. */
const imports = new Map(
  files.map((file) => {
    const text = readFileSync(path.join(lib, file), "utf8");
    const found = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g)];
    return [file, found.map(([, name]) => `${path.posix.join(path.posix.dirname(file), name)}.ts`)];
  }),
);

const room = (file: string) => (file.includes("/") ? file.split("/")[0] : undefined);

test("every import names a file of the library", () => {
  const unknown = [...imports].flatMap(([file, names]) =>
    names.filter((name) => !files.includes(name)).map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test("imports follow the reading order", () => {
  const rank = (file: string) => ORDER.indexOf(room(file)!);
  const rooms = new Set(files.map(room).filter((name) => name !== undefined));
  expect([...rooms].sort()).toEqual([...ORDER].sort());
  const backward = [...imports].flatMap(([file, names]) =>
    room(file) ? names.filter((name) => rank(name) > rank(file)).map((name) => `${file} imports ${name}`) : [],
  );
  expect(backward).toEqual([]);
});

test("imports have no cycle", () => {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") return void cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
    state.set(file, "open");
    for (const name of imports.get(file) ?? []) visit(name, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test("nothing outside of a system's folder, the registry and the presets knows a system by its name", () => {
  const known = systemNames.flatMap((name) => [`"${name}"`, `'${name}'`, `\`${name}\``]);
  const outside = files.filter((file) => !SYSTEM.test(file) && !/^(systems\/registry\.ts$|lab\/presets\/)/.test(file));
  const holders = outside.filter((file) => {
    const text = readFileSync(path.join(lib, file), "utf8");
    return known.some((name) => text.includes(name));
  });
  expect(holders).toEqual([]);
});
