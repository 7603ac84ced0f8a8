"""Writes the files of fixtures/ with h5py: whole and partly written in each layout, and hostile ones.

    python3 -m venv .venv && .venv/bin/pip install h5py
    .venv/bin/python packages/well/test/storage/fixtures.py && gzip -9 -n packages/well/test/storage/fixtures/*.h5
"""

import os
import zlib
from pathlib import Path

import h5py
import numpy as np

os.chdir(Path(__file__).parent / "fixtures")

ZIP = {"compression": "gzip"}


def flags(item, sample, time, along=None):
    item.attrs["sample_varying"] = sample
    item.attrs["time_varying"] = time
    if along is not None:
        item.attrs["dim_varying"] = along


def well(name, grid=(5, 4), trajectories=3, frames=4, libver=None):
    """A file without fields, but with the name of one."""
    file = h5py.File(f"{name}.h5", "w", libver=libver)
    axes = ["x", "y"]
    root = {"dataset_name": "d", "grid_type": "cartesian", "n_spatial_dims": 2, "n_trajectories": trajectories}
    file.attrs.update(root)
    dimensions = file.create_group("dimensions")
    dimensions.attrs["spatial_dims"] = axes
    flags(dimensions.create_dataset("time", data=np.arange(frames, dtype="f4")), False, True)
    conditions = file.create_group("boundary_conditions")
    for axis, n in zip(axes, grid):
        flags(dimensions.create_dataset(axis, data=np.arange(n, dtype="f4")), False, False)
        condition = conditions.create_group(f"{axis}_periodic")
        condition.attrs.update({"bc_type": "PERIODIC", "associated_dims": [axis], "associated_fields": []})
        flags(condition, False, False)
        condition["mask"] = np.arange(n) % (n - 1) == 0
    scalars = file.create_group("scalars")
    scalars.attrs["field_names"] = ["gamma"]
    flags(scalars.create_dataset("gamma", data=np.float32(1.4)), False, False)
    for order in (0, 1, 2):
        file.create_group(f"t{order}_fields").attrs["field_names"] = ["density"] if order == 0 else []
    return file


def field(file, shape=(3, 4, 5, 4), written="all", name="density", **options):
    item = file["t0_fields"].create_dataset(name, shape=shape, dtype=options.pop("dtype", "f4"), **options)
    if written == "all":
        item[...] = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    elif written == "some":
        item[0:2] = 1
    flags(item, len(shape) == 4, True, [True, True])
    return item


def low_level(name, prepare, value, libver=None, kind=h5py.h5t.IEEE_F32LE):
    file = well(name, libver=libver)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    prepare(plist)
    space = h5py.h5s.create_simple((3, 4, 5, 4))
    item = h5py.Dataset(h5py.h5d.create(file["t0_fields"].id, b"density", kind, space, plist))
    item[...] = value
    flags(item, True, True, [True, True])
    file.close()


def implicit(plist):
    plist.set_chunk((1, 2, 5, 4))
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)


LAYOUTS = {
    "contiguous": (None, (5, 4), {}),
    "tree": (None, (5, 4), {"chunks": (1, 1, 3, 3), "shuffle": True, **ZIP}),
    "single": ("latest", (5, 4), {"chunks": (3, 4, 5, 4), **ZIP}),
    "fixed-array": ("latest", (5, 4), {"chunks": (1, 2, 5, 4)}),
    "fixed-array-paged": ("latest", (64, 64), {"chunks": (1, 1, 2, 2), **ZIP}),
    "extensible-array": ("latest", (5, 4), {"chunks": (1, 1, 2, 2), "maxshape": (None, 4, 5, 4)}),
    "extensible-array-paged": ("latest", (64, 64), {"chunks": (1, 1, 2, 2), "maxshape": (None, 4, 64, 64), **ZIP}),
    "tree-2": ("latest", (5, 4), {"chunks": (1, 1, 2, 2), "maxshape": (None, None, 5, 4)}),
}
for layout, (libver, grid, options) in LAYOUTS.items():
    for kind, written in (("whole", "all"), ("partial", "none" if layout in ("contiguous", "single") else "some")):
        with well(f"{kind}-{layout}", grid, libver=libver) as file:
            field(file, (3, 4, *grid), written, **options)
