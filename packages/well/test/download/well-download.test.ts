import {mkdirSync, readFileSync, statSync, truncateSync, writeFileSync} from "node:fs";
import {dirname} from "node:path";
import {downloadWell, formatBytes, planDownload, type DownloadProgress} from "../../src/download/well-download";
import {systemOf} from "@lola-ts/simulators";
import {openWell} from "../../src/well-dataset";
import {temporaryFolder} from "../../../../test/folder";
import {sendFile, serveHub, type Served} from "./server";
import {contents, writeContents} from "../wells";

const folder = temporaryFolder();
const system = systemOf("rayleigh-benard");
const quick = {tries: 3, patience: 0.001, stall: 1};
let server: Served | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

let source: Buffer;
beforeAll(async () => {
  source = readFileSync(await writeContents(folder("source.hdf5"), contents(system, {variant: 0, frames: 40})));
});

const options = (files: number | string[] = 2) =>
  ({url: server!.url, system: "rayleigh-benard", splits: ["valid"], files, ...quick}) as const;

test("files arrive where the reader looks for them, over a network that breaks", async () => {
  server = await serveHub(
    system,
    () => source,
    (request, response) => {
      if (request.url!.endsWith(".yaml")) return void response.writeHead(200).end("mean: {}\n");
      sendFile(request, response, source, {cut: 9000});
    },
  );
  const root = folder("well");
  const plan = await planDownload(root, options());
  expect(plan.files).toHaveLength(2);
  expect([plan.size, plan.missing]).toEqual([2 * source.length, 2 * source.length]);
  const seen: DownloadProgress[] = [];
  const paths = await downloadWell(plan, {...quick, progress: (state) => seen.push(state)});
  expect(paths).toEqual(plan.files.map(({path}) => path));
  expect(seen.at(-1)).toMatchObject({number: 2, count: 2, received: source.length, total: 2 * source.length});
  expect(readFileSync(folder("well/rayleigh_benard/stats.yaml"), "utf8")).toBe("mean: {}\n");

  const dataset = await openWell(root, {datasets: system.folders, split: "valid", system});
  expect(dataset.length).toBe(6);
  dataset.close();

  const again = await planDownload(root, options());
  expect(again.missing).toBe(0);
  const before = server.requests.length;
  await downloadWell(again, quick);
  expect(server.requests).toHaveLength(before);

  await expect(planDownload(root, options(["Nusselt"]))).rejects.toThrow(
    /files: expected part of a name among rayleigh_benard_Rayleigh_1e10_Prandtl_1\.hdf5, .* found "Nusselt"/,
  );
});

test("a disk that is too small is noticed before anything is fetched", async () => {
  server = await serveHub(
    system,
    () => 4e15,
    () => {},
  );
  const plan = await planDownload(folder("nowhere/yet"), options());
  await expect(downloadWell(plan, quick)).rejects.toThrow(
    /nowhere\/yet: expected room for 8000 TB of 2 files, found [\d.]+ .B/,
  );
  expect(server.requests).toEqual([expect.stringMatching("^GET /api/")]);
});

test("a file that is not of The Well does not get its final name", async () => {
  const half = source.subarray(0, source.length / 2);
  const contentOf = (name: string) => (name.includes("Prandtl_10") ? Buffer.from("<html>Sign in</html>") : half);
  server = await serveHub(system, contentOf, (request, response) =>
    sendFile(request, response, contentOf(request.url!)),
  );
  const root = folder("wrong");
  const get = async (name: string) => downloadWell(await planDownload(root, options([name])), quick);
  await expect(get("1e6_Prandtl_10")).rejects.toThrow(
    /wrong.*Prandtl_10\.hdf5: expected an HDF5 file, found 20 bytes without its signature/,
  );
  await expect(get("1e6_Prandtl_5.")).rejects.toThrow(
    /Prandtl_5\.hdf5: the file is truncated, expected \d+ bytes, found/,
  );
  await expect(openWell(root, {datasets: system.folders, split: "valid"})).rejects.toThrow("found none");
});

test("a file that is there with another size is not touched", async () => {
  server = await serveHub(
    system,
    () => source,
    (request, response) => sendFile(request, response, source),
  );
  const [file] = (await planDownload(folder("there"), options(1))).files;
  mkdirSync(dirname(file.path), {recursive: true});
  writeFileSync(file.path, source);
  truncateSync(file.path, 100);
  await expect(downloadWell(await planDownload(folder("there"), options(1)), quick)).rejects.toThrow(
    `${file.path}: expected ${source.length} bytes, found 100; remove it to fetch it again`,
  );
  expect(statSync(file.path).size).toBe(100);
});

test("sizes are formatted with three digits in powers of 1000", () => {
  expect([0, 999, 1000, 9_990, 99_950, 999_400, 999_600, 5.17e12, 1e18].map(formatBytes)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.00 kB",
    "9.99 kB",
    "100 kB",
    "999 kB",
    "1.00 MB",
    "5.17 TB",
    "1000000 TB",
  ]);
});

test("a plan whose files lie outside of its folder is refused before anything is fetched", async () => {
  server = await serveHub(
    system,
    () => source,
    (request, response) => sendFile(request, response, source),
  );
  const root = folder("inside");
  const plan = await planDownload(root, options(1));
  const before = server.requests.length;
  for (const path of [folder("outside.hdf5"), `${root}/a/../../outside.hdf5`, root, "/etc/\u001bx"]) {
    await expect(downloadWell({...plan, files: [{...plan.files[0], path}]}, quick)).rejects.toThrow(
      `${path.replace("\u001b", "\\u001b")}: expected a file in ${root}, found it outside`,
    );
  }
  expect(server.requests).toHaveLength(before);
});
