import {printable} from "../src/text";

test("ordinary text of any language stays as it is", () => {
  for (const text of ["", "t0_fields/density", "Rayleigh-Bénard ρ = 1 🌀", "密度"]) expect(printable(text)).toBe(text);
});

test("control characters, marks of direction and lone surrogates are spelled out", () => {
  expect(printable("a\x1b[31mred\x07\r\n\t\0")).toBe("a\\u001b[31mred\\u0007\\u000d\\u000a\\u0009\\u0000");
  expect(printable("\x7f\x9b1A\u202egpj\u2028\ufeff\ud800.")).toBe("\\u007f\\u009b1A\\u202egpj\\u2028\\ufeff\\ud800.");
});

test("a long text loses its middle", () => {
  const text = `${"a".repeat(5000)}${"b".repeat(5000)}`;
  expect(printable(text)).toBe(`${"a".repeat(100)}…${"b".repeat(100)}`);
  expect(printable("abcdef", 5)).toBe("abc…ef");
});

test("a character of two units that is cut in half leaves no lone half", () => {
  expect(printable("🌀".repeat(10), 3)).toBe("🌀…\\udf00");
});
