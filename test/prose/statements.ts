/** Claims in documents. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {tableWith} from "./markdown";

const read = (file: string) => readFileSync(path.resolve(__dirname, "../..", file), "utf8");

/** Read claims, their verdicts, and what the rule says of the paper's numbers by the path of a findings.md in the project. */
export const claimsOf = (file: string) =>
  tableWith("claim", read(file)).rows.map(([claim, , verdict, printed]) => ({claim, verdict, printed}));
