/** Public names without a table entry, each with the reason. */
export const exempt: Readonly<Record<string, string>> = {
  tf: "the engine, another library",
  EULER_GASES: "constant",
  BOUNDARY: "constant",
  codeContext: "constant",
  paperContext: "constant",
  WellError: "error class",
  Model: "abstract class",
  AbortedError: "error class",
  DivergedError: "error class",
};
