"""Makes the fixtures of the reader of MATLAB 7.3 files, with h5py, in the layout that MATLAB writes.

    $PEERS/bin/python benches/peers/make_mat73_fixtures.py

writes crates/io/tests/fixtures/mat73/. All contents are synthetic. A user block of 512 bytes begins with MATLAB's text;
objects are of the old file format (libver earliest); extents are reversed; classes are in `MATLAB_class`; items of cells and
fields of struct arrays lie in `#refs#`, the first of which is the empty array that MATLAB always writes there.
"""

from pathlib import Path

import h5py
import numpy as np

FIXTURES = Path(__file__).resolve().parents[2] / "crates" / "io" / "tests" / "fixtures" / "mat73"
CLASSES = {"float64": "double", "float32": "single"}


class Writer:
    """Writes values as MATLAB's `save -v7.3` does."""

    def __init__(self, path, **options):
        self.path = path
        self.file = h5py.File(path, "w", userblock_size=512, libver="earliest", **options)
        self.n = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Jan  1 00:00:00 2026 HDF5 schema 1.00 ."
        block = text.ljust(116, b" ") + bytes(8) + b"\x00\x02" + b"IM"
        with open(self.path, "r+b") as file:
            file.write(block.ljust(512, b"\0"))

    def mark(self, item, name, **numbers):
        item.attrs["MATLAB_class"] = np.bytes_(name)
        for key, value in numbers.items():
            item.attrs["MATLAB_" + key] = value

    def reference(self, value):
        if "#refs#" not in self.file:
            self.file.create_group("#refs#")
            self.value(self.file["#refs#"], "a", np.zeros((0, 0)))
        self.n += 1
        name = "r" + str(self.n)
        self.value(self.file["#refs#"], name, value)
        return self.file["#refs#"][name].ref

    def references(self, parent, name, values, shape):
        refs = np.array([self.reference(value) for value in values], dtype=object)
        # In MATLAB's order, which is that of the reversed extents.
        return parent.create_dataset(name, data=refs.reshape(shape[::-1]), dtype=h5py.ref_dtype)

    def value(self, parent, name, value, **storage):
        if isinstance(value, dict):
            group = parent.create_group(name)
            self.mark(group, "struct")
            for field, item in value.items():
                self.value(group, field, item)
        elif isinstance(value, Records):
            group = parent.create_group(name)
            self.mark(group, "struct")
            for field in value.records[0]:
                self.references(group, field, [record[field] for record in value.records], (1, len(value.records)))
        elif isinstance(value, Cell):
            if value.items:
                item = self.references(parent, name, value.items, value.shape)
                self.mark(item, "cell")
            else:
                self.empty(parent, name, (0, 0), "cell")
        elif isinstance(value, Sparse):
            group = parent.create_group(name)
            self.mark(group, "double", sparse=np.uint64(value.n_rows))
            group.create_dataset("jc", data=np.array(value.jc, dtype=np.uint64))
            if value.ir:
                group.create_dataset("ir", data=np.array(value.ir, dtype=np.uint64))
                group.create_dataset("data", data=np.array(value.data))
        elif isinstance(value, str):
            if not value:
                return self.empty(parent, name, (0, 0), "char", int_decode=np.int32(2))
            units = np.frombuffer(value.encode("utf-16-le"), dtype=np.uint16)
            item = parent.create_dataset(name, data=units.reshape(-1, 1))
            self.mark(item, "char", int_decode=np.int32(2))
        elif isinstance(value, list):
            units = np.array([[ord(c) for c in row] for row in value], dtype=np.uint16)
            self.mark(parent.create_dataset(name, data=units.T), "char", int_decode=np.int32(2))
        else:
            value = np.atleast_2d(value)
            class_name = CLASSES.get(value.dtype.name, value.dtype.name)
            if value.size == 0:
                return self.empty(parent, name, value.shape, class_name)
            if value.dtype == bool:
                item = parent.create_dataset(name, data=value.T.astype(np.uint8))
                return self.mark(item, "logical", int_decode=np.int32(1))
            if value.dtype.kind == "c":
                record = np.zeros(value.T.shape, dtype=[("real", "<f8"), ("imag", "<f8")])
                record["real"], record["imag"] = value.T.real, value.T.imag
                return self.mark(parent.create_dataset(name, data=record), "double")
            self.mark(parent.create_dataset(name, data=value.T, **storage), class_name)

    def empty(self, parent, name, shape, class_name, **numbers):
        item = parent.create_dataset(name, data=np.array(shape, dtype=np.uint64))
        self.mark(item, class_name, empty=np.uint8(1), **numbers)


