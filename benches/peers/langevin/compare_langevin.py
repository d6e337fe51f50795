"""Compares training steps and predictions of neuroloom-langevin with the twin in PyTorch: CPU seconds, same shapes, same threads.

    cargo build --release -p neuroloom-langevin --example time_training_step
    "$(benches/peers/setup.sh torch)" benches/peers/langevin/compare_langevin.py TARGET/release/examples/time_training_step [lorenz|maze]

Before anything is timed, make_model_fixtures.py and the tests of neuroloom-langevin have shown that both compute the same step. The twin
runs tuned (closed-form force, inputs of the encoder in one product, PyTorch's fused attention) and as released (cell by cell, force by
automatic differentiation). CPU seconds and least times, since a shared computer is never idle; runs of both programs alternate.
"""

import os
import re
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import torch  # noqa: E402
from twin import Options, OwnDraws, Twin, objective  # noqa: E402

SHAPES = {
    "lorenz": (Options(), 64, 12, 3),
    "maze": (Options(hidden=280, n_in=137, n_out=182, n_observed=35, n_bins=45), 256, 2, 1),
}
ROUNDS = 3


def counts(options, trials):
    torch.manual_seed(5)
    return torch.poisson(torch.full((trials, options.n_bins, options.n_out), 0.3))


def training_steps(options, trials, tuned, n):
    """CPU seconds of each of n steps."""
    twin = Twin(options, tuned)
    optimiser = torch.optim.Adam(twin.parameters(), lr=1e-3, weight_decay=2e-5, fused=True)
    y, seconds = counts(options, trials), []
    for _ in range(n):
        start = time.process_time()
        draws = OwnDraws(options, trials, 0.05)
        seen = torch.rand(trials, options.n_observed, options.n_in) < 0.5
        passes = torch.ones_like(y, dtype=torch.bool)
        passes[:, : options.n_observed, : options.n_in] = ~seen
        rates, divergence = twin(y[:, : options.n_observed, : options.n_in] * seen * 2, draws)
        loss = objective(rates, y, passes, divergence, 0.1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seconds.append(time.process_time() - start)
    return seconds


def prediction(options, trials, samples=50):
    """CPU seconds of `samples` full passes."""
    twin = Twin(options).eval()
    x = counts(options, trials)[:, : options.n_observed, : options.n_in]
    start = time.process_time()
    with torch.inference_mode():
        total = sum(twin(x, OwnDraws(options, trials, 0.0))[0] for _ in range(samples))
        (total / samples).exp()
    return time.process_time() - start


def ours(program, shape, steps, predictions):
    """Least CPU milliseconds of a step and of a prediction."""
    arguments = [program, shape, str(steps), str(predictions)]
    text = subprocess.run(
        arguments, check=True, capture_output=True, text=True, env=os.environ | {"RAYON_NUM_THREADS": "1"}
    ).stdout
    return [float(ms) for ms in re.findall(r"least ([0-9.]+|NaN) ms", text)]


def main():
    torch.set_num_threads(1)
    program, shapes = sys.argv[1], sys.argv[2:] or list(SHAPES)
    for shape in shapes:
        options, trials, steps, predictions = SHAPES[shape]
        found = {"ours": [], "tuned": [], "released": [], "predict": [], "predict tuned": []}
        for _ in range(ROUNDS):
            step, predicted = ours(program, shape, steps, predictions)
            found["ours"].append(step)
            found["predict"].append(predicted)
            found["tuned"].append(1e3 * min(training_steps(options, trials, True, steps)))
            found["released"].append(1e3 * min(training_steps(options, trials, False, steps)))
            found["predict tuned"].append(1e3 * prediction(options, trials))
        least = {name: min(values) for name, values in found.items()}
        print(f"{shape}: training step {least['ours']:.1f} ms; PyTorch tuned {least['tuned']:.1f} ms"
              f" ({least['tuned'] / least['ours']:.2f}x), as released {least['released']:.1f} ms"
              f" ({least['released'] / least['ours']:.2f}x)")
        print(f"{shape}: 50 samples {least['predict']:.0f} ms; PyTorch {least['predict tuned']:.0f} ms"
              f" ({least['predict tuned'] / least['predict']:.2f}x)")


if __name__ == "__main__":
    main()
