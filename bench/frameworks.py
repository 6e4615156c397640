# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same networks in snnTorch, Norse and Sinabs, on PyTorch.

Each is made in up to two ways: by the framework's own NIR importer, run step by
step, where the importer can give this network; and by hand from the framework's
neurons, run layer by layer, which is faster: weights apply to all steps at once,
neurons step after step. Where only hands can, also step by step. Sinabs always
goes layer by layer. What an importer cannot do with a file as it stands is
mended in the graph that it is given, and said.

Every run starts from a fresh state. Arrays are float32, made before the clock
starts, in the order that the framework likes.
"""
import collections
import contextlib
import io
import warnings

import nir
import norse.torch as norse
import numpy as np
import sinabs
import sinabs.activation as activation
import sinabs.layers as sl
import snntorch
import torch
from norse.torch.functional.leaky_integrator_box import LIBoxParameters
from norse.torch.functional.lif_box import LIFBoxParameters
from norse.torch.module.leaky_integrator_box import LIBoxCell
from norse.torch.module.lif_box import LIFBoxCell
from norse.torch.utils.import_nir import CubaLIF
from snntorch.import_nir import import_from_nir

IMPORTED, STEPS, LAYERS = (
    "imported", "by hand, step by step", "by hand, layer by layer")

# how: as the table says it; semantics: ours that computes the same; run: of a
# tensor (steps, samples, ...), or (samples, steps, ...) where batch_first.
Way = collections.namedtuple("Way", "framework how semantics run batch_first")


def tensor(way, x):
    """What a way takes, for an array (samples, steps, ...)."""
    x = torch.from_numpy(np.ascontiguousarray(x, np.float32))
    return x if way.batch_first else x.transpose(0, 1).contiguous()


def array(way, y):
    """An array (samples, steps, ...) of what a way gives."""
    return (y if way.batch_first else y.transpose(0, 1)).numpy()


def in_order(graph):
    """The nodes of a chain between its Input and its Output."""
    follows = dict(graph.edges)
    if len(follows) != len(graph.edges):
        raise ValueError("the network is not a chain")
    name, nodes = follows["input"], []
    while name != "output":
        nodes.append(graph.nodes[name])
        name = follows[name]
    return nodes


def one(values):
    """The number that all values are."""
    first = float(np.ravel(values)[0])
    if not np.allclose(values, first, rtol=1e-6, atol=0):
        raise ValueError("parameters differ between neurons")
    return first


class Weights:
    """A layer without a state: the same for one step and for all."""

    def __init__(self, module):
        self.module = module

    def begin(self):
        return self.module

    def sequence(self, x):
        return self.module(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class Neurons:
    """A layer with a state; begin() gives its step from a fresh one."""

    def __init__(self, begin):
        self.begin = begin

    def sequence(self, x):
        step = self.begin()
        return torch.stack([step(now) for now in x])


class Sequence:
    """Neurons of Sinabs, which take all steps at once."""

    def __init__(self, layer):
        self.layer = layer

    def sequence(self, x):
        self.layer.reset_states()
        return self.layer(x)


def weights(node):
    """The torch.nn module of a node without a state."""
    if isinstance(node, (nir.Affine, nir.Linear)):
        module = torch.nn.Linear(*node.weight.shape[::-1],
                                 bias=isinstance(node, nir.Affine))
    elif isinstance(node, nir.Conv2d):
        module = torch.nn.Conv2d(
            node.weight.shape[1], node.weight.shape[0], node.weight.shape[2:],
            tuple(node.stride), tuple(node.padding))
    elif isinstance(node, nir.SumPool2d):
        return torch.nn.AvgPool2d(tuple(node.kernel_size), tuple(node.stride),
                                  divisor_override=1)
    elif isinstance(node, nir.Flatten):
        return torch.nn.Flatten()
    else:
        raise ValueError(f"no {type(node).__name__} here")
    module.weight.data = torch.from_numpy(node.weight).float()
    if not isinstance(node, nir.Linear):
        module.bias.data = torch.from_numpy(node.bias).float()
    return module


def parameters(node, dt):
    """(decay of the current or None, of the membrane, threshold) for neurons
    that add their input as it is: what scales it divides the threshold."""
    if isinstance(node, nir.IF):
        return None, 1., one(node.v_threshold) / (dt * one(node.r))
    cuba = isinstance(node, nir.CubaLIF)
    tau = one(node.tau_mem if cuba else node.tau)
    threshold = one(node.v_threshold) / (one(node.r) * dt / tau)
    if not cuba:
        return None, 1 - dt / tau, threshold
    current = dt / one(node.tau_syn)
    return (1 - current, 1 - dt / tau, threshold / (one(node.w_in) * current))


def snntorch_neurons(node, dt):
    current, decay, threshold = parameters(node, dt)
    how = dict(beta=decay, threshold=threshold, reset_mechanism="zero",
               reset_delay=False, init_hidden=True, surrogate_disable=True)
    cell = (snntorch.Leaky(**how) if current is None
            else snntorch.Synaptic(alpha=current, **how))

    def begin():
        cell.reset_mem()
        return cell
    return Neurons(begin)


def norse_neurons(node, dt):
    def inverse(tau):
        return 1 / torch.from_numpy(tau).float()

    threshold = torch.from_numpy(node.v_threshold / node.r).float()
    if isinstance(node, nir.IF):
        cell = norse.IAFCell(norse.IAFParameters(v_th=threshold / dt))
    elif isinstance(node, nir.LIF):
        cell = LIFBoxCell(LIFBoxParameters(
            tau_mem_inv=inverse(node.tau), v_th=threshold), dt=dt)
    else:
        cell = CubaLIF(
            torch.from_numpy(node.w_in).float(),
            LIBoxCell(LIBoxParameters(tau_mem_inv=inverse(node.tau_syn)), dt=dt),
            torch.from_numpy(node.r).float(),
            LIFBoxCell(LIFBoxParameters(
                tau_mem_inv=inverse(node.tau_mem),
                v_th=torch.from_numpy(node.v_threshold).float()), dt=dt))
    return Neurons(lambda: carried(cell))


def carried(module):
    """The step of a module that takes a state and gives the next."""
    state = None

    def step(x):
        nonlocal state
        y, state = module(x, state)
        return y
    return step


def sinabs_neurons(node, dt):
    """It fires at its threshold, the file's neurons beyond: the next float."""
    current, decay, threshold = parameters(node, dt)
    if current:
        raise ValueError("Sinabs scales the current of CubaLIF otherwise")
    how = dict(
        spike_threshold=torch.nextafter(torch.tensor(threshold),
                                        torch.tensor(torch.inf)),
        spike_fn=activation.SingleSpike, reset_fn=activation.MembraneReset())
    if isinstance(node, nir.IF):
        return Sequence(sl.IAF(**how))
    return Sequence(sl.LIF(tau_mem=-1 / np.log(decay), norm_input=False, **how))


