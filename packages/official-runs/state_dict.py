"""Converts state dicts of PyTorch (state.pth) to safetensors and back, without PyTorch. All numbers become float32.

    python state_dict.py read state.pth > state.safetensors
    python state_dict.py write state.safetensors > state.pth     for torch.load, also with weights_only

torch.save writes a zip archive: a pickle that describes tensors, and an entry with the numbers of each storage. A pickle is a
program. This reader knows only the operations and names that describe tensors, so it runs no code of the file.
"""

import io, json, math, pickle, struct, sys, zipfile
from array import array
from collections import OrderedDict, namedtuple
from functools import lru_cache

BYTES = {"FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "BFloat16Storage": 2}  # of a number
OPERATIONS = """PROTO STOP MARK POP NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 BINUNICODE EMPTY_TUPLE TUPLE TUPLE1 TUPLE2
    TUPLE3 EMPTY_DICT SETITEM SETITEMS BINPUT LONG_BINPUT BINGET LONG_BINGET GLOBAL REDUCE BINPERSID"""
MAX_PICKLE = 2**24  # bytes
MAX_REPEATED = 2**20  # elements that a tensor may have beyond its storage: strides of 0 repeat them

Place = namedtuple("Place", "kind storage key location count")
Tensor = namedtuple("Tensor", "place offset shape strides requires_grad hooks")


def require(holds, expected):
    if not holds:
        raise ValueError(f"expected {expected}")


def shown(text):
    return json.dumps(str(text)[:200])  # in ASCII: nothing that a terminal obeys


class Operations(dict):
    def __missing__(self, code):
        raise ValueError(f"expected operations that describe tensors, found operation {code:#x}")


class Reader(pickle._Unpickler):  # Python's own: the one in C takes memory for the largest index of its memo
    dispatch = Operations((code, pickle._Unpickler.dispatch[code]) for [code] in map(pickle.__dict__.get, OPERATIONS.split()))
    dispatch[ord(pickle.BUILD)] = lambda self: self.stack.pop()  # attributes of the dictionary

    def find_class(self, module, name):
        if module == "torch" and name in BYTES:
            return name  # a text, which cannot be called
        known = {("collections", "OrderedDict"): OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): Tensor}
        known["torch._utils", "_rebuild_parameter"] = lambda tensor, *_: tensor
        require((module, name) in known, f"tensors of floating-point numbers alone, found {shown(f'{module}.{name}')}")
        return known[module, name]

    def persistent_load(self, place):
        return Place(*place)


def content(archive, name, most=math.inf):
    """Read an entry; a compressed one could be larger than memory."""
    require(name in archive.namelist(), f"an entry {shown(name)}, found none")
    entry = archive.getinfo(name)
    require(entry.compress_type == zipfile.ZIP_STORED, f"entries without compression, found {shown(name)}")
    require(entry.file_size <= most, f"at most {most} bytes in {shown(name)}, found {entry.file_size}")
    return archive.read(entry)


def check(archive, data, name, tensor):
    """Check a tensor against its storage."""
    require(type(name) is str and isinstance(tensor, Tensor), f"a tensor under {shown(name)}, found another object")
    (kind, storage, key, _, count), offset, shape, strides, *_ = tensor
    numbers = [count, offset, *shape, *strides]
    is_place = kind == "storage" and len(shape) == len(strides) and all(type(n) is int and n >= 0 for n in numbers)
    require(is_place, f"a storage, a shape and strides for {shown(name)}, found others")
    found = archive.getinfo(f"{data}{key}").file_size
    require(found == count * BYTES[storage], f"{count * BYTES[storage]} bytes for {shown(name)}, found {found}")
    end = offset + (1 + sum((n - 1) * by for n, by in zip(shape, strides)) if math.prod(shape) else 0)
    is_within = end <= count and math.prod(shape) <= count + MAX_REPEATED
    require(is_within, f"elements within the {count} of its storage for {shown(name)}, found others")


