import {writeAtomically} from "@lola-ts/core";
import {ZipWriter} from "../src/zip";

/** Write an archive with these entries. */
export async function writeZip(path: string, entries: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  await writeAtomically(path, (fd) => {
    const zip = new ZipWriter(fd);
    for (const [name, content] of Object.entries(entries)) zip.add(name, Buffer.from(content));
    zip.end();
  });
}
