"""Real recordings through the installed binary, every number and label beside the specification written in numpy.

    python check_celegans.py NEUROLOOM FOLDER

NEUROLOOM is the built binary. FOLDER holds dag2023 (the Flavell laboratory's HDF5 files with their label dictionary) and
flavell2023 (JSON). Both profiles are run end to end: ingest.celegans, celegans.homogenise, Parquet. The originals are read
here again with h5py and json, labels and signals are made by `celegans_twin.py` and the rules below. Tolerance of the
signals: rtol 1e-4, atol 1e-5 (they are stored in 32 bits); names, order, lengths and label statuses must be equal.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pyarrow.parquet as pq

import celegans_twin

SIGNALS = ["calcium_data", "raw_calcium_data", "smooth_calcium_data", "residual_calcium", "smooth_residual_calcium"]
PIPELINE = """
neuroloom: 1
name: check
steps:
  worms: {{ use: ingest.celegans, with: {{ path: {folder}, profile: {profile} }} }}
  activity:
    use: celegans.homogenise
    in: {{ traces: worms.traces, recordings: worms.recordings }}
    with: {{ profile: {profile} }}
"""


def labelled_first(n, labels):
    """Columns with their labels, those with one first, both by number (labels: column -> label)."""
    order = sorted(labels) + [column for column in range(n) if column not in labels]
    return [(column, labels.get(column)) for column in order]


def dag(path, dictionary):
    uid = path.name.removesuffix("-data.h5")
    if uid not in dictionary:
        return None
    with h5py.File(path) as file:
        traces = file["gcamp/traces_array_F_F20"][:]
        times_s = file["timing/timestamp_confocal"][: len(traces)]
    labels = {int(roi) - 1: entry["label"] for roi, entry in dictionary[uid][0].items()}
    return times_s, traces, labelled_first(traces.shape[1], labels)


def flavell(path, profile):
    if path.name == "time_trace.json":
        rows = json.loads(path.read_text())
        names = json.loads((path.parent / "neurons.json").read_text())
        times_s, traces = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        labels = dict(enumerate(names[: traces.shape[1]]))
    else:
        file = json.loads(path.read_text())
        times_s, traces = np.array(file["timestamp_confocal"]), np.array(file["trace_array"]).T
        labels = {int(roi) - 1: entry["label"] for roi, entry in file["labeled"].items()}
    if profile == "compat":
        traces = traces.astype(np.float32).astype(np.float64)
    return times_s, traces, labelled_first(traces.shape[1], labels)


def identities_exact(columns, names):
    """(id, status) per column: section 4.1 of the specification, profile exact."""
    unpad = lambda label: re.sub(r"^(AS|D[ABD]|V[ABCD])0(\d)$", r"\1\2", label)
    given = [label for _, label in columns]
    plain = [unpad(label) if label else label for label in given]
    result, taken = [None] * len(columns), {name for name in plain if name in names}
    for k, name in enumerate(plain):
        if name in names:
            status = "duplicate" if plain.count(name) > 1 else "exact" if name == given[k] else "padded"
            result[k] = (name if status != "duplicate" else None, status)
    for k, name in enumerate(plain):
        if result[k] is None and name and "?" in name:
            pattern = re.compile(re.escape(name).replace(re.escape("?"), "."))
            fits = [other for other in names if other not in taken and pattern.fullmatch(other)]
            once = plain.count(name) == 1
            result[k] = (fits[0], "resolved") if once and len(fits) == 1 else (None, "ambiguous")
            taken |= {fits[0]} if once and len(fits) == 1 else set()
        elif result[k] is None:
            result[k] = (None, "unknown" if name else "none")
    # The others are numbered by their places once those with a name stand in front.
    places = iter(range(sum(name is not None for name, _ in result), len(result)))
    return [(name or str(next(places)), status) for name, status in result]


def identities_compat(columns, names):
    """(id, None) per column: the nearest name that is free, by letters at equal places."""
    result, assigned = [], set()
    for column, label in columns:
        name = label or str(column)
        if not name.isdigit():
            name = name.replace("?", "")
            free = [other for other in names if other not in assigned]
            matches = [sum(a == b for a, b in zip(name, other)) for other in free]
            name = free[int(np.argmax(matches))]
            assigned.add(name)
        result.append((name, None))
    return result


def placed(columns, identities, names):
    """Final names with their columns and statuses, in the published order (section 4.2)."""
    rows = []
    ids = [name for name, _ in identities]
    for k, name in enumerate(sorted(set(ids))):
        at = ids.index(name)
        final = name
        if not name.isalnum():
            final = str(k)
        elif not name.isdigit() and not name.endswith("0"):
            final = name.replace("0", "")
        rows.append((final if final in names else str(k), columns[at][0], identities[at][1]))
    return rows


def check(worm, source, profile, names):
    times_s, traces, columns = source
    if profile == "exact":
        columns = sorted(columns, key=lambda column: column[0])
    identities = (identities_exact if profile == "exact" else identities_compat)(columns, names)
    expected = placed(columns, identities, names)
    found = worm.sort_values("position")
    assert list(found.neuron) == [name for name, _, _ in expected], "names"
    assert list(found.raw_column) == [column for _, column, _ in expected], "columns"
    if profile == "exact":
        assert list(found.label_status) == [status for _, _, status in expected], "statuses"
    signals, _ = celegans_twin.homogenise(times_s, traces[:, [column for _, column, _ in expected]], profile=profile)
    worst = 0.0
    for number, name in enumerate(SIGNALS):
        ours, theirs = np.stack(found[name].to_numpy()), signals[number]
        assert ours.shape == theirs.shape, f"{name}: {ours.shape} and {theirs.shape}"
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5, err_msg=name)
        worst = max(worst, float(np.max(np.abs(ours - theirs))))
    return len(expected), sum(name in names for name, _, _ in expected), worst


def main():
    neuroloom, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    names = sorted(row.split(",")[0] for row in (folder / "neurons/neurons_300.csv").read_text().split("\n")[1:] if row)
    dictionary = json.loads((folder / "dag2023/NeuroPAL_labels_dict.json").read_text())
    with tempfile.TemporaryDirectory() as temporary:
        for profile in ("exact", "compat"):
            pipeline, out = Path(temporary) / f"{profile}.yaml", Path(temporary) / profile
            pipeline.write_text(PIPELINE.format(folder=folder, profile=profile))
            subprocess.run([neuroloom, "run", pipeline, "--out", out, "--quiet"], check=True)
            traces = pq.read_table(out / "activity/traces.parquet").to_pandas()
            recordings = pq.read_table(out / "activity/recordings.parquet").to_pandas()
            checked = 0
            for row in recordings.itertuples():
                (path,) = list(folder.rglob(row.raw_data_file))
                source = dag(path, dictionary) if path.suffix == ".h5" else flavell(path, profile)
                assert (source is None) == (row.status != "used"), row
                if source is not None:
                    n, labelled, worst = check(traces[traces.recording_id == row.recording_id], source, profile, names)
                    print(f"{profile} {row.recording_id}: {n} neurons, {labelled} labelled, largest difference {worst:.1e}")
                    checked += 1
            print(f"{profile}: {checked} recordings agree, {len(recordings) - checked} skipped as they should be")


if __name__ == "__main__":
    main()
