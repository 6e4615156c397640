# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which simulator computes a random network, and with which options."""
import kinds

CURRENTS = ("CubaLI", "CubaLIF")
# The neurons that a simulator does not have (docs/spec.md, section 5).
LACKS = {
    "nir": (), "nir-exact": (), "nir-reference": (),
    "snntorch": ("LI",), "snntorch-subtract": ("LI",),
    "norse": (), "norse-lifcell": (), "sinabs": CURRENTS,
    "rockpool": ("I", "IF"), "spyx": (), "spyx-1.0": (),
    "spikingjelly": ("LI", *CURRENTS),
    "lava": ("I", "IF", "LI", *CURRENTS),
    "lava-fixed": ("I", "IF", "LI", *CURRENTS), "lava-dl": ("LIF", "LI"),
    "nengo": ()}
INTEGERS = ("lava-fixed", "lava-dl")
COUNTS = ("sinabs", "rockpool")
OPTIONS = ["reset zero", "reset value", "reset subtract", "feedback answer",
           "feedback zero", "feedback no-bias", "reset-delay", "strict-nir"]


def kinds_of(nodes):
    """The types of all nodes, those of graphs within it, too."""
    found = set()
    for node in nodes.values():
        found |= (kinds_of(node["graph"][0]) if "graph" in node else
                  {node["type"]})
    return found


def resets(semantics):
    """What spikes may do: to v_reset not where states are integers without
    one, and not below 0 where a membrane cannot be there."""
    return (["zero", "subtract"] if semantics in ("lava-fixed", "nengo") else
            ["zero", "value", "subtract"])


def may_be_strict(semantics, neurons):
    """Some have no place for what they leave out."""
    leaks = semantics == "rockpool" and neurons & {"LI", "CubaLI"}
    return semantics not in (*INTEGERS, "nengo") and not leaks


def options(draw, semantics, neurons):
    """{option: value}; True: it has none."""
    drawn = {}
    if draw.chance(.3):
        drawn["reset"] = draw.pick(resets(semantics))
    if draw.chance(.3):
        drawn["feedback"] = draw.pick(["answer", "zero", "no-bias"])
    if draw.chance(.25) and semantics not in INTEGERS + COUNTS:
        drawn["reset-delay"] = True
    if draw.chance(.25) and may_be_strict(semantics, neurons):
        drawn["strict-nir"] = True
    return drawn


def simulated(draw, net):
    """The network as a simulator that has all its neurons computes it."""
    neurons = kinds_of(net.nodes) & set(kinds.NEURONS)
    # the rarest of those that it may be, more often than not: most have all
    able = [s for s, lacks in LACKS.items() if not neurons & set(lacks)]
    rare = [s for s in able if LACKS[s]]
    semantics = draw.pick(rare if rare and draw.chance(.6) else able)
    more = options(draw, semantics, neurons)
    seen = [s for s in net.seen if s[0] != "Semantics"]
    seen += [("Semantics", semantics, net.outputs[0])]
    seen += [("Option", name if value is True else f"{name} {value}",
              net.outputs[0]) for name, value in more.items()]
    return net._replace(options={**net.options, "semantics": semantics, **more},
                        seen=seen)
