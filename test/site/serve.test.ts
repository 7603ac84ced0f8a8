import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {showSite, type Shown} from "../../site/build/serve";

let folder: string;
let shown: Shown;
beforeEach(async () => {
  const outer = mkdtempSync(path.join(tmpdir(), "lola-serve-"));
  folder = path.join(outer, "site");
  mkdirSync(path.join(folder, "live"), {recursive: true});
  writeFileSync(path.join(folder, "index.html"), "the site");
  writeFileSync(path.join(folder, "live/index.html"), "the page");
  writeFileSync(path.join(outer, "secret"), "a secret");
  shown = await showSite(folder, 0);
});
afterEach(() => {
  shown.close();
  rmSync(path.dirname(folder), {recursive: true});
});

const get = async (name: string) => {
  const response = await fetch(shown.address + name, {headers: {connection: "close"}});
  return `${response.status} ${await response.text()}`;
};

test("it answers at once, and says that the site is being built until it is there", async () => {
  expect(await get("")).toMatch(/^503 [\s\S]*being built/);
  shown.ready();
  expect(await get("")).toBe("200 the site");
  expect(await get("live/?x=1")).toBe("200 the page");
});

test.each(["gone.html", "%2e%2e/secret", "..%2fsecret", "%00", "%ff", "live%5C..%5C..%5Csecret"])(
  "%s is no page",
  async (name) => {
    shown.ready();
    expect(await get(name)).toMatch(/^404 There is no such page/);
  },
);

test("a port in use is said in a sentence", async () => {
  const port = Number(new URL(shown.address).port);
  await expect(showSite(folder, port)).rejects.toThrow(
    `The site cannot be shown at port ${port}: another program uses it; choose another by --port.`,
  );
});

test("a range of bytes is answered, and one that ends before it begins gets the whole file", async () => {
  shown.ready();
  const bytes = async (range: string) => {
    const response = await fetch(shown.address, {headers: {connection: "close", range}});
    return `${response.status} ${await response.text()}`;
  };
  expect(await bytes("bytes=4-7")).toBe("206 site");
  for (const range of ["bytes=5-1", "bytes= 5-1", "bytes=5-1x", `bytes=0-${"9".repeat(30)}`, "abc"]) {
    expect(await bytes(range)).toBe("200 the site");
  }
});
