// Work that only one process at a time may do: the others wait for it.
import {spawn} from "node:child_process";
import {once} from "node:events";
import {closeSync, mkdirSync, openSync} from "node:fs";
import path from "node:path";

/**
 * Runs `work` while no other process runs work of this file. The lock belongs to the open file, which flock (of util-linux, on
 * every Linux) gets as its descriptor 3: it ends with this process, however that ends.
 *
 * @param onWait is called once if there is a process to wait for.
 */
export async function oneAtATime(file, work, onWait) {
  mkdirSync(path.dirname(file), {recursive: true});
  const lock = openSync(file, "w");
  const flock = async (...words) => {
    const [code] = await once(spawn("flock", [...words, "3"], {stdio: ["ignore", "ignore", "inherit", lock]}), "close");
    return code === 0;
  };
  try {
    if (!(await flock("--nonblock"))) {
      onWait();
      await flock();
    }
    return await work();
  } finally {
    closeSync(lock);
  }
}
