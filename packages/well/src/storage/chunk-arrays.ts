/** Fixed and extensible arrays: the indices of chunks in files of HDF5 1.10 and later. */
import {chunkBytes, type ChunkStorage, type StoredChunk} from "./data-layout";
import {Cursor, type FileBytes} from "./file-bytes";

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
export function fixedArrayChunks(file: FileBytes, storage: ChunkStorage): StoredChunk[] {
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
export function extensibleArrayChunks(file: FileBytes, storage: ChunkStorage): StoredChunk[] {
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
