import {fileUrl, listRemote, parseListing, WELL_URL} from "../../lib/download/listing";
import {serve, type Served} from "./server";

const quick = {tries: 2, patience: 0.001, stall: 1};
let server: Served | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test("a base address holds all datasets, or has a place for the name of one", () => {
  expect(fileUrl(WELL_URL, "rayleigh_benard", "data/test/a b.hdf5")).toBe(
    "https://huggingface.co/datasets/polymathic-ai/rayleigh_benard/resolve/main/data/test/a%20b.hdf5",
  );
  expect(fileUrl("http://mirror/well/", "d", "stats.yaml")).toBe("http://mirror/well/d/stats.yaml");
  expect(fileUrl("http://mirror/{dataset}/v1", "d", "stats.yaml")).toBe("http://mirror/d/v1/stats.yaml");
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
  const url = `${server.url}/datasets/someone/{dataset}/resolve/main`;
  const listed = await listRemote({url, system: "rayleigh-benard", splits: ["test"], ...quick});
  expect(listed).toEqual(
    ["a_1", "b_2"].map((name) => ({
      dataset: "rayleigh_benard",
      split: "test",
      name: `${name}.hdf5`,
      url: `${server!.url}/datasets/someone/rayleigh_benard/resolve/main/data/test/${name}.hdf5`,
      size: 5000,
      sha256: oid,
    })),
  );
  expect(server.requests[0]).toBe("GET /api/datasets/someone/rayleigh_benard/tree/main/data/test");
});

test("an answer that is no list of files is an error that names its address", async () => {
  server = await serve((_, response) => void response.writeHead(200).end("<html>\n  Sign in"));
  const url = `${server.url}/datasets/someone/{dataset}/resolve/main`;
  await expect(listRemote({url, system: "gravity-cooling", splits: ["test"], ...quick})).rejects.toThrow(
    /tree\/main\/data\/test: expected a list of files, found "<html> Sign in"/,
  );
});

test("a list whose pages lead in a circle or to another kind of address is an error", async () => {
  let next = "";
  server = await serve(({url}, response) => {
    response.writeHead(200, {link: `<${next || server!.url + url}>; rel="next"`}).end("[]");
  });
  const url = `${server.url}/datasets/someone/{dataset}/resolve/main`;
  const list = () => listRemote({url, system: "rayleigh-benard", splits: ["test"], ...quick});
  const page = `${server.url}/api/datasets/someone/rayleigh_benard/tree/main/data/test`;
  await expect(list()).rejects.toThrow(`${page}: expected each page of files once, found it again`);
  next = "file:///etc/passwd";
  await expect(list()).rejects.toThrow(
    `${page}: expected to be led on to an address of https:// or http://, found file:///etc/passwd`,
  );
});

test("another server is asked for each file by its name in The Well", async () => {
  server = await serve((_, response) => void response.writeHead(200, {"content-length": "1234"}).end());
  const options = {url: server.url, system: "rayleigh-benard", splits: ["valid", "test"], ...quick} as const;
  const chosen = await listRemote({...options, files: ["1e6_Prandtl_1.", "1e9_Prandtl_10"]});
  expect(chosen.map(({split, name, size}) => `${split} ${name} ${size}`)).toEqual(
    ["valid", "test"].flatMap((split) =>
      ["1e6_Prandtl_1", "1e9_Prandtl_10"].map((name) => `${split} rayleigh_benard_Rayleigh_${name}.hdf5 1234`),
    ),
  );
  expect((await listRemote({...options, files: 3})).length).toBe(6);
  await expect(listRemote({...options, files: ["Nusselt"]})).rejects.toThrow(
    /files: expected part of a name among rayleigh_benard_Rayleigh_1e10_Prandtl_1\.hdf5, .* found "Nusselt"/,
  );
});

describe("a hub's list is refused", () => {
  const file = (more: object) => JSON.stringify([{type: "file", path: "data/test/a.hdf5", size: 1, ...more}]);

  test.each<[string, string, string]>([
    ["without a size", file({size: undefined}), "expected the bytes of a.hdf5, found none"],
    ["with a size that is no number", file({size: "1"}), 'expected the bytes of a.hdf5, found "1"'],
    ["with a negative size", file({lfs: {size: -1}}), "expected the bytes of a.hdf5, found -1"],
    ["with a checksum that is none", file({lfs: {oid: "ab", size: 1}}), 'the SHA-256 of a.hdf5, found "ab"'],
    ["with a name that a terminal obeys", file({path: "\u001b[2J.h5"}), "expected names of files"],
    [
      "with a file twice",
      `[${file({}).slice(1, -1)},${file({}).slice(1, -1)}]`,
      'expected each file once, found "a.hdf5"',
    ],
    ["with a name twice", '[{"type": "file", "type": "x"}]', 'expected each name once, found "type" twice'],
    ["of other things", "[1]", "expected a list of files, found 1"],
  ])("%s", (_, text, message) => {
    expect(() => parseListing("http://hub", text)).toThrow(`http://hub: expected`);
    expect(() => parseListing("http://hub", text)).toThrow(message);
  });
});
