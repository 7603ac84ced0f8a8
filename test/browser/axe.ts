/** Rules of accessibility, checked by axe-core in an open page: more than Lighthouse's score of accessibility counts. */
import {readFileSync} from "node:fs";
import type axe from "axe-core";
import type {Page} from "puppeteer-core";

const axeProgram = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The rule of Lighthouse that axe leaves out by default. */
const ADDED = {"target-size": {enabled: true}};

/** List the violations of the rules, by default all of axe's, in sentences; of like tables the first is read. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(axeProgram);
  return page.evaluate(
    async (runOnly, added) => {
      const {axe: tool} = window as unknown as {axe: typeof axe};
      const {violations: found} = await tool.run(
        {exclude: ".table ~ .table"},
        {resultTypes: ["violations"], preload: false, runOnly, rules: added},
      );
      return found.map(({help, nodes}) => `${help}: ${nodes.map(({html}) => html.slice(0, 100)).join(" ")}`);
    },
    rules,
    ADDED,
  );
}
