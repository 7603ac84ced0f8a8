// Opens JupyterLab on notebooks/: on this machine only, with a token, from the project's Python environment.
import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {createServer} from "node:net";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const venv = path.join(root, "environment/.venv");
const HOST = "127.0.0.1";

class UsageError extends Error {}

const HELP = `npm run lab                     opens JupyterLab on notebooks/
npm run lab -- --port 9000      on another port than 8888
npm run lab -- --no-browser     prints the address only
`;

function readArguments() {
  try {
    const options = {
      port: {type: "string", default: "8888"},
      "no-browser": {type: "boolean", default: false},
      help: {type: "boolean", default: false},
    };
    return parseArgs({options}).values;
  } catch (error) {
    throw new UsageError(`${error.message.split(".")[0]}: known are --port, --no-browser, --help.`);
  }
}

/** Resolves if the port is free. */
function requireFree(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", ({code}) => {
      const reason = code === "EADDRINUSE" ? "in use" : `not available (${code})`;
      reject(new UsageError(`Port ${port} is ${reason}: choose another with \`npm run lab -- --port ${port + 1}\`.`));
    });
    server.listen({host: HOST, port}, () => server.close(resolve));
  });
}

async function lab() {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = Number(options.port);
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new UsageError(`--port: expected a number from 1 to 65535, found "${options.port}".`);
  }
  if (!existsSync(path.join(venv, "bin/jupyter-lab"))) {
    throw new UsageError("environment/.venv is missing: run `node environment/setup.mjs` first.");
  }
  await requireFree(port);

  const settings = [
    `--ServerApp.ip=${HOST}`,
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${root}`,
    "--ServerApp.answer_yes=True", // Ctrl-C ends it without a question
    "--LabApp.default_url=/lab/tree/notebooks",
    "--MappingKernelManager.default_kernel_name=tslab",
    "--LabApp.extension_manager=readonly",
    `--LabApp.extra_labextensions_path=${path.join(root, "environment/labextensions")}`,
    ...(options["no-browser"] ? ["--no-browser"] : []),
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
  const tools = [path.join(root, "node_modules/.bin"), path.join(venv, "bin")];
  const child = spawn(path.join(venv, "bin/python"), ["-m", "jupyterlab", ...settings], {
    cwd: root,
    stdio: "inherit",
    env: {...process.env, PATH: [...tools, process.env.PATH].join(path.delimiter), JUPYTER_PLATFORM_DIRS: "1"},
  });
  process.on("SIGINT", () => undefined); // the terminal sends it to JupyterLab too, which ends its kernels
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}

try {
  process.exitCode = await lab();
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = 2;
}
