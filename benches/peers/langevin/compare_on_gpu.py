"""Compares training steps and predictions of neuroloom-langevin-gpu with the twin in PyTorch on the same graphics processor: wall time.

    cargo build --release -p neuroloom-langevin-gpu --features gpu --example time_gpu_step
    "$(benches/peers/setup.sh torch)" benches/peers/langevin/compare_on_gpu.py TARGET/release/examples/time_gpu_step [lorenz|maze]

The twin is the tuned one (closed-form force, inputs of the encoder in one product, PyTorch's fused attention and optimiser). It runs where
PyTorch finds CUDA (ROCm counts as such), else on the processor, which is said and is no comparison. Runs of both programs alternate.
"""

import re
import statistics
import subprocess
import sys
import time

import torch
from twin import Options, OwnDraws, Twin, objective

SHAPES = {
    "lorenz": (Options(), 64),
    "maze": (Options(hidden=280, n_in=137, n_out=182, n_observed=35, n_bins=45), 256),
}
ROUNDS = 3


def finished(device):
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def counts(options, trials, device):
    torch.manual_seed(5)
    return torch.poisson(torch.full((trials, options.n_bins, options.n_out), 0.3)).to(device)


def training_steps(options, trials, device, n):
    """Milliseconds of each of n steps, after three to warm up."""
    twin = Twin(options).to(device)
    optimiser = torch.optim.Adam(twin.parameters(), lr=1e-3, weight_decay=2e-5, fused=True)
    y, milliseconds = counts(options, trials, device), []
    observed = (trials, options.n_observed, options.n_in)
    for _ in range(n + 3):
        start = finished(device)
        draws = OwnDraws(options, trials, 0.05, device)
        seen = torch.rand(observed, device=device) < 0.5
        passes = torch.ones_like(y, dtype=torch.bool)
        passes[:, : options.n_observed, : options.n_in] = ~seen
        rates, divergence = twin(y[:, : options.n_observed, : options.n_in] * seen * 2, draws)
        loss = objective(rates, y, passes, divergence, 0.1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()  # both programs look at the loss of every step
        milliseconds.append(1e3 * (finished(device) - start))
    return milliseconds[3:]


def prediction(options, trials, device, samples=50):
    """Milliseconds of `samples` full passes."""
    twin = Twin(options).to(device).eval()
    x = counts(options, trials, device)[:, : options.n_observed, : options.n_in]
    start = finished(device)
    with torch.inference_mode():
        total = sum(twin(x, OwnDraws(options, trials, 0.0, device))[0] for _ in range(samples))
        (total / samples).exp().cpu()
    return 1e3 * (finished(device) - start)


def ours(program, shape, n):
    """Median milliseconds of a step and of a prediction."""
    text = subprocess.run([program, shape, str(n)], check=True, capture_output=True, text=True).stdout
    print(text.splitlines()[0])
    return [float(ms) for ms in re.findall(r"median ([0-9.]+|NaN) ms", text)]


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(f"PyTorch on {torch.cuda.get_device_name() if device == 'cuda' else 'the processor: no comparison'}")
    program, shapes = sys.argv[1], sys.argv[2:] or list(SHAPES)
    for shape in shapes:
        options, trials = SHAPES[shape]
        found = {"step": [], "twin's step": [], "samples": [], "twin's samples": []}
        for _ in range(ROUNDS):
            step, samples = ours(program, shape, 50)
            found["step"].append(step)
            found["samples"].append(samples)
            found["twin's step"].append(statistics.median(training_steps(options, trials, device, 50)))
            found["twin's samples"].append(prediction(options, trials, device))
        middle = {name: statistics.median(values) for name, values in found.items()}
        for what in ("step", "samples"):
            twin = f"twin's {what}"
            ratio = middle[twin] / middle[what]
            print(f"{shape}, {what}: {middle[what]:.2f} ms, PyTorch {middle[twin]:.2f} ms ({ratio:.2f}x)")


if __name__ == "__main__":
    main()
