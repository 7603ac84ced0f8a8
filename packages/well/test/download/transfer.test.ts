import {createHash} from "node:crypto";
import {existsSync, readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import {basename} from "node:path";
import {fetchFile, type FetchOptions} from "../../src/download/hub";
import {Rng} from "@lola-ts/core";
import {temporaryFolder} from "../../../../test/folder";
import {sendFile, serve, type Answer, type Behaviour, type Served} from "./server";

const folder = temporaryFolder();
const generator = Rng.from("download");
const content = Buffer.from(Array.from({length: 300_000}, () => generator.integer(256)));
const sha256 = createHash("sha256").update(content).digest("hex");
const quick: FetchOptions = {size: content.length, sha256, tries: 3, patience: 0.001, stall: 0.5};

let server: Served | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

let serial = 0;
const start = async (answer: Answer) => {
  server = await serve(answer);
  return {url: `${server.url}/file`, path: folder(`file-${serial++}`)};
};
const behave = (behaviour: Behaviour | ((number: number) => Behaviour), data = content) =>
  start((request, response, number) =>
    sendFile(request, response, data, typeof behaviour === "function" ? behaviour(number) : behaviour),
  );

test("a file comes whole, and is not fetched twice", async () => {
  const {url, path} = await behave({});
  const seen: number[] = [];
  expect(await fetchFile(url, path, {...quick, progress: (n) => seen.push(n)})).toBe(true);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
  expect(existsSync(`${path}.part`)).toBe(false);
  expect(await fetchFile(url, path, quick)).toBe(false);
  expect(server!.requests).toEqual(["GET /file"]);
  await expect(fetchFile(url, path, {...quick, size: 5})).rejects.toThrow(
    `${path}: expected 5 bytes, found 300000; remove it`,
  );
});

test("connections that break are taken up where they ended, as often as it takes", async () => {
  const {url, path} = await behave({cut: 40_000});
  await fetchFile(url, path, quick);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(server!.requests.slice(0, 3)).toEqual(["GET /file", "GET /file bytes=40000-", "GET /file bytes=80000-"]);
});

test("a server without ranges is asked for all again; one that never gets far is given up", async () => {
  const once = await behave((number) => ({ranges: false, cut: number === 0 ? 100_000 : undefined}));
  await fetchFile(once.url, once.path, quick);
  expect(readFileSync(once.path).equals(content)).toBe(true);
  await server!.close();
  const never = await behave({ranges: false, cut: 100_000});
  await expect(fetchFile(never.url, never.path, quick)).rejects.toThrow(
    /file: the connection was lost .*3 tries in a row/,
  );
  expect(existsSync(never.path)).toBe(false);
});

test("a server that falls silent counts as lost", async () => {
  const {url, path} = await start((request, response, number) => {
    if (number > 0) return sendFile(request, response, content);
    response.writeHead(200, {"content-length": String(content.length)});
    response.write(content.subarray(0, 50_000));
  });
  await fetchFile(url, path, quick);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(server!.requests[1]).toBe("GET /file bytes=50000-");
  await server!.close();
  const silent = await start(() => {});
  await expect(fetchFile(silent.url, silent.path, {...quick, stall: 0.05})).rejects.toThrow(
    `${silent.url}: the connection was lost (nothing came for 0.05 s) (3 tries in a row)`,
  );
});

describe("wrong lengths are found", () => {
  test("when the server announces another length than the list", async () => {
    const {url, path} = await behave({});
    await expect(fetchFile(url, path, {...quick, size: 299_999})).rejects.toThrow(
      `${url}: expected 299999 bytes, the server announces 300000`,
    );
  });

  test("when fewer bytes arrive than announced", async () => {
    const {url, path} = await start((_, response) => {
      response
        .writeHead(200, {"content-length": "300000"})
        .write(content.subarray(0, 200_000), () => response.destroy());
    });
    await expect(fetchFile(url, path, quick)).rejects.toThrow(/connection was lost/);
    await server!.close();
    const claiming = await behave({claim: 400_000});
    await expect(fetchFile(claiming.url, claiming.path, {...quick, size: 400_000})).rejects.toThrow(
      /expected|connection was lost/,
    );
    expect([existsSync(path), existsSync(claiming.path)]).toEqual([false, false]);
  });

  test("when the announced length is too small, by the checksum or by a check of the contents", async () => {
    const {url, path} = await behave({claim: 200_000, cut: 200_000});
    const short = {...quick, size: 200_000};
    await expect(fetchFile(url, path, short)).rejects.toThrow(
      new RegExp(`${path}: expected the SHA-256 ${sha256}, found [0-9a-f]{64}`),
    );
    const verify = async (part: string) => {
      if (readFileSync(part).length < 300_000) throw new Error(`${part}: the file is truncated`);
    };
    const beginning = createHash("sha256").update(content.subarray(0, 200_000)).digest("hex");
    await expect(fetchFile(url, path, {...short, sha256: beginning, verify})).rejects.toThrow(
      `${path}: the file is truncated`,
    );
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  test("and no length at all is accepted", async () => {
    const {url, path} = await start((_, response) => void response.writeHead(200).end(content));
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    await expect(fetchFile(url, `${path}-2`, {...quick, size: 1000})).rejects.toThrow(
      `${url}: expected 1000 bytes, the server sends more`,
    );
    await expect(fetchFile(url, `${path}-3`, {...quick, size: 400_000})).rejects.toThrow(
      /expected 400000 bytes, .* after 300000/,
    );
  });

  test("when the server sends another range than requested", async () => {
    const {url, path} = await start((request, response, number) => {
      if (number === 0) return sendFile(request, response, content, {cut: 1000});
      response.writeHead(206, {"content-range": "bytes 5-299999/300000"}).end(content.subarray(5));
    });
    await expect(fetchFile(url, path, quick)).rejects.toThrow(
      /expected bytes from \d+ on, found bytes 5-299999\/300000/,
    );
  });
});

test("an answer without length or end is taken if its checksum is right", async () => {
  const {url, path} = await start((_, response) => {
    response.socket!.write("HTTP/1.0 200 OK\r\n\r\n");
    response.socket!.end(content);
  });
  await fetchFile(url, path, quick);
  expect(readFileSync(path).equals(content)).toBe(true);
});

describe("answers without a file", () => {
  test("404 and 403 are final, 429 and 503 pass", async () => {
    const {url, path} = await start((request, response, number) => {
      if (request.url === "/file/none") return void response.writeHead(404).end("<html>");
      if (request.url === "/file/closed") return void response.writeHead(403).end();
      if (number < 2) return void response.writeHead([429, 503][number], {"retry-after": "0"}).end();
      sendFile(request, response, content);
    });
    await expect(fetchFile(`${url}/none`, path, quick)).rejects.toThrow(
      `${url}/none: expected the file, found 404 Not Found: no such file there`,
    );
    await expect(fetchFile(`${url}/closed`, path, quick)).rejects.toThrow(
      "403 Forbidden: the server wants a permission",
    );
    expect(server!.requests).toHaveLength(2);
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test("429 without end is given up, after the times that the server asks to wait", async () => {
    const {url, path} = await start((_, response) => void response.writeHead(429, {"retry-after": "1"}).end());
    const began = performance.now();
    await expect(fetchFile(url, path, {...quick, tries: 2})).rejects.toThrow(
      `${url}: expected the file, found 429 Too Many Requests (2 tries in a row)`,
    );
    expect(performance.now() - began).toBeGreaterThan(990);
  });

  test("a missing server and compressed data are named", async () => {
    const {url, path} = await behave({headers: {"content-encoding": "br"}});
    await expect(fetchFile(url, path, quick)).rejects.toThrow(`${url}: expected the file as it is, found it in br`);
    await server!.close();
    await expect(fetchFile(url, path, quick)).rejects.toThrow(
      /the connection was lost \(.*ECONNREFUSED.*3 tries in a row/,
    );
  });
});

describe("what an earlier run left", () => {
  const interrupt = async (url: string, path: string) => {
    const controller = new AbortController();
    const progress = (n: number) => n > 60_000 && controller.abort(new Error("stopped"));
    const run = fetchFile(url, path, {...quick, progress, signal: controller.signal});
    await expect(run).rejects.toThrow("stopped");
    return readFileSync(`${path}.part`).length;
  };

  test("is kept, and the rest is fetched", async () => {
    const {url, path} = await behave({slow: 2});
    const there = await interrupt(url, path);
    expect(there).toBeLessThan(300_000);
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server!.requests).toEqual(["GET /file", `GET /file bytes=${there}-`]);
  });

  test("is fetched again if the checksum says that it is wrong or of another version", async () => {
    const {url, path} = await behave({slow: 2});
    const there = await interrupt(url, path);
    writeFileSync(`${path}.part`, Buffer.alloc(there));
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server!.requests.slice(1)).toEqual([`GET /file bytes=${there}-`, "GET /file"]);
  });

  test("is dropped if it is longer than the file", async () => {
    const {url, path} = await behave({});
    writeFileSync(`${path}.part`, Buffer.alloc(300_001));
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server!.requests).toEqual(["GET /file"]);
  });

  test("and is whole already needs no data", async () => {
    const {url, path} = await behave({});
    writeFileSync(`${path}.part`, content);
    await fetchFile(url, path, quick);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(server!.requests).toEqual([]);
  });

  test("stays if the server has fewer bytes, which is an error", async () => {
    const {url, path} = await start((request, response) => sendFile(request, response, content.subarray(0, 1000)));
    writeFileSync(`${path}.part`, content.subarray(0, 2000));
    await expect(fetchFile(url, path, quick)).rejects.toThrow(
      `${url}: expected the file, found 416 Range Not Satisfiable`,
    );
    expect(readFileSync(`${path}.part`)).toHaveLength(2000);
  });
});

test("of two downloads of one file one fetches it, and the other finds it whole", async () => {
  const {url, path} = await behave({slow: 5});
  const fetched = await Promise.all([fetchFile(url, path, quick), fetchFile(url, path, quick)]);
  expect(fetched.sort()).toEqual([false, true]);
  expect(server!.requests).toEqual(["GET /file"]);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(readdirSync(folder()).filter((name) => name.startsWith(`${basename(path)}.`))).toEqual([]);
});

test("a download that waits takes over from one that is stopped, with the bytes that came", async () => {
  const {url, path} = await behave({slow: 5});
  const stop = new AbortController();
  const first = fetchFile(url, path, {
    ...quick,
    signal: stop.signal,
    progress: (bytes) => void (bytes > 50_000 && stop.abort()),
  });
  const second = fetchFile(url, path, quick);
  await expect(first).rejects.toThrow();
  expect(await second).toBe(true);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(server!.requests[1]).toMatch(/^GET \/file bytes=[1-9]\d*-$/);
});

test("a finished file keeps its bytes while another process of an earlier download still runs", async () => {
  const {url, path} = await behave((number) => ({ranges: false, slow: 5, cut: number === 0 ? 100_000 : undefined}));
  const sizes = new Set<number>();
  const watch = setInterval(() => existsSync(path) && sizes.add(statSync(path).size), 2);
  await Promise.all([fetchFile(url, path, quick), fetchFile(url, path, quick)]);
  clearInterval(watch);
  sizes.add(statSync(path).size);
  expect([...sizes]).toEqual([content.length]);
});