class Cell:
    def __init__(self, *items, shape=None):
        self.items = list(items)
        self.shape = shape or (1, len(items))


class Records:
    def __init__(self, *records):
        self.records = list(records)


class Sparse:
    def __init__(self, n_rows, jc, ir, data):
        self.n_rows, self.jc, self.ir, self.data = n_rows, jc, ir, data


def plain():
    """The variables of the fixtures of MATLAB 5, where there is such a thing in 7.3."""
    neurons = Cell(
        {"id": 7.0, "trace": np.arange(6.0).reshape(2, 3)},
        {"id": 8.0, "trace": -np.arange(4.0).reshape(2, 2)},
    )
    with Writer(FIXTURES / "plain.mat") as mat:
        variables = {
            "matrix": np.array([[1.5, 2.5, 3.5], [4.5, np.nan, np.inf]]),
            "single": np.array([[1.25], [-2.0]], dtype=np.float32),
            "cube": np.arange(24, dtype=np.int32).reshape(2, 3, 4),
            "truth": np.array([[True, False, True]]),
            "word": "Zebra finch µ",
            "lines": ["ab ", "cde"],
            "no_word": "",
            "cells": Cell("AVAL", np.array([[1, 2, 3]], dtype=np.int16), neurons, np.zeros((0, 0))),
            "grid": Cell(*[float(i) for i in range(6)], shape=(2, 3)),
            "no_cells": Cell(),
            "est": {"fs_hz": 30.0, "neurons": neurons, "note": "made up"},
            "records": Records(*[{"name": f"unit {i}", "rate_hz": 1.5 * i} for i in range(3)]),
            "complex": np.array([[1 + 2j, 3 - 4j]]),
            "empty": np.zeros((0, 3)),
        }
        for kind in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
            low, high = np.iinfo(kind).min, np.iinfo(kind).max
            variables[kind] = np.array([[low, 1, high]], dtype=kind)
        for name, value in variables.items():
            mat.value(mat.file, name, value)
        mat.value(mat.file, "compressed", np.outer(np.arange(40.0), np.ones(50)), chunks=(10, 40), compression="gzip")
        item = mat.file.create_dataset("table", data=np.array([[0xDD000000, 2, 1, 1, 1, 1]], dtype=np.uint32))
        mat.mark(item, "table", object_decode=np.int32(3))
        mat.value(mat.file, "sparse", Sparse(3, [0, 2, 2, 2, 3], [0, 2, 1], [5.0, 6.0, 7.0]))


def spikes():
    """Spike times of units in a cell array, in a struct array, and as times with unit ids; a trace matrix."""
    trains = [np.array([[0.1, 0.25, 0.5]]), np.zeros((1, 0)), np.array([[0.2]])]
    with Writer(FIXTURES / "spikes.mat") as mat:
        for name, value in {
            "trains": Cell(*trains),
            "names": Cell("a1", "a2", "b1"),
            "units": Records(*[{"times": train, "label": label} for train, label in zip(trains, ["a1", "a2", "b1"])]),
            "t": np.array([[0.1], [0.2], [0.25], [0.5]]),
            "id": np.array([[1.0], [3.0], [1.0], [1.0]]),
            "dff": np.arange(20.0).reshape(4, 5),
            "time": np.array([[0.0, 0.1, 0.2, 0.3, 0.4]]),
        }.items():
            mat.value(mat.file, name, value)


def rings():
    """References that lead back to their own cell."""
    with Writer(FIXTURES / "ring.mat") as mat:
        refs = mat.file.create_group("#refs#")
        ring = refs.create_dataset("a", (3, 1), dtype=h5py.ref_dtype)
        ring[...] = np.array([[ring.ref]] * 3, dtype=object)
        mat.mark(ring, "cell")
        ring = mat.file.create_dataset("ring", data=np.array([[refs["a"].ref]], dtype=object), dtype=h5py.ref_dtype)
        mat.mark(ring, "cell")


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    plain()
    spikes()
    rings()
