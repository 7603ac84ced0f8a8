import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createServer, type AddressInfo} from "node:net";
import {tmpdir} from "node:os";
import path from "node:path";
import {Browser} from "../../src/render/browser";
import {gone} from "./processes";

const chromium = path.resolve(__dirname, "../../../../environment/.build/browser/chromium");
const folder = mkdtempSync(path.join(tmpdir(), "browser-"));
afterAll(() => rmSync(folder, {recursive: true}));

/** Write a program that stands in for the browser and notes the process id of each start. */
function fake(name: string, commands: string): {program: string; pids: () => number[]} {
  const program = path.join(folder, name);
  const notes = `${program}.pids`;
  writeFileSync(program, `#!/bin/sh\necho $$ >> ${notes}\n${commands}\n`);
  chmodSync(program, 0o755);
  return {program, pids: () => (existsSync(notes) ? readFileSync(notes, "utf8").trim().split("\n").map(Number) : [])};
}

describe("a page", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await Browser.start({script: "var answer = 42"})));
  afterAll(() => browser.close());

  test("evaluates expressions and awaits their promises, in the script's scope", async () => {
    expect(await browser.evaluate("[answer, 'γ']", 10)).toEqual([42, "γ"]);
    expect(await browser.evaluate("Promise.resolve({deep: [1, null]})", 10)).toEqual({deep: [1, null]});
    expect(await Promise.all([1, 2, 3].map((i) => browser.evaluate(`${i}`, 10)))).toEqual([1, 2, 3]);
  });

  test("transfers megabytes unchanged in both directions", async () => {
    const text = "τ²".repeat(1e6);
    expect(await browser.evaluate(JSON.stringify(text), 30)).toBe(text);
  });

  test("reports what it throws in one line, and goes on", async () => {
    await expect(browser.evaluate("nothing.here", 10)).rejects.toThrow(/^ReferenceError: nothing is not defined$/);
    await expect(browser.evaluate("Promise.reject('no')", 10)).rejects.toThrow(/^no$/);
    expect(await browser.evaluate("1", 10)).toBe(1);
  });

  test("reaches neither the network nor files", async () => {
    let requests = 0;
    const server = createServer((socket) => {
      requests++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const {port} = server.address() as AddressInfo;
    for (const url of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `file://${__filename}`]) {
      const outcome = `fetch("${url}", {mode: "no-cors"}).then(() => "reached", () => "refused")`;
      expect(await browser.evaluate(outcome, 10)).toBe("refused");
      const image = `new Promise((resolve) => {
        const image = new Image();
        image.onload = image.onerror = (event) => resolve(event.type);
        image.src = "${url}";
      })`;
      expect(await browser.evaluate(image, 10)).toBe("error");
    }
    server.close();
    expect(requests).toBe(0);
  });
});

test("a start that hangs is ended and repeated", async () => {
  const hanging = `if mkdir ${folder}/first 2>/dev/null; then exec sleep 600; fi\nexec ${chromium} "$@"`;
  const {program, pids} = fake("hangs-once", hanging);
  const browser = await Browser.start({program, patience: 5}); // the second start, of a real browser, has twice as long
  expect(await browser.evaluate("1 + 1", 60)).toBe(2);
  expect(pids()).toHaveLength(2);
  expect(await gone(pids()[0])).toBe(true);
  await browser.close();
  expect(await gone(pids()[1])).toBe(true);
});

test.each([
  ["hangs", "exec sleep 600", 0.2, /no answer within 0\.8 s\.$/],
  ["dies", "echo 'no such luck' >&2; exit 3", 60, /ended \(exit code 3\): no such luck\.$/], // however late, on a busy machine
])("a browser that %s is given up after three starts, and none is left", async (name, commands, patience, reason) => {
  const {program, pids} = fake(name.replace(" ", "-"), commands);
  const start = Browser.start({program, patience});
  await expect(start).rejects.toThrow(/^The browser did not start in 3 tries: /);
  await expect(start).rejects.toThrow(reason);
  expect(pids()).toHaveLength(3);
  for (const pid of pids()) expect(await gone(pid)).toBe(true);
});

test("a script that throws is not tried again", async () => {
  const {program, pids} = fake("real", `exec ${chromium} "$@"`);
  await expect(Browser.start({program, script: "throw new Error('no')"})).rejects.toThrow(/^Error: no$/);
  expect(pids()).toHaveLength(1);
  expect(await gone(pids()[0])).toBe(true);
});

test("an answer that takes too long ends the browser", async () => {
  const browser = await Browser.start();
  await expect(browser.evaluate("new Promise(() => undefined)", 0.2)).rejects.toThrow(
    /^The browser was ended: no answer within 0\.2 s\.$/,
  );
  expect(browser.alive).toBe(false);
  await expect(browser.evaluate("1", 1)).rejects.toThrow(/^The browser was ended/);
  expect(await gone(browser.pid)).toBe(true);
});

test("a browser that is not installed, or is none, is one sentence", async () => {
  await expect(Browser.start({program: "/nowhere"})).rejects.toThrow(
    /^Pictures need the headless browser \/nowhere and it was not found: run `node environment\/setup\.mjs`\.$/,
  );
  await expect(Browser.start({program: __filename})).rejects.toThrow(/^The browser cannot be started: .*EACCES\.$/);
});
