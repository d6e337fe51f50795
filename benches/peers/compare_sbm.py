"""Block models beside graph-tool: description length and CPU seconds on the same graphs, in one run.

    /usr/bin/python3 benches/peers/compare_sbm.py [SEEDS]

Needs the Debian package python3-graph-tool and, for our side, the example `bench_sbm`. Each side makes one search per
seed (one restart) on one thread with graph-tool's description length (`compat`); a row has the medians. A ratio of
CPU seconds is theirs by ours; a difference of description lengths is ours minus theirs, so that below 0 ours is better.
The public graphs come with graph-tool; the dense ones are drawn here.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before graph-tool is imported

import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

warnings.filterwarnings("ignore")

import graph_tool.all as gt
import numpy as np

WORKSPACE = Path(__file__).resolve().parents[2]
SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
PACKAGE = ["--package", "neuroloom-community", "--example", "bench_sbm"]


def public(name):
    """[edges, 2 or 3]: undirected edges without self-loops, those in both directions summed."""
    graph, sums = gt.collection.data[name], {}
    for edge in graph.edges():
        pair = tuple(sorted((int(edge.source()), int(edge.target()))))
        if pair[0] != pair[1]:
            weight = graph.ep["value"][edge] if "value" in graph.ep and name == "celegansneural" else 0.0
            sums[pair] = sums.get(pair, 0.0) + weight
    rows = [(*pair, weight) for pair, weight in sums.items()]
    return np.array(rows)[:, : 3 if name == "celegansneural" else 2]


def planted(random, structure):
    """189 nodes, about 10,000 edges, five groups in the edges, in the weights, or in both."""
    n_nodes, n_groups = 189, 5
    group = random.integers(0, n_groups, n_nodes)
    same = group[:, None] == group[None]
    chance = np.where(same, 0.85, 0.49) if structure != "weights" else np.full(same.shape, 0.56)
    means = random.gamma(2.0, 1.0, (n_groups, n_groups))
    means = (means + means.T) / 2 + 2 * np.eye(n_groups)
    scale = means[group][:, group] if structure != "edges" else np.ones(same.shape)
    i, j = np.triu_indices(n_nodes, 1)
    kept = random.random(len(i)) < chance[i, j]
    i, j = i[kept], j[kept]
    return np.column_stack([i, j, random.exponential(scale[i, j]).round(6) + 1e-6])


def theirs(rows, model, deg_corr, nested, seed):
    graph = gt.Graph(directed=False)
    graph.add_edge_list(rows[:, :2].astype(int))
    arguments = {"deg_corr": deg_corr}
    if model != "none":
        weights = graph.new_ep("double", vals=rows[:, 2])
        arguments |= {"recs": [weights], "rec_types": [f"real-{model}"]}
    gt.seed_rng(seed)
    np.random.seed(seed)
    search = gt.minimize_nested_blockmodel_dl if nested else gt.minimize_blockmodel_dl
    before = time.process_time()
    state = search(graph, state_args=arguments)
    return state.entropy(), time.process_time() - before


def ours(program, file, model, deg_corr, nested, seed):
    options = [model, str(deg_corr).lower(), str(nested).lower(), "graph-tool-2.45", str(seed), "1"]
    found = json.loads(subprocess.run([program, file, *options], check=True, capture_output=True).stdout)
    return found["total"], found["seconds"]


def compare(program, folder, name, rows, model, deg_corr, nested):
    columns = 2 if model == "none" else 3
    file = folder / "edges.txt"
    np.savetxt(file, rows[:, :columns], fmt=["%d", "%d", "%.17g"][:columns])
    found = [
        (theirs(rows, model, deg_corr, nested, seed), ours(program, file, model, deg_corr, nested, seed))
        for seed in range(1, SEEDS + 1)
    ]
    peer, peer_s = (median(run[0][at] for run in found) for at in (0, 1))
    own, own_s = (median(run[1][at] for run in found) for at in (0, 1))
    lowest = [min(run[side][0] for run in found) for side in (0, 1)]
    settings = f"{model}, {'DC' if deg_corr else 'NDC'}, {'nested' if nested else 'flat'}"
    print(
        f"| {name} | {settings} | {peer:.2f} | {own:.2f} | {own - peer:+.2f} ({(own - peer) / abs(peer):+.2%}) "
        f"| {lowest[0]:.2f} | {lowest[1]:.2f} | {peer_s:.4f} | {own_s:.4f} | {peer_s / max(own_s, 1e-4):.1f} |",
        flush=True,
    )


def program():
    command = ["cargo", "build", "--release", "--message-format", "json", *PACKAGE]
    built = subprocess.run(command, cwd=WORKSPACE, check=True, capture_output=True, text=True).stdout
    messages = [json.loads(line) for line in built.splitlines()]
    return next(m["executable"] for m in reversed(messages) if m.get("executable"))


def main():
    built = program()
    random = np.random.default_rng(7)
    graphs = {name: public(name) for name in ("karate", "football", "celegansneural")}
    graphs |= {f"dense, {structure}": planted(random, structure) for structure in ("edges", "weights", "both")}
    print("| graph | model | DL graph-tool | DL ours | difference | least theirs | least ours | CPU s theirs | ours | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in graphs.items():
            models = ["none"] if rows.shape[1] == 2 else ["none", "exponential"]
            for model in models:
                for nested in (False, True):
                    for deg_corr in (True, False):
                        compare(built, Path(folder), name, rows, model, deg_corr, nested)


main()
