import {spawnSync} from "node:child_process";
import {createServer, type AddressInfo} from "node:net";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const lab = (...args: string[]) => {
  const {status, stderr} = spawnSync(process.execPath, ["environment/lab.mjs", ...args], {cwd: root, encoding: "utf8"});
  return {status, sentence: stderr.trim()};
};

test("a port in use is one sentence", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const {port} = server.address() as AddressInfo;
  const {status, sentence} = lab("--port", String(port));
  server.close();
  expect(status).toBe(2);
  expect(sentence).toBe(`Port ${port} is in use: choose another with \`npm run lab -- --port ${port + 1}\`.`);
});

test.each([
  [["--port", "many"], '--port: expected a number from 1 to 65535, found "many".'],
  [["--kernel"], "Unknown option '--kernel': known are --port, --no-browser, --help."],
])("%j is one sentence", (args, sentence) => expect(lab(...args)).toEqual({status: 2, sentence}));
