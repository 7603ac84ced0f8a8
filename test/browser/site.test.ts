/** The whole site of this project, with a small live page, in a real browser, opened as files. */
import {cpSync, existsSync, mkdtempSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Browser, Page} from "puppeteer-core";
import {buildSite} from "../../site/build/site";
import {violations} from "./axe";
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

async function open(address: string, width = 1440, height = 900): Promise<Page> {
  const page = await newPage(browser);
  await page.setViewport({width, height});
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`file://${folder}/`))
      outside.push(request.url());
  });
  page.on("pageerror", (error) => errors.push(`${address}: ${String(error)}`));
  if (!address.startsWith("api/"))
    // typedoc's icons complain in pages that are opened as files
    page.on("console", (message) => errors.push(`${address}: ${message.type()}: ${message.text()}`));
  await page.evaluateOnNewDocument(() => {
    const refuse = () => {
      throw new Error("asked for a permission before anything was clicked");
    };
    Object.assign(Geolocation.prototype, {getCurrentPosition: refuse, watchPosition: refuse});
    Notification.requestPermission = refuse;
  });
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

test("the first page and the list of figures show their pictures, and the first page leads to the course", async () => {
  const page = await open("index.html");
  expect(await brokenPictures(page)).toEqual([]);
  await screenshot(page, "site");
  await page.evaluate(() => [...document.links].find(({textContent}) => textContent === "the course")!.click());
  await page.waitForFunction(() => document.querySelector("h1")?.id === "start-here");
  await page.close();
  const figures = await open("figures/index.html");
  expect(await figures.$$eval("td img", (all) => all.length)).toBeGreaterThan(50);
  expect(await brokenPictures(figures)).toEqual([]);
  await figures.close();
});

test.each([
  [1440, 900],
  [1024, 768],
  [390, 844],
])("at %d × %d the first screen of the site has the moving picture and the link to the live page", async (...size) => {
  const page = await open("index.html", ...size);
  const bottoms = await page.$$eval('.front img[src$=".gif"], .go a[href="live/index.html"]', (all) =>
    all.map((element) => element.getBoundingClientRect().bottom),
  );
  expect(bottoms).toHaveLength(2);
  expect(Math.max(...bottoms)).toBeLessThan(size[1]);
  await page.close();
});

test("the moving picture can be stopped, and waits where less motion is asked for", async () => {
  const page = await open("index.html");
  const shown = () => page.$$eval(".front :is(img, canvas)", (all) => all.map((element) => element.checkVisibility()));
  await page.waitForSelector(".stop");
  expect(await shown()).toEqual([true, false]);
  await page.click(".stop");
  expect(await shown()).toEqual([false, true]);
  await page.emulateMediaFeatures([{name: "prefers-reduced-motion", value: "reduce"}]);
  await page.reload();
  await page.waitForSelector(".stop");
  expect(await shown()).toEqual([false, true]);
  await page.click(".stop");
  expect(await shown()).toEqual([true, false]);
  await page.close();
});

const KINDS = [
  "index.html",
  "docs/metrics.html",
  "docs/results.html",
  "notebooks/00-the-question.html",
  "figures/index.html",
  "source/lib/evaluate/ensemble.ts.html",
];

test.each(KINDS)("%s breaks no rule of accessibility, in light, dark and on a phone", async (kind) => {
  const page = await open(kind);
  expect(await violations(page)).toEqual([]);
  await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "dark"}]);
  expect(await violations(page, ["color-contrast", "link-in-text-block"])).toEqual([]);
  await page.setViewport({width: 390, height: 844});
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))); // the page's answer
  expect(await violations(page, ["target-size", "scrollable-region-focusable"])).toEqual([]);
  await page.close();
});

