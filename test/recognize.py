#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""recognize.py [--snnc SNNC] DIR...: does `snnc inspect` name the framework that
wrote each file?

A case is a folder with a case.json and a model.nir. Who wrote the file follows
from its name, kind and notes (see `writer`). Right is: a decision for this
framework, or an open question whose candidates have what the case itself was
run with. A file that was made with the nir package alone must stay open.
Prints a row for each framework; the last line is 'N passed, N failed'.
Files with errors are in the row, but nothing is asked of them here.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import corpus

FAMILY = {"snntorch": {"snntorch", "snntorch-subtract"},
          "norse": {"norse", "norse-lifcell"}, "sinabs": {"sinabs"},
          "rockpool": {"rockpool"}, "spyx": {"spyx", "spyx-1.0"},
          "spikingjelly": {"spikingjelly"}, "nobody": set()}
# In 'options': what no candidate says, since it is rarely used.
RARE = {"spike_fn", "reset_fn", "tau_syn"}
# Of published files, by the start of their name; the longest that fits.
PUBLISHED = {"lif_": "norse", "lif_rockpool": "rockpool",
             "braille_": "snntorch", "paper_cnn_": "sinabs"}


def writer(folder, data):
    """The framework whose exporter wrote the file, or 'nobody'."""
    if "framework" not in data:
        return "nobody"
    for start in sorted(PUBLISHED, key=len, reverse=True):
        if folder.name.startswith(start):
            return PUBLISHED[start]
    source = re.match(r"from_([a-z]+)_", folder.name)
    if source:
        return source[1]
    by_hand = "nir package" in json.dumps(data.get("notes", ""))
    imported = data.get("kind") == "imported"
    return "nobody" if by_hand and imported else data["framework"]


def options_in(words):
    """The options that choose a meaning, without a node's parameters."""
    found = {"reset-delay": "--reset-delay" in words}
    for word in words:
        name, _, value = word.partition("=")
        if name in ("--semantics", "--reset"):
            found[name[2:]] = value
    return found


def meant(case):
    """The same of the command that the case is run with; the last one wins."""
    words = corpus.what(case)[1:]
    joined = [f"{a}={b}" if a == "--semantics" else a
              for a, b in zip(words, words[1:] + [""])]
    return options_in(joined)


def reset_of(options):
    """What a spike does, where the option only repeats the simulator's."""
    usual = {"snntorch": "zero", "snntorch-subtract": "subtract",
             "norse": "zero", "norse-lifcell": "zero", "sinabs": "subtract",
             "rockpool": "subtract", "spyx": "subtract",
             "spyx-1.0": "subtract", "spikingjelly": "value"}
    return options.get("reset", usual.get(options["semantics"]))


def covers(candidates, want):
    """A candidate means what the case was run with. Zero and a v_reset of 0
    are the same, and so is a late reset where the network hides it."""
    same = {"zero": {"zero", "value"}, "value": {"zero", "value"}}
    return any(c["semantics"] == want["semantics"] and
               reset_of(c) in same.get(reset_of(want), {reset_of(want)})
               for c in candidates)


def judge(folder, snnc):
    """The writer, the verdict, and what the question is."""
    data = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    truth = writer(folder, data)
    done = subprocess.run([snnc, "check", "--json", folder / "model.nir"],
                          capture_output=True, check=False)
    said = json.loads(done.stdout)
    if said["errors"]:
        return truth, "refused", "errors"
    decision = said["decisions"][0]
    assert decision["what"] == "semantics"
    family = FAMILY[truth]
    evidence = decision["evidence"] or ""
    if decision["value"]:
        right = decision["value"] in family or evidence.startswith("no neuron")
        return truth, "right" if right else "WRONG", decision["value"]
    candidates = [options_in(c["options"].split())
                  for c in decision["candidates"]]
    names = " | ".join(c["options"].replace("--semantics=", "")
                       for c in decision["candidates"])
    known = {c["semantics"] for c in candidates}
    if truth == "nobody":
        told = evidence.startswith("written by")
        return truth, "WRONG" if told else "open", names
    native = data["framework"] == truth and data.get("kind") == "native"
    good = bool(known & family)
    if native and not RARE & set(data.get("options", {})):
        good = good and covers(candidates, meant(corpus.read_case(folder)))
    told = known <= family
    return truth, ("told, open" if told else "open") if good else "WRONG", names


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snnc", default="snnc")
    parser.add_argument("-v", action="store_true", help="a row for each case")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    words = parser.parse_args()
    table = collections.defaultdict(collections.Counter)
    questions = collections.defaultdict(collections.Counter)
    for path in sorted(p for folder in words.folders
                       for p in folder.rglob("case.json")):
        truth, verdict, names = judge(path.parent, words.snnc)
        table[truth][verdict] += 1
        questions[truth][f"{verdict}: {names}"] += 1
        if words.v or verdict == "WRONG":
            print(f"{verdict:10}  {path.parent.name}: {names}")
    kinds = ["right", "told, open", "open", "refused", "WRONG"]
    print(f"{'written by':14}{'files':>6}" + "".join(f"{k:>12}" for k in kinds))
    for truth, row in sorted(table.items()):
        print(f"{truth:14}{sum(row.values()):6}" +
              "".join(f"{row[k]:12}" for k in kinds))
        for text, n in sorted(questions[truth].items()):
            print(f"    {n:3}  {text}")
    wrong, refused = (sum(row[verdict] for row in table.values())
                      for verdict in ("WRONG", "refused"))
    right = sum(sum(row.values()) for row in table.values()) - wrong - refused
    print(f"{right} passed, {wrong} failed")
    return 1 if wrong or not right else 0


if __name__ == "__main__":
    sys.exit(main())
