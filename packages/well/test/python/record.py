"""Asks The Well's own reader what it finds, in files of ours and in files written by h5py, and records the answers.

    python3 -m venv .venv && .venv/bin/pip install the_well
    node -r ./environment/typescript.cjs packages/well/test/python/write.ts ours
    .venv/bin/python test/data/python/record.py ours
    npx prettier --write test/data/python/recorded.json

recorded.json holds the answers, together with the digests of our files: the test writes them again, and while they are
the same byte for byte, so are the answers. The files of h5py are kept beside it.
"""

import gzip
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import torch
import yaml
from the_well.data import WellDataset
from the_well.data.normalization import ZScoreNormalization
from the_well.utils.dummy_data import write_dummy_data

HERE = Path(__file__).parent


def pack(tensor):
    """A tensor's shape, the digest of its numbers as float32, and the first of them for the eye."""
    array = np.ascontiguousarray(tensor.numpy().astype("<f4"))
    digest = hashlib.sha256(array.tobytes()).hexdigest()
    return {"shape": list(array.shape), "sha256": digest, "first": array.ravel()[:4].tolist()}


def ask(folder, windows):
    """What the reader says about a folder of files: its metadata, and some samples."""
    dataset = WellDataset(path=str(folder))
    metadata = dataset.metadata.__dict__ | {"boundary_condition_types": sorted(dataset.metadata.boundary_condition_types)}
    samples = []
    for index, length, stride in windows:
        opened = WellDataset(
            path=str(folder), n_steps_input=1, n_steps_output=length - 1, min_dt_stride=stride, max_dt_stride=stride
        )
        found = opened[index]
        for what in ("fields", "scalars", "time_grid"):  # the two parts of a window, after each other
            parts = [found.pop(f"{part}_{what}") for part in ("input", "output") if f"{part}_{what}" in found]
            if parts:
                found[what] = torch.cat(parts)
        sample = {key: pack(value) for key, value in found.items()}
        _, file, trajectory, start, _ = opened._load_one_sample(index)
        place = {"file": int(file), "trajectory": int(trajectory), "start": int(start)}
        samples.append(place | {"length": length, "stride": stride, "sample": sample})
    return {"metadata": metadata, "samples": samples}


def describe(metadata):
    """The text of a dataset's description, as the published ones are made."""
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in metadata.items()}
    keys = [
        "dataset_name", "n_spatial_dims", "spatial_resolution", "scalar_names", "constant_scalar_names", "field_names",
        "constant_field_names", "boundary_condition_types", "n_files", "n_trajectories_per_file",
        "n_steps_per_trajectory", "grid_type",
    ]  # fmt: skip
    return yaml.dump({key: plain[key] for key in keys}, sort_keys=False)


def statistics(folder):
    """Moments of the fields that change with time, over all files of a folder."""
    values, deltas = {}, {}
    for path in sorted(folder.glob("*.hdf5")):
        with h5py.File(path) as file:
            for order in range(3):
                group = file[f"t{order}_fields"]
                for name in group.attrs["field_names"]:
                    if not group[name].attrs["time_varying"]:
                        continue
                    data = group[name][:].astype(np.float64)
                    shape = (-1,) + data.shape[data.ndim - order :]
                    values.setdefault(name, []).append(data.reshape(shape))
                    deltas.setdefault(name, []).append(np.diff(data, axis=1).reshape(shape))
    out = {}
    for suffix, parts in (("", values), ("_delta", deltas)):
        for key, f in (
            ("mean", lambda x: x.mean(0)),
            ("std", lambda x: x.std(0)),
            ("rms", lambda x: np.sqrt((x**2).mean(0))),
        ):
            out[key + suffix] = {name: f(np.concatenate(part)).tolist() for name, part in parts.items()}
    return out


def ours(root):
    out = {}
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        train = folder / "data/train"
        normalised = WellDataset(
            path=str(folder), well_split_name="train", use_normalization=True, normalization_type=ZScoreNormalization
        )
        out[folder.name] = {
            "digests": {
                str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(folder.glob("data/*/*.hdf5"))
            },
            "valid": ask(folder / "data/valid", [(0, 2, 1), (4, 3, 1), (5, 2, 2)]),
            "description": describe(ask(folder / "data/valid", [])["metadata"]),
            "statistics": statistics(train),
            "normalised": normalised[1]["input_fields"].ravel().round(decimals=5).tolist(),
        }
    return out


def ramp(*shape, slope=0.5):
    return (slope * np.arange(np.prod(shape))).reshape(shape).astype(np.float32)


