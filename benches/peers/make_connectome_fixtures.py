"""Small workbooks and an HDF5 file in the layouts of the published connectomes, by the reference writers.

    benches/peers/venv/bin/python benches/peers/make_connectome_fixtures.py

writes crates/wiring/tests/fixtures. Needs openpyxl, xlwt, h5py and numpy. The numbers are invented.
"""

import sys
from pathlib import Path

import h5py
import numpy as np
import openpyxl
import xlwt

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "crates/wiring/tests/fixtures"


def nemanode():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "witvliet_2020_7 adult"
    rows = [("AVAL", "VA02", "chemical", 3), ("AVAL", "AVAR", "electrical", 2), ("AVAL", "AVAR", "chemical", 1.5)]
    for row in [("pre", "post", "type", "synapses"), *rows]:
        sheet.append(row)
    book.create_sheet("notes").append(["R&D <7>", True, "=1+1"])
    book.save(TARGET / "witvliet_2020_7.xlsx")


def cook():
    book = openpyxl.Workbook()
    book.active.title = "TITLE AND LEGEND"
    book.active["A1"] = "legend"
    matrices = {
        "hermaphrodite chemical": ({("I1L", "I1R"): 10, ("DA01", "AVAL"): 4, ("AVAL", "BWM-DL01"): 7}, 21),
        "hermaphrodite gap jn symmetric": ({("I1L", "I1R"): 2, ("I1R", "I1L"): 2}, 4),
    }
    names = ["I1L", "I1R", "DA01", "AVAL", "BWM-DL01"]
    for title, (weights, total) in matrices.items():
        sheet = book.create_sheet(title)
        sheet["A4"] = "PHARYNX"
        sheet["D1"] = "PHARYNX"
        for place, name in enumerate(names):
            sheet.cell(3, 4 + place, name)
            sheet.cell(4 + place, 3, name)
        for (pre, post), weight in weights.items():
            sheet.cell(4 + names.index(pre), 4 + names.index(post), weight)
        sheet.cell(4 + len(names), 4, total)  # a sum at the margin, without a name
    book.save(TARGET / "cook.xlsx")


def chklovskii():
    book = xlwt.Workbook()
    sheet = book.add_sheet("NeuronConnect.csv")
    rows = [
        ("AVAL", "VA02", "Sp", 3),
        ("AVAL", "PVCR", "S", 2),
        ("VA02", "AVAL", "Rp", 3),
        ("AVAL", "AVAR", "EJ", 4),
        ("VA02", "NMJ", "NMJ", 1.25),
    ]
    for r, row in enumerate([("Neuron 1", "Neuron 2", "Type", "Nbr"), *rows]):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    # More shared strings than one record holds, narrow and wide, and a row of packed numbers.
    notes = book.add_sheet("notes")
    for r in range(900):
        notes.write(r, 0, f"note {r} " + ("\u03b1" * 9 if r % 3 == 0 else "x" * 9))
    for c in range(1, 6):
        notes.write(0, c, [1, -2, 0.25, 1e300, 7.01][c - 1])
    book.save(str(TARGET / "chklovskii.xls"))


def openworm():
    book = xlwt.Workbook()
    sheet = book.add_sheet("Connectome")
    rows = [("AVAL", "VA2", "Send", 3, "Glutamate"), ("AVAL", "AVAR", "GapJunction", 1, "Generic_GJ")]
    header = ("Origin", "Target", "Type", "Number of Connections", "Neurotransmitter")
    for r, row in enumerate([header, *rows]):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.add_sheet("NeuronsToMuscle").write(0, 0, "Neuron")
    book.save(str(TARGET / "openworm.xls"))


def atlas(names):
    n = len(names)
    ids = [{"AWCL": "AWCOFF", "AWCR": "AWCON"}.get(name, name) for name in names]
    amplitude = np.full((n, n), np.nan)
    q = np.full((n, n), np.nan)
    at = {name: place for place, name in enumerate(ids)}
    for responding, stimulated, weight, rate in [
        ("AVAL", "AWCOFF", -0.4, 0.01),
        ("AVAR", "AVAL", 0.7, 0.2),
        ("AVBL", "AVAL", np.nan, 0.01),
    ]:
        amplitude[at[responding], at[stimulated]] = weight
        q[at[responding], at[stimulated]] = rate
    with h5py.File(TARGET / "funatlas.h5", "w", libver="earliest") as file:
        file["neuron_ids"] = np.array(ids, dtype="S6")
        for strain, sign in [("wt", 1), ("unc31", -1)]:
            group = file.create_group(strain)
            group.create_dataset("dFF", data=sign * amplitude, compression="gzip", shuffle=True)
            group.create_dataset("q", data=q, compression="gzip", shuffle=True)


def neuron_names():
    source = (ROOT / "crates/celegans/src/names.rs").read_text()
    listed = source.split("pub const NAMES", 1)[1].split("];", 1)[0]
    return [word for word in listed.replace("\n", " ").split('"')[1::2]]


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    nemanode()
    cook()
    chklovskii()
    openworm()
    names = neuron_names()
    assert len(names) == 300, len(names)
    atlas(names)


if __name__ == "__main__":
    sys.exit(main())
