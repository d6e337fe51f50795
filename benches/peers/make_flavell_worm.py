"""Cuts the worm of Atanas, Kim & Flavell to its first 1000 frames, in the layout of wormwideweb.org, its samples rounded to 32 bits.

    python benches/peers/make_flavell_worm.py time_trace.json neurons.json data/celegans/Flavell2023/worm.json

`time_trace.json` is `[[t_s, [value, ...]], ...]`, and the first names of `neurons.json` are those of its columns. Needs numpy.
"""

import json
import sys

import numpy as np

FRAMES = 1000


def main():
    frames, names = (json.load(open(path)) for path in sys.argv[1:3])
    frames = frames[:FRAMES]
    traces = np.array([values for _, values in frames]).T
    short = lambda row: "[" + ",".join(str(np.float32(value)) for value in row) + "]"
    times = "[" + ",".join(repr(t) for t, _ in frames) + "]"
    labeled = {str(i + 1): {"label": name} for i, name in enumerate(names[: len(traces)])}
    with open(sys.argv[3], "w") as out:
        out.write('{"timestamp_confocal":' + times + ',\n"trace_array":[\n')
        out.write(",\n".join(short(row) for row in traces))
        out.write('\n],\n"labeled":' + json.dumps(labeled, separators=(",", ":")) + "}\n")


if __name__ == "__main__":
    main()
