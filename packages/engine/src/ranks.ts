/**
 * Ranks: processes that train one model together, each on its rows of every batch.
 *
 * They add vectors up by TensorFlow's ring all-reduce between gRPC servers, one in each process. Every rank gets the same
 * sum, bit by bit. What goes from rank to rank is neither encrypted nor authenticated: whoever reaches a rank's port can read
 * and change it. So a rank listens on the loopback address alone, unless it is told to use the network.
 */
import {lookup} from "node:dns/promises";
import {createServer, isIP, type AddressInfo, type Server} from "node:net";
import {requireInteger, LabError, checkOptions, list, number, text, where} from "@lola-ts/core";
import {nativeBackend, tf} from "./backend";

export interface RanksOptions {
  /** HOST:PORT of every rank, in their order; the same list for all. */
  readonly hosts: readonly string[];
  /** Number of this process, from 0. */
  readonly rank: number;
  /** Whether this rank may listen on another address than the loopback one. Default: false. */
  readonly network?: boolean;
  /** Seconds that a rank waits for the others before it gives up. Default: 45. */
  readonly patience?: number;
}

const DEFAULT_PATIENCE = 45;

/** Seconds after its own limit at which TensorFlow counts as hanging, too. */
const GRACE = 8;

/** Matches HOST:PORT, with an IPv6 address in brackets. */
const HOST = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<name>[A-Za-z0-9._-]+)):(?<port>\d{1,5})$/;

/** Split HOST:PORT. @returns undefined if it is none. */
function partsOf(found: string): {host: string; port: number} | undefined {
  const {v6, name, port} = HOST.exec(found)?.groups ?? {};
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  return isPort ? {host: v6 ?? name, port: Number(port)} : undefined;
}

const host = where(text, "HOST:PORT", (found: string) => partsOf(found) !== undefined);
const hostsRule = where(
  list(host, {repeats: false}),
  "HOST:PORT of two or more ranks",
  (all: string[]) => all.length > 1,
);

/** Whether an IP address is reached from its own machine alone. */
const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/i.test(address);

/** One of several processes that add vectors up together. */
export class Ranks {
  private constructor(
    readonly rank: number,
    /** Number of ranks. */
    readonly count: number,
    private readonly hosts: readonly string[],
    private readonly patience: number,
  ) {}

  /**
   * Become a rank: listen for the others. A process can do so once, and stays it until it ends.
   *
   * @throws RangeError unless there are two or more different hosts, `rank` is one of them, and its address is the loopback
   *   one or `network` is true; LabError `port-taken`; Error if the engine cannot do it.
   */
  static async join({hosts, rank, network = false, patience = DEFAULT_PATIENCE}: RanksOptions): Promise<Ranks> {
    checkOptions("Ranks.join", hostsRule, hosts, "hosts");
    requireInteger("Ranks.join", "rank", rank, {min: 0, max: hosts.length - 1});
    checkOptions("Ranks.join", number({above: 0}), patience, "patience");
    const {host: name, port} = partsOf(hosts[rank])!;
    const address = await addressOf(name);
    if (!network && !isLoopback(address)) {
      throw new RangeError(
        `Ranks.join: expected the loopback address for rank ${rank}, found ${name} (${address}), which other machines may reach: ` +
          "what goes from rank to rank is neither encrypted nor authenticated; on a network that you trust, allow it (--network).",
      );
    }
    const {binding} = nativeBackend();
    if (!("joinRanks" in binding)) {
      throw new Error(
        "Ranks.join: expected the project's build of the engine's binding, found another: run \"npm test\".",
      );
    }
    try {
      binding.joinRanks(serverDef(hosts, rank), address, port);
    } catch (cause) {
      const reason = (cause as Error).message.replace(/^[\s\S]*Message: /, "").split("\n")[0];
      throw new LabError("port-taken", `Ranks.join: rank ${rank} cannot listen on ${hosts[rank]}: ${reason}.`, {cause});
    }
    return new Ranks(rank, hosts.length, hosts, patience);
  }

