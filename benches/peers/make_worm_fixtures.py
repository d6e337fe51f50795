"""Tiny recordings in the exact layout of every source, by the reference writers.

    python benches/peers/make_worm_fixtures.py crates/worms/tests/fixtures

Needs numpy, scipy, h5py and pynwb. Sample `t` of column `n` of worm `w` is `1000 w + 100 n + t + 0.5 (t mod 3)`; 24 samples.
"""

import datetime
import json
import pathlib
import sys
import zipfile

import h5py
import numpy as np
import pynwb
import scipy.io
from pynwb import ophys

T = 24


def trace(worm, neuron, n=T):
    t = np.arange(n)
    return 1000.0 * worm + 100.0 * neuron + t + 0.5 * (t % 3)


def matrix(worm, n_neurons, n=T):
    """[n_samples, n_neurons]"""
    return np.stack([trace(worm, neuron, n) for neuron in range(n_neurons)], axis=1)


class Mat73:
    """HDF5 as MATLAB R2006b and later write it."""

    def __init__(self, path):
        self.path = path
        self.h5 = h5py.File(path, "w", userblock_size=512)
        self.refs = self.h5.create_group("#refs#")
        self.n = 0

    def close(self):
        self.h5.close()
        head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Jan  1 00:00:00 2015 HDF5 schema 1.00 ."
        with open(self.path, "r+b") as file:
            file.write(head.ljust(124, b" ") + bytes([0, 2]) + b"IM")

    def put(self, group, name, value):
        if isinstance(value, dict):
            made = group.create_group(name)
            made.attrs["MATLAB_class"] = np.bytes_("struct")
            for key, item in value.items():
                self.put(made, key, item)
        elif isinstance(value, str):
            units = np.array([[ord(c)] for c in value], dtype="u2")
            made = group.create_dataset(name, data=units)
            made.attrs["MATLAB_class"] = np.bytes_("char")
            made.attrs["MATLAB_int_decode"] = np.int32(2)
        elif isinstance(value, list):
            made = group.create_dataset(name, (len(value), 1), dtype=h5py.ref_dtype)
            made.attrs["MATLAB_class"] = np.bytes_("cell")
            for i, item in enumerate(value):
                made[i, 0] = self.item(item)
        elif value is None:
            made = group.create_dataset(name, data=np.array([0, 0], dtype="u8"))
            made.attrs["MATLAB_class"] = np.bytes_("double")
            made.attrs["MATLAB_empty"] = np.uint8(1)
        else:
            made = group.create_dataset(name, data=np.atleast_2d(np.asarray(value, dtype="f8")).T)
            made.attrs["MATLAB_class"] = np.bytes_("double")
        return made

    def item(self, value):
        self.n += 1
        return self.put(self.refs, f"r{self.n}", value).ref


def column(values):
    """A column vector: `[n, 1]`."""
    return np.asarray(values)[:, None]


def zimmer(folder, source, file, struct, names, worms):
    """`worms`: lists of labels."""
    path = folder / source
    path.mkdir(parents=True, exist_ok=True)
    mat = Mat73(path / f"{file}.mat")
    times = [column(10.0 * w + 0.5 * np.arange(T)) for w in range(len(worms))]
    ids, traces, clock = names
    fields = {
        ids: worms,
        traces: [matrix(w, len(labels)) for w, labels in enumerate(worms)],
        clock: times,
        "fps": 2.0,
    }
    mat.put(mat.h5, struct, fields)
    mat.close()


def all_zimmer(folder):
    usual = ("IDs", "traces", "timeVectorSeconds")
    # A name, a list of names of which the first counts, nothing, and a pattern.
    first = ["AVAL", ["AVAR", "AVEL"], None, "RIM?"]
    zimmer(folder, "Kato2015", "WT_Stim", "WT_Stim", usual, [first, ["AVBL", "AVBR"]])
    kato = ("NeuronNames", "deltaFOverF_bc", "tv")
    zimmer(folder, "Kato2015", "WT_NoStim", "WT_NoStim", kato, [["AVAL", [None, "SMDVL"], [None]]])
    zimmer(folder, "Nichols2017", "npr1_let", "npr1_let", usual, [["AVAL", "RIS"], ["RIS", None]])
    zimmer(folder, "Skora2018", "WT_fasted", "WT_fasted", usual, [["AVAL", "AVAR"]])
    kaplan = ("neuron_ID", "traces_bleach_corrected", "time_vector")
    name = "MNhisCl_RIShisCl"
    zimmer(folder, "Kaplan2020", f"Neuron2019_Data_{name}", f"{name}_Neuron2019", kaplan, [["VB02", "RIBL"]])
    zimmer(folder, "Uzel2022", "Uzel_WT", "Uzel_WT", ("IDs", "traces", "tv"), [["AVAL", None], ["RIML", "RIMR"]])


