"""Makes the fixtures of the readers of CaImAn, Neural Latents Benchmark, Pynapple and Minian files, with h5py, zarr 2 and
Pynapple's own writer.

    $PEERS/bin/pip install pynapple h5py scipy "zarr<3" "numcodecs<0.16"
    $PEERS/bin/python benches/peers/make_recording_fixtures.py

writes crates/io/tests/fixtures/{caiman,nlb,pynapple,minian}/. All contents are synthetic: what a value is follows from its place.
"""

from pathlib import Path

import h5py
import numpy as np
import pynapple as nap
import scipy.sparse
import zarr

FIXTURES = Path(__file__).resolve().parents[2] / "crates" / "io" / "tests" / "fixtures"


def none_as_text(group, name):
    """CaImAn writes the word NoneType where a value is None."""
    group[name] = "NoneType"


def make_caiman(folder):
    """Layout of CNMF.save: 3 components, 8 frames, a field of view of 4 rows × 5 columns."""
    components, frames, extents = 3, 8, (4, 5)
    footprints = np.zeros((20, components))
    footprints[1 + 4 * 2, 0] = 2.0  # row 1, column 2
    footprints[0 + 4 * 0, 1], footprints[2 + 4 * 4, 1] = 1.0, 3.0  # rows 0 and 2, columns 0 and 4
    footprints[3 + 4 * 1, 2] = 0.5
    sparse = scipy.sparse.csc_matrix(footprints)
    grid = np.arange(components * frames, dtype=float).reshape(components, frames)
    with h5py.File(folder / "small.hdf5", "w") as file:
        estimates = file.create_group("estimates")
        matrix = estimates.create_group("A")
        for name in ["data", "indices", "indptr"]:
            matrix[name] = getattr(sparse, name)
        matrix["shape"] = np.array(sparse.shape)
        estimates["C"] = grid
        estimates["YrA"] = grid / 8
        estimates["S"] = grid.astype(np.float32) - 1
        none_as_text(estimates, "F_dff")
        estimates["idx_components"] = np.array([0, 2])
        estimates["idx_components_bad"] = np.array([1])
        estimates["SNR_comp"] = np.array([3.5, 0.5, 2.5], dtype=np.float32)
        estimates["r_values"] = np.array([0.9, 0.1, 0.8])
        none_as_text(estimates, "cnn_preds")
        none_as_text(estimates, "bl")
        file["dims"] = np.array(extents)
        file["params/data/fr"] = 10
        none_as_text(file["params/data"], "fnames")
    with h5py.File(folder / "never_evaluated.hdf5", "w") as file:
        file["estimates/C"] = grid[:, :1]
        file["estimates/idx_components"] = "NoneType"
        file["params/data/fr"] = "NoneType"


def nlb_block(first, trials, bins, units):
    return (first + np.arange(trials * bins * units).reshape(trials, bins, units)).astype(np.float32)


def make_nlb(folder):
    """The layout of nlb_tools.make_tensors: 3 training and 2 evaluation trials, 4 + 2 bins, 2 + 1 units."""
    with h5py.File(folder / "mc_maze_20.h5", "w") as file:
        group = file.create_group("mc_maze_20")
        options = {"compression": "gzip"}
        for split, trials in [("train", 3), ("eval", 2)]:
            for held, units, first in [("heldin", 2, 0), ("heldout", 1, 100)]:
                name = f"{split}_spikes_{held}"
                group.create_dataset(name, data=nlb_block(first, trials, 4, units), **options)
                group.create_dataset(f"{name}_forward", data=nlb_block(first + 50, trials, 2, units), **options)
        group["train_behavior"] = nlb_block(0, 3, 4, 2) / 4
        group["train_cond_idx"] = np.array([0, 1, 0])
        group["psth"] = np.zeros((2, 4, 3))
    rates = np.full((2, 5, 3), 20.0)
    with h5py.File(folder / "lfads.h5", "w") as file:
        for split, first in [("train", 0), ("valid", 7)]:
            # 0.2 spikes per bin at 20 Hz: bins of 10 ms.
            counts = np.zeros((2, 5, 3), dtype=np.int16)
            counts.reshape(-1)[::5] = 1
            file[f"{split}_data"] = counts
            file[f"{split}_truth"] = rates
            file[f"{split}_inds"] = np.array([first, first + 3])
            file[f"{split}_lowd"] = np.zeros((2, 5, 3))


