/** Layout of a dataset: where an HDF5 file keeps its values. */
import {sizeOf} from "@lola-ts/core";
import {Cursor, type FileBytes} from "./file-bytes";
import {MESSAGE, type HeaderMessage} from "./object-header";

type ChunkIndexKind = "b-tree" | "single" | "implicit" | "fixed array" | "extensible array" | "b-tree 2";

/** A layout; addresses that are not defined, because nothing was written yet, are Infinity. */
export type DataLayout =
  | {readonly kind: "compact"; readonly size: number}
  | {readonly kind: "contiguous"; readonly address: number}
  | {readonly kind: "virtual"}
  | {
      readonly kind: "chunked";
      readonly address: number;
      readonly index: ChunkIndexKind;
      /** Elements of a chunk along each axis. */
      readonly chunk: readonly number[];
      readonly item: number;
      /** Stored bytes of a single chunk that is filtered. */
      readonly filtered?: number;
    };

const INDICES: readonly (ChunkIndexKind | undefined)[] = [
  undefined,
  "single",
  "implicit",
  "fixed array",
  "extensible array",
  "b-tree 2",
];

/** Bytes of the parameters of each index in its message. */
const PARAMETERS: Partial<Record<ChunkIndexKind, number>> = {"fixed array": 1, "extensible array": 5, "b-tree 2": 6};

/** Read the layout of a dataset. @throws Error naming the file if there is none or it is of an unknown kind. */
export function readLayout(file: FileBytes, messages: readonly HeaderMessage[]): DataLayout {
  const found = messages.filter(({type}) => type === MESSAGE.LAYOUT);
  if (found.length !== 1) throw file.damaged(`${found.length} layouts of one dataset`);
  const cursor = new Cursor(file, found[0].body);
  const version = cursor.number(1);
  if (version === 1 || version === 2) return oldLayout(file, cursor);
  if (version < 3 || version > 5) throw file.damaged(`a layout of version ${version}`);
  const kind = cursor.number(1);
  if (kind === 0) return {kind: "compact", size: cursor.number(2)};
  if (kind === 1) return {kind: "contiguous", address: cursor.address()};
  if (kind === 2) return version === 3 ? treeLayout(cursor, cursor.number(1), cursor.address()) : chunked(file, cursor);
  if (kind === 3 && version > 3) return {kind: "virtual"};
  throw file.damaged(`a layout of kind ${kind}`);
}

/** Layouts of versions 1 and 2, which files before HDF5 1.6 have. */
function oldLayout(file: FileBytes, cursor: Cursor): DataLayout {
  const count = cursor.number(1);
  const kind = cursor.number(1);
  cursor.take(5);
  if (kind === 0) {
    cursor.take(4 * count);
    return {kind: "compact", size: cursor.number(4)};
  }
  const address = cursor.address();
  if (kind === 1) return {kind: "contiguous", address};
  if (kind !== 2) throw file.damaged(`a layout of kind ${kind}`);
  return treeLayout(cursor, count, address);
}

function treeLayout(cursor: Cursor, count: number, address: number): DataLayout {
  const sizes = Array.from({length: count}, () => cursor.number(4));
  return {kind: "chunked", address, index: "b-tree", chunk: sizes.slice(0, -1), item: sizes[count - 1]};
}

function chunked(file: FileBytes, cursor: Cursor): DataLayout {
  const flags = cursor.number(1);
  const count = cursor.number(1);
  const width = cursor.number(1);
  const sizes = Array.from({length: count}, () => cursor.number(width));
  const index = INDICES[cursor.number(1)];
  if (index === undefined) throw file.damaged("an unknown index of chunks");
  const single = index === "single" && (flags & 2) !== 0;
  const filtered = single ? cursor.length() : undefined;
  cursor.take(single ? 4 : (PARAMETERS[index] ?? 0));
  return {
    kind: "chunked",
    address: cursor.address(),
    index,
    chunk: sizes.slice(0, -1),
    item: sizes[count - 1],
    filtered,
  };
}

export type ChunkedLayout = Extract<DataLayout, {kind: "chunked"}>;

export interface StoredChunk {
  readonly address: number;
  readonly size: number;
  /** `true`: at least one filter was left out when it was written. */
  readonly unfiltered: boolean;
}

export interface ChunkStorage {
  readonly layout: ChunkedLayout;
  readonly shape: readonly number[];
  /** `true`: chunks pass through filters such as compression. */
  readonly filtered: boolean;
}

export const chunkBytes = ({chunk, item}: ChunkedLayout): number => sizeOf(chunk) * item;

export const chunkCount = (layout: ChunkedLayout, shape: readonly number[]): number =>
  sizeOf(shape.map((n, axis) => Math.ceil(n / layout.chunk[axis])));
