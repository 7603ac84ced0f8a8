/** Indices of chunks: which parts of a dataset an HDF5 file holds, and where. */
import {sizeOf} from "@lola-ts/core";
import {chunkBytes, chunkCount, type ChunkStorage, type StoredChunk} from "./data-layout";
import {Cursor, type FileBytes} from "./file-bytes";

/**
 * Find the chunks that were written, each once.
 *
 * Chunks of indices that grow come without their places, as one number: the file's checksums protect them.
 *
 * @throws Error naming the file if the index does not lie in it.
 */
export function writtenChunks(file: FileBytes, storage: ChunkStorage): {count: number; chunks: StoredChunk[]} {
  const {layout, shape, filtered} = storage;
  const {address, index} = layout;
  const size = chunkBytes(layout);
  const count = chunkCount(layout, shape);
  if (address === Infinity) return {count: 0, chunks: []};
  switch (index) {
    case "implicit":
      return {count, chunks: [{address, size: count * size, unfiltered: true}]};
    case "single":
      return {count: 1, chunks: [{address, size: layout.filtered ?? size, unfiltered: layout.filtered === undefined}]};
    case "b-tree": {
      const chunks = treeChunks(file, storage);
      const stored = filtered ? chunks : chunks.map((chunk) => ({...chunk, unfiltered: true}));
      return {count: stored.length, chunks: stored};
    }
    case "fixed array": {
      const chunks = fixedArrayChunks(file, storage);
      return {count: chunks.length, chunks};
    }
    case "b-tree 2":
    case "extensible array":
      return {count: countOf(file, address, index), chunks: []};
  }
}

/** Of indices that grow, the bytes before the number of chunks in their headers. */
const HEADS = {
  "extensible array": {signature: "EAHD", before: ({lengthSize}: FileBytes) => 12 + 4 * lengthSize},
  "b-tree 2": {signature: "BTHD", before: ({offsetSize}: FileBytes) => 18 + offsetSize},
};

/** Read the number of chunks from the header of an index. */
function countOf(file: FileBytes, address: number, index: keyof typeof HEADS): number {
  const {signature, before} = HEADS[index];
  const start = before(file);
  const cursor = new Cursor(file, file.read(address, start + file.lengthSize));
  if (cursor.take(4).toString("latin1") !== signature) throw file.damaged("an index without its signature");
  cursor.take(start - 4);
  return cursor.length();
}

/** Read the fixed array of a dataset that cannot grow; chunks that were not written are left out. */
function fixedArrayChunks(file: FileBytes, {layout, filtered}: ChunkStorage): StoredChunk[] {
  const head = new Cursor(file, file.read(layout.address, 8 + file.lengthSize + file.offsetSize));
  if (head.take(4).toString("latin1") !== "FAHD") throw file.damaged("an index without its signature");
  head.take(2);
  const width = head.number(1);
  const pageElements = 2 ** head.number(1);
  const count = head.length();
  const block = head.address();
  if (block === Infinity) return [];
  if (count * width > file.size) throw file.damaged(`${count} chunks in one index`);
  const elements = (address: number, length: number): StoredChunk[] => {
    const cursor = new Cursor(file, file.read(address, length * width));
    const chunks = Array.from({length}, () => {
      const address = cursor.address();
      const size = filtered ? cursor.number(width - file.offsetSize - 4) : chunkBytes(layout);
      return {address, size, unfiltered: !filtered || cursor.number(4) !== 0};
    });
    return chunks.filter(({address}) => address !== Infinity);
  };
  const start = block + 6 + file.offsetSize;
  if (count <= pageElements) return elements(start, count);
  const pages = Math.ceil(count / pageElements);
  const written = file.read(start, Math.ceil(pages / 8));
  const first = start + written.length + 4;
  return Array.from({length: pages}, (_, page) => {
    if ((written[page >> 3] & (0x80 >> (page & 7))) === 0) return [];
    const length = Math.min(pageElements, count - page * pageElements);
    return elements(first + page * (pageElements * width + 4), length);
  }).flat();
}

/** Walk the B-tree of version 1, whose keys hold the places of the chunks. */
function treeChunks(file: FileBytes, {layout, shape}: ChunkStorage): StoredChunk[] {
  const {chunk} = layout;
  const counts = shape.map((n, axis) => Math.ceil(n / chunk[axis]));
  const seen = new Uint8Array(sizeOf(counts));
  const found: StoredChunk[] = [];
  const pending = [{address: layout.address, level: -1}];
  let bytes = 0;
  for (let node = pending.pop(); node; node = pending.pop()) {
    const {level, entries} = treeNode(file, node.address, shape.length);
    bytes += 48 * (entries.length + 1);
    if (bytes > file.size + 4096) throw file.damaged("an index of chunks without end");
    if (node.level >= 0 && level !== node.level - 1) throw file.damaged("an index of chunks with a loop");
    for (const {size, mask, offset, child} of entries) {
      if (level > 0) pending.push({address: child, level});
      else {
        const place = offset.reduce((at, value, axis) => at * counts[axis] + value / chunk[axis], 0);
        const inside = offset.every((value, axis) => value < shape[axis] && value % chunk[axis] === 0);
        if (!inside || seen[place]) throw file.damaged(`a chunk at [${offset.join(", ")}]${inside ? " twice" : ""}`);
        seen[place] = 1;
        found.push({address: child, size, unfiltered: mask !== 0});
      }
    }
  }
  return found;
}

interface TreeEntry {
  readonly size: number;
  readonly mask: number;
  readonly offset: number[];
  readonly child: number;
}

function treeNode(file: FileBytes, address: number, axes: number): {level: number; entries: TreeEntry[]} {
  const head = new Cursor(file, file.read(address, 8));
  if (head.take(4).toString("latin1") !== "TREE" || head.number(1) !== 1)
    throw file.damaged("an index without its signature");
  const level = head.number(1);
  const used = head.number(2);
  const key = 8 + 8 * (axes + 1);
  const cursor = new Cursor(file, file.read(address + 8 + 2 * file.offsetSize, used * (key + file.offsetSize)));
  const entries = Array.from({length: used}, () => {
    const size = cursor.number(4);
    const mask = cursor.number(4);
    const offset = Array.from({length: axes}, () => cursor.number(8));
    cursor.take(8);
    return {size, mask, offset, child: cursor.address()};
  });
  return {level, entries};
}
