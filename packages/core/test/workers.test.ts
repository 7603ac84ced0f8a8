import path from "node:path";
import {Thread} from "../src/workers";

const program = path.resolve(__dirname, "../../simulators/dist/trajectory-worker.js");

test("pending and later requests of a thread that ended are rejected", async () => {
  const thread = new Thread<unknown, unknown>(program);
  const waiting = thread.ask({system: "euler", seed: ["end"], grid: [512, 512], frames: 100}, "what was asked");
  const rejected = expect(waiting).rejects.toThrow(/^The worker of what was asked ended with code [01]$/);
  await thread.close();
  await rejected;
  await expect(thread.ask({}, "what came later")).rejects.toThrow(
    /^The worker of what came later ended with code [01]$/,
  );
});