NEURONS = {"snnTorch": snntorch_neurons, "Norse": norse_neurons,
           "Sinabs": sinabs_neurons}


def layers(framework, graph, dt):
    neurons = NEURONS[framework]
    return [neurons(node, dt) if isinstance(node, (nir.LIF, nir.IF, nir.CubaLIF))
            else Weights(weights(node)) for node in in_order(graph)]


def by_layer(made):
    def run(x):
        for layer in made:
            x = layer.sequence(x)
        return x
    return run


def by_step(begin):
    def run(x):
        step = begin()
        return torch.stack([step(now) for now in x])
    return run


def through(made):
    """The step of a whole network of layers."""
    steps = [layer.begin() for layer in made]

    def step(x):
        for layer in steps:
            x = layer(x)
        return x
    return step


def quietly(call, *arguments, **more):
    """Without what importers print."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*arguments, **more)


def import_snntorch(graph, dt):
    """Its importer takes steps of 0.1 ms, so time is scaled to that. Its IF
    leaks, and no SumPool2d is known to it."""
    for node in graph.nodes.values():
        if isinstance(node, nir.IF):
            return None
        for name in ("tau", "tau_mem", "tau_syn"):
            if hasattr(node, name):
                setattr(node, name, getattr(node, name) * (1e-4 / dt))
    net = quietly(import_from_nir, graph)
    cells = [m for m in net.modules() if hasattr(m, "reset_mem")]

    def begin():
        for cell in cells:
            cell.reset_mem()
        return carried(net)
    return Way("snnTorch", IMPORTED, "snntorch", by_step(begin), False)


def import_norse(graph, dt):
    """Its importer leaves the weights of Linear as they were drawn, so an Affine
    takes its place; and Flatten must leave the axis of samples alone."""
    for name, node in graph.nodes.items():
        if isinstance(node, nir.Linear):
            graph.nodes[name] = nir.Affine(
                node.weight, np.zeros(len(node.weight), np.float32))
        if isinstance(node, nir.Flatten):
            node.start_dim += 1
    net = quietly(norse.from_nir, graph, dt=dt)
    return Way("Norse", IMPORTED, "norse", by_step(lambda: carried(net)), False)


def import_sinabs(graph, dt):
    """Its LIF is another neuron, and it leaves out Linear and CubaLIF."""
    del dt
    if any(isinstance(node, (nir.LIF, nir.CubaLIF, nir.Linear))
           for node in graph.nodes.values()):
        return None
    net = quietly(sinabs.from_nir, graph, batch_size=1)

    def run(x):
        for layer in net.modules():
            if isinstance(layer, sl.StatefulLayer):
                layer.reset_states()
            if hasattr(layer, "batch_size"):
                layer.batch_size = len(x)
        y = net(x.flatten(0, 1))
        y = y[0] if isinstance(y, tuple) else y
        return y.unflatten(0, x.shape[:2])
    return Way("Sinabs", IMPORTED, "sinabs", run, True)


IMPORTERS = {"snnTorch": import_snntorch, "Norse": import_norse,
             "Sinabs": import_sinabs}


def by_hand(framework, how, model, dt):
    made = layers(framework, nir.read(model), dt)
    run = (by_layer(made) if how == LAYERS
           else by_step(lambda: through(made)))
    return Way(framework, how, "nir", run, framework == "Sinabs")


def ways(framework, model, dt):
    """All Ways of a framework to run a network."""
    imported = IMPORTERS[framework](nir.read(model), dt)
    if imported:
        yield imported
    elif framework != "Sinabs":
        yield by_hand(framework, STEPS, model, dt)
    yield by_hand(framework, LAYERS, model, dt)
