/**
 * The process that runs one of our benchmarks, named on the command line. It says when the benchmark is warm, then reads a
 * number of runs a line and answers with the milliseconds of each and the peak of memory.
 */
import {createInterface} from "node:readline";
import {tf} from "@lola-ts/engine";
import {beginPeak, peak, resident} from "./memory";
import {suite} from "./suite";

async function serve(name: string): Promise<void> {
  tf.zeros([1]).dataSync(); // the engine is there
  const before = resident();
  const running = await suite.find((entry) => entry.name === name)!.start();
  for (let i = 0; i < 3; i++) await running.run(); // record and warm up
  beginPeak();
  const say = (times: number[]) => process.stdout.write(`${JSON.stringify({times, memory: peak() - before})}\n`);
  say([]);
  for await (const line of createInterface({input: process.stdin})) {
    const times: number[] = [];
    for (let i = 0; i < Number(line); i++) {
      const begin = performance.now();
      await running.run();
      times.push(performance.now() - begin);
    }
    say(times);
  }
  await running.close?.();
  process.exit(0);
}

void serve(process.argv[2]);
