/** The article: its numbers come from the documentation, its figures are inside, and it has six to eight pages. */
import {mkdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {articleHtml, filled, main} from "../../site/build/article";
import {temporaryFolder} from "../folder";

const root = path.resolve(__dirname, "../..");
const text = readFileSync(path.join(root, "site/article.md"), "utf8");
const folder = temporaryFolder();
afterEach(() => jest.restoreAllMocks());

test("no number is typed by hand", () => {
  const typed = text
    .replace(/\{\{.*\}\}/g, "")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/^#.*$/gm, "");
  expect(typed.match(/.*\d.*/g)).toBeNull();
});

test("sections of the documentation are filled in up to the next heading, without links into the project", () => {
  const section = filled("{{docs/results.md#How to read the tables}}");
  expect(section).toMatch(/^The glossary explains/);
  expect(section).not.toMatch(/## |\]\(/);
  expect(filled("[there](https://example.org) ![here](x.png)")).toBe("[there](https://example.org) ![here](x.png)");
});

test("a section or a document that is not there is named", () => {
  expect(() => filled("{{docs/results.md#Nothing}}")).toThrow(
    'site/article.md: expected a section "Nothing" in docs/results.md, found none.',
  );
  expect(() => filled("{{docs/gone.md#Nothing}}")).toThrow(/ENOENT.*docs\/gone\.md/);
});

test("the page loads nothing: figures are inside, and links into the project are words", () => {
  const html = articleHtml();
  expect(html).not.toMatch(/\{\{|class="katex"|<script|<link/);
  const figures = filled(text).match(/!\[/g)!.length;
  expect(figures).toBeGreaterThan(1);
  expect(html.match(/<img src="data:image\/png;base64,[^"]{1000,}"/g)).toHaveLength(figures);
  expect(
    [...html.matchAll(/<a href="([^"]*)"/g)].map(([, link]) => link).filter((link) => !/^https:/.test(link)),
  ).toEqual([]);
});

test("the article has six to eight pages", async () => {
  const file = folder("deep/article.pdf");
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  await main({to: file});
  expect(write).toHaveBeenCalledWith(`${file}\n`);
  const pdf = readFileSync(file, "latin1");
  expect(pdf.slice(0, 5)).toBe("%PDF-");
  const pages = pdf.match(/\/Type\s*\/Page\b/g)!.length;
  expect(pages).toBeGreaterThanOrEqual(6);
  expect(pages).toBeLessThanOrEqual(8);
});

test("a folder in the article's place is named", async () => {
  mkdirSync(folder("taken.pdf"));
  await expect(main({to: folder("taken.pdf")})).rejects.toThrow(folder("taken.pdf"));
});
