/**
 * Names of the operations of pickles that {@link readPickle} refuses, by code: those that call or name foreign objects, and
 * those that PyTorch does not write (texts and numbers as lines, bytes, sets, frames, out-of-band buffers).
 *
 * @see https://docs.python.org/3/library/pickletools.html
 */
export const REFUSED_OPERATIONS: Readonly<Record<number, string>> = {
  // protocol 0
  0x31: "POP_MARK",
  0x32: "DUP",
  0x46: "FLOAT",
  0x49: "INT",
  0x4c: "LONG",
  0x50: "PERSID",
  0x53: "STRING",
  0x56: "UNICODE",
  0x64: "DICT",
  0x67: "GET",
  0x69: "INST",
  0x6c: "LIST",
  0x70: "PUT",
  // protocol 1
  0x54: "BINSTRING",
  0x55: "SHORT_BINSTRING",
  0x6f: "OBJ",
  // protocol 2
  0x81: "NEWOBJ",
  0x82: "EXT1",
  0x83: "EXT2",
  0x84: "EXT4",
  0x8b: "LONG4",
  // protocol 3
  0x42: "BINBYTES",
  0x43: "SHORT_BINBYTES",
  // protocol 4
  0x8c: "SHORT_BINUNICODE",
  0x8d: "BINUNICODE8",
  0x8e: "BINBYTES8",
  0x8f: "EMPTY_SET",
  0x90: "ADDITEMS",
  0x91: "FROZENSET",
  0x92: "NEWOBJ_EX",
  0x93: "STACK_GLOBAL",
  0x94: "MEMOIZE",
  0x95: "FRAME",
  // protocol 5
  0x96: "BYTEARRAY8",
  0x97: "NEXT_BUFFER",
  0x98: "READONLY_BUFFER",
};
