/** Check, before a dataset is read, that its values lie in its own file, all of them, and how much memory they take. */
import {sizeOf} from "@lola-ts/core";
import {writtenChunks} from "./chunk-index";
import {chunkBytes, chunkCount, readLayout, type ChunkStorage} from "./data-layout";
import type {FileBytes} from "./file-bytes";
import {MESSAGE, type HeaderMessage} from "./object-header";

interface DeclaredData {
  readonly shape: readonly number[];
  readonly item: number;
  /** `true`: chunks pass through filters such as compression. */
  readonly filtered: boolean;
}

/** A filtered chunk is held in memory whole: the largest that may expand strongly, and the largest at all. */
const BOMB_BYTES = 2 ** 27;
const BOMB_EXPANSION = 50;
const MAX_CHUNK_BYTES = 2 ** 30;

/** Find out from an object's header if its values lie elsewhere, and where. @throws Error naming the file if it cannot be known. */
export function placeOutside(file: FileBytes, messages: readonly HeaderMessage[]): string | undefined {
  if (messages.some(({type}) => type === MESSAGE.EXTERNAL_FILES)) return "in other files as raw bytes";
  return readLayout(file, messages).kind === "virtual" ? "in other datasets" : undefined;
}

/**
 * Compare what a dataset declares with what its file holds; undefined if the file holds every value.
 *
 * @returns What was expected and found instead, as a part of a sentence.
 */
export function missingData(
  file: FileBytes,
  messages: readonly HeaderMessage[],
  declared: DeclaredData,
): string | undefined {
  const layout = readLayout(file, messages);
  const bytes = sizeOf(declared.shape) * declared.item;
  if (bytes === 0) return undefined;
  if (layout.kind === "compact") return layout.size < bytes ? difference(bytes, layout.size) : undefined;
  if (layout.kind === "contiguous") {
    if (layout.address === Infinity) return "expected values, found none: they were never written";
    return layout.address + bytes > file.size ? difference(bytes, file.size - layout.address) : undefined;
  }
  if (layout.kind === "virtual") return undefined;
  if (layout.chunk.length !== declared.shape.length || layout.chunk.some((n) => n < 1)) {
    throw file.damaged(`chunks of shape [${layout.chunk.join(", ")}] for the shape [${declared.shape.join(", ")}]`);
  }
  if (layout.item !== declared.item) throw file.damaged(`chunks of ${layout.item} bytes per value of ${declared.item}`);
  return missingChunks(file, {layout, shape: declared.shape, filtered: declared.filtered});
}

const difference = (expected: number, found: number): string =>
  `expected ${expected} bytes of values, found ${Math.max(0, found)}`;

function missingChunks(file: FileBytes, storage: ChunkStorage): string | undefined {
  const {layout, shape, filtered} = storage;
  const expected = chunkCount(layout, shape);
  const incomplete = (found: string) =>
    `expected ${expected} chunks of values, found ${found}: the rest was never written`;
  if (expected > file.size && layout.index !== "implicit") return incomplete(`a file of ${file.size} bytes`);
  const {count, chunks} = writtenChunks(file, storage);
  if (count < expected) return incomplete(`${count}`);
  for (const {address, size, unfiltered} of chunks) {
    if (address + size > file.size) return difference(size, file.size - address);
    if (unfiltered && !filtered && layout.index !== "implicit" && size !== chunkBytes(layout)) {
      return `expected chunks of ${chunkBytes(layout)} bytes, found ${size}`;
    }
  }
  if (!filtered) return undefined;
  const bytes = chunkBytes(layout);
  // Where an index does not tell their sizes, chunks count as large as they are without filters.
  return tooLarge(bytes, chunks.length > 0 ? chunks.reduce((most, {size}) => Math.max(most, size), 0) : bytes);
}

/** Refuse compressed chunks that would take much memory; `stored` is the size of the largest in the file. */
function tooLarge(bytes: number, stored: number): string | undefined {
  const found = `found ${bytes} from ${stored} bytes`;
  if (stored > 1.01 * bytes + 4096) return `expected compressed chunks to be smaller than their values, ${found}`;
  if (bytes > MAX_CHUNK_BYTES) return `expected compressed chunks of at most ${MAX_CHUNK_BYTES} bytes, ${found}`;
  if (bytes <= BOMB_BYTES || bytes <= BOMB_EXPANSION * stored) return undefined;
  return `expected compressed chunks of at most ${BOMB_BYTES} bytes unless they expand less than ${BOMB_EXPANSION}-fold, ${found}`;
}
