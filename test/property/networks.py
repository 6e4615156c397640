# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks: nodes of every type in every wiring, under odd names.

A graph grows node by node; each takes what some of those before it emit. Edges
back leave a neuron, or lead through a delay of a step or more, so that every
loop has a meaning. Graphs within graphs grow the same way.
"""
from typing import NamedTuple

import numpy as np

import kinds
from draw import F32

DEEPEST = 4
WIRING = [
    "one source", "fan-in", "several users", "shortcut past nodes",
    "duplicate edge", "Input to Output", "several Inputs", "several Outputs",
    "fed by nothing", "dead", "self loop", "loop of two neurons",
    "loop through Linear or Affine", "loop through Conv1d or Conv2d",
    "loop through another node", "loop through a delay",
    "loop of a delay without neurons", "loops that cross",
    "graph 1 deep", "graph 2 deep", "graph 3 deep", "graph 4 deep",
    "graph of several Inputs", "graph of several Outputs",
    "port addressed as GRAPH.PORT", "edge that means all ports",
    "loop within a graph", "loop around a graph"]
NAMES = ["plain", "with a dot", "digit first", "UTF-8", "keyword of C",
         "name of C", "punctuation", "the same but for punctuation",
         "the same but for case", "long"]
# Those of one name would be alike, but for what C drops.
ODD = {
    "with a dot": ["lif1.lif", "lif1.w_rec", "a.b", "..", ".5"],
    "digit first": ["0", "1", "10", "1.lif", "0_LinearTorch", "2nd layer"],
    "UTF-8": ["état", "神经元", "ν", "нейрон", "e\u0301tat", "🧠", "ﬁre"],
    "keyword of C": ["int", "double", "while", "inline", "register", "_Bool",
                     "class", "restrict", "bool", "static_assert"],
    "name of C": ["main", "errno", "EOF", "I", "complex", "NULL", "printf",
                  "uint8_t", "state", "input", "node", "index", "memcpy", "y",
                  "x", "n", "events", "INT32_C", "assert", "unix"],
    "punctuation": ["_", "__x", "_x", "_X", "a b", "a=b", "*", "%s", "\"",
                    "a\\", "$", "??'", "-", "@", "#define x"],
    "the same but for punctuation": ["a_b", "a-b", "a b ", "a__b", "a.b."],
    "the same but for case": ["LIF", "lif", "Lif", "lIF"],
    "long": ["n" * 200, "layer_" * 30 + "a", "layer_" * 30 + "b"],
}


class End(NamedTuple):
    """What an edge may leave from."""
    shape: tuple
    path: str    # of the node that emits it, in the flat network
    origin: str  # the type of that node
    before: frozenset  # ends of the graph that it follows from
    neurons: frozenset = frozenset()  # ends with a neuron on every way here


class Graph:
    def __init__(self, draw, prefix, record, depth):
        self.draw, self.prefix, self.record = draw, prefix, record
        self.depth = depth
        self.nodes, self.edges, self.ends = {}, [], {}
        self.targets = {}  # name: its path, of nodes that edges may enter
        self.loops = 0

    # Parts

    def name(self):
        """A name that is new in this graph."""
        form = "plain"
        if self.draw.chance(.5):
            form = self.draw.pick(ODD)
        name = self.draw.pick(ODD.get(form, ["node"]))
        if form == "plain" or self.is_taken(name):
            name, form = f"node{len(self.nodes)}", "plain"
        self.record("Name", form, self.prefix + name)
        return name

    def is_taken(self, name):
        """Also where GRAPH.PORT might mean two things."""
        return any(name == n or name.startswith(f"{n}.") or
                   n.startswith(f"{name}.") for n in self.nodes)

    def add(self, made, sources):
        """Adds a node behind ends; returns its name."""
        name = self.name()
        kind, path = made.node["type"], self.prefix + name
        self.nodes[name] = made.node
        self.connect(sources, name)
        self.targets[name] = path
        before = frozenset(sources).union(
            *(self.ends[s].before for s in sources))
        self.ends[name] = End(made.shape, path, kind, before | {name})
        for option in made.options:
            self.record(kind, option, path)
        if "fed spikes" in kinds.OPTIONS[kind] and sources:
            spikes = (len(sources) == 1 and
                      self.record.spikes(self.ends[sources[0]].origin))
            self.record(kind, "fed spikes" if spikes else "fed real numbers",
                        path)
        self.record("Wiring", "fan-in" if len(sources) > 1 else "one source"
                    if sources else "fed by nothing", path)
        if any(a in self.ends[b].before and a != b
               for a in sources for b in sources):
            self.record("Wiring", "shortcut past nodes", path)
        return name

    def connect(self, sources, target):
        for source in sources:
            self.edges.append((source, target))
            if self.draw.chance(.05):
                self.edges.append((source, target))
                self.record("Wiring", "duplicate edge",
                            self.ends[source].path)

    def sources(self):
        """Ends of one shape, and the shape: several are fan-in."""
        names = list(self.ends)
        # the newest are the likeliest, so that networks grow deep
        first = names[max(self.draw.below(len(names)),
                          self.draw.below(len(names)))]
        shape = self.ends[first].shape
        alike = [n for n in names if self.ends[n].shape == shape and n != first]
        count = self.draw.pick([0, 0, 0, 1, 1, 2])
        return [first] + self.draw.shuffled(alike)[:count], shape

    # Growth

    def grow(self, steps):
        for _ in range(steps):
            sources, shape = self.sources()
            inward = .2 / (1 + self.depth / 2)  # else networks grow too large
            if self.depth < DEEPEST and self.draw.chance(inward):
                self.add_graph(sources, shape)
            elif self.draw.chance(.03):
                self.add_unfed(shape)
            else:
                name = self.add(kinds.make(self.draw, shape), sources)
                self.maybe_loop(name)

    def add_unfed(self, shape):
        """A node into which no edge leads: one that acts on its own."""
        kind = self.draw.pick(["LIF", "CubaLIF", "LI"])
        made = kinds.make(self.draw, shape, [kind])
        fixed = np.full(shape, F32(.125))
        self.add(made._replace(node={
            **made.node, "v_leak": self.draw.reals(.6, .9, shape),
            **({"v_threshold": fixed} if kind != "LI" else {})}), [])

    def back(self, source, target, what):
        self.edges.append((source, target))
        self.loops += 1
        path = self.ends[source].path
        self.record("Wiring", what, path)
        if self.loops > 1:
            self.record("Wiring", "loops that cross", path)
        if self.prefix:
            self.record("Wiring", "loop within a graph", path)

    def maybe_loop(self, name):
        """Feeds what a neuron emits back to it, or to a node before it."""
        end = self.ends[name]
        neuron = end.origin in kinds.NEURONS
        if end.origin == "Delay" and self.draw.chance(.25):
            self.delay_loop(name)
        if not neuron or not self.draw.chance(.45):
            return
        way = self.draw.pick(["self", "two", "node", "node", "delay", "graph"])
        if way == "self":
            self.back(name, name, "self loop")
        elif way == "two":
            kind = self.draw.pick(kinds.SPIKING)
            other = self.add(kinds.make(self.draw, end.shape, [kind]), [name])
            self.back(other, name, "loop of two neurons")
        elif way == "delay":
            late = self.late(end.shape)
            self.back(self.add(late, [name]), name, "loop through a delay")
        elif way == "graph" and self.depth < DEEPEST:
            self.graph_loop(name)
        elif way == "node":
            self.node_loop(name)

    def late(self, shape):
        """A delay of a step or more in each element."""
        while True:
            made = kinds.make(self.draw, shape, ["Delay"])
            if np.min(made.node["delay"]) >= kinds.DT / 2:
                return made

    def delay_loop(self, name):
        """A delay that hears itself, more softly each time."""
        node = self.nodes[name]
        if np.min(node["delay"]) < kinds.DT / 2:
            return
        soft = kinds.Made({"type": "Scale", "scale": self.draw.real(-.8, .8)},
                          self.ends[name].shape, ["one number"])
        self.back(self.add(soft, [name]), name,
                  "loop of a delay without neurons")

    def node_loop(self, name):
        """Back through a node that keeps the shape, maybe to one before."""
        end, draw = self.ends[name], self.draw
        spikes = end.origin in kinds.SPIKING
        shape, what = end.shape, "loop through another node"
        if len(shape) in (2, 3) and draw.chance(.5) and spikes:
            made = kinds.conv(len(shape) - 1)(draw, shape, keep=True)
            what = "loop through Conv1d or Conv2d"
        elif shape and draw.chance(.7) and spikes:
            made = kinds.linear(draw, shape, shape[-1])
            what = "loop through Linear or Affine"
        else:
            made = kinds.make(draw, shape, ["Scale", "Threshold", "Delay"])
        behind = self.add(made, [name])
        earlier = [n for n in self.targets
                   if n in end.before and n != name and self.takes(n) == shape]
        target = draw.pick(earlier) if earlier and draw.chance(.4) else name
        self.back(behind, target, what)

    def takes(self, name):
        """The shape that a node takes, where it is the one that it gives."""
        same = self.nodes[name].get("type") in kinds.RANGES
        return self.ends[name].shape if same else None

    # Graphs within graphs

    def inner(self, shapes):
        """A graph with Inputs of these shapes; returns (name, graph, Outputs
        with their ends)."""
        name = self.name()
        path = f"{self.prefix}{name}/"
        self.record.seen.pop()  # a graph emits nothing to look at
        inner = Graph(self.draw, path, self.record, self.depth + 1)
        for shape in shapes:
            inner.add_input(shape)
        inner.grow(self.draw.between(1, 3))
        ends = inner.free_ends()
        outputs = {inner.add_output([e]): inner.ends[e] for e in
                   (ends[:2] if self.draw.chance(.3) else ends[-1:])}
        self.nodes[name] = {"graph": (inner.nodes, inner.shuffled_edges())}
        some = path + next(iter(outputs))
        self.record("Wiring", f"graph {inner.depth} deep", some)
        if len(shapes) > 1:
            self.record("Wiring", "graph of several Inputs", some)
        if len(outputs) > 1:
            self.record("Wiring", "graph of several Outputs", some)
        return name, inner, outputs

    def add_graph(self, sources, shape):
        count = 2 if self.draw.chance(.25) else 1
        name, inner, outputs = self.inner([shape] * count)
        ports = [n for n in inner.nodes
                 if inner.nodes[n].get("type") == "Input"]
        before = frozenset(sources).union(
            *(self.ends[s].before for s in sources))
        if count > 1 and self.draw.chance(.5):
            for port in ports:
                other = [n for n in self.ends if self.ends[n].shape == shape]
                self.address([self.draw.pick(other)], f"{name}.{port}")
        else:
            self.connect(sources, name)
            if count > 1:
                self.record("Wiring", "edge that means all ports",
                            self.ends[sources[0]].path)
        self.add_ends(name, outputs, before)

    def address(self, sources, target):
        self.connect(sources, target)
        self.record("Wiring", "port addressed as GRAPH.PORT",
                    self.ends[sources[0]].path)

    def add_ends(self, name, outputs, before):
        """What leaves a graph: by its name, or by GRAPH.PORT."""
        for port, end in outputs.items():
            word = name if len(outputs) == 1 else f"{name}.{port}"
            path = f"{self.prefix}{name}/{port}"
            self.ends[word] = End(end.shape, path, end.origin, before | {word})
            if len(outputs) > 1:
                self.record("Wiring", "port addressed as GRAPH.PORT", path)

    def graph_loop(self, name):
        """Back through a graph, if one of its ends keeps the shape."""
        shape = self.ends[name].shape
        inside, inner, outputs = self.inner([shape])
        self.connect([name], inside)
        self.add_ends(inside, outputs, self.ends[name].before)
        for port, end in outputs.items():
            if end.shape == shape:
                word = inside if len(outputs) == 1 else f"{inside}.{port}"
                self.back(word, name, "loop around a graph")
                return

    # Ports

    def add_input(self, shape):
        name = self.name()
        self.nodes[name] = {"type": "Input", "shape": np.array(shape, int)}
        kind = "Input" if not self.prefix else "Port"
        self.ends[name] = End(shape, self.prefix + name, kind,
                              frozenset({name}))
        return name

    def add_output(self, sources):
        name = self.name()
        shape = list(self.ends[sources[0]].shape)
        path = self.prefix + name
        if self.draw.chance(.1):  # as writers do; a warning, and no more
            shape = [1] + shape
            self.record("Output", "shape stated wrong", path)
        self.nodes[name] = {"type": "Output", "shape": np.array(shape, int)}
        self.connect(sources, name)
        if not self.prefix:
            self.record("Output", f"rank {len(self.ends[sources[0]].shape)}",
                        path)
            if self.ends[sources[0]].origin == "Input":
                self.record("Wiring", "Input to Output", path)
        return name

    def free_ends(self):
        """Ends that feed nothing, or all that are not Inputs, or all."""
        used = {source for source, target in self.edges if source != target}
        nodes = [n for n in self.ends if self.ends[n].origin not in
                 ("Input", "Port")]
        return ([n for n in nodes if n not in used] or nodes or
                list(self.ends))

    def shuffled_edges(self):
        return self.draw.shuffled(self.edges)


# A whole network


class Record:
    """Options that a network has, each with the node that shows it."""

    def __init__(self, spike_inputs):
        self.seen, self.spike_inputs = [], spike_inputs

    def __call__(self, kind, option, path):
        self.seen.append((kind, option, path))

    def spikes(self, origin):
        return origin in kinds.SPIKING or origin == "Threshold" or (
            origin == "Input" and self.spike_inputs)


class Network(NamedTuple):
    nodes: dict
    edges: list
    inputs: dict   # name of an Input: its array
    outputs: list  # names
    options: dict  # --semantics and so on, by their names; True: no value
    seen: list     # (group, option, path of the node that shows it)


STEPS = 24
# How a network is computed, and whether its Inputs are spikes.
MODES = {"real numbers": ({}, False),
         "real numbers, dense": ({"dense": True}, False),
         "spikes": ({"input-kind": "spikes"}, True),
         "spikes, dense": ({"input-kind": "spikes", "dense": True}, True),
         "lists of spikes": ({"input-kind": "spikes", "input-events": True},
                             True),
         "lists of spikes, dense": ({"input-kind": "spikes", "dense": True,
                                     "input-events": True}, True)}
GROUPS = {**kinds.OPTIONS, "Wiring": WIRING, "Name": NAMES,
          "Inputs": list(MODES), "Semantics": ["nir", "nir-exact"]}


def input_shape(draw, rank=None):
    if rank is None:
        rank = draw.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4])
    most = (0, 12, 8, 6, 3)[rank]
    sizes = [draw.between(1, most) for _ in range(rank)]
    if rank > 1:
        sizes[0] = draw.between(1, 4)
    return tuple(sizes)


def signal(draw, shape, spikes):
    """Spikes, real numbers, or both, with silence between."""
    full = (STEPS, *shape)
    fired = draw.bits(.35, full)
    if spikes or draw.chance(.2):
        return fired
    reals = draw.reals(-1, 2, full)
    reals[draw.bits(.3, full) > 0] = -0.
    return reals * fired if draw.chance(.3) else reals


def add_outputs(graph):
    """An Output for most of what ends; the rest is dead."""
    draw, outputs = graph.draw, []
    for end in graph.free_ends():
        if outputs and draw.chance(.15):
            graph.record("Wiring", "dead", graph.ends[end].path)
            continue
        alike = [n for n in graph.ends if n != end and
                 graph.ends[n].shape == graph.ends[end].shape]
        more = [draw.pick(alike)] if alike and draw.chance(.15) else []
        outputs.append(graph.add_output([end] + more))
    inputs = [n for n in graph.ends if graph.ends[n].origin == "Input"]
    if draw.chance(.1):
        outputs.append(graph.add_output([draw.pick(inputs)]))
    return outputs


def make(draw):
    mode = draw.pick(MODES)
    options, spikes = MODES[mode]
    semantics = draw.pick(GROUPS["Semantics"])
    record = Record(spikes)
    graph = Graph(draw, "", record, 0)
    lists = "input-events" in options
    inputs = [graph.add_input(input_shape(draw, 1 if lists else None))
              for _ in range(draw.pick([1, 1, 2, 3]))]
    for name in inputs:
        record("Input", f"rank {len(graph.ends[name].shape)}", name)
        record("Input", "spikes" if spikes else "real numbers", name)
    graph.grow(draw.between(2, 9))
    outputs = add_outputs(graph)
    for count, what in ((len(inputs), "several Inputs"),
                        (len(outputs), "several Outputs")):
        if count > 1:
            record("Wiring", what, outputs[0])
    for source, end in graph.ends.items():
        if sum(s == source for s, _ in set(graph.edges)) > 1:
            record("Wiring", "several users", end.path)
    record("Inputs", mode, outputs[0])
    record("Semantics", semantics, outputs[0])
    return Network(
        graph.nodes, graph.shuffled_edges(),
        {n: signal(draw, graph.ends[n].shape, spikes) for n in inputs},
        outputs, {"semantics": semantics, "dt": str(kinds.DT), **options},
        record.seen)
