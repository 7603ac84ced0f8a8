/** The site of a small project: what its pages link to, and which of its notebooks have pages. */
import {existsSync, readFileSync, rmSync} from "node:fs";
import path from "node:path";
import {buildSite} from "../../site/build/site";
import {FILES, writeProject} from "./project";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, {recursive: true})));

async function siteOf(files: Readonly<Record<string, string>>): Promise<string> {
  const project = writeProject(files);
  folders.push(project);
  await buildSite(path.join(project, ".out/site"), {project, api: false});
  return path.join(project, ".out/site");
}

let site: string;
beforeAll(async () => {
  site = await siteOf(FILES);
});

const read = (file: string) => readFileSync(path.join(site, file), "utf8");

/** Read what the links and pictures of a page lead to, by their texts. */
const linksOf = (page: string) =>
  new Map(
    [...read(page).matchAll(/<a [^>]*?href="([^"#]*)[^"]*"[^>]*>([^<]*)</g)].map(([, address, text]) => [
      text,
      path.posix.join(path.posix.dirname(page), address),
    ]),
  );

test("files of one name in two folders are two files of the site", () => {
  const links = linksOf("index.html");
  expect(read(links.get("cloud")!)).toBe("cloud,1");
  expect(read(links.get("gas")!)).toBe("gas,1");
  expect([...read("index.html").matchAll(/<img[^>]* src="([^"]+)"/g)].map(([, picture]) => read(picture))).toEqual([
    "cloud",
    "gas",
  ]);
  expect(read(links.get("dash")!)).toContain("dash");
  expect(read(links.get("slash")!)).toContain("slash");
});

test("Markdown that is linked is a document with its places, and leads on", () => {
  const page = linksOf("index.html").get("bench")!;
  expect(read("index.html")).toContain(`href="${page}#beside-others"`);
  expect(read(page)).toContain('<h2 id="beside-others">');
  expect(read(linksOf(page).get("more")!)).toContain('<h1 id="deep">Deep</h1>');
});

test("a folder leads to its introduction, or to the list of its files", () => {
  const links = linksOf("index.html");
  expect(read(links.get("lessons")!)).toContain('<h1 id="start-here">');
  expect(linksOf(links.get("folder")!).has("b-c.ts")).toBe(true);
});

test("lessons alone are published, after their introduction, with links in their outputs", () => {
  const titles = [...linksOf("index.html").keys()];
  expect(titles.slice(titles.indexOf("Start here"), titles.indexOf("Start here") + 2)).toEqual(["Start here", "First"]);
  expect(existsSync(path.join(site, "notebooks/Untitled.html"))).toBe(false);
  expect(read("page/search-index.js")).not.toContain("Mine");
  const lesson = "notebooks/01-first.html";
  expect(read(linksOf(lesson).get("numbers")!)).toBe("gas,1");
  expect(read(lesson)).toContain('href="../docs/use.html#use"');
  const [, picture] = /<img src="([^"]+)"/.exec(read(lesson))!;
  expect(read(path.posix.join("notebooks", picture))).toBe("drawn");
});

test("the navigation has the groups of docs/README.md, with its titles", () => {
  const [, navigation] = /<details class="pages"[^]*?<\/summary>([^]*?)<\/details>/.exec(read("index.html"))!;
  const words = [...navigation.matchAll(/<h2>([^<]*)<|<a [^>]*>([^<]*)</g)].map(([, group, page]) => group ?? page);
  const gallery = ["Try it", "Figures and their cells"];
  expect(words).toEqual([...gallery, "Start", "Start here", "First", "Do", "How to use it"]);
});

test("a figure leads to the cell that makes it, in the gallery and in documents", () => {
  const cell = "notebooks/01-first.html#cell-draw";
  expect(read("figures.html")).toContain(`<a href="${cell}">flow: the cell that makes it</a>`);
  expect(read("index.html")).toMatch(new RegExp(`<a href="${cell}"[^>]*><img src="assets/figures/cloud/flow.png">`));
});

test.each([
  [
    "docs/use.md",
    "[x](../test/bench/README.md#gone)",
    'docs/use.html: expected a place "gone" in ../test/bench/README.html, found none.',
  ],
  ["docs/use.md", "[x](gone.md)", "docs/use.md: expected the file docs/gone.md in the project, found none."],
  ["docs/use.md", "![x](../../x.png)", "docs/use.md: expected the file ../x.png in the project, found none."],
  ["notebooks/01-first.md", "# Two\n", 'expected one page, found two: "First" and "Two".'],
])("what is wrong in %s is named: %s", async (file, text, problem) => {
  await expect(siteOf({...FILES, "docs/use.md": `[x](../${file})`, [file]: text})).rejects.toThrow(problem);
});
