/** Indices of chunks: which parts of a dataset an HDF5 file holds, and where. */
import {sizeOf} from "@lola-ts/core";
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
  const chunks = CHUNKS[index](file, storage);
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

/** Read elements of an array of chunks; those that were not written are left out. */
function elements(
  file: FileBytes,
  cursor: Cursor,
  count: number,
  {layout, filtered}: ChunkStorage,
  width: number,
): StoredChunk[] {
  const whole = chunkBytes(layout);
  const found: StoredChunk[] = [];
  for (let i = 0; i < count; i++) {
    const address = cursor.address();
    const size = filtered ? cursor.number(width - file.offsetSize - 4) : whole;
    const mask = filtered ? cursor.number(4) : 0;
    if (address !== Infinity) found.push({address, size, unfiltered: mask !== 0});
  }
  return found;
}

/** Read the fixed array of a dataset that cannot grow. */
function fixedArrayChunks(file: FileBytes, storage: ChunkStorage): StoredChunk[] {
  const head = new Cursor(file, file.read(storage.layout.address, 8 + file.lengthSize + file.offsetSize));
  if (head.take(4).toString("latin1") !== "FAHD") throw file.damaged("an index without its signature");
  head.take(2);
  const width = head.number(1);
  const pageElements = 2 ** head.number(1);
  const count = head.length();
  const block = head.address();
  if (block === Infinity) return [];
  if (count * width > file.size) throw file.damaged(`${count} chunks in one index`);
  const pages = count > pageElements ? Math.ceil(count / pageElements) : 0;
  const start = 6 + file.offsetSize;
  if (pages === 0) {
    return elements(file, new Cursor(file, file.read(block + start, count * width)), count, storage, width);
  }
  const written = file.read(block + start, Math.ceil(pages / 8));
  const first = block + start + written.length + 4;
  return Array.from({length: pages}, (_, page) => {
    if ((written[page >> 3] & (0x80 >> (page & 7))) === 0) return [];
    const length = Math.min(pageElements, count - page * pageElements);
    const bytes = file.read(first + page * (pageElements * width + 4), length * width);
    return elements(file, new Cursor(file, bytes), length, storage, width);
  }).flat();
}

interface ArrayHead {
  readonly width: number;
  /** Bits of the number of elements at most. */
  readonly bits: number;
  /** Elements in the index block itself, in the smallest data block, and in a page of a data block. */
  readonly direct: number;
  readonly smallest: number;
  readonly page: number;
  /** Fewest addresses of data blocks in a super block. */
  readonly pointers: number;
  readonly block: number;
}

function extensibleHead(file: FileBytes, address: number): ArrayHead {
  const head = new Cursor(file, file.read(address, 12 + 6 * file.lengthSize + file.offsetSize));
  if (head.take(4).toString("latin1") !== "EAHD") throw file.damaged("an index without its signature");
  head.take(2);
  const [width, bits, direct, smallest, pointers, pageBits] = Array.from({length: 6}, () => head.number(1));
  head.take(6 * file.lengthSize);
  return {width, bits, direct, smallest, pointers, page: 2 ** pageBits, block: head.address()};
}

/** Read the extensible array of a dataset that grows along one axis. */
function extensibleArrayChunks(file: FileBytes, storage: ChunkStorage): StoredChunk[] {
  const head = extensibleHead(file, storage.layout.address);
  if (head.block === Infinity) return [];
  const inIndex = 2 * Math.log2(head.pointers); // super blocks whose data blocks the index block lists itself
  const supers = 1 + head.bits - Math.log2(head.smallest);
  const own = 2 * (head.pointers - 1);
  const rest = supers - inIndex;
  if (!(Number.isInteger(inIndex) && Number.isInteger(supers) && rest >= 0 && supers < 64)) {
    throw file.damaged("an index of chunks whose parts do not fit");
  }
  const start = 6 + file.offsetSize;
  const size = head.direct * head.width + (own + rest) * file.offsetSize;
  const cursor = new Cursor(file, file.read(head.block + start, size));
  const found = elements(file, cursor, head.direct, storage, head.width);
  for (let level = 0; level < inIndex; level++) {
    for (let i = 0; i < 2 ** (level >> 1); i++) found.push(...dataBlock(file, cursor.address(), level, head, storage));
  }
  for (let level = inIndex; level < supers; level++) {
    found.push(...superBlock(file, cursor.address(), level, head, storage));
  }
  return found;
}

const blockElements = (level: number, {smallest}: ArrayHead): number => 2 ** ((level + 1) >> 1) * smallest;

/** Bytes before the contents of a data block or super block. */
const prefix = (file: FileBytes, {bits}: ArrayHead): number => 6 + file.offsetSize + Math.ceil(bits / 8);

function superBlock(
  file: FileBytes,
  address: number,
  level: number,
  head: ArrayHead,
  storage: ChunkStorage,
): StoredChunk[] {
  if (address === Infinity) return [];
  const blocks = 2 ** (level >> 1);
  const pages = blockElements(level, head) > head.page ? blockElements(level, head) / head.page : 0;
  const mask = Math.ceil(pages / 8);
  const cursor = new Cursor(file, file.read(address + prefix(file, head), blocks * (mask + file.offsetSize)));
  const written = Array.from({length: blocks}, () => cursor.take(mask));
  return written.flatMap((bits) => dataBlock(file, cursor.address(), level, head, storage, bits));
}

function dataBlock(
  file: FileBytes,
  address: number,
  level: number,
  head: ArrayHead,
  storage: ChunkStorage,
  written: Buffer = Buffer.alloc(0),
): StoredChunk[] {
  if (address === Infinity) return [];
  const count = blockElements(level, head);
  const {width, page} = head;
  const start = address + prefix(file, head);
  const read = (at: number, n: number) => elements(file, new Cursor(file, file.read(at, n * width)), n, storage, width);
  if (written.length === 0) return read(start, count);
  return Array.from({length: count / page}, (_, i) =>
    written[i >> 3] & (0x80 >> (i & 7)) ? read(start + 4 + i * (page * width + 4), page) : [],
  ).flat();
}
