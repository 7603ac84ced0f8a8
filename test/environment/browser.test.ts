import {spawnSync} from "node:child_process";
import path from "node:path";

const folder = path.resolve(__dirname, "../../environment/.build/browser");

/** Libraries that every system with a C++ compiler has. */
const BASE = /^(linux-vdso|ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libgcc_s)\.so/;

test("the browser needs no library beyond its own and the compiler's", () => {
  const libraries = path.join(folder, "al2023/lib");
  const env = {...process.env, LD_LIBRARY_PATH: libraries};
  const {stdout} = spawnSync("ldd", [path.join(folder, "chromium")], {env, encoding: "utf8"});
  const needed = stdout.trim().split("\n");
  const others = needed.filter((line) => !BASE.test(path.basename(line.trim().split(" ")[0])));
  expect(others.length).toBeGreaterThan(3);
  for (const line of others) expect(line).toContain(`=> ${libraries}/`);
});
