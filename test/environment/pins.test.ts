/** What set-up installs: one version of each package, and only files with a known hash. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const read = (...name: string[]) => readFileSync(path.join(root, ...name), "utf8");
const locked = readdirSync(path.join(root, "environment")).filter((name) => /^requirements.*\.txt$/.test(name));

describe.each(locked)("%s", (name) => {
  const packages = read("environment", name)
    .replace(/^ *#.*\n/gm, "")
    .split(/\n(?=\S)/);

  test("names one version and the hashes of each package", () => {
    for (const text of packages)
      expect(text).toMatch(/^[\w.-]+==[\w.]+( ; .+)? \\\n( {4}--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/);
  });

  test("has the versions that its source asks for", () => {
    const asked = read("environment", name.replace(/txt$/, "in")).match(/^\w.*$/gm)!;
    const versions = packages.map((text) => text.split(" ")[0].replaceAll("-", "_"));
    for (const line of asked) expect(versions).toContain(line.replace(/\[.*\]/, "").replaceAll("-", "_"));
  });
});

test("package.json names exact versions", () => {
  const {dependencies, devDependencies} = JSON.parse(read("package.json"));
  const {lola, ...others} = {...dependencies, ...devDependencies} as Record<string, string>;
  expect(lola).toBe("*"); // the workspace
  for (const version of Object.values(others)) expect(version).toMatch(/^(npm:\w+@)?\d+\.\d+\.\d+$/);
});

type Entry = {link?: boolean; integrity?: string; resolved?: string; dependencies?: Record<string, string>};
const entries = Object.entries(JSON.parse(read("package-lock.json")).packages as Record<string, Entry>);

test("package-lock.json has a hash of each package that is not part of the repository, and no address", () => {
  const foreign = entries.filter(([name, {link}]) => !link && !/^(lib)?$|^packages\/|environment\/shims\//.test(name));
  expect(foreign.length).toBeGreaterThan(500);
  for (const [, {integrity, resolved}] of foreign) {
    expect(integrity).toMatch(/^sha512-/);
    expect(resolved).toBeUndefined();
  }
});

test("npm 9 can read them: it overrides no dependency by another name, and none that is an address", () => {
  expect(JSON.parse(read("package.json"))).not.toHaveProperty("overrides");
  const dependencies = entries.flatMap(([, entry]) => Object.values(entry.dependencies ?? {}));
  expect(dependencies.filter((version) => /:\/\/|^file:/.test(version))).toEqual([]);
});
