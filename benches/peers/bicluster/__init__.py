"""What is timed, an area per module: `arrays(random)` makes the input, `peer_tasks(arrays)` the peer's calls.

The calls bear the names that `crates/bicluster/examples/bench_bicluster` prints. `extra(ours)`, where a module has it,
prints what is no time.
"""
