"""Golden values of affine transforms and mixtures, from closed forms with 400 digits.

Run it with a Python that has mpmath; it writes composed.json beside itself.
"""

import json
import os

from mpmath import mp, mpf, atan, erfc, exp, log, pi, sqrt

mp.dps = 400

bases = {  # log density, distribution function and survival, each in its own tail's form
    "Normal": (lambda x, m, s: -(((x - m) / s) ** 2) / 2 - log(s * sqrt(2 * pi)), lambda x, m, s: erfc((m - x) / s / sqrt(mpf(2))) / 2, lambda x, m, s: erfc((x - m) / s / sqrt(mpf(2))) / 2),
    "Exponential": (lambda x, r: log(r) - r * x, lambda x, r: 1 - exp(-r * x), lambda x, r: exp(-r * x)),
    "Gumbel": (lambda x, m, b: -(x - m) / b - exp(-(x - m) / b) - log(b), lambda x, m, b: exp(-exp(-(x - m) / b)), lambda x, m, b: 1 - exp(-exp(-(x - m) / b))),
    "Logistic": (lambda x, m, s: -(x - m) / s - log(s) - 2 * log(1 + exp(-(x - m) / s)), lambda x, m, s: 1 / (1 + exp(-(x - m) / s)), lambda x, m, s: 1 / (1 + exp((x - m) / s))),
    "Weibull": (lambda x, k, s: log(k / s) + (k - 1) * log(x / s) - (x / s) ** k, lambda x, k, s: 1 - exp(-((x / s) ** k)), lambda x, k, s: exp(-((x / s) ** k))),
    "Cauchy": (lambda x, m, s: -log(pi * s * (1 + ((x - m) / s) ** 2)), lambda x, m, s: mpf(1) / 2 + atan((x - m) / s) / pi, lambda x, m, s: mpf(1) / 2 - atan((x - m) / s) / pi),
}
sets = {"Normal": (1.0, 2.0), "Exponential": (0.5,), "Gumbel": (-1.0, 0.5), "Logistic": (2.0, 0.25), "Weibull": (1.5, 2.0), "Cauchy": (0.0, 1.0)}


def parts(kind, x):
    return [f(x, *[mpf(v) for v in sets[kind]]) for f in bases[kind]]


rows = []
for i, kind in enumerate(bases):
    for a, b in ((0.0, -1.0), (3.0, -0.25), (-2.0, 4.0)):
        row = {"kinds": [kind], "params": [list(sets[kind])], "shift": a, "scale": b, "points": []}
        for x in (mpf("0.03125"), mpf(1), mpf("2.5"), mpf(6)):
            y = mpf(a) + mpf(b) * x
            l, low, up = parts(kind, x)
            if b < 0:
                low, up = up, low
            row["points"].append([float(v) for v in (y, l - log(abs(mpf(b))), log(low), log(up))])
        rows.append(row)
for first, second, w in (("Normal", "Logistic", 0.25), ("Normal", "Cauchy", 0.875), ("Exponential", "Weibull", 0.5), ("Gumbel", "Normal", 0.0625), ("Logistic", "Gumbel", 0.75), ("Cauchy", "Exponential", 0.5)):
    row = {"kinds": [first, second], "params": [list(sets[first]), list(sets[second])], "weight": w, "points": []}
    for x in (mpf("0.03125"), mpf(1), mpf("2.5"), mpf(20)):
        a, b = parts(first, x), parts(second, x)
        w = mpf(w)
        row["points"].append([float(v) for v in (x, log(w * exp(a[0]) + (1 - w) * exp(b[0])), log(w * a[1] + (1 - w) * b[1]), log(w * a[2] + (1 - w) * b[2]))])
    rows.append(row)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "composed.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
