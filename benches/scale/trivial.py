"""A sweep of the cheapest step there is, for measurements of everything but the work itself.

The step `table.filter` keeps the rows of a table of one row. Every task reads one table and writes one.
"""

from pathlib import Path

RECORDING = "time,a\n" + "".join(f"{i / 10},{i % 3}\n" for i in range(20))
SOURCE = """neuroloom: 1
name: trivial
steps:
  read:
    use: ingest.table
    with: { path: recording.csv, columns: { time: time } }
"""


def write_sweep(folder, tasks):
    """The pipeline file of a sweep with `tasks` trivial tasks behind one that reads a file."""
    conditions = ", ".join(f'"duration_s > {n}"' for n in range(tasks))
    return write(folder, f"trivial_{tasks}.yaml", SOURCE + "  row0:\n" + row("read.recordings", conditions))


def write_chains(folder, recordings, steps):
    """The same for chains of `steps` tasks, one chain for each of so many pretended recordings."""
    text = SOURCE + "  row0:\n" + row("read.recordings", ", ".join(f'"duration_s > {n}"' for n in range(recordings)))
    for n in range(1, steps):
        text += f"  row{n}: {{ use: table.filter, in: {{ table: row{n - 1} }}, with: {{ where: 'duration_s > -{n}' }} }}\n"
    return write(folder, f"chains_{recordings}x{steps}.yaml", text)


def row(source, conditions):
    return f"    use: table.filter\n    in: {{ table: {source} }}\n    matrix: {{ where: [{conditions}] }}\n"


def write(folder, name, text):
    folder = Path(folder)
    (folder / "recording.csv").write_text(RECORDING)
    (folder / name).write_text(text)
    return folder / name
