import {spawn, spawnSync, type ChildProcess} from "node:child_process";
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {get} from "node:http";
import {createServer, type AddressInfo} from "node:net";
import path from "node:path";
import {setTimeout} from "node:timers/promises";
import {temporaryFolder} from "../folder";
import {lessons, lessonsFolder} from "../notebooks/program";
import {INFO} from "../../packages/kernel/src/wire";

const root = path.resolve(__dirname, "../..");
const lab = (...args: string[]) => {
  const {status, stderr} = spawnSync(process.execPath, ["environment/run.mjs", "lab", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return {status, sentence: stderr.trim()};
};

/** End a process, which may have ended before. */
const end = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
};

const freePort = async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

test("a port in use is one sentence", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const {status, sentence} = lab("--port", String(port));
  server.close();
  expect(status).toBe(2);
  expect(sentence).toBe(`Port ${port} is in use: choose another with \`npm run lab -- --port ${port + 1}\`.`);
});

test.each([
  [["--port", "many"], '--port: expected a port from 1 to 65535, found "many".'],
  [["--kernel"], "Unknown option --kernel: known are --new, --restore, --port, --no-browser, --help."],
])("%j is one sentence", (args, sentence) => expect(lab(...args)).toEqual({status: 2, sentence}));

/** A kernel that is soon ready, under the notebooks' kernel's name. */
const QUICK_KERNEL = {
  argv: ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
  display_name: "TypeScript",
  language: "typescript",
};

describe("JupyterLab", () => {
  const folder = temporaryFolder();
  let jupyter: ChildProcess;
  let page: URL;

  beforeAll(async () => {
    const port = await freePort();
    mkdirSync(folder("kernels/tslab"), {recursive: true});
    writeFileSync(folder("kernels/tslab/kernel.json"), JSON.stringify(QUICK_KERNEL));
    const args = ["environment/run.mjs", "lab", "--no-browser", "--port", String(port)];
    jupyter = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      env: {...process.env, JUPYTER_PATH: folder()},
    });
    let output = "";
    page = await new Promise<URL>((resolve, reject) => {
      jupyter.stderr!.on("data", (data) => {
        output += data;
        const [address] = /http:\S+token=\w+/.exec(output) ?? [];
        if (address) resolve(new URL(address));
      });
      jupyter.on("close", () => reject(new Error(output)));
    });
  });

  afterAll(async () => {
    await end(jupyter);
  });

  const headers = () => ({Authorization: `token ${page.searchParams.get("token")}`});
  const ask = async <T = Record<string, never>>(name: string, options: RequestInit = {}): Promise<T> => {
    const response = await fetch(new URL(name, page), {...options, headers: headers()});
    return (await response.json()) as T;
  };

  test("opens on notebook 0, on loopback", () => {
    expect(page.hostname).toBe("127.0.0.1");
    expect(page.pathname).toBe("/lab/tree/notebooks/00-the-question.ipynb");
  });

  test("offers the notebooks' kernel alone", async () => {
    const {default: standard, kernelspecs} = await ask("/api/kernelspecs");
    expect(standard).toBe("tslab");
    expect(Object.keys(kernelspecs)).toEqual(["tslab"]);
  });

  test("asks for no news and no updates, links no commands, and saves a notebook only when the user does", async () => {
    const settings = async (plugin: string) => {
      const {schema} = await ask(`/lab/api/settings/@jupyterlab/${plugin}`);
      const {properties} = schema as {properties: Record<string, {default: unknown}>};
      return Object.fromEntries(Object.entries(properties).map(([name, {default: value}]) => [name, value]));
    };
    expect(await settings("apputils-extension:notification")).toMatchObject({
      fetchNews: "false",
      checkForUpdates: false,
    });
    expect(await settings("apputils-extension:sanitizer")).toMatchObject({allowCommandLinker: false});
    expect(await settings("docmanager-extension:plugin")).toMatchObject({autosave: false});
    const html = await (await fetch(page, {headers: headers()})).text();
    expect(html).toContain("@jupyterlab/apputils-extension:announcements");
    expect(html).toMatch(/"news":\s*\{"disabled":\s*true\}/);
  });

  test("refuses a foreign host and a missing token", async () => {
    const status = (options: object) =>
      new Promise((resolve, reject) => {
        get(new URL("/api/contents", page), options, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on("error", reject);
      });
    expect(await status({headers: headers()})).toBe(200);
    expect(await status({headers: {...headers(), Host: "example.org"}})).toBe(403);
    expect(await status({})).toBe(403);
  });

  test("keeps the kernels of the two tabs that were closed last", async () => {
    type Kernel = {id: string; execution_state: string; connections: number};
    const kernels = () => ask<Kernel[]>("/api/kernels");
    const until = async (kernel: string, holds: (state: Kernel) => boolean) => {
      while (!holds((await kernels()).find(({id}) => id === kernel)!)) await setTimeout(100);
    };
    const started: string[] = [];
    for (let i = 0; i < 4; i++) {
      const {id} = await ask<Kernel>("/api/kernels", {method: "POST", body: "{}"});
      started.push(id);
      const close = await openTab(new URL(`/api/kernels/${id}/channels`, page), headers());
      await until(id, ({execution_state: state, connections}) => state === "idle" && connections === 1);
      close();
      await until(id, ({connections}) => connections === 0);
    }
    const kept = (await kernels()).map(({id}) => id);
    expect(new Set(kept)).toEqual(new Set(started.slice(1)));
    for (const id of kept) await fetch(new URL(`/api/kernels/${id}`, page), {method: "DELETE", headers: headers()});
  });

  test("saves an unchanged notebook byte for byte", async () => {
    for (const name of lessons) {
      const file = path.join(lessonsFolder, name);
      const before = readFileSync(file);
      try {
        const {content} = await ask(`/api/contents/notebooks/${name}?type=notebook&content=1`);
        const body = JSON.stringify({type: "notebook", format: "json", content: opened(content, INFO.language_info)});
        await ask(`/api/contents/notebooks/${name}`, {method: "PUT", body});
        expect(readFileSync(file).equals(before)).toBe(true);
      } finally {
        writeFileSync(file, before);
      }
    }
  });
});

