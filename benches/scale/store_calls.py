"""What a task costs a file system: calls, bytes, and seconds where every call takes its time.

    python store_calls.py NEUROLOOM [FOLDER]

Counts with strace the calls of a first run, of a rerun that finds all done, of a batch worker and of the last job, as
the difference between two sizes of the same sweep; and the bytes of the run. Then it runs sweeps with a latency
injected into each call, and compares their time with the calls times the latency. Last, it prints what both together
mean for a large run. FOLDER is where the runs go, by default the present one.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from calls import KINDS, count, per_task, seconds_with_latency
from fake_slurm import install
from trivial import write_sweep

FEW, MANY = 50, 250
LATENCIES_MS = [0, 1, 2, 4]
RECORDINGS, STEPS = 100_000, 5
# Name, latency of a call by name (ms), calls per second of the server as a whole (none: no bound).
SYSTEMS = [
    ("local disk, NVMe", 0.02, None),
    ("NFS, 1 ms", 1.0, 10_000),
    ("NFS, 2 ms, busy", 2.0, 5_000),
    ("Lustre", 0.5, 20_000),
]


def phases(neuroloom, folder):
    """Calls per task in each phase of a run."""
    counts = {}
    for tasks in (FEW, MANY):
        pipeline, run = write_sweep(folder, tasks), folder / f"run{tasks}"
        local = [neuroloom, "run", pipeline, "--out", run, "--threads", "1", "--quiet"]
        counts["first run", tasks] = count(local, folder)
        counts["rerun, nothing to do", tasks] = count(local, folder)
        batch = folder / f"batch{tasks}"
        environment = install(folder / f"bin{tasks}", 100_001, 1_000_000)
        submit = [neuroloom, "submit", pipeline, "--executor", "slurm", "--out", batch]
        submit += ["--set", f"steps.row0.resources.tasks_per_job={tasks}"]
        counts["submit", tasks] = count(submit, folder, environment)
        subprocess.run([neuroloom, "exec", batch, "read"], check=True, capture_output=True)
        submission = batch / ".neuroloom/batch/01"
        worker = [neuroloom, "exec", batch, "--list", submission / "02-row0.tasks", "--line", "0"]
        counts["worker (`exec`)", tasks] = count(worker, folder, environment)
        counts["last job (`finish`)", tasks] = count([neuroloom, "finish", batch, "--submission", submission], folder, environment)
        counts["status", tasks] = count([neuroloom, "status", batch], folder, environment)
    names = dict.fromkeys(name for name, _ in counts)
    return {name: per_task(counts[name, FEW], counts[name, MANY], MANY - FEW) for name in names}


def print_phases(found):
    print(f"Calls per task, one table in and one out ({MANY} tasks less {FEW}).\n")
    print("| | " + " | ".join(KINDS) + " | all |\n| --- |" + " --- |" * (len(KINDS) + 1))
    for name, calls in found.items():
        cells = [f"{calls[kind]:.1f}" for kind in KINDS] + [f"{sum(calls.values()):.1f}"]
        print(f"| {name} | " + " | ".join(cells) + " |")


def bytes_per_task(folder):
    """Bytes per task of the files of a run, as the difference of two sizes; of the store also what the disk gives."""
    def sizes(run):
        text = lambda pattern: sum(path.stat().st_size for path in run.glob(pattern))
        entries = [path for path in run.glob(".neuroloom/store/??/*/*")]
        return {
            "plan (`run.lock`)": text("run.lock"),
            "journal": text(".neuroloom/journals/*/*.jsonl"),
            "store, bytes of files": sum(path.stat().st_size for path in entries),
            "store, blocks on the disk": sum(path.stat().st_blocks * 512 for path in run.glob(".neuroloom/store/**/*") if not path.is_symlink()),
            "`manifest.json`": text("manifest.json"),
            "`ro-crate-metadata.json`": text("ro-crate-metadata.json"),
            "`report.html`": text("report.html"),
        }
    few, many = sizes(folder / f"run{FEW}"), sizes(folder / f"run{MANY}")
    return {name: (many[name] - few[name]) / (MANY - FEW) for name in few}


def print_bytes(found):
    print(f"\n| | bytes per task | {RECORDINGS:,} tasks (MiB) |\n| --- | --- | --- |")
    for name, number in found.items():
        print(f"| {name} | {number:.0f} | {number * RECORDINGS / 2**20:.0f} |")


def injected(neuroloom, folder):
    """Milliseconds per task of a worker whose calls are slowed down: found, what the latency adds, what it should add.

    All calls by name are slowed down, wherever the file is, and looks at open files too, of which a network file system
    knows the answer: there are more of them than on the first table.
    """
    print("\n| latency of each call (ms) | a worker, ms per task | more than at 0 | calls × latency |\n| --- | --- | --- | --- |")
    tasks, base, calls = 100, None, 0
    environment = install(folder / "bin", 100_001, 1_000_000)
    pipeline = write_sweep(folder, tasks)
    for latency in LATENCIES_MS:
        batch = folder / f"slow{latency}"
        submit = [neuroloom, "submit", pipeline, "--executor", "slurm", "--out", batch, "--set", f"steps.row0.resources.tasks_per_job={tasks}"]
        subprocess.run(submit, env=environment, check=True, capture_output=True)
        subprocess.run([neuroloom, "exec", batch, "read"], check=True, capture_output=True)
        lists = batch / ".neuroloom/batch/01/02-row0.tasks"
        worker = lambda tail: [neuroloom, "exec", batch, *tail]
        one, rest = worker(["row0[where=duration_s > 0]"]), worker(["--list", lists, "--line", "0"])
        if base is None:
            calls = (sum(count(rest, "").values()) - sum(count(one, "").values())) / tasks
            shutil.rmtree(batch / ".neuroloom/store/recipes")
            for entry in (batch / ".neuroloom/store").glob("??"):
                shutil.rmtree(entry)
            subprocess.run([neuroloom, "exec", batch, "read"], check=True, capture_output=True)
        seconds = [seconds_with_latency(command, latency) for command in (one, rest)]
        found = 1e3 * (seconds[1] - seconds[0]) / (tasks - 1)
        base = found if base is None else base
        print(f"| {latency} | {found:.1f} | {found - base:.1f} | {calls * latency:.1f} |", flush=True)


def project(calls):
    """Hours for many recordings, by latency, by what the server bears, and by the number of workers."""
    tasks = RECORDINGS * STEPS
    work, last = sum(calls["worker (`exec`)"].values()), sum(calls["last job (`finish`)"].values())
    print(f"\n{RECORDINGS:,} recordings × {STEPS} steps: {tasks:,} tasks, {tasks * work / 1e6:.0f} million calls by the workers,")
    print(f"{tasks * last / 1e6:.1f} million by the last job, which is one process.\n")
    print("| | latency (ms) | 1 worker (h) | 50 workers (h) | 400 workers (h) | 400, the server's bound (h) | last job (h) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, latency, rate in SYSTEMS:
        hours = lambda calls, workers: tasks * calls * latency / 1e3 / 3600 / workers
        bound = tasks * work / rate / 3600 if rate else None
        cells = [f"{latency}"] + [f"{hours(work, workers):.1f}" for workers in (1, 50, 400)]
        cells += [f"{max(bound, hours(work, 400)):.1f} at {rate:,}/s" if bound else "–", f"{hours(last, 1):.1f}"]
        print(f"| {name} | " + " | ".join(cells) + " |")


def main():
    neuroloom = Path(shutil.which(sys.argv[1]) or sys.argv[1]).resolve()
    where = Path(sys.argv[2] if len(sys.argv) > 2 else ".").resolve()
    with tempfile.TemporaryDirectory(dir=where) as folder:
        folder = Path(folder)
        calls = phases(neuroloom, folder)
        print_phases(calls)
        print_bytes(bytes_per_task(folder))
        injected(neuroloom, folder)
        project(calls)


if __name__ == "__main__":
    main()