def fill(file, dataset, grid, times, scalars, fields, boundaries, compression=None):
    """Write what a file of The Well holds. A field is (order, sample_varying, time_varying, dim_varying, values)."""
    axes = list("xyz"[: len(grid)])
    trajectories = 2
    file.attrs.update(dataset_name=dataset, grid_type="cartesian", n_spatial_dims=len(grid), n_trajectories=trajectories)
    file.attrs["simulation_parameters"] = [name for name, (_, _, value) in scalars.items() if np.ndim(value) == 0]
    dimensions = file.create_group("dimensions")
    dimensions.attrs["spatial_dims"] = axes
    for name, values in [("time", times), *((axis, ramp(n)) for axis, n in zip(axes, grid))]:
        axis = dimensions.create_dataset(name, data=values)
        axis.attrs.update(sample_varying=np.ndim(values) == 2, time_varying=name == "time")
    group = file.create_group("scalars")
    group.attrs["field_names"] = list(scalars)
    for name, (sample, time, value) in scalars.items():
        if np.ndim(value) == 0:
            file.attrs[name] = float(value)
        group.create_dataset(name, data=np.array(value)).attrs.update(sample_varying=sample, time_varying=time)
    for order in range(3):
        group = file.create_group(f"t{order}_fields")
        own = {name: field for name, field in fields.items() if field[0] == order}
        group.attrs["field_names"] = list(own)
        for name, (_, sample, time, along, values) in own.items():
            pieces = tuple(n // 2 + 1 for n in values.shape)  # several chunks, of which the last are not full
            storage = {"chunks": pieces, "compression": compression, "shuffle": True} if compression else {}
            data = group.create_dataset(name, data=values, **storage)
            data.attrs.update(sample_varying=sample, time_varying=time, dim_varying=along)
    conditions = file.create_group("boundary_conditions")
    for name, (kind, dims, mask) in boundaries.items():
        condition = conditions.create_group(name)
        condition.attrs.update(bc_type=kind, associated_dims=dims, associated_fields=[])
        condition.attrs.update(sample_varying=False, time_varying=False)
        condition.create_dataset("mask", data=mask)


def ends(n):
    mask = np.zeros(n, dtype=bool)
    mask[0] = mask[-1] = True
    return mask


def chunked(path, compression="gzip", libver="earliest"):
    times = np.stack([ramp(5), ramp(5) + 1])
    corner = np.zeros((6, 3), dtype=bool)
    corner[:, -1] = True
    with h5py.File(path, "w", libver=libver) as file:
        fill(
            file, "chunked", (6, 3), times,
            {"gamma": (False, False, np.float32(1.4)), "seed": (True, False, np.array([5.0, 6.0])),
             "drive": (True, True, ramp(2, 5))},
            {"mask": (0, False, False, [True, True], ramp(6, 3)),
             "density": (0, True, True, [True, True], ramp(2, 5, 6, 3)),
             "velocity": (1, True, True, [True, True], ramp(2, 5, 6, 3, 2, slope=-1)),
             "stress": (2, False, True, [True, True], ramp(5, 6, 3, 2, 2, slope=3))},
            {"x_periodic": ("PERIODIC", ["x"], ends(6)), "xy_wall": ("WALL", ["x", "y"], corner)},
            compression=compression,
        )  # fmt: skip


def paged(path):
    with h5py.File(path, "w", libver="latest", fs_strategy="page", fs_page_size=512) as file:
        fill(
            file, "paged", (4, 3, 2), ramp(6),
            {"rho0": (False, False, np.float64(0.445)), "tide": (False, True, ramp(6).astype(np.float64))},
            {"b": (0, True, True, [True] * 3, ramp(2, 6, 4, 3, 2).astype(np.float64)),
             "a": (0, True, True, [True] * 3, ramp(2, 6, 4, 3, 2, slope=2).astype(np.int32)),
             "bed": (0, False, False, [False, True, True], ramp(3, 2)),
             "velocity": (1, True, True, [True] * 3, ramp(2, 6, 4, 3, 2, 3))},
            {"z_open": ("open", ["z"], ends(2)), "x_wall_noslip": ("WALL", ["x"], ends(4))},
        )  # fmt: skip


def dummy(path):
    """The file of the package's own writer, its random numbers exchanged for ones that can be compressed."""
    drawn = np.random.rand
    np.random.rand = lambda *shape: (np.arange(np.prod(shape)) % 97 / 97).reshape(shape)
    try:
        write_dummy_data(str(path))
    finally:
        np.random.rand = drawn


def theirs(temporary):
    out = {}
    for name, make, windows in [
        ("chunked", chunked, [(0, 2, 1), (7, 2, 1), (1, 3, 2)]),
        ("paged", paged, [(0, 2, 1), (3, 3, 2)]),
        ("dummy", dummy, [(12, 2, 1)]),
    ]:
        folder = temporary / name
        folder.mkdir(parents=True, exist_ok=True)
        make(folder / f"{name}.hdf5")
        content = (folder / f"{name}.hdf5").read_bytes()
        if name == "dummy":
            (HERE / f"{name}.hdf5.gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            (HERE / f"{name}.hdf5").write_bytes(content)
        out[name] = ask(folder, windows)
    chunked(HERE / "lzf.hdf5", compression="lzf", libver="latest")
    return out


if __name__ == "__main__":
    root = Path(sys.argv[1])
    versions = {name: version(name) for name in ("the_well", "h5py", "torch")}
    record = {"versions": versions, "ours": ours(root), "theirs": theirs(root.with_name(root.name + "-theirs"))}
    (HERE / "recorded.json").write_text(json.dumps(record, indent=1) + "\n")
