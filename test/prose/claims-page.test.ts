/** The page of claims is what the committed results say. `LOLA_RECORD=1 npm test -- test/prose/claims-page` renews it. */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {format, resolveConfig} from "prettier";
import {claimsPage} from "./claims-page";

const file = path.join(__dirname, "../../docs/claims.md");
const isRecording = process.env.LOLA_RECORD === "1";

test("docs/claims.md is what the committed results say", async () => {
  const page = await format(claimsPage(), {...(await resolveConfig(file)), filepath: file});
  if (isRecording) writeFileSync(file, page);
  expect(readFileSync(file, "utf8")).toBe(page);
});

test("every verdict that can be computed again is the recorded one", () => {
  expect(readFileSync(file, "utf8")).not.toContain("**differs");
});
