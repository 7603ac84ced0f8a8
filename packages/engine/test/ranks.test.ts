import {createServer} from "node:net";
import {freeHosts, Ranks} from "../src/ranks";

const hosts = ["127.0.0.1:4000", "127.0.0.1:4001"];

test.each([
  [{hosts: ["127.0.0.1:4000"], rank: 0}, "expected hosts to be HOST:PORT of two or more ranks"],
  [{hosts: ["127.0.0.1:4000", "127.0.0.1:4000"], rank: 0}, "expected hosts"],
  [{hosts: ["a'b:1", "c:2"], rank: 0}, "HOST:PORT"],
  [{hosts: ["a", "c:2"], rank: 0}, "HOST:PORT"],
  [{hosts: ["a:0", "c:70000"], rank: 0}, "HOST:PORT"],
  [{hosts, rank: 2}, "expected rank to be an integer from 0 to 1, found 2."],
  [{hosts, rank: 0, patience: 0}, "expected patience to be a finite number above 0, found 0."],
  [
    {hosts: ["nosuch.invalid:4000", "127.0.0.1:4001"], rank: 0},
    "expected a host that has an address, found nosuch.invalid.",
  ],
  [{hosts: ["192.0.2.1:4000", "127.0.0.1:4001"], rank: 0}, "expected the loopback address for rank 0, found 192.0.2.1"],
])("refuses %j", async (options, sentence) => {
  await expect(Ranks.join(options)).rejects.toThrow(sentence);
});

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