/** The rest of Lighthouse's best practices, requests and errors in the console, is in the last test. */
test.each([...KINDS, "live/index.html"])(
  "%s has sharp pictures, uses nothing that browsers will drop, asks for nothing, and is not scrolled sideways",
  async (kind) => {
    const page = await open(kind, 390, 844);
    const session = await page.createCDPSession();
    const issues: string[] = [];
    session.on("Audits.issueAdded", ({issue}) => issues.push(`${issue.code}: ${JSON.stringify(issue.details)}`));
    await session.send("Audits.enable");
    const found = await page.evaluate(() => {
      const images = [...document.images].filter(
        (image) => image.complete && image.clientHeight > 0 && getComputedStyle(image).objectFit === "fill",
      );
      const fields = [...document.querySelectorAll("input, textarea")];
      return {
        mode: document.compatMode,
        charset: document.characterSet,
        described: document.querySelector<HTMLMetaElement>('meta[name="description"]')!.content.length > 20,
        pasteless: fields.filter((field) => !field.dispatchEvent(new ClipboardEvent("paste", {cancelable: true})))
          .length,
        stretched: images
          .filter(
            ({naturalWidth, naturalHeight, clientWidth, clientHeight}) =>
              Math.abs((naturalWidth / naturalHeight) * clientHeight - clientWidth) > 2 + clientWidth / 50,
          )
          .map(({src}) => src),
        // Lighthouse's phone has 1.75 dots a pixel, and a quarter of them may be missing
        blurred: images.filter(({naturalWidth, clientWidth}) => naturalWidth < 1.3 * clientWidth).map(({src}) => src),
        isWide: document.documentElement.scrollWidth > innerWidth,
      };
    });
    const habits = {mode: "CSS1Compat", charset: "UTF-8", described: true, pasteless: 0, stretched: [], blurred: []};
    expect(found).toEqual({...habits, isWide: false});
    expect(issues).toEqual([]);
    await page.close();
  },
);

test("a notebook's page shows formulas and pictures, draws a figure that is touched, and is found by a search", async () => {
  const page = await open("notebooks/05-rollouts.html");
  expect(await brokenPictures(page)).toEqual([]);
  expect(await page.$$eval(".katex", (all) => all.length)).toBeGreaterThan(0);
  await page.hover(".figure[tabindex]");
  await page.waitForSelector(".figure .plot-container .main-svg");
  await page.keyboard.press("/");
  await page.keyboard.type("rollout ensemble");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#found a")].some(({textContent}) => textContent?.startsWith("5 · Rollouts")),
  );
  expect(await page.$eval("#count", ({textContent}) => textContent)).toMatch(/^\d+ of \d+ places$/);
  await page.type("#search", " zzzz");
  await page.waitForFunction(() => document.querySelector("#count")!.textContent === "Nothing was found.");
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
  expect(top).toBeLessThan(150);
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

test("the live page and the API reference open, and the reference is accessible and leads back", async () => {
  const live = await open("live/index.html");
  await live.waitForFunction(() => document.documentElement.dataset.engine);
  expect(await live.evaluate(() => document.documentElement.dataset.engine)).toBe("wasm");
  expect(await live.$$("main section")).toHaveLength(5);
  const notebooks = await live.$$eval(".notebook", (links) => links.map((link) => link.getAttribute("href")!));
  expect(notebooks).toHaveLength(5);
  expect(notebooks.filter((link) => !existsSync(path.join(folder, "live", link)))).toEqual([]);
  await live.close();
  const api = await open("api/index.html");
  expect(await api.title()).toBe("lola");
  expect(await api.$$eval("a", (all) => all.map(({textContent}) => textContent))).toContain("@lola-ts/laboratory");
  await api.goto(`file://${folder}/api/classes/_lola-ts_laboratory.Lab.html`);
  const nested = /^Interactive controls must not be nested/; // links in typedoc's lists that unfold
  expect((await violations(api)).filter((problem) => !nested.test(problem))).toEqual([]);
  await api.evaluate(() => [...document.links].find(({textContent}) => textContent === "All pages")!.click());
  await api.waitForSelector(".front");
  await api.close();
});

test("no request leaves the site's folder, and no error is left unsaid", () => {
  expect(outside).toEqual([]);
  expect(errors).toEqual([]);
});
