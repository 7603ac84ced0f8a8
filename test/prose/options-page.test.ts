/** The page of all options is what their schema says. `LOLA_RECORD=1 npm test -- test/prose/options-page` renews it. */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {format, resolveConfig} from "prettier";
import {optionsPage} from "./options-page";

const file = path.join(__dirname, "../../docs/options.md");

test("docs/options.md is what the schema of the configuration says, and each option has a meaning", async () => {
  const page = await format(optionsPage(), {...(await resolveConfig(file)), filepath: file});
  if (process.env.LOLA_RECORD === "1") writeFileSync(file, page);
  expect(page.split("\n").filter((line) => /\|\s*\|$/.test(line) || line.includes("{@link"))).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(page);
});
