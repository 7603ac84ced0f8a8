/** Addresses for ranks on one machine. */
import {createServer, type AddressInfo, type Server} from "node:net";

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
