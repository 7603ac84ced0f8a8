/** Each package alone: it builds, selects its own tests, its README's example runs, and its README lists what it exports. */
import {fork} from "node:child_process";
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const folders = ["lib", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`)];
const read = (...names: string[]) => readFileSync(path.join(root, ...names), "utf8");
const isFile = (name: string) => existsSync(path.join(root, name));

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<"build" | "test", string>>;
}

const packages = folders.map((folder) => ({
  folder,
  readme: read(folder, "README.md"),
  ...(JSON.parse(read(folder, "package.json")) as Manifest),
}));

const programsOf = (readme: string) => [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program]) => program);

/** List what a program says that it prints: the comments that follow code on their line. */
const printedBy = (program: string) => [...program.matchAll(/^.*\S.*; \/\/ (.+)$/gm)].map(([, output]) => output);

/** All files of tests, from the project's folder. */
const tests = ["test", "packages"].flatMap((folder) =>
  readdirSync(path.join(root, folder), {recursive: true, encoding: "utf8"})
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith(".test.ts")),
);

/** List the tests that a package's own command runs. */
function testsOf({folder, scripts}: Pick<Manifest, "scripts"> & {readonly folder: string}): string[] {
  const top = path.relative(folder, "");
  const [, words] = new RegExp(`^node ${top}/environment/run\\.mjs test (.+)$`).exec(scripts.test)!;
  const patterns = words.split(" ").map((word) => new RegExp(word.replace(/^'(.+)'$/, "$1")));
  return tests.filter((file) => patterns.some((pattern) => pattern.test(file)));
}

/** List what stands between backquotes. */
const quoted = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name);

/** List the exports in the first column of a README's table. */
const listedIn = (readme: string) => [...readme.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) => quoted(cell));

/** Find the door of a package: the file with its exports, or with those of one of its parts. */
const doorOf = (folder: string, part = "") => path.join(root, folder, folder === "lib" ? part : "src", "index.ts");

const temporary = temporaryFolder();
let programs: string;
beforeAll(() => {
  const out = path.join(root, ".out"); // inside the project, where names of packages are found
  mkdirSync(out, {recursive: true});
  programs = mkdtempSync(path.join(out, "readmes-"));
});
afterAll(() => rmSync(programs, {recursive: true}));

/**
 * Run a program in a process of its own and return the lines that it prints. Progress, which a busy machine shows, goes through the
 * channel between both processes.
 */
async function run(program: string): Promise<string[]> {
  const file = path.join(programs, "example.ts");
  writeFileSync(file, program);
  const env = {...process.env, TMPDIR: temporary(), LOLA_RELAY: "1"};
  const child = fork(file, {cwd: root, env, silent: true, execArgv: ["-r", "./environment/typescript.cjs"]});
  let [output, complaints] = ["", ""];
  child.stdout!.on("data", (data) => (output += data));
  child.stderr!.on("data", (data) => (complaints += data));
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) throw new Error(`expected the example to end with 0, found ${status}:\n${output}${complaints}`);
  return output.trimEnd().split("\n");
}

test.each(packages)("the example of $name prints what it says", async ({readme}) => {
  const all = programsOf(readme);
  expect(all).toHaveLength(1);
  for (const program of all) {
    expect(program.trimEnd().split("\n").length).toBeLessThanOrEqual(30);
    expect(printedBy(program)).not.toHaveLength(0);
    expect(await run(program)).toEqual(printedBy(program));
  }
});

test.each(packages)("the README of $name has its name, fits on a screen, and says how to build and test it", (one) => {
  const {folder, name, readme} = one;
  const lines = readme.trimEnd().split("\n");
  expect(lines[0]).toBe(`# ${name}`);
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(quoted(readme)).toEqual(expect.arrayContaining([`npm run build -w ${folder}`, `npm test -w ${folder}`]));
});

test.each(packages)(
  "$name is built by the compiler that builds all, and tests files of its own",
  ({folder, scripts}) => {
    expect(scripts.build).toBe(`node ${path.relative(folder, "")}/node_modules/typescript-native/bin/tsc -b`);
    const found = testsOf({folder, scripts});
    expect(found).not.toHaveLength(0);
    const own = folder === "lib" ? /^test\// : new RegExp(`^${folder}/test/`);
    expect(found.filter((file) => !own.test(file))).toEqual([]);
  },
);

/** Name the package of a file; tests at the top belong to none. */
const packageOf = (file: string) => packages.find(({folder}) => file.startsWith(`${folder}/`));

/** List the packages that a test imports from, directly or through files beside tests. */
function importedBy(test: string): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const follow = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, name] of read(file).matchAll(/\b(?:from|import\(|requireActual<[^"]*>\()\s*"([^"]+)"/g)) {
      const [ours] = /^(?:@lola-ts\/[\w-]+|lola)(?=\/|$)/.exec(name) ?? [];
      if (ours) names.add(ours);
      if (!name.startsWith(".")) continue;
      const target = path.posix.join(path.posix.dirname(file), name);
      const found = [target, `${target}.ts`, `${target}/index.ts`].find((one) => /\.ts$/.test(one) && isFile(one));
      if (!found) continue; // a name in a text
      const owner = packageOf(found);
      if (owner) names.add(owner.name);
      if (!owner || found.startsWith(`${owner.folder}/test/`)) follow(found);
    }
  };
  follow(test);
  return [...names];
}

test.each(packages)("tests of $name import from packages that its package.json names", (one) => {
  const allowed = new Set([one.name, ...Object.keys(one.dependencies)]);
  const others = testsOf(one).flatMap((file) =>
    importedBy(file).flatMap((name) => (allowed.has(name) ? [] : [`${file}: ${name}`])),
  );
  expect(others).toEqual([]);
});

test.each(packages)("$name stands on the packages that its README names", ({readme, dependencies}) => {
  const [, stated = ""] = /^It stands on (.+)\.$/m.exec(readme) ?? [];
  expect(stated).not.toBe("");
  const ours = Object.keys(dependencies).filter((name) => name === "lola" || name.startsWith("@lola-ts/"));
  expect(quoted(stated).sort()).toEqual(ours.sort());
});

test.each(packages)("$name exports what its README lists", ({folder, readme}) => {
  const names = listedIn(readme);
  expect(names).not.toHaveLength(0);
  const parts = names.filter((name) => name.includes("/")).map((name) => name.slice(name.indexOf("/") + 1));
  expect(parts.filter((part) => !existsSync(doorOf(folder, part)))).toEqual([]);
  const door = readFileSync(doorOf(folder), "utf8");
  const exported = (name: string) => new RegExp(`\\b${name}\\b`).test(door);
  expect(names.filter((name) => !name.includes("/") && !exported(name))).toEqual([]);
});
