"""What a submission of 100,000 tasks asks of Slurm and of the login node.

    python scheduler_calls.py NEUROLOOM [FOLDER]

20,000 pretended recordings in chains of five trivial tasks are submitted to programs that answer as Slurm's do: once
with the limits that Slurm has by default and once with arrays for 100,000 elements; then `squeue` shows every element
to `neuroloom status`. FOLDER is where the run goes, by default the present one. CPU is that of all processes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fake_slurm import fill_queue, install
from trivial import write_chains

RECORDINGS, STEPS = 19_999, 5
SITES = [("default: MaxArraySize 1001, MaxJobCount 10000", 1001, 10_000), ("MaxArraySize 100001, MaxJobCount 1000000", 100_001, 1_000_000)]


def timed(command, environment):
    """Wall seconds, CPU seconds, peak memory of the largest process in MiB."""
    begun = time.perf_counter()
    child = subprocess.Popen(list(map(str, command)), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {said.decode()[-2000:]}")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rows(neuroloom, folder, number, array, jobs):
    """What happens on one site, as cells of a table."""
    here, run = folder / f"bin{number}", folder / f"run{number}"
    environment = install(here, array, jobs)
    pipeline = write_chains(folder, RECORDINGS, STEPS)
    submit = timed([neuroloom, "submit", pipeline, "--executor", "slurm", "--out", run], environment)
    lines = fill_queue(here, run)
    status = timed([neuroloom, "status", run], environment)
    worker = timed([neuroloom, "exec", run, "read"], environment)
    size = lambda pattern: sum(path.stat().st_size for path in run.glob(pattern)) / 2**20
    yield "calls of sbatch", str(len(list(here.glob("script.*"))))
    yield "elements, and lines of squeue", f"{lines:,}"
    yield "largest script (bytes)", str(max(path.stat().st_size for path in here.glob("script.*")))
    yield "`run.lock` (MiB)", f"{size('run.lock'):.0f}"
    yield "lists of tasks (MiB)", f"{size('.neuroloom/batch/*/*.tasks') + size('.neuroloom/batch/*/jobs.jsonl'):.0f}"
    for name, (wall, cpu, memory) in (("submit", submit), ("status, all waiting", status), ("exec of one task", worker)):
        yield f"{name}: wall (s), CPU (s), MiB", f"{wall:.1f}, {cpu:.1f}, {memory:.0f}"


def main():
    neuroloom = Path(shutil.which(sys.argv[1]) or sys.argv[1]).resolve()
    where = Path(sys.argv[2] if len(sys.argv) > 2 else ".").resolve()
    print(f"{RECORDINGS * STEPS + 1:,} tasks in {STEPS + 1} steps.\n")
    with tempfile.TemporaryDirectory(dir=where) as folder:
        columns = [dict(rows(neuroloom, Path(folder), at, *limits)) for at, (_, *limits) in enumerate(SITES)]
    print("| | " + " | ".join(name for name, *_ in SITES) + " |\n| --- |" + " --- |" * len(SITES))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


if __name__ == "__main__":
    main()
