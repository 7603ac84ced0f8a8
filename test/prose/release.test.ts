/** What a stranger looks for first: version, citation, licence, changes, and how to report something. */
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {parse} from "yaml";
import {wordsIn} from "./markdown";

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const json = <T>(file: string) => JSON.parse(read(file)) as T;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = json<Manifest>("package.json");
const folders = ["lib", ...readdirSync(path.join(root, "packages")).map((name) => `packages/${name}`)];
const isOurs = (name: string) => name === "lola" || name.startsWith("@lola-ts/");

test.each(folders)("%s has the project's version and licence, and asks for the same of other packages", (folder) => {
  const {version, license, dependencies = {}} = json<Manifest>(`${folder}/package.json`);
  expect({version, license}).toEqual({version: manifest.version, license: manifest.license});
  const ours = Object.entries(dependencies).filter(([name]) => isOurs(name));
  expect(ours).toEqual(ours.map(([name]) => [name, manifest.version]));
});

test("the lock file has the version of every package", () => {
  const {version, packages} = json<{version: string; packages: Record<string, Manifest>}>("package-lock.json");
  expect(version).toBe(manifest.version);
  for (const folder of ["", ...folders]) expect([folder, packages[folder].version]).toEqual([folder, manifest.version]);
});

test("CITATION.cff and codemeta.json agree with package.json and with each other", () => {
  const citation = parse(read("CITATION.cff"));
  const codemeta = json<Record<string, any>>("codemeta.json"); // eslint-disable-line @typescript-eslint/no-explicit-any
  const {version, license} = manifest;
  expect(citation).toMatchObject({version, license});
  expect(codemeta).toMatchObject({version, license: `https://spdx.org/licenses/${license}`});
  expect(codemeta.keywords).toEqual(citation.keywords);
  expect(codemeta.author.map(({name}: {name: string}) => name)).toEqual(
    citation.authors.map(({name}: {name: string}) => name),
  );
  const {title, url} = citation["preferred-citation"];
  expect(codemeta.referencePublication).toMatchObject({name: title, url});
});

test("the newest version of CHANGELOG.md is that of the project, and the page fits on a screen", () => {
  const [newest] = read("CHANGELOG.md")
    .match(/^## (.+)$/m)!
    .slice(1);
  expect(newest).toBe(manifest.version);
  expect(wordsIn(read("CHANGELOG.md")).length).toBeLessThanOrEqual(400);
});

test("licence, conduct and security are stated, and forms of issues ask for a message and the machine", () => {
  for (const file of ["LICENSE", "CODE_OF_CONDUCT.md", "SECURITY.md"])
    expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
  expect(read("LICENSE")).toContain("MIT");
  const forms = readdirSync(path.join(root, ".github/ISSUE_TEMPLATE")).filter((file) => file !== "config.yml");
  expect(forms).toEqual(["bug.yml", "question.yml"]);
  for (const form of forms) {
    const {name, description, body} = parse(read(`.github/ISSUE_TEMPLATE/${form}`));
    expect([name, description, body.length > 0].every(Boolean)).toBe(true);
  }
  const [, , machine] = parse(read(".github/ISSUE_TEMPLATE/bug.yml")).body;
  expect(machine.attributes.description).toContain("node --version");
});