def dag(folder):
    path = folder / "Dag2023"
    path.mkdir(parents=True, exist_ok=True)
    entry = lambda label: {"label": label, "neuron_class": label[:3], "LR": "L", "DV": "undefined", "region": None,
                           "roi_id": [7], "confidence": 4.0}
    regions = {"2": entry("AVAL"), "3": entry("VB02"), "5": entry("AVAR")}
    json.dump({"2022-07-27-45": [regions, None]}, open(path / "NeuroPAL_labels_dict.json", "w"))
    for uid in ("2022-07-27-45", "2022-01-16-01"):
        with h5py.File(path / f"{uid}-data.h5", "w") as h5:
            h5["gcamp/traces_array_F_F20"] = matrix(0, 5)
            # Two times more than samples.
            h5["timing/timestamp_confocal"] = 1.2e6 + 0.6 * np.arange(T + 2)
            h5["timing/time_food_encounter"] = np.int64(4)
            h5["behavior/velocity"] = 0.01 * np.arange(T)
            h5["behavior/head_angle"] = -0.1 * np.arange(T)
            h5["behavior/pumping"] = np.full(T, np.nan)
            h5["behavior/reversal_events"] = np.array([[2, 10], [5, 12]], dtype="i8")


def flavell(folder):
    path = folder / "Flavell2023"
    path.mkdir(parents=True, exist_ok=True)
    times = [0.6 * t for t in range(T)]
    traces = [[round(0.1 * v, 3) for v in trace(0, n)] for n in range(3)]
    traces[1][2] = None
    labeled = {"1": {"label": "AVAL", "confidence": 3}, "3": {"label": "AVA?"}}
    worm = {"timestamp_confocal": times, "trace_array": traces, "labeled": labeled, "uid": "worm",
            "velocity": [0.01 * t for t in range(T)], "reversal_events": [[2, 4]]}
    json.dump(worm, open(path / "worm.json", "w"))
    frames = [[0.6 * t, [float(trace(0, n)[t]) for n in range(2)]] for t in range(T)]
    json.dump(frames, open(path / "time_trace.json", "w"))
    json.dump(["RIML", "RIMR", "AVBL"], open(path / "neurons.json", "w"))


def nejatbakhsh(folder):
    path = folder / "Nejatbakhsh2020"
    path.mkdir(parents=True, exist_ok=True)
    made = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    subject = pynwb.file.Subject(subject_id="worm1", species="C. elegans", strain="OH16230", sex="O", age="P2D")
    nwb = pynwb.NWBFile("NeuroPAL worm", "fixture", made, file_create_date=made, subject=subject)
    device = nwb.create_device("microscope")
    channel = ophys.OpticalChannel("green", "GCaMP", 510.0)
    plane = nwb.create_imaging_plane(name="plane", optical_channel=channel, description="volume", device=device,
                                     excitation_lambda=488.0, indicator="GCaMP6s", location="head", imaging_rate=4.0)
    regions = ophys.PlaneSegmentation("neurons", plane, name="regions")
    for i in range(3):
        regions.add_roi(pixel_mask=[(i, i, 1.0)])
    table = regions.create_roi_table_region("all", region=[0, 1, 2])
    data = matrix(0, 3)
    data[5, 1] = np.nan
    series = ophys.RoiResponseSeries("SignalCalciumImResponseSeries", data, "n.a.", table, rate=4.0, starting_time=1.0)
    module = nwb.create_processing_module("CalciumActivity", "traces")
    module.add(ophys.ImageSegmentation(plane_segmentations=[regions]))
    module.add(ophys.Fluorescence(roi_response_series=[series], name="SignalRawFluor"))
    file = path / "sub-worm1_ophys.nwb"
    with pynwb.NWBHDF5IO(file, "w") as out:
        out.write(nwb, cache_spec=False)
    # The labels are of an extension's type, which pynwb alone does not write.
    with h5py.File(file, "a") as h5:
        group = h5.create_group("processing/CalciumActivity/NeuronIDs")
        group.attrs["neurodata_type"] = "SegmentationLabels"
        group["labels"] = np.array(["AVAL", "", "AVAR"], dtype=h5py.string_dtype())


