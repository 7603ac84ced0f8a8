import {getText, nextAddress, persist, TemporaryError} from "../../src/download/hub";
import {serve, type Served} from "./server";

const quick = {tries: 2, patience: 0.001, stall: 1};
let server: Served | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Fails in the given way a number of times, then succeeds. */
function failing(times: number, error: Error) {
  let calls = 0;
  return () => (++calls <= times ? Promise.reject(error) : Promise.resolve(calls));
}

const busy = new TemporaryError("busy");

test("temporary failures are tried again, as often as is allowed in a row", async () => {
  expect(await persist({...quick, tries: 3}, failing(2, busy))).toBe(3);
  await expect(persist({...quick, tries: 3}, failing(3, busy))).rejects.toThrow("busy (3 tries in a row)");
});

test("other failures are final", async () => {
  await expect(persist(quick, failing(1, new Error("gone")))).rejects.toThrow(/^gone$/);
});

test("a try that made progress does not count", async () => {
  let progress = 0;
  const attempt = () => (++progress < 5 ? Promise.reject(busy) : Promise.resolve(progress));
  expect(await persist(quick, attempt, () => progress)).toBe(5);
});

test("an abort ends the wait for the next try with its own reason", async () => {
  const controller = new AbortController();
  const waiting = persist({...quick, patience: 60, signal: controller.signal}, failing(1, busy));
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});

test("a text is requested again after a busy answer", async () => {
  server = await serve((_, response, number) => void response.writeHead(number === 0 ? 503 : 200).end("text ÷"));
  expect((await getText(server.url, quick)).text).toBe("text ÷");
  expect(server.requests).toHaveLength(2);
});

test("a missing file is named with its status", async () => {
  server = await serve((_, response) => void response.writeHead(404).end("<html>"));
  await expect(getText(`${server.url}/none`, quick)).rejects.toThrow(
    `${server.url}/none: expected the file, found 404 Not Found`,
  );
});

test("a text that is too long is not read to its end", async () => {
  let sent = 0;
  server = await serve((_, response) => {
    const more = () => {
      if (response.destroyed) return;
      sent += 1000;
      response.write(Buffer.alloc(1000), () => setTimeout(more, 1));
    };
    response.writeHead(200);
    more();
  });
  await expect(getText(server.url, {...quick, max: 10_000})).rejects.toThrow(
    `${server.url}: expected at most 10000 bytes, the server sends more`,
  );
  expect(sent).toBeLessThan(1e6);
  await server.close();
  server = await serve((_, response) => void response.writeHead(200).end("x".repeat(10_000)));
  expect((await getText(server.url, {...quick, max: 10_000})).text).toHaveLength(10_000);
});

test("an answer that is shorter than it says is a lost connection, and a longer one ends where it says", async () => {
  server = await serve(({url}, response) => {
    response.writeHead(200, {"content-length": url === "/short" ? "10" : "3"});
    response.write("abcdef", () => response.destroy());
  });
  await expect(getText(`${server.url}/short`, quick)).rejects.toThrow(
    new RegExp(`^${server.url}/short: the connection was lost \\(.*\\) \\(2 tries in a row\\)$`),
  );
  expect((await getText(`${server.url}/long`, quick)).text).toBe("abc");
});

test("a server that sends no byte for a while is given up, however it began", async () => {
  server = await serve(({url}, response) => {
    if (url === "/headers") return void response.flushHeaders();
    if (url === "/body") response.writeHead(200, {"content-length": "10"}).write("abc");
  });
  for (const place of ["silent", "headers", "body"]) {
    await expect(getText(`${server.url}/${place}`, {...quick, stall: 0.05})).rejects.toThrow(
      `${server.url}/${place}: the connection was lost (nothing came for 0.05 s) (2 tries in a row)`,
    );
  }
});

describe("redirections", () => {
  test.each([
    ["ftp://127.0.0.1/a", "ftp://127.0.0.1/a"],
    ["file:///etc/passwd", "file:///etc/passwd"],
    ["data:text/plain,x", "data:text/plain,x"],
    ["http://[", "http://["],
    ["javascript:\u0007", "javascript:"],
  ])("to %s are refused", async (location, found) => {
    server = await serve(
      (_, response) => void response.writeHead(302, {location: location.replace("\u0007", "")}).end(),
    );
    await expect(getText(server.url, quick)).rejects.toThrow(
      `${server.url}: expected to be led on to an address of https:// or http://, found ${found}`,
    );
    expect(server.requests).toHaveLength(1);
  });

  test("never leave https, and never end if there are too many", async () => {
    expect(nextAddress("https://hub/a/b", "../c?d")).toBe("https://hub/c?d");
    expect(nextAddress("http://mirror/a", "https://hub/b")).toBe("https://hub/b");
    expect(() => nextAddress("https://hub/a", "http://hub/a")).toThrow(
      "https://hub/a: expected to be led on to an address of https://, found http://hub/a",
    );
    expect(() => nextAddress("https://hub/a", "//\u001b[2J")).toThrow(/found \/\/\\u001b\[2J$/);
    server = await serve((_, response, number) => void response.writeHead(302, {location: `/?${number}`}).end());
    await expect(getText(server.url, quick)).rejects.toThrow(
      `${server.url}: expected the file, found more than 5 redirections`,
    );
  });
});

test.each(["ftp://hub/a", "file:///etc/passwd", "/etc/passwd", "hub"])("the address %s is none", async (url) => {
  await expect(getText(url, quick)).rejects.toThrow(`${url}: expected an address that begins with https:// or http://`);
});
