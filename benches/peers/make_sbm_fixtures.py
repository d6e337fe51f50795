"""Description lengths of graph-tool 2.45 on random small graphs, partitions and hierarchies, as fixtures.

    /usr/bin/python3 benches/peers/make_sbm_fixtures.py

Needs the Debian package python3-graph-tool. Only numbers are kept: our own random graphs and the entropies that
graph-tool gives them.
"""

import json
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import graph_tool.all as gt
import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "crates/community/tests/fixtures"
MODELS = {
    "none": None,
    "exponential": "real-exponential",
    "normal": "real-normal",
    "geometric": "discrete-geometric",
    "poisson": "discrete-poisson",
    "binomial": "discrete-binomial",
}
GRAPHS_PER_KIND = 6


def random_edges(random, n_nodes, n_edges, multigraph):
    if multigraph:
        return np.sort(random.integers(0, n_nodes, (n_edges, 2)), axis=1)
    pairs = np.array([(i, j) for i in range(n_nodes) for j in range(i + 1, n_nodes)])
    return pairs[random.choice(len(pairs), n_edges, replace=False)]


def random_weights(random, model, n_edges):
    if model == "none":
        return None
    if model == "exponential":
        return random.exponential(2.0, n_edges).round(4) + 0.0001
    if model == "normal":
        return random.normal(0.5, 2.0, n_edges).round(4)
    return random.integers(0, 9, n_edges).astype(float)


def random_levels(random, n_nodes, nested):
    sizes = [int(random.integers(3, 7))] + ([3, 1] if nested and random.random() < 0.5 else [2] if nested else [])
    levels, nodes = [], n_nodes
    for size in sizes:
        size = min(size, nodes)
        level = np.concatenate([np.arange(size), random.integers(0, size, nodes - size)])
        levels.append(random.permutation(level))
        nodes = size
    return levels


def entropy(n_nodes, edges, weights, levels, deg_corr, model, nested):
    graph = gt.Graph(directed=False)
    graph.add_vertex(n_nodes)
    graph.add_edge_list(edges)
    state = {"deg_corr": deg_corr}
    if weights is not None:
        state |= {"recs": [graph.new_ep("double", vals=weights)], "rec_types": [MODELS[model]]}
    if nested:
        return gt.NestedBlockState(graph, bs=levels, state_args=state).entropy()
    return gt.BlockState(graph, b=graph.new_vp("int", vals=levels[0]), **state).entropy()


def cases(random):
    for model in MODELS:
        for nested in (False, True):
            for deg_corr in (False, True):
                for number in range(GRAPHS_PER_KIND):
                    n_nodes = int(random.integers(8, 26))
                    n_edges = int(random.integers(n_nodes, 3 * n_nodes))
                    edges = random_edges(random, n_nodes, n_edges, number % 2 == 1)
                    weights = random_weights(random, model, n_edges)
                    levels = random_levels(random, n_nodes, nested)
                    yield {
                        "weights_model": model,
                        "nested": nested,
                        "deg_corr": deg_corr,
                        "n_nodes": n_nodes,
                        "edges": edges.tolist(),
                        "weights": None if weights is None else weights.tolist(),
                        "levels": [level.tolist() for level in levels],
                        "entropy": entropy(n_nodes, edges, weights, levels, deg_corr, model, nested),
                    }


def main():
    found = {"graph_tool": gt.__version__, "cases": list(cases(np.random.default_rng(20240612)))}
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = ",\n".join(json.dumps(case) for case in found["cases"])
    (FOLDER / "graph_tool_entropies.json").write_text(
        '{"graph_tool": ' + json.dumps(found["graph_tool"]) + ', "cases": [\n' + text + "\n]}\n"
    )


main()
