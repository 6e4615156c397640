#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Train the digits network with surrogate gradients, write model.nir and predictions.npy.

Run with Python 3.11, torch 2.13.0 (CPU), scikit-learn 1.5.2, numpy 1.26.4, nir 1.0.7, h5py 3.16.0.
Seeded and single-threaded; other versions or processors may give other weights, of about the same accuracy.

Network: 64 inputs -> Affine -> 64 LIF -> Affine -> 10 LIF. One step of DT seconds:
    v' = v + (DT / TAU) ((V_LEAK - v) + R x);  s = v' > V_THRESHOLD;  v = V_RESET where s, else v'
"""
import argparse
import pathlib

import nir
import numpy as np
import torch

import encode

PIXELS, HIDDEN, CLASSES = 64, 64, 10
DT, TAU = 1e-3, 8e-3  # seconds; DT / TAU = 1/8 exactly
R, V_LEAK, V_THRESHOLD, V_RESET = 1.0, 0.0, 1.0, 0.0
GRID = 2.0 ** -5  # weights are multiples of it; biases are odd multiples of GRID / 2

EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 100, 48, 3e-2, 1e-4
LOGIT_PER_SPIKE = 0.5


class Spike(torch.autograd.Function):
    """Heaviside step of a distance from threshold (any shape); backward: the surrogate 1 / (1 + 5 |distance|)^2."""

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance > 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient / (1 + 5 * distance.abs()) ** 2


def on_grid(values, rounded):
    """`rounded` in the forward pass, the gradient of `values` in the backward pass (both of one shape)."""
    return rounded.detach() + (values - values.detach())


class SpikingLayer(torch.nn.Module):
    """Affine and LIF neurons: spikes (samples, steps, n_in) to spikes (samples, steps, n_out)."""

    def __init__(self, n_in, n_out, gain):
        super().__init__()
        self.weight_master = torch.nn.Parameter(torch.randn(n_out, n_in) * gain / n_in ** 0.5)
        self.bias_master = torch.nn.Parameter(torch.zeros(n_out))

    def weight(self):
        """(n_out, n_in), multiples of GRID."""
        return on_grid(self.weight_master, torch.round(self.weight_master / GRID) * GRID)

    def bias(self):
        """(n_out,), odd multiples of GRID / 2: with them no membrane value equals the threshold (see README.md)."""
        return on_grid(self.bias_master, (torch.floor(self.bias_master / GRID) + 0.5) * GRID)

    def forward(self, spikes):
        drive = torch.nn.functional.linear(spikes, self.weight(), self.bias())
        v, out = torch.full_like(drive[:, 0], V_LEAK), []
        for x in drive.unbind(1):
            v = v + (DT / TAU) * ((V_LEAK - v) + R * x)
            s = Spike.apply(v - V_THRESHOLD)
            v = torch.where(s > 0, V_RESET, v)
            out.append(s)
        return torch.stack(out, 1)


def make_network(seed):
    torch.manual_seed(seed)
    return torch.nn.Sequential(SpikingLayer(PIXELS, HIDDEN, gain=8.0), SpikingLayer(HIDDEN, CLASSES, gain=8.0))


def train(network, spikes, labels, epochs=EPOCHS):
    """Fit the network to spikes (samples, steps, 64) and labels (samples,); cross entropy of the output spike counts."""
    spikes, labels = torch.tensor(spikes, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(labels)).split(BATCH):
            counts = network(spikes[batch]).sum(1)
            loss = torch.nn.functional.cross_entropy(LOGIT_PER_SPIKE * counts, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        schedule.step()
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1:3d}: loss {total / len(labels):.4f}", flush=True)


def run(network, spikes):
    """Output spikes uint8 (samples, steps, 10) of spikes (samples, steps, 64)."""
    with torch.no_grad():
        return network(torch.tensor(spikes, dtype=torch.float32)).numpy().astype(np.uint8)


def to_nir(network):
    """The trained network as a nir.NIRGraph: float32 weights and biases, float64 neuron parameters, tau in seconds."""

    def affine(layer):
        return nir.Affine(weight=layer.weight().detach().numpy(), bias=layer.bias().detach().numpy())

    def lif(n):
        return nir.LIF(tau=np.full(n, TAU), r=np.full(n, R), v_leak=np.full(n, V_LEAK),
                       v_threshold=np.full(n, V_THRESHOLD), v_reset=np.full(n, V_RESET))

    nodes = {
        "input": nir.Input({"input": np.array([PIXELS])}),
        "fc1": affine(network[0]), "lif1": lif(HIDDEN),
        "fc2": affine(network[1]), "lif2": lif(CLASSES),
        "output": nir.Output({"output": np.array([CLASSES])}),
    }
    names = list(nodes)
    return nir.NIRGraph(nodes=nodes, edges=list(zip(names, names[1:])))


def main():
    parser = argparse.ArgumentParser(description="Train; write model.nir and predictions.npy.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent, help="directory")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)

    network = make_network(args.seed)
    train(network, *encode.load_training_set())
    for name, (spikes, labels) in (("training", encode.load_training_set()), ("test", encode.load_test_set())):
        predictions = encode.predict(run(network, spikes))
        right = int((predictions == labels).sum())
        print(f"{name} accuracy: {right} of {len(labels)} = {100 * right / len(labels):.2f} %")
    np.save(args.out / "predictions.npy", predictions)  # of the test set
    nir.write(args.out / "model.nir", to_nir(network))


if __name__ == "__main__":
    main()
