import {openLab, openTrained} from "../../src/open-lab";
import {findShipped, TRAIN} from "../../src/pretrained/find-shipped";
import {preset} from "../../src/presets/presets";

describe("asking for shipped models", () => {
  const mini = preset("euler", "mini");

  test("that do not exist is refused, and so is a change beside them", () => {
    expect(() => openLab({preset: "smoke", pretrained: true})).toThrow(
      "openLab: expected shipped models of rayleigh-benard, preset smoke, found those of preset mini; leave out `pretrained` to train.",
    );
    expect(() => openLab({preset: "paper", system: "gravity-cooling", pretrained: true})).toThrow(
      /expected shipped models/,
    );
    expect(() => openLab({preset: "mini", pretrained: true, change: {seed: 1}})).toThrow(
      "openLab: expected an unchanged preset beside `pretrained`, found a change;",
    );
  });

  test("of another preset or version than this code's is refused, and names what differs", () => {
    expect(() => findShipped({...mini, seed: 1}, undefined, false)).toThrow(
      /euler\/index\.json: the shipped models are of another configuration: expected config\.seed to be 1, found 0\. `npm start -- --train`/,
    );
  });

  test("is the default for a preset that has some, and can be switched off", () => {
    expect(findShipped(mini, undefined, false)?.index.preset).toBe("mini");
    expect(findShipped({...mini, seed: 1}, undefined, true)).toBeDefined(); // a change uses what it does not touch
    expect(findShipped(preset("euler", "tour"), undefined, false)).toBeUndefined();
    expect(findShipped(mini, false, false)).toBeUndefined();
    expect(openLab({preset: "tour"}).artifacts.shippedSweeps).toMatch(/pretrained.sweeps$/);
    expect(openLab({preset: "tour", pretrained: false}).artifacts.shippedSweeps).toBeUndefined();
    process.env[TRAIN] = "1";
    expect(openLab({preset: "tour"}).artifacts.shippedSweeps).toBeUndefined();
    expect(findShipped(mini, undefined, false)).toBeUndefined();
    expect(findShipped(mini, true, false)).toBeDefined();
    expect(openTrained(openLab({preset: "tour"})).config.preset).toBe("tour"); // everything is trained
    delete process.env[TRAIN];
  });

  test("takes a laboratory, and trajectories that are a number", () => {
    expect(() => openTrained({} as never)).toThrow("openTrained: expected lab to be a laboratory");
    expect(() => openTrained(openLab({preset: "smoke"}), {trajectories: 0})).toThrow(
      /openTrained: expected trajectories/,
    );
    const smoke = openLab({preset: "smoke"});
    expect(openTrained(smoke).config).toEqual(smoke.config);
  });
});