def make_pynapple(folder):
    session = folder / "session"
    (session / "derivatives").mkdir(parents=True, exist_ok=True)
    support = nap.IntervalSet(start=[0.0, 10.0], end=[5.0, 20.0])
    trains = {
        0: nap.Ts(t=np.array([0.5, 1.5, 12.0])),
        3: nap.Ts(t=np.array([])),
        7: nap.Ts(t=np.array([0.25, 11.0])),
    }
    group = nap.TsGroup(trains, time_support=support, metadata={"depth": np.array([10.0, 20.0, 30.0])})
    group.save(str(session / "spikes.npz"))
    support.save(str(session / "epochs.npz"))
    times = np.round(np.arange(11) / 30.0, 9)
    nap.Tsd(t=times, d=np.arange(11) / 2, time_support=nap.IntervalSet(0, 1)).save(str(session / "speed.npz"))
    frame_times = np.array([0.0, 0.1, 0.2, 10.0, 10.3, 10.4])
    frame = np.arange(12.0, dtype=np.float32).reshape(6, 2)
    named = nap.TsdFrame(t=frame_times, d=frame, columns=["x", "y"], time_support=support)
    named.save(str(session / "derivatives" / "position.npz"))
    nap.TsdFrame(t=frame_times, d=frame, time_support=support).save(str(session / "derivatives" / "calcium.npz"))
    nap.TsdTensor(t=frame_times, d=np.zeros((6, 2, 2)), time_support=support).save(str(session / "movie.npz"))
    nap.Ts(t=np.array([1.0, 4.0]), time_support=support).save(str(session / "licks.npz"))
    # Older versions of Pynapple keep names of columns as text, and metadata in arrays of their own.
    names = np.array(["x", "y"])
    np.savez(folder / "named.npz", t=np.array([0.0, 1.0, 2.0]), d=frame[:3], columns=names, type=np.array(["TsdFrame"]))
    np.savez(
        folder / "columns.npz",
        t=np.array([0.1, 0.2, 0.3]),
        index=np.array([2, 1, 2]),
        keys=np.array([1, 2]),
        start=np.array([0.0]),
        end=np.array([1.0]),
        type=np.array(["TsGroup"]),
        location=np.array(["adn", "ca1"]),
        group=np.array([4, 5]),
        rate=np.array([1.0, 2.0]),
        depth=np.array([0.5, 1.5]),
        is_good=np.array([True, False]),
        waveform=np.zeros((2, 3)),
        tags=np.array(["a", None], dtype=object),
    )


def make_minian(folder):
    """Layout of Minian's save_minian: a Zarr 2 group per variable, as xarray writes it, compressed by Blosc (lz4)."""

    def save(name, values, dimensions, chunks, frames):
        group = zarr.open_group(str(folder / f"{name}.zarr"), mode="w")
        arrays = {name: (values, dimensions, chunks), "unit_id": (np.array([2, 5, 11]), ["unit_id"], (3,))}
        arrays["frame"] = (frames, ["frame"], (len(frames),))
        for key, (data, names, chunk) in arrays.items():
            array = group.create_dataset(key, data=data, chunks=chunk, overwrite=True)
            array.attrs["_ARRAY_DIMENSIONS"] = names
        zarr.consolidate_metadata(group.store)

    values = np.arange(30.0).reshape(3, 10)
    save("C", values, ["unit_id", "frame"], (2, 4), np.arange(10) + 4)
    # A movie of every second frame; frames first.
    save("S", -values.T.astype(np.float32), ["frame", "unit_id"], (10, 3), 2 * np.arange(10))
    # The chunk of units 0 and 1, frames 4 to 7, is not there: it holds the fill value, 0.
    (folder / "C.zarr" / "C" / "0.1").unlink()


if __name__ == "__main__":
    for make in [make_caiman, make_nlb, make_pynapple, make_minian]:
        folder = FIXTURES / make.__name__.removeprefix("make_")
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)
