/** The whole site of this project, with a small live page, in a real browser, opened as files. */
import {cpSync, existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {buildSite} from "../../site/build/site";
import {newPage, openBrowser, root, screenshot} from "./jupyter";
import {builtPage} from "./live/page";

const folder = mkdtempSync(path.join(tmpdir(), "lola-site-"));
const outside: string[] = [];
const errors: string[] = [];
let browser: Browser;

beforeAll(async () => {
  const live = await builtPage();
  await buildSite(folder, {
    live: async (to) => void (await Promise.resolve(cpSync(live.folder, to, {recursive: true}))),
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, {recursive: true});
});

async function open(address: string, width = 1440): Promise<Page> {
  const page = await newPage(browser);
  await page.setViewport({width, height: 900});
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`file://${folder}/`))
      outside.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(`${address}: ${String(error)}`));
  await page.goto(`file://${folder}/${address}`);
  return page;
}

/** Load all pictures of a page, and list the addresses of those that cannot be shown. */
const brokenPictures = (page: Page) =>
  page.$$eval("img", async (images) => {
    const loads = images.map(async (image) => {
      image.loading = "eager";
      await image.decode().catch(() => undefined);
      return image.naturalWidth > 0 ? [] : [image.src];
    });
    return (await Promise.all(loads)).flat();
  });

test("every lesson and document has its page, and every link of every page leads somewhere", () => {
  const names = (place: string, ending: RegExp) =>
    readdirSync(path.join(root, place)).filter((name) => ending.test(name));
  const lessons = names("notebooks", /^\d\d-.*\.ipynb$/).map((name) => `notebooks/${name.replace(".ipynb", ".html")}`);
  const docs = names("docs", /\.md$/).map((name) => `docs/${name.replace(".md", ".html")}`);
  const all = [...lessons, ...docs, "index.html", "api/index.html", "live/index.html", "notebooks/README.html"];
  expect(all.filter((file) => !existsSync(path.join(folder, file)))).toEqual([]); // buildSite has checked the links
});

test("the first page and the gallery show their pictures, and the first page leads to the lessons", async () => {
  const page = await open("index.html");
  expect(await brokenPictures(page)).toEqual([]);
  await screenshot(page, "site");
  await page.evaluate(() => [...document.links].find(({textContent}) => textContent === "Start here")!.click());
  await page.waitForFunction(() => document.querySelector("h1")?.id === "start-here");
  await page.close();
  const gallery = await open("figures.html");
  expect(await gallery.$$eval("figure", (all) => all.length)).toBeGreaterThan(50);
  expect(await brokenPictures(gallery)).toEqual([]);
  await gallery.close();
});

test("a notebook's page shows formulas and pictures, draws a figure that is touched, and is found by a search", async () => {
  const page = await open("notebooks/05-rollouts.html");
  expect(await brokenPictures(page)).toEqual([]);
  expect(await page.$$eval(".katex", (all) => all.length)).toBeGreaterThan(0);
  await page.hover(".figure[tabindex]");
  await page.waitForSelector(".figure .plot-container .main-svg");
  await page.type("#search", "rollouts");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#found a")].some(({textContent}) => textContent === "5 · Rollouts"),
  );
  await screenshot(page, "site-notebook");
  await page.close();
});

test("on a phone a page begins with its title, the navigation unfolds, and nothing is scrolled sideways", async () => {
  const page = await open("docs/metrics.html", 390);
  const [top, wide, windowWidth] = await page.evaluate(() => [
    document.querySelector("h1")!.getBoundingClientRect().top,
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  expect(top).toBeLessThan(400);
  expect(wide).toBeLessThanOrEqual(windowWidth);
  const isShown = () => page.$eval(".pages li a", (link) => link.checkVisibility());
  expect(await isShown()).toBe(false);
  await page.click(".pages summary");
  expect(await isShown()).toBe(true);
  await screenshot(page, "site-phone");
  await page.setViewport({width: 1440, height: 900});
  await page.waitForFunction(() => document.querySelector(".pages li a")!.checkVisibility());
  await page.close();
});

test("the live page and the API reference open", async () => {
  const live = await open("live/index.html");
  await live.waitForFunction(() => document.documentElement.dataset.engine);
  expect(await live.evaluate(() => document.documentElement.dataset.engine)).toBe("wasm");
  expect(await live.$$("main section")).toHaveLength(8);
  const notebooks = await live.$$eval(".notebook", (links) => links.map((link) => link.getAttribute("href")!));
  expect(notebooks).toHaveLength(8);
  expect(notebooks.filter((link) => !existsSync(path.join(folder, "live", link)))).toEqual([]);
  await live.close();
  const api = await open("api/index.html");
  expect(await api.title()).toBe("lola");
  expect(await api.$$eval("a", (all) => all.map(({textContent}) => textContent))).toContain("@lola-ts/laboratory");
  await api.close();
});

test("no request leaves the site's folder, and no error is left unsaid", () => {
  expect(outside).toEqual([]);
  expect(errors).toEqual([]);
});