test("a notebook of one's own is made from the template and opened", async () => {
  const name = `test ${process.pid}`;
  const file = path.join(root, "work", `${name}.ipynb`);
  const child = spawn(
    process.execPath,
    ["environment/run.mjs", "lab", "--no-browser", "--port", `${await freePort()}`, "--new", name],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let output = "";
      child.stderr.on("data", (data) => {
        output += data;
        const [found] = /http:\S+token=\w+/.exec(output) ?? [];
        if (found) resolve(found);
      });
      child.on("close", () => reject(new Error(output)));
    });
    expect(new URL(address).pathname).toBe(`/lab/tree/work/${encodeURIComponent(name)}.ipynb`);
    expect(existsSync(file)).toBe(true);
  } finally {
    await end(child);
    rmSync(file, {force: true});
  }
});

/** Connects to a kernel as a tab does; returns what closes it. */
function openTab(channels: URL, headers: object): Promise<() => void> {
  const upgrade = {Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13"};
  const key = Buffer.from("a key of 16 byte").toString("base64");
  return new Promise((resolve, reject) => {
    get(channels, {headers: {...headers, ...upgrade, "Sec-WebSocket-Key": key}})
      .on("upgrade", (_, socket) => resolve(() => socket.destroy()))
      .on("response", ({statusCode}) => reject(new Error(`expected a web socket, found status ${statusCode}`)))
      .on("error", reject);
  });
}

/** A notebook as JupyterLab saves it: with the language that the kernel reports, without marks of trust. */
function opened(notebook: {metadata: object; cells: {metadata: {trusted?: boolean}}[]}, language: unknown) {
  for (const {metadata} of notebook.cells) delete metadata.trusted;
  return {...notebook, metadata: {...notebook.metadata, language_info: language}};
}