  /**
   * Add vectors up over all ranks, which must call it in the same order with vectors of one length.
   *
   * @returns the sum, a new vector.
   * @throws LabError `rank-lost` if another rank has ended, or has not called it within the patience.
   */
  async sum(vector: tf.Tensor1D): Promise<tf.Tensor1D> {
    const backend = nativeBackend();
    const [id] = backend.getInputTensorIds([vector]);
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      const late = () => reject(new Error("timed out"));
      timer = setTimeout(late, 1000 * (this.patience + GRACE));
    });
    try {
      const sum = backend.binding.sumOverRanks(id, this.count, this.patience);
      return backend.createOutputTensor(await Promise.race([sum, silence])) as tf.Tensor1D;
    } catch (cause) {
      throw new LabError("rank-lost", this.explained((cause as Error).message), {cause});
    } finally {
      clearTimeout(timer);
    }
  }

  /** Collect numbers, as many from each rank; they pass as float32. @returns the numbers of each rank. @throws as {@link sum}. */
  async gather(numbers: readonly number[]): Promise<number[][]> {
    const mine = new Float32Array(this.count * numbers.length);
    mine.set(numbers, this.rank * numbers.length);
    const vector = tf.tensor1d(mine);
    try {
      const sum = await this.sum(vector);
      const all = Array.from(sum.dataSync());
      sum.dispose();
      return Array.from({length: this.count}, (_, i) => all.slice(i * numbers.length, (i + 1) * numbers.length));
    } finally {
      vector.dispose();
    }
  }

  /** Wait for the others, who may have left: no rank ends while another still receives its last sum. */
  async part(): Promise<void> {
    await this.gather([0]).catch(() => undefined);
  }

  private explained(message: string): string {
    const [line] = message.split("\n");
    const task = /task:(\d+)/.exec(message)?.[1];
    const other =
      task === undefined || Number(task) === this.rank ? "another rank" : `rank ${task} (${this.hosts[Number(task)]})`;
    if (/timed out/i.test(line))
      return `rank ${this.rank} has waited ${this.patience} s for ${other}, which hangs or cannot be reached`;
    if (/socket|connect|reset|unavailable|refused|closed/i.test(line))
      return `rank ${this.rank} has lost ${other}, which has ended`;
    return `rank ${this.rank} cannot add up with the others: ${line.replace(/\.$/, "")}`;
  }
}

async function addressOf(name: string): Promise<string> {
  if (isIP(name)) return name;
  try {
    return (await lookup(name)).address;
  } catch (cause) {
    throw new RangeError(`Ranks.join: expected a host that has an address, found ${name}.`, {cause});
  }
}

/** Describe all servers and which of them this one is, as TensorFlow reads it. Several threads, or calls may wait forever. */
function serverDef(hosts: readonly string[], rank: number): string {
  const tasks = hosts.map((address, i) => `tasks { key: ${i} value: '${address}' }`).join(" ");
  const experimental = "experimental { collective_group_leader: '/job:worker/replica:0/task:0' }";
  const session = `device_count { key: 'GPU' value: 0 } inter_op_parallelism_threads: 4 intra_op_parallelism_threads: 1 ${experimental}`;
  return `cluster { job { name: 'worker' ${tasks} } } job_name: 'worker' task_index: ${rank} protocol: 'grpc' default_session_config { ${session} }`;
}

const LOOPBACK = "127.0.0.1";

/** Find ports of the loopback address on which nobody listens. @returns HOST:PORT, as many as asked for. */
export async function freeHosts(count: number): Promise<string[]> {
  const servers = await Promise.all(Array.from({length: count}, open));
  const hosts = servers.map((server) => `${LOOPBACK}:${(server.address() as AddressInfo).port}`);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return hosts;
}

function open(): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, () => resolve(server));
  });
}