def cells(items):
    made = np.empty((len(items), 1), dtype=object)
    for i, item in enumerate(items):
        made[i, 0] = item
    return made


def yemini(folder):
    path = folder / "Yemini2021"
    path.mkdir(parents=True, exist_ok=True)
    none = np.zeros((0, 0))
    # Two worms: a class with sides (the right one is missing in the second worm), and one without.
    ava = [column(trace(0, 0)), column(trace(1, 0)), column(trace(0, 1)), none]
    ris = [column(trace(0, 2)), column(trace(1, 2))]
    variables = {
        "fps": 4.0,
        "files": cells(["worm_a.czi", "worm_b.czi"]),
        "neurons": cells(["AVA", "RIS"]),
        "is_L": cells([np.array([[1.0], [1.0], [0.0], [0.0]]), np.array([[np.nan], [np.nan]])]),
        "norm_traces": cells([cells(ava), cells(ris)]),
    }
    scipy.io.savemat(path / "Head_Activity_OH16230.mat", variables, do_compression=True)
    # The sides by class instead of by entry.
    variables["is_L"] = np.array([[1.0], [np.nan]])
    scipy.io.savemat(path / "Tail_Activity_OH16230.mat", variables)


def lin(folder):
    path = folder / "Lin2023"
    path.mkdir(parents=True, exist_ok=True)
    traces = matrix(0, 3).T.copy()
    traces[:, 0] = np.nan
    traces[2, 7] = np.nan
    times = {"start": 3.0, "all": 0.3 * np.arange(T)}
    scipy.io.savemat(path / "run1.mat", {
        "use_flag": np.array([[1.0], [0.0], [2.0]]),
        "proofread_neurons": cells(["ASEL", "merge", "AWCL"]),
        "times": times,
        "corrected_F": traces,
        "F_0": np.array([[0.25, 9.0], [1.25, 9.0], [2.25, 9.0]]),
    }, do_compression=True)


def leifer(folder):
    path = folder / "Leifer2023"
    path.mkdir(parents=True, exist_ok=True)
    values = matrix(0, 4)
    values[3, 1] = np.nan
    rows = "\n".join(" ".join(f"{v:.18e}" for v in row) for row in values)
    (path / "0_gcamp.txt").write_text(rows + "\n")
    (path / "0_t.txt").write_text("\n".join(f"{0.5 * t:.18e}" for t in range(T)) + "\n")
    (path / "0_labels.txt").write_text("AVAL\n\nAVE\nmerge\n")


def venkatachalam(folder):
    path = folder / "Venkatachalam2024"
    path.mkdir(parents=True, exist_ok=True)
    meta = ["", "neuron", "x", "y", "z", "red", "green", "comment", "id"]
    head = ",".join(meta + [str(f) for f in range(98 + T)] + ["last"])
    with zipfile.ZipFile(path / "worms.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for worm in range(2):
            lines = [head]
            for n, name in enumerate(["AVAL", "AVAR", "OLLL"]):
                fields = [str(n), name, "1", "2", "3", "4", "5", '"a, ""b"""', "9"] + [""] * 98
                values = [repr(float(v)) for v in trace(worm, n)]
                if n == 1:
                    values[4] = ""
                lines.append(",".join(fields + values + ["tail"]))
            stamp = zipfile.ZipInfo(f"data/worm_{worm}.csv", (2024, 1, 1, 0, 0, 0))
            stamp.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(stamp, "\n".join(lines) + "\n")
        out.writestr(zipfile.ZipInfo("__MACOSX/._worm_0.csv", (2024, 1, 1, 0, 0, 0)), "litter")


def main():
    folder = pathlib.Path(sys.argv[1])
    for make in (all_zimmer, dag, flavell, nejatbakhsh, yemini, lin, leifer, venkatachalam):
        make(folder)


if __name__ == "__main__":
    main()
