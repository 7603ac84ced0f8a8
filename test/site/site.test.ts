/** The site of a small project: what its pages link to, and which of its notebooks have pages. */
import {existsSync, readFileSync, rmSync} from "node:fs";
import {mkdir, writeFile} from "node:fs/promises";
import path from "node:path";
import MiniSearch from "minisearch";
import sharp from "sharp";
import {buildSite} from "../../site/build/site";
import {searchOptions, type SearchEntry} from "../../site/pages/search";
import {FILES, writeProject, type Files} from "./project";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, {recursive: true})));

const LIVE = '<title>Live</title>\n<meta\n name="description"\n content="A &quot;test&quot;." />\n</head>\n';

async function siteOf(files: Files, host?: string): Promise<string> {
  const project = writeProject(files);
  folders.push(project);
  const live = async (folder: string) => {
    await mkdir(folder);
    await writeFile(path.join(folder, "index.html"), LIVE);
  };
  await buildSite(path.join(project, ".out/site"), {project, host, live, api: false});
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
  const first = ["Try it", "Live page", "Run it yourself", "Figures and tables"];
  expect(words).toEqual([...first, "Start", "Start here", "First", "Do", "How to use it"]);
});

test("a figure leads to the cell that makes it, and the list of figures shows their pictures", () => {
  const cell = "notebooks/01-first.html#cell-draw";
  expect(read("index.html")).toMatch(new RegExp(`<a href="${cell}"[^>]*><img src="assets/figures/cloud/flow.png">`));
  const pictures = [...read("figures/index.html").matchAll(/<a href="([^"]+)"><img src="([^"]+)" alt="([^"]+)"/g)];
  expect(pictures.map(([, link, picture, name]) => [link === picture, name])).toEqual([
    [true, "flow"],
    [true, "cloud/flow"],
  ]);
});

/** Read the properties of a page that links to it show elsewhere. */
const propertiesOf = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/<meta (?:name|property)="([^"]+)" content="([^"]*)">/g)].map(([, key, value]) => [key, value]),
  );

test("links to a page show its title, its first paragraph and a picture, by whole addresses where the host is given", async () => {
  const description = "A first paragraph, which says what the project is.";
  const shown = {"og:title": "Home", "og:type": "website"};
  const home = propertiesOf(read("index.html"));
  expect(home).toMatchObject({...shown, description, "og:description": description});
  expect(home["og:image"]).toBe("assets/preview.png");
  expect(propertiesOf(read("docs/use.html"))["og:image"]).toBe("../assets/preview.png");
  const live = propertiesOf(read("live/index.html"));
  expect(live).toMatchObject({"og:title": "Live", "og:description": "A &quot;test&quot;."});
  expect(live["og:image"]).toBe("../assets/preview.png");
  const hosted = await siteOf(FILES, "https://example.org/lola/");
  const found = propertiesOf(readFileSync(path.join(hosted, "docs/use.html"), "utf8"));
  expect(found["og:image"]).toBe("https://example.org/lola/assets/preview.png");
});

test("the picture of links is a moment of the home page's animation, in the size that messages show", async () => {
  const states = [0, 60, 120, 180, 240].map((level) => Buffer.alloc(3 * 20 * 10, level));
  const raw = {width: 20, height: 50, channels: 3, pageHeight: 10} as const;
  const movie = await sharp(Buffer.concat(states), {raw}).gif().toBuffer();
  const project = await siteOf({...FILES, "figures/rayleigh-benard/question-animation.gif": movie});
  const {data, info} = await sharp(path.join(project, "assets/preview.png")).raw().toBuffer({resolveWithObject: true});
  expect([info.width, info.height]).toEqual([1200, 630]);
  const middle = info.channels * (315 * 1200 + 600);
  expect(data[middle]).toBe(60);
  expect(data[info.channels * 600]).toBe(255); // its margin is white
});

test("the search finds a section of a page by all words of a question, also by a part or with a slip, and code last", () => {
  const [, json] = /window\.lolaSearch = (.*);\n/.exec(read("page/search-index.js"))!;
  const index = MiniSearch.loadJSON<SearchEntry>(json, searchOptions);
  const found = (question: string) => index.search(question).map(({address}) => address as string);
  expect(found("turbulent introduction")).toEqual(["README.html"]);
  expect(found("turbulent plumes")).toEqual([]);
  expect(found("simul")).toEqual(["README.html#run-it"]);
  expect(found("turbulant")).toEqual(["README.html"]);
  expect(found("others").at(0)).toBe("test/bench/README.html#beside-others");
  expect(found("slash")).toEqual(["index.html", "source/lib/a/b-c.ts.html"]);
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
