import {PROTOCOL} from "./wire";

/** What the kernel tells of itself. Notebooks store the language, and opening one must not change it. */
export const INFO = {
  status: "ok",
  protocol_version: PROTOCOL,
  implementation: "lola-kernel",
  implementation_version: "0.1.0",
  language_info: {name: "typescript", mimetype: "text/typescript", file_extension: ".ts"},
  banner: "TypeScript",
} as const;
