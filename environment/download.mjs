// Downloads The Well's own files: `npm run download`. What is there already is kept, and a stopped download goes on.
import {createRequire} from "node:module";
import path from "node:path";
import {fileURLToPath} from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const {readCommandLine, UsageError} = require("./commands.cjs");
const library = (name) => require(path.join(root, "lib/dist", name));
const {downloadWell, formatBytes, planDownload, WELL_URL} = library("download/well-download.js");
const {systemNames: allSystems, systemOf} = library("systems/registry.js");
const {formatSeconds} = library("lab/notebook/progress.js");
const {shown, wellFolder} = library("core/paths.js");

const systemNames = allSystems.filter((name) => systemOf(name).well);
const SPLITS = ["train", "valid", "test"];
function readOptions(argv) {
  const {values} = readCommandLine("download", argv);
  const {system, split, files, url = process.env.LOLA_WELL_URL || WELL_URL, folder = wellFolder()} = values;
  if (!systemNames.includes(system)) {
    throw new UsageError(`--system: expected ${systemNames.join(", ")}, found ${system ? `"${system}"` : "nothing"}.`);
  }
  if (split !== "all" && !SPLITS.includes(split)) {
    throw new UsageError(`--split: expected ${SPLITS.join(", ")} or all, found "${split}".`);
  }
  if (files === "" || files === "0") throw new UsageError(`--files: expected a number or texts, found "${files}".`);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url.replaceAll("{dataset}", "x"))) {
    throw new UsageError(`--url: expected an address such as ${WELL_URL}, found "${url}".`);
  }
  return {...values, url, folder};
}

function chosen({split, files}) {
  const names = files?.split(",").map((text) => text.trim());
  return {
    splits: split === "all" ? SPLITS : [split],
    files: names && (names.length === 1 && /^\d+$/.test(names[0]) ? Number(names[0]) : names),
  };
}

/** One line: renewed in a terminal, printed now and then in a log. */
function progressLine(out = process.stdout) {
  let printed = performance.now();
  return {
    show({file, number, count, total, pace, left}, size) {
      if (performance.now() - printed < (out.isTTY ? 250 : 10_000)) return;
      printed = performance.now();
      const rate = pace ? `  ${formatBytes(pace)}/s  ${left === undefined ? "" : `${formatSeconds(left)} left`}` : "";
      const text = `[${number}/${count}] ${file.name}  ${formatBytes(total)} of ${formatBytes(size)}${rate}`;
      out.write(out.isTTY ? `\r\x1b[2K${text.slice(0, (out.columns ?? 120) - 1)}` : `${text}\n`);
    },
    clear: () => void (out.isTTY && out.write("\r\x1b[2K")),
  };
}

async function run() {
  const options = readOptions(process.argv.slice(2));
  const controller = new globalThis.AbortController();
  const stop = () => controller.abort(new UsageError("Stopped. What came so far is kept: the same command goes on."));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const {system, url, folder} = options;
  const plan = await planDownload(folder, {system, url, ...chosen(options), signal: controller.signal});
  const {files, size, missing, free} = plan;
  if (options.list) {
    for (const file of files) {
      const there = file.present > 0 ? `  ${formatBytes(file.present)} here` : "";
      process.stdout.write(`${file.dataset}/data/${file.split}/${file.name}  ${formatBytes(file.size)}${there}\n`);
    }
  }
  const count = `${files.length} file${files.length === 1 ? "" : "s"}`;
  process.stdout.write(
    `${count}, ${formatBytes(size)}, of which ${formatBytes(missing)} to fetch to ${shown(folder)}; ` +
      `${formatBytes(free)} free\n`,
  );
  if (options.list) return;
  const line = progressLine();
  try {
    await downloadWell(plan, {signal: controller.signal, progress: (state) => line.show(state, size)});
  } finally {
    line.clear();
  }
  process.stdout.write(`${count} in ${shown(folder)}\n`);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
