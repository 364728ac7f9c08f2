"""Times the convolutions of BenchmarkConv in PyTorch, best of 15, on one thread.

Run in turns with the benchmark: OPENBLAS_CORETYPE=Haswell python3 conv_torch.py
"""

import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def best(f):
    f()
    f()
    least = 1e9
    for _ in range(15):
        start = time.perf_counter()
        f()
        least = min(least, time.perf_counter() - start)
    return 1e3 * least


def case(name, batch, channels, size, out, kernel, stride, padding):
    x = torch.randn(batch, channels, size, size, requires_grad=True)
    k = torch.randn(out, channels, kernel, kernel, requires_grad=True)
    y = F.conv2d(x, k, None, stride, padding)
    g = torch.randn_like(y)
    with torch.no_grad():
        print(f"{name}/forward {best(lambda: F.conv2d(x, k, None, stride, padding)):.3f} ms")
    for what, inputs in (("input", [x]), ("kernel", [k]), ("both", [x, k])):
        print(f"{name}/{what} {best(lambda: torch.autograd.grad(y, inputs, g, retain_graph=True)):.3f} ms")


case("dcgan 64-128", 64, 64, 14, 128, 4, 2, 1)
case("dcgan 1-64", 64, 1, 28, 64, 4, 2, 1)
case("lenet 1-6", 64, 1, 28, 6, 5, 1, 2)
case("lenet 6-16", 64, 6, 14, 16, 5, 1, 0)
case("3x3 32-64", 64, 32, 14, 64, 3, 1, 1)
