"""What is timed, an area per module: `arrays(random)` makes the input, `peer_tasks(arrays)` the peer's calls.

The calls bear the names that `crates/trsa/examples/bench_rsa` prints.
"""
