# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The state of a network between two steps, by name of node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from . import _core
from ._arrays import DTYPES, allocate, equal, read_only, taken


class State(Mapping[str, Any]):
    """What nodes keep behind a step: a mapping from node to its arrays.

    state["lif"] is a mapping of arrays of the shape of the node: "v" the membrane,
    "i" the synaptic current, and so on, in the units of the file; state["lif.v"] is
    one of them. Arrays that are read are copies, and read-only: assign, to
    state["lif.v"], to state["lif"]["v"], or a dict to state["lif"]. A number goes to
    all neurons. copy() gives plain dicts of arrays that may be changed.

    Raises KeyError for what is no state, ValueError and TypeError for an array that
    does not fit, RuntimeError while another thread computes a step.

    >>> net.state["lif1.v"] = 0.5
    >>> net.state["lif1"]["v"] = 0.5
    >>> net.state["lif1"]["v"].shape
    (64,)
    >>> before = net.state.copy()
    >>> spikes = net.step(x[0, 0])
    >>> net.state == before
    False
    >>> net.state = before
    >>> float(net.state["lif1.v"][3])
    0.5
    """

    def __init__(self, network: _core.Network) -> None:
        self._network = network
        self._index = {port.name: i for i, port in enumerate(network.states)}
        self._nodes: dict[str, list[str]] = {}
        for port in network.states:
            node, _, name = port.name.rpartition(".")
            self._nodes.setdefault(node, []).append(name)

    def __getitem__(self, key: str) -> Any:
        if key in self._index:
            return read_only(self._array(key))
        self._names(key)
        return NodeState(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self._index:
            i = self._index[key]
            self._network.set_state(i, taken(value, f"state {key!r}"))
            return
        names = self._names(key)
        if isinstance(value, Mapping):
            for name in value:
                if name not in names:
                    raise KeyError(self._unknown(f"{key}.{name}"))
            for name, numbers in value.items():
                self[f"{key}.{name}"] = numbers
        elif len(names) == 1:
            self[f"{key}.{names[0]}"] = value
        else:
            raise TypeError(
                f"{key!r} has the states {', '.join(names)}: give a dict of them"
            )

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, key: object) -> bool:
        return key in self._index or key in self._nodes

    def __repr__(self) -> str:
        rows = [
            f"  {port.name}: {DTYPES[port.format]} {port.shape}"
            for port in self._network.states
        ]
        return "\n".join(["<snn_mlir.State", *rows]) + ">"

    def copy(self) -> dict[str, dict[str, Any]]:
        """All of it as plain dicts of own arrays, which net.state may be set to."""
        return {node: self[node].copy() for node in self}

    def assign(self, values: Mapping[str, Any]) -> None:
        """Sets all states, or, where one does not fit, none."""
        if not isinstance(values, Mapping):
            raise TypeError("a state is a mapping by node, as net.state.copy() gives")
        missing = self._missing(values)
        if missing:
            raise ValueError(f"the state lacks {', '.join(missing)}")
        before = self.copy()
        try:
            for key, value in values.items():
                self[key] = value
        except BaseException:
            for key, value in before.items():
                self[key] = value
            raise

    def _array(self, key: str) -> Any:
        return self._network.get_state(self._index[key], allocate)

    def _missing(self, values: Mapping[str, Any]) -> list[str]:
        given = set()
        for key, value in values.items():
            if key in self._index:
                given.add(key)
            else:
                names = value if isinstance(value, Mapping) else self._names(key)
                given.update(f"{key}.{name}" for name in names)
        return [name for name in self._index if name not in given]

    def _names(self, node: str) -> list[str]:
        if node not in self._nodes:
            raise KeyError(self._unknown(node))
        return self._nodes[node]

    def _unknown(self, name: str) -> str:
        known = ", ".join(self._index) or "none"
        return f"no state {name!r}; the network's states are: {known}"


class NodeState(MutableMapping[str, Any]):
    """The states of one node: `State[node]`. What is assigned goes to the network."""

    def __init__(self, state: State, node: str) -> None:
        self._state = state
        self._node = node

    def __getitem__(self, name: str) -> Any:
        return self._state[self._full(name)]

    def __setitem__(self, name: str, value: Any) -> None:
        self._state[self._full(name)] = value

    def __delitem__(self, name: str) -> None:
        raise TypeError("a node keeps its states; they can be assigned")

    def __iter__(self) -> Iterator[str]:
        return iter(self._state._names(self._node))

    def __len__(self) -> int:
        return len(self._state._names(self._node))

    def __eq__(self, other: object) -> bool:
        """Whether all numbers are equal."""
        if not isinstance(other, Mapping):
            return NotImplemented
        return self.keys() == other.keys() and all(
            equal(self[name], other[name]) for name in self
        )

    def __repr__(self) -> str:
        return repr(dict(self))

    def copy(self) -> dict[str, Any]:
        """A plain dict of own arrays."""
        return {name: self._state._array(self._full(name)) for name in self}

    def _full(self, name: str) -> str:
        full = f"{self._node}.{name}"
        if name not in self._state._names(self._node):
            raise KeyError(self._state._unknown(full))
        return full
