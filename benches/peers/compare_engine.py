"""What a task costs beside its work: neuroloom, Snakemake and a bare shell loop, side by side.

    python compare_engine.py NEUROLOOM SNAKEMAKE [FOLDER]

1,000 trivial tasks, each of which writes one file, as a first run and as a rerun that finds everything done; then plans
of 1,000 to 99,999 tasks. NEUROLOOM and SNAKEMAKE are the two programs (setup.sh says where the second one is). All get
as many processors as there are. What is written goes to FOLDER, by default the present one: on a disk the time is
that of the disk's syncs, on /dev/shm that of the engine. Times are medians of three, for one task: the whole command,
its start included, divided by the number of tasks. The tasks of neuroloom read a table, write one, check its bytes
and make it durable; the others write a few bytes.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scale"))
from trivial import write_sweep

TASKS = 1000
RUNS = 3
CORES = len(os.sched_getaffinity(0))
SNAKEFILE = f"""
rule all:
    input: expand("out/{{n}}", n=range({TASKS}))

rule one:
    output: "out/{{n}}"
    shell: "echo {{wildcards.n}} > {{output}}"
"""


def timed(command, folder):
    """Wall seconds, CPU seconds of the command and all that it started, and peak memory of the largest process, MiB."""
    begun = time.perf_counter()
    with open(os.devnull, "wb") as nowhere, tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, cwd=folder, stdout=nowhere, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - begun
        if child.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(map(str, command))}: {said.read().decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def contenders(neuroloom, snakemake, folder):
    """Name, command, and what to remove before a first run."""
    pipeline = write_sweep(folder, TASKS)
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "in").write_text("1\n")
    once = f"i=0; while [ $i -lt {TASKS} ]; do [ -e out/$i ] || %s; i=$((i + 1)); done"
    run = [neuroloom, "run", pipeline, "--out", "run", "--threads", str(CORES), "--quiet"]
    yield "neuroloom run", run, "run"
    yield "Snakemake", [snakemake, "--cores", str(CORES), "--quiet", "all"], "out"
    loop = "mkdir -p out; " + once
    yield "shell loop, a process each", ["sh", "-c", loop % "/bin/echo $i > out/$i"], "out"
    synced = "dd if=in of=out/$i conv=fsync status=none"
    yield "shell loop, a process and a sync each", ["sh", "-c", loop % synced], "out"


def compare(neuroloom, snakemake, folder):
    print(f"{TASKS} tasks, {CORES} processors, in {folder}. Milliseconds per task.\n")
    print("| | first run: wall | CPU | × neuroloom (wall) | nothing to do: wall | CPU | whole rerun (s) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    own = None
    for name, command, product in contenders(neuroloom, snakemake, folder):
        first, again = [], []
        for _ in range(RUNS):
            for leftover in (product, ".snakemake"):
                shutil.rmtree(folder / leftover, ignore_errors=True)
            first.append(timed(command, folder))
            again.append(timed(command, folder))
        wall, cpu = (statistics.median(run[k] for run in first) for k in (0, 1))
        wall_again, cpu_again = (statistics.median(run[k] for run in again) for k in (0, 1))
        own = own or wall
        cells = [f"{1e3 * wall / TASKS:.2f}", f"{1e3 * cpu / TASKS:.2f}", f"{wall / own:.1f}"]
        cells += [f"{1e3 * wall_again / TASKS:.2f}", f"{1e3 * cpu_again / TASKS:.2f}", f"{wall_again:.2f}"]
        print("|", " | ".join([name, *cells]), "|", flush=True)


def plans(neuroloom, folder):
    print("\n| planned tasks | wall (s) | CPU (s) | peak memory (MiB) |\n| --- | --- | --- | --- |")
    for tasks in (1_000, 10_000, 99_999):
        pipeline = write_sweep(folder, tasks - 1)
        runs = [timed([neuroloom, "plan", pipeline, "--json"], folder) for _ in range(RUNS)]
        wall, cpu, memory = (statistics.median(run[k] for run in runs) for k in range(3))
        print(f"| {tasks} | {wall:.2f} | {cpu:.2f} | {memory:.0f} |", flush=True)


def main():
    neuroloom, snakemake = (Path(shutil.which(program) or program).resolve() for program in sys.argv[1:3])
    where = sys.argv[3] if len(sys.argv) > 3 else "."
    with tempfile.TemporaryDirectory(dir=where) as folder:
        compare(neuroloom, snakemake, Path(folder))
        plans(neuroloom, Path(folder))


if __name__ == "__main__":
    main()
