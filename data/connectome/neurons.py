"""Types and transmitters of the 300 neurons, as far as the package cect states them: rows of CSV.

    python neurons.py FOLDER_OF_CECT > neurons.csv

The type comes from the groups of Cook et al. 2019 in cect/Cells.py (read as text, not run), the transmitter from the
sheet `Connectome` of CElegansNeuronTables.xls (OpenWorm). Neurons of the pharynx are `pharyngeal` whatever else they
are. Needs xlrd.
"""

import ast
import csv
import re
import sys
from pathlib import Path

import xlrd

TYPES = {
    "sensory": ["SENSORY_NEURONS_%d_COOK" % n for n in range(1, 7)],
    "inter": ["INTERNEURONS_%d_COOK" % n for n in range(1, 5)] + ["INTERNEURONS_LINK_TO_PHARYNX_COOK"],
    "motor": ["HEAD_MOTORNEURONS_COOK", "SUBLATERAL_MOTORNEURONS_COOK", "VENTRAL_CORD_MOTORNEURONS",
              "HSN_MOTORNEURONS", "VC_HERM_MOTORNEURONS"],
    "pharyngeal": ["PHARYNGEAL_MOTORNEURONS", "PHARYNGEAL_INTERNEURONS", "PHARYNGEAL_POLYMODAL_NEURONS"],
}
WORDS = {"Acetylcholine": "ACh", "Octapamine": "Octopamine"}


def groups(source):
    """The lists of names that cect/Cells.py assigns."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            names = [item.value for item in node.value.elts if isinstance(item, ast.Constant)]
            yield node.targets[0].id, names


def unpadded(name):
    return re.sub(r"^(AS|D[ABD]|V[ABCD])0(\d)$", r"\1\2", name)


def types(cect):
    lists = dict(groups((cect / "Cells.py").read_text()))
    return {unpadded(name): word for word, keys in TYPES.items() for key in keys for name in lists[key]}


def transmitters(cect):
    sheet = xlrd.open_workbook(cect / "data" / "CElegansNeuronTables.xls").sheet_by_name("Connectome")
    found = {}
    for row in range(1, sheet.nrows):
        origin, _, kind, _, transmitter = sheet.row_values(row)
        if kind == "Send":
            words = [WORDS.get(word, word) for word in transmitter.split("_")]
            assert found.setdefault(origin, words) == words, origin
    return found


def main():
    cect = Path(sys.argv[1])
    kinds, chemistry = types(cect), transmitters(cect)
    names = sorted(name for name in kinds if name not in ("CANL", "CANR"))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["neuron", "type", "transmitter"])
    for name in names:
        writer.writerow([name, kinds[name], "+".join(chemistry.get(name, []))])


if __name__ == "__main__":
    main()