low_level("whole-implicit", implicit, 1, libver="latest")
low_level("whole-compact", lambda plist: plist.set_layout(h5py.h5d.COMPACT), 2, kind=h5py.h5t.IEEE_F32BE)

with well("whole-soft-link") as file:
    file["elsewhere/d"] = field(file, name="x")
    del file["t0_fields/x"]
    file["t0_fields/density"] = h5py.SoftLink("/elsewhere/./d")
with well("loop") as file:
    file["t0_fields/density"] = h5py.SoftLink("/t0_fields/b")
    file["t0_fields/b"] = h5py.SoftLink("density")
with h5py.File("other.h5", "w") as file:
    file["secret"] = np.ones((3, 4, 5, 4), "f4")
    flags(file["secret"], True, True, [True, True])
    file["g/density"] = file["secret"]
    file["g"].attrs["field_names"] = ["density"]
with well("external-last") as file:
    file["t0_fields/density"] = h5py.ExternalLink("other.h5", "/secret")
with well("external-middle") as file:
    del file["t0_fields"]
    file["t0_fields"] = h5py.ExternalLink("other.h5", "/g")
with well("external-soft") as file:
    file["m"] = h5py.ExternalLink("other.h5", "/g")
    file["t0_fields/density"] = h5py.SoftLink("/m/density")
with well("raw") as file:
    field(file, written="none", external=[("/etc/passwd", 0, 960)])
with well("virtual") as file:
    layout = h5py.VirtualLayout((3, 4, 5, 4), dtype="f4")
    layout[...] = h5py.VirtualSource("other.h5", "secret", shape=(3, 4, 5, 4))
    flags(file["t0_fields"].create_virtual_dataset("density", layout), True, True, [True, True])

with well("bomb-chunk", (16384, 8192), 1, 1) as file:
    item = field(file, (1, 1, 16384, 8192), "none", chunks=(1, 1, 16384, 8192), **ZIP)
    item[...] = 0
with well("stream") as file:
    item = field(file, written="none", chunks=(3, 4, 5, 4), **ZIP)
    item.id.write_direct_chunk((0, 0, 0, 0), zlib.compress(bytes(1500 * 2**20), 9), 0)
with well("many", trajectories=50_000_000) as file:
    field(file, (50_000_000, 4, 5, 4), "none", chunks=(100_000, 4, 5, 4), **ZIP)
with well("shared", trajectories=30_000_000) as file:
    field(file, (4, 5, 4))
with well("hugetraj", trajectories=10**13) as file:
    field(file, (10**13, 4, 5, 4), "none", chunks=(1, 4, 5, 4))
for name, axis, options in (("hugegrid", "x", {}), ("hugeframes", "time", ZIP)):
    with well(name) as file:
        del file[f"dimensions/{axis}"]
        item = file["dimensions"].create_dataset(axis, shape=(10**13,), dtype="f4", chunks=(1024,), **options)
        flags(item, False, axis == "time")
for name, n in (("tile", 100_000), ("mask", 32768)):
    with well(name, (n, n), 1) as file:
        item = file["t0_fields"].create_dataset("density", data=np.ones((1, 4), "f4"))
        flags(item, True, True, [False, False])
        if name == "mask":
            wall = file.create_group("boundary_conditions/a_wall")
            wall.attrs.update({"bc_type": "WALL", "associated_dims": ["x", "y"]})
            flags(wall, False, False)
            wall.create_dataset("mask", data=np.zeros((n, n), bool), chunks=(1024, 1024), **ZIP)

with well("esc") as file:
    file.attrs["dataset_name"] = "\x1b[31mred\x07"
    file["t0_fields"].attrs["field_names"] = ["a\x1b]0;x\x07"]
with well("text") as file:
    field(file, written="none", dtype=h5py.string_dtype())
with well("half") as file:
    field(file, dtype="f2")
