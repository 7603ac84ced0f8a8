import {checkOptions} from "@lola-ts/core";
import {preset} from "../src/presets/presets";
import {dataRule} from "../src/config";
import {systemNames} from "@lola-ts/simulators";

const check = (data: unknown) => () => checkOptions("lab", dataRule, data, "data");

test.each(systemNames)("the data of every preset of %s are accepted", (system) => {
  expect(check(preset(system, "smoke").data)).not.toThrow();
});

test("The Well's own files have a source and no options of simulators", () => {
  expect(check({source: "well"})).not.toThrow();
  expect(check({source: "web"})).toThrow('lab: expected data.source to be "well", found "web"; did you mean "well"?');
  expect(check({source: "well", frames: 3})).toThrow('lab: unknown option "data.frames"; known are source.');
});

test("another system's options are unknown, and an unknown system is named", () => {
  const euler = preset("euler", "smoke").data;
  expect(check({...euler, rayleighs: [1e5]})).toThrow('lab: unknown option "data.rayleighs"');
  expect(check({...euler, system: "navier"})).toThrow("lab: expected data.system to be");
  expect(check(3)).toThrow("lab: expected data to be options such as");
});
