import {Thread} from "../../lib/core/workers";

test("a program that is not compiled is named", () => {
  expect(() => new Thread("nowhere")).toThrow(
    /Expected the compiled program .*dist\/nowhere\.js, found none: run "npm run build"/,
  );
});

test("pending and later requests of a thread that ended are rejected", async () => {
  const thread = new Thread<unknown, unknown>("systems/trajectory-worker");
  const waiting = thread.ask({system: "euler", seed: ["end"], grid: [512, 512], frames: 100}, "what was asked");
  const rejected = expect(waiting).rejects.toThrow(/^The worker of what was asked ended with code [01]$/);
  await thread.close();
  await rejected;
  await expect(thread.ask({}, "what came later")).rejects.toThrow(
    /^The worker of what came later ended with code [01]$/,
  );
});