def dense(shape):
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def float32(numbers, tensor):
    """Take a tensor's elements from its storage, row by row, in float32."""
    _, storage, *_ = tensor.place
    size, count, offset = BYTES[storage], math.prod(tensor.shape), tensor.offset
    if all(n == 1 or by == one for n, by, one in zip(tensor.shape, tensor.strides, dense(tensor.shape))) or count == 0:
        numbers = numbers[offset * size : (offset + count) * size]
    else:
        words, places = memoryview(numbers).cast({2: "H", 4: "I", 8: "Q"}[size]), [offset]
        for n, by in zip(tensor.shape, tensor.strides):
            places = [place + i * by for place in places for i in range(n)]
        numbers = array(words.format, map(words.__getitem__, places)).tobytes()
    if storage == "FloatStorage":
        return numbers
    if storage == "BFloat16Storage":  # the upper half of a float32
        halves = array("H", numbers)
        return array("I", (half << 16 for half in halves)).tobytes()
    return array("f", struct.unpack(f"<{count}{'e' if size == 2 else 'd'}", numbers)).tobytes()


def read(source, out):
    with zipfile.ZipFile(source) as archive:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        require(len(pickles) == 1, f'an archive with one "data.pkl", as torch.save writes, found {len(pickles)}')
        [folder] = [name[: -len("data.pkl")] for name in pickles]
        if f"{folder}byteorder" in archive.namelist():
            require(content(archive, f"{folder}byteorder", 16) == b"little", "little-endian numbers, found others")
        state = Reader(io.BytesIO(content(archive, *pickles, MAX_PICKLE))).load()
        require(isinstance(state, dict), "a dictionary of tensors, found another object")
        header, end = {}, 0
        for name, tensor in state.items():
            check(archive, f"{folder}data/", name, tensor)
            begin, end = end, end + 4 * math.prod(tensor.shape)
            header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [begin, end]}
        text = json.dumps(header).encode()
        out.write(struct.pack("<Q", len(text)) + text)
        stored = lru_cache(1)(lambda key: content(archive, f"{folder}data/{key}"))  # tensors may share a storage
        for tensor in state.values():
            out.write(float32(stored(tensor.place.key), tensor))


def write(source, out):
    def plain(value):
        return pickle.dumps(value, 2)[2:-1]  # without the protocol and the end

    with open(source, "rb") as file, zipfile.ZipFile(out, "w") as archive:
        [length] = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        state = b"\x80\x02}("
        for key, (name, one) in enumerate(header.items()):
            shape = tuple(one["shape"])
            place = b"(" + plain("storage") + b"ctorch\nFloatStorage\n"
            place += plain(str(key)) + plain("cpu") + plain(math.prod(shape)) + b"tQ"
            rest = [0, shape, dense(shape), False, OrderedDict()]
            state += plain(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(" + place + b"".join(map(plain, rest)) + b"tR"
        entries = {"data.pkl": state + b"u.", "byteorder": b"little", "version": b"3\n"}
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(f"state/{name}"), data)  # with a fixed date
        for key, one in enumerate(header.values()):
            begin, end = one["data_offsets"]
            file.seek(8 + length + begin)
            archive.writestr(zipfile.ZipInfo(f"state/data/{key}"), file.read(end - begin))


def main(verb, source):
    """Convert a file to the standard output. A problem is one line on the standard error."""
    try:
        {"read": read, "write": write}[verb](source, sys.stdout.buffer)
        sys.stdout.flush()
        return 0
    except FileNotFoundError:
        problem = "there is no such file"
    except OSError as error:
        problem = error.strerror or str(error)
    except ValueError as error:
        problem = str(error)
    except zipfile.BadZipFile as error:
        problem = f"the file is truncated, damaged or no archive: {shown(error)}"
    except Exception as error:
        problem = f"expected a state dict as torch.save writes it, found {shown(repr(error))}"
    print(f"{problem}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
