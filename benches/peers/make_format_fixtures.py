"""Makes the fixtures of the readers of MATLAB 5 and NumPy files, with scipy.io and numpy.

    $PEERS/bin/python benches/peers/make_format_fixtures.py

writes crates/io/tests/fixtures/{mat5,npy}/. All contents are synthetic.
"""

import io
import struct
from pathlib import Path

import numpy as np
import scipy.io
import scipy.sparse

FIXTURES = Path(__file__).resolve().parents[2] / "crates" / "io" / "tests" / "fixtures"


def mat_variables():
    neurons = np.empty((1, 2), dtype=object)
    neurons[0, 0] = {"id": 7.0, "trace": np.arange(6.0).reshape(2, 3)}
    neurons[0, 1] = {"id": 8.0, "trace": -np.arange(4.0).reshape(2, 2)}
    cells = np.empty((1, 3), dtype=object)
    cells[0, 0] = "AVAL"
    cells[0, 1] = np.array([[1, 2, 3]], dtype=np.int16)
    cells[0, 2] = neurons
    records = np.zeros((1, 3), dtype=[("name", object), ("rate_hz", object)])
    for i in range(3):
        records[0, i] = (f"unit {i}", 1.5 * i)
    variables = {
        "matrix": np.array([[1.5, 2.5, 3.5], [4.5, np.nan, np.inf]]),
        "single": np.array([[1.25], [-2.0]], dtype=np.float32),
        "whole_double": np.array([[200.0]]),
        "cube": np.arange(24, dtype=np.int32).reshape(2, 3, 4),
        "truth": np.array([[True, False, True]]),
        "word": "Zebra finch µ",
        "lines": np.array(["ab ", "cde"]),
        "cells": cells,
        "est": {"fs_hz": 30.0, "neurons": neurons, "note": "made up"},
        "records": records,
        "sparse": scipy.sparse.csc_matrix(([5.0, 6.0, 7.0], ([0, 2, 1], [0, 0, 3])), shape=(3, 4)),
        "complex": np.array([[1 + 2j, 3 - 4j]]),
        "empty": np.zeros((0, 3)),
    }
    for kind in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        variables[kind] = np.array([[low, 1, high]], dtype=kind)
    return variables


def big_endian_mat():
    """A big-endian file: a double matrix stored as uint16, a string in UTF-16, a struct. scipy only writes the
    byte order of the machine, so the bytes are packed here and read back by scipy."""

    def element(code, data):
        if len(data) <= 4 and data:
            return struct.pack(">HH", len(data), code) + data.ljust(4, b"\0")
        return struct.pack(">II", code, len(data)) + data + b"\0" * (-len(data) % 8)

    def array(code, shape, name, *parts):
        head = element(6, struct.pack(">II", code, 0))
        head += element(5, struct.pack(f">{len(shape)}i", *shape)) + element(1, name)
        return element(14, head + b"".join(parts))

    matrix = array(6, (2, 2), b"matrix", element(4, struct.pack(">4H", 1, 300, 2, 65535)))
    text = array(4, (1, 4), b"word", element(17, "AVAL".encode("utf-16-be")))
    value = array(7, (1, 1), b"", element(7, struct.pack(">f", 2.5)))
    names = element(5, struct.pack(">i", 8)) + element(1, b"rate\0\0\0\0")
    record = array(2, (1, 1), b"record", names, value)
    header = b"MATLAB 5.0 MAT-file, synthetic".ljust(116) + b"\0" * 8 + struct.pack(">H", 0x0100) + b"MI"
    data = header + matrix + text + record
    back = scipy.io.loadmat(io.BytesIO(data))
    assert back["matrix"].tolist() == [[1, 2], [300, 65535]] and back["word"][0] == "AVAL"
    assert back["record"]["rate"][0, 0][0, 0] == 2.5
    return data


def deep_mat(levels):
    value = np.array([[1.0]])
    for _ in range(levels):
        cell = np.empty((1, 1), dtype=object)
        cell[0, 0] = value
        value = cell
    return {"deep": value}


def make_mat(folder):
    folder.mkdir(parents=True, exist_ok=True)
    variables = mat_variables()
    scipy.io.savemat(folder / "plain.mat", variables, do_compression=False)
    scipy.io.savemat(folder / "compressed.mat", variables, do_compression=True)
    scipy.io.savemat(folder / "deep.mat", deep_mat(100), do_compression=True)
    scipy.io.savemat(folder / "version_4.mat", {"a": np.eye(2)}, format="4")
    (folder / "big_endian.mat").write_bytes(big_endian_mat())


def make_npy(folder):
    folder.mkdir(parents=True, exist_ok=True)
    grid = np.arange(24).reshape(2, 3, 4)
    arrays = {
        "float32": grid.astype("<f4") / 4,
        "fortran": np.asfortranarray(grid.astype("<f8")),
        "big_endian": grid.astype(">i2") - 12,
        "half": np.array([1.0, -2.5, 65504.0, 6e-8, np.inf], dtype="<f2"),
        "bool": np.array([[True, False], [False, True]]),
        "unicode": np.array(["CA1", "µ", ""]),
        "bytes": np.array([b"good", b"mua"]),
        "scalar": np.array(7, dtype="<u8"),
        "empty": np.zeros((0, 5), dtype="<i8"),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    with open(folder / "version_2.npy", "wb") as file:
        np.lib.format.write_array(file, np.arange(3, dtype="<i4"), version=(2, 0))
    np.save(folder / "object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.save(folder / "complex.npy", np.array([1j]))
    np.save(folder / "records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i2")]))
    np.savez(folder / "stored.npz", t=np.arange(5) / 2, word=np.array("unit"))
    np.savez_compressed(folder / "deflated.npz", t=np.arange(1000) / 2, objects=np.array([None], dtype=object))


if __name__ == "__main__":
    make_mat(FIXTURES / "mat5")
    make_npy(FIXTURES / "npy")
