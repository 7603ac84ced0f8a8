/** The commands, as they are typed: help and refusals need nothing but Node. */
import {spawnSync} from "node:child_process";
import {cpSync, existsSync, readdirSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {defaultRun} from "@lola-ts/core";
import {presetNames} from "@lola-ts/laboratory/stages";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {ENDURANCE} from "../soak/runner/endurance";
import {targets} from "../fuzz/runner/fuzz";
import {temporaryFolder} from "../folder";

interface Option {
  readonly text?: string;
  readonly choices?: readonly string[];
  readonly default?: unknown;
}
interface Command {
  readonly script?: string;
  readonly program: string;
  readonly examples: readonly (readonly string[])[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly words?: Option;
  readonly bare?: boolean;
  readonly others?: string;
}
interface List {
  readonly commands: Readonly<Record<string, Command>>;
  helpOf(name: string): string;
  readCommandLine(name: string, argv: readonly string[]): unknown;
}
const list = createRequire(__filename)("../../environment/command-line.cjs") as List;
const {commands, helpOf} = list;
const names = Object.keys(commands);
const root = path.resolve(__dirname, "../..");

/** A clone in which nothing is set up, and nothing can be: only what help needs is there. */
const folder = temporaryFolder();
beforeAll(() => {
  const names = ["run.mjs", "machine.mjs", "commands.cjs", "command-line.cjs", "defaults.json"];
  for (const file of ["package.json", ...names.map((name) => `environment/${name}`)]) {
    cpSync(path.join(root, file), folder(file));
  }
});

function run(...args: string[]) {
  const before = readdirSync(folder(), {recursive: true});
  const program = [folder("environment/run.mjs"), ...args];
  const {status, stdout, stderr} = spawnSync(process.execPath, program, {
    encoding: "utf8",
    env: {...process.env, NODE_OPTIONS: ""},
  });
  expect(readdirSync(folder(), {recursive: true})).toEqual(before);
  return {status, stdout, stderr};
}

test("one npm script runs every verb, and three of them have their own", () => {
  const {scripts} = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const verbs = Object.fromEntries(
    names.flatMap((name) => {
      const {script} = commands[name];
      return script ? [[script.split(" ").at(-1), `node environment/run.mjs ${name}`]] : [];
    }),
  );
  expect(scripts).toMatchObject({...verbs, lola: "node environment/run.mjs"});
  expect(Object.keys(scripts)).toEqual([...Object.keys(verbs), "lola", "test:slurm", "build", "build:wasm", "lint"]);
});

test.each(names)("the program of %s is there", (name) => {
  const source = commands[name].program.replace(/\/dist\/(.*)\.js$/, "/src/$1.ts");
  expect(readFileSync(path.join(root, source), "utf8")).toMatch(/^export async function main\(/m);
});

test("documents and messages name the command by its npm script", () => {
  const {stdout} = spawnSync("git", ["ls-files", "-z"], {cwd: root, encoding: "utf8"});
  const texts = stdout.split("\0").filter((file) => /\.(md|ipynb|ts|mjs|cjs|json|sh)$|Dockerfile$/.test(file));
  const gone = names.filter((name) => !commands[name].script).join("|");
  const wrong = new RegExp(`np[x] lola|npm (?:-s )?run (?:-s )?(?:${gone})\\b`);
  const faults = texts.filter(
    (file) => existsSync(path.join(root, file)) && wrong.test(readFileSync(path.join(root, file), "utf8")),
  );
  expect(faults).toEqual([]);
});

describe.each(names)("%s", (name) => {
  test("answers --help in 80 columns before set-up, examples first", () => {
    const {status, stdout, stderr} = run(name, "--system", "nowhere", "--help");
    expect({status, stderr, stdout}).toEqual({status: 0, stderr: "", stdout: helpOf(name)});
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.split("\n\n")[1]).toMatch(new RegExp(`^${commands[name].script ?? `npm run lola -- ${name}`}\\b`));
    for (const option of Object.keys(commands[name].options ?? {}))
      expect(stdout).toMatch(new RegExp(`^--${option}\\b`, "m"));
  });

  test("has examples that its reader takes", () => {
    for (const [line] of commands[name].examples) {
      const typed = line.replace(/^srun .*?(?=npm)/, "").replace(" -s ", " ");
      const script = commands[name].script ?? `npm run lola -- ${name}`;
      expect(typed.startsWith(script)).toBe(true);
      list.readCommandLine(name, typed.slice(script.length).split(" ").filter(Boolean));
    }
  });

  test("needs no set-up to refuse an unknown option", () => {
    if (commands[name].others) return;
    const {status, stdout, stderr} = run(name, "--nonsense");
    expect({status, stdout}).toEqual({status: 2, stdout: ""});
    expect(stderr).toMatch(/^Unknown option --nonsense: known are --\w.*, --help\.\n$/);
  });
});

test("a command that needs arguments prints its help without any", () => {
  const bare = names.filter((name) => commands[name].bare);
  expect(bare.sort()).toEqual([
    ...["claim", "download", "evaluate", "fresh", "official", "pretrain", "slides", "sweep", "train"],
  ]);
  for (const name of bare) expect(run(name)).toEqual({status: 0, stderr: "", stdout: helpOf(name)});
});

test("without a command there is the list of all", () => {
  const {status, stdout} = run();
  expect(status).toBe(0);
  for (const name of names)
    expect(stdout).toMatch(new RegExp(`^${commands[name].script ?? `npm run lola -- ${name}`} {2}`, "m"));
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(run("nonsense")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Unknown command "nonsense": known/),
  });
});

test("choices are the library's", () => {
  const {system, preset} = defaultRun();
  for (const name of names) {
    const {system: systems, preset: presets} = commands[name].options ?? {};
    if (systems) {
      const all = systemNames.filter((each) => name !== "download" || systemOf(each).well);
      expect(systems.choices).toEqual(name === "reproduce" ? [...all, "all"] : all);
      expect(systems.default).toBe(["claim", "claims", "download", "pretrain"].includes(name) ? undefined : system);
    }
    if (presets) expect(presets).toMatchObject({choices: presetNames(system), default: preset});
  }
  expect(commands.fuzz.words!.choices).toEqual([...targets.keys()].sort());
  for (const kind of Object.keys(ENDURANCE)) expect(commands.soak.words!.text).toContain(kind);
});
