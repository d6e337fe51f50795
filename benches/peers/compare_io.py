"""Reading an NWB trace matrix into an Arrow table beside h5py and pynwb: CPU seconds, one thread, same file.

    cargo build --release -p neuroloom-io --example time_nwb
    "$(benches/peers/setup.sh)" benches/peers/compare_io.py target/release/examples/time_nwb

Files of 600 regions x 30 000 samples, (time, region), are written by pynwb to a temporary folder. Each reader runs in a
process of its own, from open to a table with a row per region; user and system time are those that the kernel counts
for the process. "whole" is all of the process; "read" is without start-up and imports. A number is the median of five
runs; the readers take turns, so that a busy machine slows all alike. "MiB" is the peak of resident memory.
"""

import os

os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")})  # before numpy is imported

import datetime
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

RUNS = 5
UNITS, SAMPLES = 600, 30_000
SERIES = ("ophys", "Fluorescence", "RoiResponseSeries")
STORAGE = {
    "contiguous": {},
    "chunks 1000x100": {"chunks": (1000, 100)},
    "gzip 4, chunks 1000x100": {"chunks": (1000, 100), "compression": "gzip"},
    "shuffle, gzip 4, chunks 1000x100": {"chunks": (1000, 100), "compression": "gzip", "shuffle": True},
}


def own_cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write(path, dtype, storage):
    import numpy as np
    from pynwb import H5DataIO, NWBHDF5IO, NWBFile
    from pynwb.ophys import Fluorescence, ImageSegmentation, OpticalChannel

    random = np.random.default_rng(1)
    traces = (np.cumsum(random.normal(size=(SAMPLES, UNITS)), axis=0) * 0.02 + 1).astype(dtype)
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    file = NWBFile(session_description="made", identifier="made", session_start_time=start)
    plane = file.create_imaging_plane(
        name="plane", description="made", device=file.create_device("microscope"), excitation_lambda=900.0,
        indicator="GCaMP6f", location="VISp", imaging_rate=30.0,
        optical_channel=OpticalChannel(name="green", description="made", emission_lambda=510.0))
    module = file.create_processing_module("ophys", "made")
    segmentation, fluorescence = ImageSegmentation(), Fluorescence()
    module.add(segmentation)
    module.add(fluorescence)
    regions = segmentation.create_plane_segmentation(name="regions", description="made", imaging_plane=plane)
    for unit in range(UNITS):
        regions.add_roi(pixel_mask=[(unit, unit, 1.0)])
    rois = regions.create_roi_table_region(region=list(range(UNITS)), description="all")
    data = H5DataIO(traces, **storage) if storage else traces
    fluorescence.create_roi_response_series(name=SERIES[2], data=data, rois=rois, unit="lumens", rate=30.0)
    with NWBHDF5IO(path, "w") as io:
        io.write(file)


def peer(how, path):
    """Reads as a user would, and prints what the example `time_nwb` does."""
    import numpy as np
    import pyarrow as pa

    if how == "h5py":
        import h5py
    else:
        from pynwb import NWBHDF5IO
    before = own_cpu_s()
    if how == "h5py":
        with h5py.File(path, "r") as file:
            matrix = file["processing"]["/".join((*SERIES, "data"))][:]
    else:
        with NWBHDF5IO(path, "r") as io:
            matrix = io.read().processing[SERIES[0]][SERIES[1]][SERIES[2]].data[:]
    n_samples, n_units = matrix.shape
    flat = np.ascontiguousarray(matrix.T).ravel()
    offsets = np.arange(n_units + 1, dtype=np.int32) * n_samples
    table = pa.table({
        "unit_id": [str(unit) for unit in range(n_units)],
        "trace": pa.ListArray.from_arrays(offsets, pa.array(flat)),
    })
    read_s = own_cpu_s() - before
    total = flat.sum(dtype=np.float64)
    print(f"{read_s:.3f} {table.num_rows * n_samples} {total:.6e}")


def child(*command):
    """Whole CPU seconds, CPU seconds of reading, peak MiB, and the number and sum of the samples."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    read_s, n, total = printed.split()[-3:]
    return usage.ru_utime + usage.ru_stime, float(read_s), usage.ru_maxrss / 1024, int(n), float(total)


def compare(name, path, example):
    commands = {"neuroloom": (example, path)}
    commands |= {how: (sys.executable, __file__, "--peer", how, path) for how in ("h5py", "pynwb")}
    runs = {how: [] for how in commands}
    for run in range(RUNS + 1):
        for how, command in commands.items():
            # The first run fills the page cache.
            if (result := child(*command)) and run:
                runs[how].append(result)
    ours = runs["neuroloom"][0]
    for results in runs.values():
        assert results[0][3] == ours[3] and abs(results[0][4] - ours[4]) <= 1e-4 * abs(ours[4]), "other samples"
    whole, read, peak = ({how: median(r[i] for r in rs) for how, rs in runs.items()} for i in range(3))
    cells = [f"{whole[how]:.2f} / {read[how]:.2f} / {peak[how]:.0f}" for how in commands]
    ratios = [f"{whole[how] / whole['neuroloom']:.1f} / {read[how] / max(read['neuroloom'], 0.01):.1f}"
              for how in ("h5py", "pynwb")]
    print("| " + " | ".join([name, *cells, *ratios]) + " |", flush=True)


def main(example):
    print("| file | neuroloom: whole / read s / MiB | h5py | pynwb | ratio to h5py: whole / read | ratio to pynwb |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for dtype in ("float32", "float64"):
            for storage in STORAGE:
                path = str(Path(folder) / "made.nwb")
                # In a process of its own: a child's peak of memory is at least what its parent holds.
                subprocess.run((sys.executable, __file__, "--write", path, dtype, storage), check=True)
                compare(f"{dtype}, {storage}", path, example)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--peer":
        peer(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 5 and sys.argv[1] == "--write":
        write(*sys.argv[2:4], STORAGE[sys.argv[4]])
    elif len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        raise SystemExit(__doc__)
