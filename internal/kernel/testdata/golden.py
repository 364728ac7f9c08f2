"""Values of the elementwise functions at 50 digits: python3 golden.py > golden.json"""

import json
import random
import struct

from mpmath import mp, mpf, exp, expm1, log, log1p, tanh

mp.dps = 60
random.seed(1)


def bits(lo, hi):
    """A number that is uniform in its bit pattern between two positive ones."""
    a, b = (struct.unpack("<q", struct.pack("<d", v))[0] for v in (lo, hi))
    return struct.unpack("<d", struct.pack("<q", random.randint(a, b)))[0]


FUNCTIONS = {
    "exp": exp,
    "log": log,
    "sigmoid": lambda x: 1 / (1 + exp(-x)),
    "tanh": tanh,
    "softplus": lambda x: log1p(exp(x)),
    "log1p": log1p,
    "expm1": expm1,
}
out = {}
for name, f in FUNCTIONS.items():
    xs = [random.uniform(-3, 3) for _ in range(150)] + [random.uniform(-30, 30) for _ in range(100)]
    xs += [random.choice([-1, 1]) * bits(1e-320, 700) for _ in range(150)]
    xs += [random.uniform(-745, 709) for _ in range(100)]
    if name == "log":
        xs = [abs(x) for x in xs] + [1 + random.uniform(-0.3, 0.5) for _ in range(150)]
        xs += [bits(5e-324, 1.7e308) for _ in range(200)]
    if name == "log1p":
        xs = [x if x > -1 else abs(x) for x in xs] + [-bits(1e-3, 0.9999999) for _ in range(150)]
        xs += [bits(0.1, 1.7e308) for _ in range(200)] + [bits(1e-17, 10) for _ in range(100)]
    if name == "expm1":
        xs += [random.choice([-1, 1]) * bits(1e-17, 10) for _ in range(300)] + [709.7, 709.78]
    out[name] = [[x.hex(), mp.nstr(f(mpf(x)), 30)] for x in xs]
json.dump(out, open("/dev/stdout", "w"), indent=0)
