import {createServer} from "node:net";
import {freeHosts} from "../../src/workers/free-hosts";

test("finds different ports of the loopback address that can be listened on", async () => {
  const hosts = await freeHosts(3);
  expect(new Set(hosts).size).toBe(3);
  for (const host of hosts) {
    const [address, port] = host.split(":");
    expect(address).toBe("127.0.0.1");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(port), address, resolve));
    await new Promise((resolve) => server.close(resolve));
  }
});
