/** Indices of chunks: which parts of a dataset an HDF5 file holds, and where. */
import {sizeOf} from "@lola-ts/core";
import {extensibleArrayChunks, fixedArrayChunks} from "./chunk-arrays";
import {chunkBytes, chunkCount, type ChunkStorage, type StoredChunk} from "./data-layout";
import {Cursor, type FileBytes} from "./file-bytes";

/**
 * Find the chunks that were written, each once.
 *
 * Chunks of the newer B-tree come without their places, as one number: the file's checksums protect them.
 *
 * @throws Error naming the file if the index does not lie in it.
 */
export function writtenChunks(file: FileBytes, storage: ChunkStorage): {count: number; chunks: StoredChunk[]} {
  const {layout, shape, filtered} = storage;
  const {address, index} = layout;
  const size = chunkBytes(layout);
  const count = chunkCount(layout, shape);
  if (address === Infinity) return {count: 0, chunks: []};
  if (index === "implicit") return {count, chunks: [{address, size: count * size, unfiltered: true}]};
  if (index === "single") {
    return {count: 1, chunks: [{address, size: layout.filtered ?? size, unfiltered: layout.filtered === undefined}]};
  }
  if (index === "b-tree 2") return {count: countOfTree(file, address), chunks: []};
  const chunks = CHUNKS[index as keyof typeof CHUNKS](file, storage);
  const stored = filtered ? chunks : chunks.map((chunk) => ({...chunk, unfiltered: true}));
  return {count: stored.length, chunks: stored};
}

const CHUNKS = {"b-tree": treeChunks, "fixed array": fixedArrayChunks, "extensible array": extensibleArrayChunks};

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

function countOfTree(file: FileBytes, address: number): number {
  const cursor = new Cursor(file, file.read(address, 16 + file.offsetSize + 2 + file.lengthSize));
  if (cursor.take(4).toString("latin1") !== "BTHD") throw file.damaged("an index without its signature");
  cursor.take(12 + file.offsetSize + 2);
  return cursor.length();
}
