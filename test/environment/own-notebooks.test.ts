import {spawnSync} from "node:child_process";
import {existsSync, mkdirSync, readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {temporaryFolder} from "../folder";
import {template} from "../notebooks/program";

const root = path.resolve(__dirname, "../..");
const folder = temporaryFolder();

interface OwnNotebooks {
  newNotebook(root: string, name: string): string;
  restoreLessons(root: string, now?: Date): string;
}
let own: OwnNotebooks;
beforeAll(async () => {
  own = (await import(`${"../../environment/own-notebooks.mjs"}`)) as OwnNotebooks;
});

const git = (place: string, ...args: string[]) => {
  const {status, stdout, stderr} = spawnSync("git", args, {cwd: place, encoding: "utf8"});
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

/** A project with two lessons, committed, in a folder of its own. */
function project(name: string): string {
  const place = folder(name);
  mkdirSync(path.join(place, "notebooks"), {recursive: true});
  mkdirSync(path.join(place, "environment/jupyter"), {recursive: true});
  writeFileSync(path.join(place, "environment/jupyter/template.ipynb"), readFileSync(template));
  writeFileSync(path.join(place, ".gitignore"), readFileSync(path.join(root, ".gitignore")));
  for (const lesson of ["01-one", "02-two"]) writeFileSync(path.join(place, `notebooks/${lesson}.ipynb`), lesson);
  git(place, "init", "-q");
  git(place, "add", ".");
  git(place, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "lessons");
  return place;
}

test("a new notebook is the template, and git sees neither it nor one beside a lesson", () => {
  const place = project("new");
  expect(own.newNotebook(place, "my idea")).toBe("work/my idea.ipynb");
  expect(readFileSync(path.join(place, "work/my idea.ipynb"))).toEqual(readFileSync(template));
  writeFileSync(path.join(place, "notebooks/Untitled.ipynb"), "{}"); // where JupyterLab puts a notebook beside a lesson
  expect(git(place, "status", "--porcelain")).toBe("");
});

test("a new notebook never replaces another one, and has a name of a file", () => {
  const place = project("names");
  own.newNotebook(place, "idea");
  writeFileSync(path.join(place, "work/idea.ipynb"), "mine");
  expect(() => own.newNotebook(place, "idea")).toThrow("--new: work/idea.ipynb is there already");
  expect(readFileSync(path.join(place, "work/idea.ipynb"), "utf8")).toBe("mine");
  for (const name of ["", "../escape", "a/b", ".hidden"]) {
    expect(() => own.newNotebook(place, name)).toThrow(`expected a name of letters, digits, spaces`);
  }
});

test("restoring brings the lessons back and keeps what was changed", () => {
  const place = project("restore");
  expect(own.restoreLessons(place)).toBe("Every lesson is as it was committed.");
  writeFileSync(path.join(place, "notebooks/02-two.ipynb"), "answers of a student");
  writeFileSync(path.join(place, "notebooks/Untitled.ipynb"), "a notebook of a student");
  git(place, "add", "notebooks/02-two.ipynb"); // staged or not
  expect(own.restoreLessons(place, new Date("2026-01-02T03:04:05Z"))).toBe(
    "Restored 02-two. The changed notebooks are in work/lessons 2026-01-02 03.04.05/.",
  );
  expect(git(place, "status", "--porcelain")).toBe("");
  const read = (name: string) => readFileSync(path.join(place, name), "utf8");
  expect(read("notebooks/02-two.ipynb")).toBe("02-two");
  expect(read("notebooks/Untitled.ipynb")).toBe("a notebook of a student");
  expect(read("work/lessons 2026-01-02 03.04.05/02-two.ipynb")).toBe("answers of a student");
});

test("a folder that is no clone is refused in one line", () => {
  const place = folder("no clone");
  mkdirSync(place);
  expect(() => own.restoreLessons(place)).toThrow(/^--restore: git diff failed: .+$/);
  expect(existsSync(path.join(place, "work"))).toBe(false);
});
