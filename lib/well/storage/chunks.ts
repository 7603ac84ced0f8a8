/** Chunks: the parts in which an HDF5 file stores a dataset. */
import {sizeOf} from "../../core/shape";
import type {DataLayout} from "./data-layout";

export type ChunkedLayout = Extract<DataLayout, {kind: "chunked"}>;

/** A chunk as the file stores it. */
export interface StoredChunk {
  readonly address: number;
  /** Stored bytes. */
  readonly size: number;
  /** `true`: at least one filter was left out when it was written. */
  readonly unfiltered: boolean;
}

/** How chunks are stored. */
export interface ChunkStorage {
  readonly layout: ChunkedLayout;
  readonly shape: readonly number[];
  /** `true`: chunks pass through filters such as compression. */
  readonly filtered: boolean;
}

/** Bytes of a chunk's values. */
export const chunkBytes = ({chunk, item}: ChunkedLayout): number => sizeOf(chunk) * item;

/** Number of chunks that cover a dataset. */
export const chunkCount = (layout: ChunkedLayout, shape: readonly number[]): number =>
  sizeOf(shape.map((n, axis) => Math.ceil(n / layout.chunk[axis])));
