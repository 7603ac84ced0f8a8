// Opens JupyterLab on notebooks/: on this machine only, with a token, from the project's Python environment.
import {spawn} from "node:child_process";
import {cpSync} from "node:fs";
import {createServer} from "node:net";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {usageError} from "./command-line.cjs";
import {startError} from "./machine.mjs";
import {newNotebook, restoreLessons} from "./own-notebooks.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const venv = path.join(root, "environment/.venv");
/** The project's settings of JupyterLab, and what it keeps: both apart from other Jupyters of this user. */
const settingsFolder = path.join(root, "environment/jupyter");
const stateFolder = path.join(root, ".out/jupyter");
const HOST = "127.0.0.1";
/** How long JupyterLab may take to end after a signal: its kernels have half of it. */
const END_MS = 10_000;

function requireFree(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", ({code}) => {
      const reason = code === "EADDRINUSE" ? "in use" : `not available (${code})`;
      reject(usageError(`Port ${port} is ${reason}: choose another with \`npm run lab -- --port ${port + 1}\`.`));
    });
    server.listen({host: HOST, port}, () => server.close(resolve));
  });
}

/** Lays the first workspace out: the start page beside notebook 0. Later ones are as they were left. */
function layOut() {
  const folder = process.env.JUPYTERLAB_WORKSPACES_DIR ?? path.join(stateFolder, "config/lab/workspaces");
  const workspace = path.join(folder, "default-37a8.jupyterlab-workspace"); // its name
  cpSync(path.join(settingsFolder, "workspace.json"), workspace, {force: false});
}

export async function main(options) {
  if (options.restore) {
    process.stdout.write(`${restoreLessons(root)}\n`);
    return 0;
  }
  const {port} = options;
  await requireFree(port);
  const opened = options.new === undefined ? "notebooks/00-the-question.ipynb" : newNotebook(root, options.new);
  layOut();

  const settings = [
    `--ServerApp.ip=${HOST}`,
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${root}`,
    "--ServerApp.answer_yes=True", // Ctrl-C ends it without a question
    `--LabApp.default_url=/lab/tree/${opened.split(path.sep).map(encodeURIComponent).join("/")}`,
    `--LabApp.extra_labextensions_path=${path.join(root, "environment/labextensions")}`,
    ...(options["no-browser"] ? ["--no-browser"] : []),
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
  const tools = [path.join(root, "node_modules/.bin"), path.join(venv, "bin")];
  const python = path.join(venv, "bin/python");
  const child = spawn(python, ["-m", "jupyterlab", ...settings], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: [...tools, process.env.PATH].join(path.delimiter),
      PYTHONPATH: [settingsFolder, process.env.PYTHONPATH].filter(Boolean).join(path.delimiter),
      PYTHONDONTWRITEBYTECODE: "1",
      JUPYTER_PLATFORM_DIRS: "1",
      JUPYTER_CONFIG_PATH: settingsFolder,
      JUPYTER_CONFIG_DIR: path.join(stateFolder, "config"),
      JUPYTER_DATA_DIR: path.join(stateFolder, "data"),
    },
  });
  // JupyterLab ends its kernels first; a request that is cut off can then keep it waiting without end.
  const endSoon = () => void setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
  process.on("SIGINT", endSoon); // the terminal sends it to JupyterLab too
  process.on("SIGTERM", () => {
    child.kill("SIGTERM");
    endSoon();
  });
  return new Promise((resolve, reject) =>
    child.on("error", (error) => reject(startError(python, error))).on("close", (code) => resolve(code ?? 1)),
  );
}
