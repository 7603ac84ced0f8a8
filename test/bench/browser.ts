/**
 * Starts of the headless browser on a loaded machine: how long each takes, and how many had to be repeated.
 *
 *     node -r ./environment/typescript.cjs test/bench/browser.ts [--starts 100] [--load 2]
 *
 * --load: programs that only count, running beside it.
 */
import {spawn} from "node:child_process";
import {parseArgs} from "node:util";
import {Browser} from "../../packages/figures/src/render/browser";
import {closeExport, toPng} from "../../packages/figures/src/render/export";

const {values} = parseArgs({
  options: {starts: {type: "string", default: "100"}, load: {type: "string", default: "2"}},
});
const starts = Number(values.starts);
const figure = {data: [{type: "bar" as const, y: [2, 1]}], layout: {}};

/** Seconds of a call. */
async function time(call: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await call();
  return (performance.now() - begin) / 1000;
}

function report(name: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.round(q * (sorted.length - 1))].toFixed(3);
  console.log(`${name.padEnd(24)} n ${times.length}  median ${quantile(0.5)} s  max ${quantile(1)} s`);
}

async function main(): Promise<void> {
  const busy = Array.from({length: Number(values.load)}, () => spawn(process.execPath, ["-e", "for (;;);"]));
  try {
    const times: number[] = [];
    for (let i = 0; i < starts; i++) {
      let browser: Browser | undefined;
      times.push(await time(async () => (browser = await Browser.start())));
      await browser?.close();
    }
    report("start", times);
    console.log(`repeated after 5 s       ${times.filter((seconds) => seconds > 5).length} of ${starts}`);

    report("first picture", [await time(() => toPng(figure))]);
    const pictures: number[] = [];
    for (let i = 0; i < 20; i++) pictures.push(await time(() => toPng(figure)));
    report("further picture", pictures);
    await closeExport();
  } finally {
    for (const program of busy) program.kill();
  }
}

void main();
