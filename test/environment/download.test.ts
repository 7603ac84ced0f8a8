/** The command `npm run lola -- download`, as a user runs it. */
import {spawn, type ChildProcess} from "node:child_process";
import {createServer, type IncomingMessage} from "node:http";
import {connect, type AddressInfo, type Socket} from "node:net";
import {existsSync, readFileSync, statSync} from "node:fs";
import {join, resolve} from "node:path";
import {systemOf} from "@lola-ts/simulators";
import {sendFile, serveHub, type Served} from "../../packages/well/test/download/server";
import {contents, writeContents} from "../../packages/well/test/wells";
import {temporaryFolder} from "../folder";

const command = [resolve(__dirname, "../../environment/run.mjs"), "download"];
const folder = temporaryFolder();
const NAME = "rayleigh_benard_Rayleigh_1e6_Prandtl_1.hdf5";
const ONE = ["--system", "rayleigh-benard", "--split", "test", "--files", "1e6_Prandtl_1."];

let server: Served;
let source: Buffer;
beforeAll(async () => {
  const what = contents(systemOf("rayleigh-benard"), {variant: 0, frames: 400});
  source = readFileSync(await writeContents(folder("source.hdf5"), what));
  server = await serveHub(
    systemOf("rayleigh-benard"),
    () => source,
    (request, response) => {
      if (!request.url!.endsWith(NAME)) return void response.writeHead(404).end();
      sendFile(request, response, source, {slow: 40});
    },
  );
});
afterAll(() => server.close());

function run(
  args: string[],
  more: NodeJS.ProcessEnv = {},
): {child: ChildProcess; end: Promise<{code: number | null; text: string}>} {
  const env = {...process.env, LOLA_WELL_URL: server.url, LOLA_WELL: folder("well"), ...more};
  const child = spawn(process.execPath, [...command, ...args], {env});
  let text = "";
  child.stdout.on("data", (data: Buffer) => (text += data.toString()));
  child.stderr.on("data", (data: Buffer) => (text += data.toString()));
  return {child, end: new Promise((done) => child.on("close", (code) => done({code, text})))};
}

test("a killed download goes on where it was and yields the same bytes", async () => {
  const path = join(folder("well"), "rayleigh_benard/data/test", NAME);
  const first = run(ONE);
  const size = (name: string): number => statSync(name, {throwIfNoEntry: false})?.size ?? 0;
  while (size(`${path}.part`) < 10_000) await new Promise((wake) => setTimeout(wake, 20));
  first.child.kill("SIGKILL");
  await first.end;
  expect(existsSync(path)).toBe(false);
  const there = size(`${path}.part`);
  expect(there).toBeLessThan(source.length);

  const second = run(ONE);
  while (size(`${path}.part`) <= there) await new Promise((wake) => setTimeout(wake, 20));
  second.child.kill("SIGINT");
  expect(await second.end).toMatchObject({
    code: 130,
    text: expect.stringContaining("Stopped: the same command continues"),
  });

  const {code, text} = await run(ONE).end;
  expect(text).toMatch(/1 file, [\d.]+ kB, of which [\d.]+ kB to fetch to .*well; .* free/);
  expect(code).toBe(0);
  expect(readFileSync(path).equals(source)).toBe(true);
  const ranges = server.requests.filter((request) => request.startsWith("GET") && request.includes("bytes="));
  expect(ranges[0]).toBe(`GET /datasets/well/rayleigh_benard/resolve/main/data/test/${NAME} bytes=${there}-`);
});

test("a list, and sentences about wrong options", async () => {
  const listed = await run([...ONE, "--list", "--folder", folder("empty")]).end;
  expect(listed.text).toMatch(`rayleigh_benard/data/test/${NAME}  `);
  expect(existsSync(folder("empty"))).toBe(false);
  const cases: [string[], number, string][] = [
    [["--list"], 2, "--system: expected rayleigh-benard, euler, gravity-cooling, found nothing."],
    [["--system", "euler", "--split", "dev"], 2, '--split: expected train, valid, test, all, found "dev".'],
    [["--system", "euler", "--url", "here"], 2, "--url: expected an address such as https://"],
    [["--system", "euler", "--file", "1"], 2, "Unknown option --file: known are --system, --split, --files"],
    [["--system", "euler", "--files", "nowhere"], 2, "files: expected part of a name among"],
  ];
  for (const [args, code, text] of cases) {
    expect(await run(args).end).toEqual({code, text: expect.stringContaining(text)});
  }
});

test("requests go through the proxy that the environment names", async () => {
  const proxy = createServer();
  const asked: string[] = [];
  proxy.on("connect", ({url = ""}: IncomingMessage, socket: Socket) => {
    asked.push(url);
    const upstream = connect(Number(new URL(server.url).port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready));
  const {port} = proxy.address() as AddressInfo;
  const url = server.url.replace(/127\.0\.0\.1:\d+/, "hub.invalid");
  const env = {LOLA_WELL_URL: url, LOLA_WELL: folder("proxied"), HTTP_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: ""};
  const {code, text} = await run([...ONE, "--list"], env).end;
  expect(text).toMatch(`rayleigh_benard/data/test/${NAME}  `);
  expect([code, asked]).toEqual([0, ["hub.invalid:80"]]);
  proxy.close();
});
