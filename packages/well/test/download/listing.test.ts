import {listFolder, readEntries} from "../../src/download/hub";
import {serve, type Served} from "./server";

const quick = {tries: 2, patience: 0.001, stall: 1};
const DATASET = "/datasets/someone/rayleigh_benard/resolve/main";
let server: Served | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test("a hub lists its files with sizes and checksums, page by page", async () => {
  const oid = "ab".repeat(32);
  server = await serve(({url = ""}, response, number) => {
    if (number === 0 && !url.includes("cursor")) return void response.writeHead(503).end();
    const entry = (path: string) => ({type: "file", path: `data/test/${path}`, size: 130, lfs: {oid, size: 5000}});
    const later = url.includes("cursor");
    const entries = later ? [entry("a_1.hdf5")] : [entry("b_2.hdf5"), {type: "directory", path: "data/test/x.hdf5"}];
    const link = `<http://${server!.url.slice(7)}${url}?cursor=2>; rel="next"`;
    response.writeHead(200, later ? {} : {link}).end(JSON.stringify(entries));
  });
  const listed = await listFolder(`${server.url}${DATASET}`, "data/test", quick);
  expect(listed).toEqual(["a_1", "b_2"].map((name) => ({name: `${name}.hdf5`, size: 5000, sha256: oid})));
  expect(server.requests[0]).toMatch("GET /api/datasets/someone/rayleigh_benard/tree/main/data/test");
});

test("an answer that is no list of files is an error that names its address", async () => {
  server = await serve((_, response) => void response.writeHead(200).end("<html>\n  Sign in"));
  await expect(listFolder(`${server.url}${DATASET}`, "data/test", quick)).rejects.toThrow(
    /tree\/main\/data\/test\?.*: expected a list of files, found "<html> Sign in"/,
  );
});

test("a list whose pages lead in a circle or to another kind of address is an error", async () => {
  let next = "";
  server = await serve(({url}, response) => {
    response.writeHead(200, {link: `<${next || server!.url + url}>; rel="next"`}).end("[]");
  });
  const list = () => listFolder(`${server!.url}${DATASET}`, "data/test", quick);
  const page = `${server.url}/api/datasets/someone/rayleigh_benard/tree/main/data/test?recursive=false&expand=false`;
  await expect(list()).rejects.toThrow(`${page}: expected each page of files once, found it again`);
  next = "file:///etc/passwd";
  await expect(list()).rejects.toThrow(
    `${page}: expected to be led on to an address of https:// or http://, found file:///etc/passwd`,
  );
});

test("an address that is none of a hub's dataset is an error", async () => {
  await expect(listFolder("http://mirror/well", "data/test", quick)).rejects.toThrow(
    "http://mirror/well: expected <hub>/datasets/<owner>/<dataset>/resolve/<revision>",
  );
});

describe("a hub's list is refused", () => {
  const lfs = {oid: "ab".repeat(32), size: 1};
  const file = (more: object) => [{type: "file", path: "data/test/a.hdf5", size: 1, lfs, ...more}];

  test.each<[string, unknown[], string]>([
    [
      "without a size",
      file({size: undefined, lfs: {...lfs, size: undefined}}),
      "expected the bytes of a.hdf5, found none",
    ],
    [
      "with a size that is no number",
      file({size: "1", lfs: {oid: lfs.oid}}),
      'expected the bytes of a.hdf5, found "1"',
    ],
    ["with a negative size", file({lfs: {size: -1}}), "expected the bytes of a.hdf5, found -1"],
    ["without a checksum", file({lfs: undefined}), "expected the SHA-256 of a.hdf5, found none"],
    ["with a checksum that is none", file({lfs: {oid: "ab", size: 1}}), 'the SHA-256 of a.hdf5, found "ab"'],
    ["with a name that a terminal obeys", file({path: "\u001b[2J.h5"}), "expected names of files"],
    ["with a file twice", [...file({}), ...file({})], 'expected each file once, found "a.hdf5"'],
    ["of other things", [1], "expected a list of files, found 1"],
  ])("%s", (_, entries, message) => {
    expect(() => readEntries("http://hub", entries)).toThrow(`http://hub: expected`);
    expect(() => readEntries("http://hub", entries)).toThrow(message);
  });
});
