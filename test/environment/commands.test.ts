/** The commands, as they are typed: help and refusals need nothing but Node. */
import {spawnSync} from "node:child_process";
import {cpSync, existsSync, readdirSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";
import {defaultRun} from "../../lib/core/paths";
import {presetNames} from "../../lib/lab/presets/presets";
import {systemNames, systemOf} from "../../lib/systems/registry";
import {ENDURANCE} from "../soak/runner/endurance";
import {targets} from "../fuzz/runner/fuzz";
import {temporaryFolder} from "../folder";

interface Command {
  readonly program: string;
  readonly examples: readonly (readonly string[])[];
  readonly options?: Readonly<Record<string, {readonly text: string}>>;
  readonly about?: string;
  readonly bare?: boolean;
  readonly others?: string;
}
interface List {
  readonly commands: Readonly<Record<string, Command>>;
  helpOf(name: string): string;
  readCommandLine(name: string, argv: readonly string[]): unknown;
}
const list = createRequire(__filename)("../../environment/commands.cjs") as List;
const {commands, helpOf} = list;
const names = Object.keys(commands);
const root = path.resolve(__dirname, "../..");

/** A clone in which nothing is set up, and nothing can be: only what help needs is there. */
const folder = temporaryFolder();
beforeAll(() => {
  for (const file of ["package.json", "environment/run.mjs", "environment/machine.mjs", "environment/commands.cjs"]) {
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

test.each(names)("npm script %s runs its program by the list", (name) => {
  const {scripts} = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(scripts[name]).toBe(`node environment/run.mjs ${name}`);
  const source = commands[name].program.replace(/^lib\/dist\/(.*)\.js$/, "lib/$1.ts");
  expect(existsSync(path.join(root, source))).toBe(true);
});

describe.each(names)("%s", (name) => {
  test("answers --help in 80 columns before set-up, examples first", () => {
    const {status, stdout, stderr} = run(name, "--system", "nowhere", "--help");
    expect({status, stderr, stdout}).toEqual({status: 0, stderr: "", stdout: helpOf(name)});
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.split("\n\n")[1]).toMatch(new RegExp(`^npm (run )?(-s )?${name}\\b`));
    for (const option of Object.keys(commands[name].options ?? {}))
      expect(stdout).toMatch(new RegExp(`^--${option}\\b`, "m"));
  });

  test("has examples that its reader takes", () => {
    for (const [line] of commands[name].examples) {
      const [, typed, rest = ""] = /npm (?:run )?(?:-s )?(\w+)(?: -- | |$)(.*)$/.exec(line)!;
      expect(typed).toBe(name);
      if (!commands[name].others) list.readCommandLine(name, rest.split(" ").filter(Boolean));
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
  expect(bare.sort()).toEqual(["download", "evaluate", "pretrain", "sweep", "train"]);
  for (const name of bare) expect(run(name)).toEqual({status: 0, stderr: "", stdout: helpOf(name)});
});

test("without a command there is the list of all", () => {
  const {status, stdout} = run();
  expect(status).toBe(0);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^npm (run )?${name} {2}`, "m"));
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(run("nonsense")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Unknown command "nonsense": known/),
  });
});

test("names in help are the library's", () => {
  const words = (text: string) => text.match(/[a-z][\w-]+/g)!;
  const {system, preset} = defaultRun();
  for (const name of names) {
    const {options = {}} = commands[name];
    if (options.system) {
      const known = words(options.system.text.replace(/\(default.*?\)|or all/g, ""));
      const all = systemNames.filter((one) => name !== "download" || systemOf(one).well);
      expect(known).toEqual(all);
      expect(options.system.text).toMatch(
        name === "download" || name === "pretrain" ? /./ : new RegExp(`default: ${system}|${system} \\(default`),
      );
    }
    if (options.preset) {
      expect(words(options.preset.text.replace(/\(default.*/, ""))).toEqual(presetNames(system));
      expect(options.preset.text).toContain(`(default: ${preset})`);
    }
  }
  expect(words(commands.fuzz.about!.replace(/ \(.*/, ""))).toEqual([...targets.keys()].sort());
  for (const kind of Object.keys(ENDURANCE)) expect(commands.soak.about).toContain(kind);
});
