import {describeFile, getText, persist, TemporaryError} from "../../lib/download/request";
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

test("sizes and checksums are found through redirections, and missing where servers announce none", async () => {
  const sha256 = "0123456789abcdef".repeat(4);
  const digest = Buffer.from(sha256, "hex").toString("base64");
  server = await serve(({url, method}, response) => {
    const answers: Record<string, () => void> = {
      "/hub": () =>
        response.writeHead(302, {location: "/store", "x-linked-size": "77", "x-linked-etag": `"${sha256}"`}),
      "/store": () => response.writeHead(200, {"content-length": "77", etag: `"${"f".repeat(64)}"`}),
      "/digest": () => response.writeHead(200, {"content-length": "5", "repr-digest": `sha-256=:${digest}:`}),
      "/nohead": () => response.writeHead(405),
      "/round": () => response.writeHead(302, {location: "/round"}),
      "/none": () => response.writeHead(404),
    };
    expect(method).toBe("HEAD");
    answers[url!]();
    response.end();
  });
  const describe = (path: string) => describeFile(`${server!.url}${path}`, quick);
  expect(await describe("/hub")).toEqual({size: 77, sha256});
  expect(await describe("/store")).toEqual({size: 77});
  expect(await describe("/digest")).toEqual({size: 5, sha256});
  expect(await describe("/nohead")).toEqual({});
  await expect(describe("/round")).rejects.toThrow("more than 5 redirections");
  await expect(describe("/none")).rejects.toThrow(`${server.url}/none: expected the file, found 404 Not Found`);
});
