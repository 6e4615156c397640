# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The state of a network between two steps, by name of node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import _core
from ._arrays import DTYPES, allocate


class State(Mapping[str, Any]):
    """What nodes keep behind a step: a mapping from node to its arrays.

    state["lif"] is a dict of arrays of the shape of the node: "v" the membrane, "i"
    the synaptic current, and so on; state["lif.v"] is one of them. They are copies;
    both may be assigned, and a number goes to all neurons. An array that does not
    fit raises ValueError or TypeError.

    >>> net.state["lif1.v"] = 0.5
    >>> net.state["lif1"]["v"].shape
    (64,)
    >>> before = net.state.copy()
    >>> spikes = net.step(x[0, 0])
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
            return self._network.get_state(self._index[key], allocate)
        return {name: self[f"{key}.{name}"] for name in self._names(key)}

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self._index:
            self._network.set_state(self._index[key], value)
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
        """All of it as a plain dict, which net.state may be set to later."""
        return {node: self[node] for node in self}

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
