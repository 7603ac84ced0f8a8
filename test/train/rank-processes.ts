/** Start ranks, each in a process of its own, on free ports of the loopback address. */
import {fork} from "node:child_process";
import path from "node:path";
import {freeHosts} from "@lola-ts/engine";
import type {RankOrder} from "./rank-program";

/** Run one rank until it tells something, ends or is ended by the signal. @returns what it tells, or nothing. */
export function startRank<T>(order: RankOrder, signal?: AbortSignal): Promise<T | undefined> {
  const root = path.resolve(__dirname, "../..");
  const env = {...process.env, NODE_OPTIONS: "", TF_CPP_MIN_LOG_LEVEL: "3", TF_NUM_INTRAOP_THREADS: "1"};
  const child = fork(path.join(__dirname, "rank-program.ts"), {
    execArgv: ["-r", path.join(root, "environment/typescript.cjs")],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env,
  });
  signal?.addEventListener("abort", () => child.kill());
  return new Promise((resolve) => {
    child.once("message", (found) => resolve(found as T));
    child.once("close", () => resolve(undefined));
    child.send(order);
  });
}

/** Seconds that ranks may start one after the other on a busy machine. */
const PATIENCE = 200;

/** Run all ranks at once; the last one, which may hang, is ended when the others have told. */
export async function startRanks<T>(count: number, order: Omit<RankOrder, "join">): Promise<(T | undefined)[]> {
  const hosts = await freeHosts(count);
  const end = new AbortController();
  const start = (rank: number) => startRank<T>({...order, join: {hosts, rank, patience: PATIENCE}}, end.signal);
  const told = hosts.map((_, rank) => start(rank));
  if (order.task === "hang") void Promise.all(told.slice(0, -1)).then(() => end.abort());
  return Promise.all(told);
}
