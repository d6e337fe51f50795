"""Communities of weighted benchmark graphs (LFR) beside graph-tool: agreement with the planted ones on the same graphs.

    "$(benches/peers/setup.sh)" benches/peers/compare_lfr.py [--graphs 10] [--seeds 7 8] [--binary target/release/neuroloom]

graph-tool 2.45 is Debian's python3-graph-tool and runs under /usr/bin/python3, in a process of its own. Both fit the nested
model with exponential weights, with and without degree correction, and keep the shorter description; every edge once,
and every edge twice. A number is the mean over graphs of the normalised mutual information: of the level nearest to the
truth, as published, and of level 0. Description lengths (nats) can be compared with `--compat graph-tool-2.45` only: the
published formula charges the prior of the weights once. Times are CPU seconds of all fits of a row, of one thread.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

WORKSPACE = Path(__file__).resolve().parents[2]
SETS = {
    "beta 0.5": {"beta": 0.5},
    "beta 1": {"beta": 1.0},
    "beta 2": {"beta": 2.0},
    "mu_t 0.25": {"mu_t": 0.25},
    "mu_t 0.5": {"mu_t": 0.5},
    "mu_t 0.75": {"mu_t": 0.75},
    "k 10": {"mean_degree": 10.0},
    "mu_w 0.25": {"mu_w": 0.25},
    "mu_w 0.75": {"mu_w": 0.75},
}


def main():
    options = arguments()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, parameters) in enumerate(SETS.items()):
            for seed in options.seeds:
                # The reference set stands in three series: it gets other graphs in each.
                ours = Ours(options, Path(folder) / f"{number}-{seed}", parameters, 100 * seed + number)
                for doubled in (False, True):
                    found = ours.agreement(doubled) | graph_tool(ours.edges(), ours.truth(), doubled, seed)
                    rows.setdefault((name, doubled), []).append(found)
                    print(name, "doubled" if doubled else "single", seed, found, file=sys.stderr, flush=True)
    table(rows)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graphs", type=int, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--peer-restarts", type=int, default=1)
    parser.add_argument("--compat", choices=["none", "graph-tool-2.45"], default="none", help="our description length")
    parser.add_argument("--binary", type=Path, default=WORKSPACE / "target/release/neuroloom")
    options = parser.parse_args()
    Ours.peer_restarts = options.peer_restarts
    return options


class Ours:
    """Runs of our pipeline in a folder: the graphs once, the fits with edges single and doubled."""

    peer_restarts = 1

    def __init__(self, options, folder, parameters, seed):
        self.options, self.folder, self.seed = options, folder, seed
        folder.mkdir()
        self.steps = {"graphs": {"use": "simulate.lfr", "with": {"n_graphs": options.graphs, **parameters}}}
        self.run("graphs", {})

    def run(self, name, steps):
        document = {"neuroloom": 1, "name": name, "seed": self.seed, "steps": {**self.steps, **steps}}
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document))
        command = [self.options.binary, "run", path, "--out", self.folder / "results", "--threads", "1"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def agreement(self, doubled):
        name = "doubled" if doubled else "single"
        groups = {
            "use": "community.nested_sbm",
            "in": {"edges": "graphs.edges", "nodes": "graphs.truth"},
            "with": {"mirror_edges": doubled, "restarts": self.options.restarts, "compat": self.options.compat},
        }
        scores = {"use": "community.score", "in": {"partition": f"{name}.partition", "truth": "graphs.truth"}}
        cpu_s = self.run(name, {name: groups, "scores": scores})
        table = self.read("scores/scores.parquet")
        level_0 = [row["nmi"] for row in table if row["level"] == 0]
        best = [row["nmi"] for row in table if row["best"]]
        fits = [row["dl_nats"] for row in self.read(f"{name}/fit.parquet") if row["best"]]
        return {"ours": mean(best), "ours_0": mean(level_0), "ours_s": cpu_s, "ours_dl": mean(fits)}

    def edges(self):
        graphs = {}
        for row in self.read("graphs/edges.parquet"):
            graphs.setdefault(row["graph_id"], []).append((int(row["pre"]), int(row["post"]), row["weight"]))
        return graphs

    def truth(self):
        graphs = {}
        for row in self.read("graphs/truth.parquet"):
            graphs.setdefault(row["graph_id"], []).append(row["group"])
        return graphs

    def read(self, relative):
        import pyarrow.parquet

        (path,) = self.folder.glob(f"results/**/{relative}")
        return pyarrow.parquet.read_table(path).to_pylist()


# Runs under Debian's Python, where graph-tool is.
PEER = '''
import json, sys, time
import graph_tool.all as gt
import numpy
gt.openmp_set_num_threads(1)
job = json.load(sys.stdin)
gt.seed_rng(job["seed"]); numpy.random.seed(job["seed"])
def graph(n, edges):
    g = gt.Graph(directed=False); g.add_vertex(n); weight = g.new_ep("double")
    for i, j, w in edges:
        weight[g.add_edge(i, j)] = w
    return g, weight
def fit(g, weight, deg_corr):
    state = dict(recs=[weight], rec_types=["real-exponential"], deg_corr=deg_corr)
    return gt.minimize_nested_blockmodel_dl(g, state_args=state)
results, begin = [], time.process_time()
for n, edges in job["graphs"]:
    g, weight = graph(n, edges * (2 if job["doubled"] else 1))
    fits = [fit(g, weight, d) for d in (True, False) for _ in range(job["restarts"])]
    state = min(fits, key=lambda s: s.entropy())
    levels, member = [], numpy.arange(n)
    for level in state.get_levels():
        member = numpy.asarray(level.b.a)[member]
        levels.append([int(x) for x in member])
        if len(set(levels[-1])) == 1:
            break
    results.append((levels, state.entropy()))
json.dump({"results": results, "cpu_s": time.process_time() - begin}, sys.stdout)
'''


def graph_tool(graphs, truth, doubled, seed):
    from sklearn.metrics import normalized_mutual_info_score as nmi

    job = {
        "seed": seed,
        "doubled": doubled,
        "restarts": Ours.peer_restarts,
        "graphs": [(len(truth[name]), edges) for name, edges in graphs.items()],
    }
    command = ["/usr/bin/python3", "-c", PEER]
    environment = {"OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout)
    scores = [
        [nmi(truth[name], level) for level in levels] for name, (levels, _) in zip(graphs, found["results"], strict=True)
    ]
    return {
        "theirs": mean(max(levels) for levels in scores),
        "theirs_0": mean(levels[0] for levels in scores),
        "theirs_s": found["cpu_s"],
        "theirs_dl": mean(length for _, length in found["results"]),
    }


def table(rows):
    print("| set | edges | nmi, best level | graph-tool | nmi, level 0 | graph-tool | nats | graph-tool | CPU s | graph-tool | ratio |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for (name, doubled), found in rows.items():
        values = {key: mean(one[key] for one in found) for key in found[0]}
        print(
            f"| {name} | {'doubled' if doubled else 'single'} | {values['ours']:.3f} | {values['theirs']:.3f} | "
            f"{values['ours_0']:.3f} | {values['theirs_0']:.3f} | "
            f"{values['ours_dl']:.1f} | {values['theirs_dl']:.1f} | {values['ours_s']:.2f} | {values['theirs_s']:.2f} | "
            f"{values['theirs_s'] / values['ours_s']:.1f} |"
        )


if __name__ == "__main__":
    main()
