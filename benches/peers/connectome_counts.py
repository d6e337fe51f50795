"""Readings per source and type, counted by openpyxl, xlrd and h5py: what `ingest.connectome` must find.

    benches/peers/venv/bin/python benches/peers/connectome_counts.py FOLDER

prints a line per source: readings, then the number of each type and the sum of the weights. FOLDER holds the original files.
"""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import openpyxl
import xlrd


def nemanode(rows):
    header, *rows = rows
    assert list(header)[:4] == ["pre", "post", "type", "synapses"], header
    return [(row[2], float(row[3])) for row in rows]


def text(path):
    with open(path, newline="") as file:
        return nemanode(list(csv.reader(file, delimiter="\t")))


def workbook(path):
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    if "hermaphrodite chemical" not in book.sheetnames:
        return nemanode(list(book.worksheets[0].iter_rows(values_only=True)))
    found = []
    for title, kind in [("hermaphrodite chemical", "chemical"), ("hermaphrodite gap jn symmetric", "electrical")]:
        rows = list(book[title].iter_rows(values_only=True))
        columns = [c for c, name in enumerate(rows[2]) if c >= 3 and name not in (None, "")]
        for row in rows[3:]:
            if row[2] not in (None, ""):
                found += [(kind, float(row[c])) for c in columns if c < len(row) and row[c] is not None]
    return found


def old_workbook(path):
    book = xlrd.open_workbook(path)
    name = "Connectome" if "Connectome" in book.sheet_names() else book.sheet_names()[0]
    sheet = book.sheet_by_name(name)
    return [(sheet.cell_value(row, 2), float(sheet.cell_value(row, 3))) for row in range(1, sheet.nrows)]


def listed(path):
    words = {0: "chemical", 2: "electrical"}
    return [(words[entry["typ"]], float(sum(entry["syn"]))) for entry in json.loads(Path(path).read_text())]


READERS = {".csv": text, ".xlsx": workbook, ".xls": old_workbook, ".json": listed}


def main():
    for path in sorted(Path(sys.argv[1]).iterdir()):
        if path.suffix in READERS:
            readings = READERS[path.suffix](path)
            types = ", ".join(f"{kind} {n}" for kind, n in sorted(Counter(kind for kind, _ in readings).items()))
            print(f"{path.name}: {len(readings)} readings ({types}), weights {sum(weight for _, weight in readings)}")


if __name__ == "__main__":
    main()
