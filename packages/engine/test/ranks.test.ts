import {once} from "node:events";
import {createServer, type AddressInfo} from "node:net";
import {Ranks} from "../src/ranks";
import {startRank} from "../../../test/train/rank-processes";
import type {Alone} from "../../../test/train/rank-program";

const hosts = ["127.0.0.1:4000", "127.0.0.1:4001"];

/** Find a port of the loopback address on which nobody listens. */
async function freeHost(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const {port} = server.address() as AddressInfo;
  await once(server.close(), "close");
  return `127.0.0.1:${port}`;
}

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

test("listens on the loopback address alone, once, and says that nobody joins", async () => {
  const free = [await freeHost(), hosts[1]];
  const {listening, failed, again} = (await startRank<Alone>({
    task: "alone",
    join: {hosts: free, rank: 0, patience: 1},
  }))!;
  expect(listening).toEqual([expect.stringMatching(/^(0000000000000000FFFF0000)?0100007F:/)]);
  expect(failed!.error).toBe(
    "train: rank 0 has waited 1 s for another rank, which hangs or cannot be reached; stopped after step 0.",
  );
  expect(again!.error).toMatch("this process has joined before");
});
