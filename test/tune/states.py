#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scales of membranes of 16 bits, chosen on data.

A layer with slow, mostly inhibited neurons and weights that are whole in 1/16,
so that only the rounding of states is lost. Prints how many spikes differ from
the float step's with ranges alone, and with room chosen on the same data; and
whether choosing again gives the same.
"""
import random
import tempfile

from rounding import command, run

STEPS, INPUTS, NEURONS = 1000, 24, 16
STEP = """\
snn.step @net inputs(%x "x" : tensor<{m}xi1>)
    states(%v "lif.v" : tensor<{n}xf32> = 0.0) outputs("y") {{
  %w = snn.constant dense<{w}> : tensor<{n}x{m}xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<{m}xi1>, tensor<{n}x{m}xf32>) -> tensor<{n}xf32>
  %v1 = snn.integrate "lif" leaky %i into %v {{decay = 0.99609375, gain = 1.0}}
    : tensor<{n}xf32>, tensor<{n}xf32>
  %s, %v2 = snn.fire "lif" %v1 {{threshold = 0.09375, reset = 0.0}}
    : tensor<{n}xf32> -> tensor<{n}xi1>
  snn.yield %s next %v2 : tensor<{n}xi1> next tensor<{n}xf32>
}}
"""


def main():
    r = random.Random(3)
    weights = [[round(r.gauss(-0.3 * (n % 4), 3) * 16) / 16
                for _ in range(INPUTS)] for n in range(NEURONS)]
    text = STEP.format(m=INPUTS, n=NEURONS, w=weights)
    data = bytes(r.random() < 0.25 for _ in range(STEPS * INPUTS))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/float.mlir"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

        def tune(what):
            return command(["tune-run", path, "1", str(STEPS), "8", "1", "-1",
                            what, "1"], data)
        expected = run(folder, text.encode(), "", data)

        def wrong(tuned):
            got = run(folder, tuned, "weights=8 state=16", data)
            return sum(p != q for p, q in zip(got, expected))
        plain, chosen = wrong(tune("r")), wrong(tune("rs"))
        print(f"{sum(expected)} spikes, wrong: {plain} with ranges, {chosen} "
              "with room chosen")
        print("better" if chosen < plain else "no better")
        print("same" if tune("rs") == tune("rs") else "different")


if __name__ == "__main__":
    main()
