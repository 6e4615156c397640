# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""random_network.py SEED: a step of two layers, the first one recurrent, with
random weights."""
import random
import struct
import sys

N_IN, N_1, N_2 = 12, 38, 21
RANDOM = random.Random(int(sys.argv[1]))


def constant(name, *shape):
    count = 1
    for size in shape:
        count *= size
    numbers = [round(RANDOM.uniform(-1.0, 1.5), 3) for _ in range(count)]
    data = b"".join(struct.pack("<f", number) for number in numbers)
    return '%%%s = snn.constant dense<"0x%s"> : tensor<%sxf32>' % (
        name, data.hex().upper(), "x".join(map(str, shape)))


def fire(name, count):
    t = "tensor<%dxf32>" % count
    return """%%%s_next = snn.integrate "%s" relax %%%s_in into %%%s.v {decay = 0.1, gain = 1.0, leak = 0.0} : %s, %s
%%%s, %%%s_after = snn.fire "%s" %%%s_next {threshold = 1.0, reset = 0.0} : %s -> tensor<%dxi1>""" % (
        name, name, name, name, t, t, name, name, name, name, t, count)


print(f"""snn.step @net
    inputs(%input "input" : tensor<{N_IN}xf32>)
    states(%lif1.prev "lif1.prev" : tensor<{N_1}xi1> = 0.0,
           %lif1.v "lif1.v" : tensor<{N_1}xf32> = 0.0,
           %lif2.v "lif2.v" : tensor<{N_2}xf32> = 0.0)
    outputs("output")
    attributes {{dt = 0.001, semantics = "nir"}} {{
{constant("w1", N_1, N_IN)}
{constant("wr", N_1, N_1)}
{constant("br", N_1)}
{constant("w2", N_2, N_1)}
{constant("b2", N_2)}
%fc1 = snn.linear "fc1" %input weight %w1 : (tensor<{N_IN}xf32>, tensor<{N_1}x{N_IN}xf32>) -> tensor<{N_1}xf32>
%rec = snn.linear "rec" %lif1.prev weight %wr bias %br : (tensor<{N_1}xi1>, tensor<{N_1}x{N_1}xf32>, tensor<{N_1}xf32>) -> tensor<{N_1}xf32>
%lif1_in = snn.sum "lif1" %fc1, %rec : tensor<{N_1}xf32>, tensor<{N_1}xf32> -> tensor<{N_1}xf32>
{fire("lif1", N_1)}
%lif2_in = snn.linear "fc2" %lif1 weight %w2 bias %b2 : (tensor<{N_1}xi1>, tensor<{N_2}x{N_1}xf32>, tensor<{N_2}xf32>) -> tensor<{N_2}xf32>
{fire("lif2", N_2)}
snn.yield %lif2 next %lif1, %lif1_after, %lif2_after : tensor<{N_2}xi1> next tensor<{N_1}xi1>, tensor<{N_1}xf32>, tensor<{N_2}xf32>
}}""")
