"""Asks the library of TensorFlow's CUDA wheel which operations have a kernel for GPUs: gpu-kernels.py OPERATION..."""

import ctypes
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / "environment/.build/cuda-wheel"
LIBRARIES = ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"]


def unpack() -> None:
    """Download the wheel that set-up would install on a machine with a GPU, and unpack its two libraries."""
    if all((FOLDER / "tensorflow" / name).exists() for name in LIBRARIES):
        return
    pins = (ROOT / "environment/requirements-tensorflow-cuda.txt").read_text()
    version = re.search(r"^tensorflow==(\S+)", pins, re.M).group(1)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "-d", str(FOLDER), f"tensorflow=={version}"]
    subprocess.run(pip, check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(next(FOLDER.glob("*.whl"))) as wheel:
        for name in LIBRARIES:
            wheel.extract(f"tensorflow/{name}", FOLDER)


class Buffer(ctypes.Structure):
    """TF_Buffer."""

    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t), ("free", ctypes.c_void_p)]


def main() -> None:
    unpack()
    libraries = [ctypes.CDLL(str(FOLDER / "tensorflow" / name), ctypes.RTLD_GLOBAL) for name in LIBRARIES]
    ask = libraries[1].TF_GetRegisteredKernelsForOp
    ask.restype = ctypes.POINTER(Buffer)
    ask.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    status = next(getattr(each, "TF_NewStatus") for each in libraries if hasattr(each, "TF_NewStatus"))
    status.restype = ctypes.c_void_p
    missing = []
    for name in sys.argv[1:]:
        found = ask(name.encode(), status()).contents
        kernels = ctypes.string_at(found.data, found.length) if found.length else b""
        if b"GPU" not in kernels and b"DEFAULT" not in kernels:
            missing.append(name)
    print(f"{len(sys.argv) - 1} operations: {', '.join(sys.argv[1:])}")
    print(f"without a kernel for GPUs: {', '.join(missing) or 'none'}")


main()
