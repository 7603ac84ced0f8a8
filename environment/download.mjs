// Downloads The Well's own files: `npm run lola -- download`. Files that are complete stay, and a stopped download
// continues.
import {createRequire} from "node:module";

const require = createRequire(import.meta.url);
const {LabError, shown, SPLITS, wellFolder} = require("@lola-ts/core");
const {downloadWell, formatBytes, planDownload, WELL_URL} = require("@lola-ts/well");
const {formatSeconds} = require("@lola-ts/cache");

const STOPPED = "Stopped: the same command continues where the download ended.";

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

export async function main({system, split, files: wanted, url = WELL_URL, folder = wellFolder(), list}) {
  const controller = new globalThis.AbortController();
  const stop = () => controller.abort(new LabError("interrupted", STOPPED));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const splits = split === "all" ? SPLITS : [split];
  const plan = await planDownload(folder, {system, url, splits, files: wanted, signal: controller.signal});
  const {files, size, missing, free} = plan;
  if (list) {
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
  if (list) return;
  const line = progressLine();
  try {
    await downloadWell(plan, {signal: controller.signal, progress: (state) => line.show(state, size)});
  } finally {
    line.clear();
  }
  process.stdout.write(`${count} in ${shown(folder)}\n`);
}
