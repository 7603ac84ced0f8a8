import {readCommandLine, UsageError} from "../../../lib/core/options/command-line";

test("options have their types and defaults, and words stand apart", () => {
  const line = ["--set", "a=1", "diffusion-16", "--set=b=2", "--network"];
  expect(readCommandLine("train", line)).toEqual({
    values: {set: ["a=1", "b=2"], network: true},
    words: ["diffusion-16"],
  });
  expect(readCommandLine("site", ["--", "--serve"]).values).toEqual({serve: true, port: "8899", "no-build": false});
});

test.each([
  [["--serv"], "Unknown option --serv: known are --serve, --port, --no-build, --help."],
  [["-s"], "Unknown option -s: known are"],
  [["--port"], "--port has no value: known are"],
  [["--port", "--serve"], "--port has no value: known are"],
  [["--serve=yes"], "--serve takes no value: known are"],
  [["site"], 'Unknown argument "site": known are'],
])("%j is refused in a sentence", (argv, sentence) => {
  expect(() => readCommandLine("site", argv)).toThrow(UsageError);
  expect(() => readCommandLine("site", argv)).toThrow(sentence);
});
