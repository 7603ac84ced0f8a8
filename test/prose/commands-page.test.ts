/** The page of all commands is what they print. `LOLA_RECORD=1 npm test -- test/prose/commands-page` renews it. */
import {spawnSync} from "node:child_process";
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {format, resolveConfig} from "prettier";
import {commandsPage, variables} from "./commands-page";

const root = path.join(__dirname, "../..");
const file = path.join(root, "docs/commands.md");

test("docs/commands.md is what the commands print", async () => {
  const page = await format(commandsPage(), {...(await resolveConfig(file)), filepath: file});
  if (process.env.LOLA_RECORD === "1") writeFileSync(file, page);
  expect(readFileSync(file, "utf8")).toBe(page);
});

/** Variables that a program sets for the processes that it starts. */
const INTERNAL = ["LOLA_CLOCK", "LOLA_RELAY"];

test("it lists every variable that the project reads, and no other", () => {
  const places = ["lib", "packages", "environment", "site", "test", "jest.config.cjs"];
  const {stdout} = spawnSync("git", ["grep", "-howE", "LOLA_[A-Z_]+", "--", ...places], {cwd: root, encoding: "utf8"});
  const read = new Set(
    stdout
      .trim()
      .split("\n")
      .filter((name) => !INTERNAL.includes(name)),
  );
  expect([...read].sort()).toEqual(Object.keys(variables).sort());
});
