"""Programs that answer as Slurm's do, for submissions of a size that no test cluster takes."""

import json
import os
from pathlib import Path

SBATCH = """#!/bin/sh
n=$(($(cat {here}/last 2>/dev/null || echo 100) + 1)); echo $n > {here}/last
cp "$2" {here}/script.$n; echo $n
"""
SCONTROL = """#!/bin/sh
echo "MaxArraySize            = {array}"; echo "MaxJobCount             = {jobs}"
"""


def install(here, array, jobs):
    """The environment in which the programs in `here` are found first; arrays of `array` - 1 elements, so many jobs."""
    here = Path(here)
    here.mkdir(parents=True)
    programs = {
        "sbatch": SBATCH.format(here=here),
        "scontrol": SCONTROL.format(array=array, jobs=jobs),
        "squeue": f"#!/bin/sh\ncat {here}/queue\n",
        "sacct": "#!/bin/sh\necho 'Slurm accounting storage is disabled' >&2; exit 1\n",
        "scancel": "#!/bin/sh\n",
    }
    for name, text in programs.items():
        (here / name).write_text(text)
        (here / name).chmod(0o755)
    (here / "queue").write_text("")
    return {**os.environ, "PATH": f"{here}:{os.environ['PATH']}"}


def fill_queue(here, run):
    """Makes squeue show every element of the last submission of `run` as waiting; gives the number of lines."""
    jobs = sorted((Path(run) / ".neuroloom/batch").glob("*/jobs.jsonl"))[-1]
    lines = []
    for line in jobs.read_text().splitlines():
        job = json.loads(line)
        elements = range(len(job["elements"]))
        lines += [f"{job['id']}_{at}|PENDING|Priority|" for at in elements] or [f"{job['id']}|PENDING|Dependency|"]
    (Path(here) / "queue").write_text("\n".join(lines) + "\n")
    return len(lines)
