/** The layout of lib/ and packages/: no import cycle, and no system known by name outside of its folder. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {systemNames} from "@lola-ts/simulators";
import {tableWith, visible, wordsIn} from "./prose/markdown";

const root = path.resolve(__dirname, "..");

const files = ["lib", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}/src`)].flatMap(
  (folder) =>
    readdirSync(path.join(root, folder), {recursive: true, encoding: "utf8"})
      .map((file) => `${folder}/${file.split(path.sep).join("/")}`)
      .filter((file) => file.endsWith(".ts") && !/\/(dist|node_modules)\//.test(file)),
);

const textOf = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Files of the same package that a file imports; a type alone counts too. */
const imports = new Map(
  files.map((file) => {
    const names = [...textOf(file).matchAll(/(?:from|import\()\s*"(\.[^"]*)"/g)].map(([, name]) => name);
    return [file, names.map((name) => path.posix.join(path.posix.dirname(file), name))];
  }),
);

/** The file of a module that is named without its ending. */
const fileOf = (name: string) => [`${name}.ts`, `${name}/index.ts`].find((file) => imports.has(file));

test("every import names a file of its package", () => {
  const unknown = [...imports].flatMap(([file, names]) =>
    names.filter((name) => !fileOf(name)).map((name) => `${file}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

test("imports have no cycle", () => {
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") return void cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
    state.set(file, "open");
    for (const name of imports.get(file) ?? []) visit(fileOf(name)!, [...trail, file]);
    state.set(file, "done");
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

/** The systems' folders, their registry, and the presets. */
const BY_NAME = /^packages\/(simulators\/src\/([^/]+\/|registry\.ts$)|laboratory\/src\/presets\/)/;

test("nothing outside of a system's folder, the registry and the presets knows a system by its name", () => {
  const quoted = systemNames.flatMap((name) => [`"${name}"`, `'${name}'`, `\`${name}\``]);
  const holders = files.filter((file) => !BY_NAME.test(file) && quoted.some((name) => textOf(file).includes(name)));
  expect(holders).toEqual([]);
});

test("declarations of a package name other packages, never their files", () => {
  const declarations = ["lib", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`)].flatMap(
    (folder) =>
      readdirSync(path.join(root, folder, "dist"), {recursive: true, encoding: "utf8"})
        .filter((file) => file.endsWith(".d.ts"))
        .map((file) => ({folder, file: `${folder}/dist/${file}`})),
  );
  const leaving = declarations.flatMap(({folder, file}) =>
    [...textOf(file).matchAll(/["'](\.\.?\/[^"']*)["']/g)]
      .map(([, name]) => path.posix.join(path.posix.dirname(file), name))
      .filter((name) => !name.startsWith(`${folder}/`))
      .map((name) => `${file}: ${name}`),
  );
  expect(leaving).toEqual([]);
});

/** Names that a door exports, types and namespaces among them. */
const exportsOf = (door: string) =>
  [...textOf(door).matchAll(/^export (?:type )?(?:\{([^}]*)\}|\* as (\w+))/gm)].flatMap(([, list, one]) =>
    (list ?? one).split(",").filter((name) => name.trim() !== ""),
  );

test.each(["lib/index.ts", "packages/laboratory/src/index.ts"])("%s exports at most 25 names", (door) => {
  expect(textOf(door)).not.toMatch(/^export (?!type \{|\{|\* as )/m);
  expect(exportsOf(door).length).toBeGreaterThan(10);
  expect(exportsOf(door).length).toBeLessThanOrEqual(25);
});

/** What notebooks import from. */
const DOORS = [
  "lola",
  "@lola-ts/laboratory",
  "@lola-ts/sweeps",
  "@lola-ts/paper",
  "@lola-ts/figures",
  "@lola-ts/official-runs",
  "@lola-ts/kernel/knobs",
];

test("notebooks import from front doors", () => {
  const sources = readdirSync(path.join(root, "notebooks"))
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => textOf(`notebooks/${name}`));
  const ours = sources.flatMap((text) =>
    [...text.matchAll(/from \\"((?:lola|@lola-ts)\b[^"\\]*)\\"/g)].map(([, name]) => name),
  );
  expect(ours).toContain("@lola-ts/laboratory");
  expect([...new Set(ours)].filter((name) => !DOORS.includes(name) && !/^lola\/\w+$/.test(name))).toEqual([]);
});

test("CONTRIBUTING says in a row of at most 25 words how to add each thing", () => {
  const {rows} = tableWith("to add", textOf("CONTRIBUTING.md"));
  expect(rows.length).toBeGreaterThan(10);
  const long = rows.filter((cells) => wordsIn(visible(cells.join(" "))).length > 25);
  expect(long).toEqual([]);
});
