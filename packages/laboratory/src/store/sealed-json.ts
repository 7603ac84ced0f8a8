/** JSON that carries its checksum. */
import {createHash} from "node:crypto";
import {isPlainObject, parseJson} from "@lola-ts/core";

const checksum = (content: object) => createHash("sha256").update(JSON.stringify(content)).digest("hex");

export const sealedJson = (content: object) => `${JSON.stringify({...content, sha256: checksum(content)}, null, 1)}\n`;

/** Read an object that {@link sealedJson} wrote; files of earlier versions have no checksum. @returns undefined if it is damaged. */
export function readSealedJson(text: string): object | undefined {
  try {
    const found = parseJson(text);
    if (!isPlainObject(found)) return undefined;
    const {sha256, ...content} = found;
    return sha256 === undefined || sha256 === checksum(content) ? content : undefined;
  } catch {
    return undefined;
  }
}
