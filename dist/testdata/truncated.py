"""Golden values of truncated distributions, from their definitions.

Distribution functions are closed forms of mpmath, with enough digits that the
differences hold in the tails; moments are quadrature of mpmath or plain sums. Run it
with a Python that has mpmath; it writes truncated.json beside itself.
"""

import json
import os

from mpmath import mp, mpf, inf, erfc, exp, factorial, gammainc, log, loggamma, pi, quad, sqrt

mp.dps = 120


class Normal:
    def __init__(self, m, s):
        self.m, self.s = m, s

    def log_density(self, x):
        return -(((x - self.m) / self.s) ** 2) / 2 - log(self.s * sqrt(2 * pi))

    def between(self, a, b):
        u, v = (a - self.m) / self.s, (b - self.m) / self.s
        with mp.workdps(120):
            if u < 0:
                u, v = -v, -u
            return (erfc(u / sqrt(mpf(2))) - erfc(v / sqrt(mpf(2)))) / 2


class Gamma:
    def __init__(self, a, r):
        self.a, self.r = a, r

    def log_density(self, x):
        return self.a * log(self.r) - loggamma(self.a) + (self.a - 1) * log(x) - self.r * x

    def between(self, a, b):
        if self.r * a > 100:  # the difference of the tails themselves
            tail = lambda x: gammainc(self.a, self.r * x, inf, regularized=True) if x != inf else mpf(0)
            return tail(a) - tail(b)
        return gammainc(self.a, self.r * a, self.r * b, regularized=True)


class Exponential:
    def __init__(self, r):
        self.r = r

    def log_density(self, x):
        return log(self.r) - self.r * x

    def between(self, a, b):
        return exp(-self.r * a) - exp(-self.r * b)


class Poisson:
    def __init__(self, m):
        self.m = m

    def log_density(self, x):
        return x * log(self.m) - self.m - log(factorial(x))


grid = [
    (Normal, (0.0, 1.0), -1.0, 2.0),
    (Normal, (0.0, 1.0), 30.0, 31.0),
    (Normal, (0.0, 1.0), -40.0, -39.0),
    (Normal, (0.0, 1.0), 50.0, 51.0),
    (Normal, (0.0, 1.0), 8.0, inf),
    (Normal, (0.0, 1.0), 1000.0, inf),
    (Normal, (0.0, 1.0), 1e4, inf),
    (Normal, (0.0, 1.0), 1e7, inf),
    (Normal, (0.0, 1.0), 2e8, inf),
    (Normal, (0.0, 1.0), 2e8, 3e8),
    (Normal, (0.0, 1.0), 1e6, 1e6 + 2.0**-20),
    (Normal, (2.0, 0.5), -inf, -1e9),
    (Gamma, (1.5, 0.5), 9000.0, inf),
    (Gamma, (1.5, 0.5), 1e9, 1e9 + 5),
    (Normal, (3.0, 2.0), -inf, -110.0),
    (Normal, (-1.0, 0.5), 0.125, 0.25),
    (Normal, (0.0, 1.0), 0.125, 0.12500762939453125),
    (Normal, (0.0, 1.0), -5.0, -0.5),
    (Normal, (10.0, 3.0), -inf, 14.0),
    (Normal, (0.0, 1.0), 37.0, 39.0),
    (Gamma, (0.3, 2.0), 0.0, 1.0),
    (Gamma, (0.3, 2.0), 0.5, 3.0),
    (Gamma, (4.5, 1.0), 60.0, 75.0),
    (Gamma, (40.0, 2.0), 0.0078125, 0.015625),
    (Gamma, (2.5, 0.25), 900.0, 905.0),
    (Exponential, (2.0,), 1000.0, 1003.0),
    (Exponential, (0.5,), 1.0, 1.5),
    (Exponential, (0.5,), 4.0, inf),
    (Poisson, (4.0,), 2.0, 9.0),
    (Poisson, (4.0,), 900.0, inf),
    (Poisson, (1e3,), 0.0, 100.0),
    (Poisson, (1e3,), 990.0, 1100.0),
    (Poisson, (0.01,), 3.0, inf),
]


def number(v):
    f = float(v)
    return f if abs(f) != float("inf") else ("Inf" if f > 0 else "-Inf")


def summed(d, a, b):
    last = int(b) if b != inf else int(a) + 2000
    p = [exp(d.log_density(mpf(x))) for x in range(int(a), last + 1)]
    total = sum(p)
    p = [v / total for v in p]
    xs = list(range(int(a), last + 1))
    mean = sum(x * v for x, v in zip(xs, p))
    out = {"logMass": log(total), "mean": mean, "variance": sum((x - mean) ** 2 * v for x, v in zip(xs, p))}
    out["entropy"] = -sum(v * log(v) for v in p)
    out["points"], out["quantiles"] = [], []
    for k in (0, 1, 3, 6, 40):
        if k < len(p) - 1 and p[k] > 0:
            below, above = sum(p[: k + 1]), sum(p[k + 1 :])
            out["points"].append([xs[k], log(p[k]), below, log(below) if 2 * below < 1 else mp.log1p(-above), above])
    for q in (mpf(1e-9), mpf(0.3), mpf(0.7)):
        k = 0
        while sum(p[: k + 1]) < q:
            k += 1
        j = 0
        while sum(p[j + 1 :]) > q:
            j += 1
        out["quantiles"].append([q, xs[k], xs[j]])
    return out


def integrated(d, a, b):
    mass = d.between(a, b)
    scale = mass / exp(d.log_density(a if abs(a) != inf and a != 0 else (b if b != inf else mpf(1))))
    if a != -inf and b != inf:
        scale = min(scale, b - a)
    cut = lambda k: a + scale * k if a != -inf else b - scale * k
    places = [v for v in (cut(mpf(k) / 4) for k in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512)) if a < v < b]
    places = sorted(set(([a] if a != -inf else []) + places + ([b] if b != inf else [])))
    density = lambda x: exp(d.log_density(x) - log(mass))
    with mp.workdps(50):
        k = 1 / d.a if d.__class__ is Gamma and d.a < 1 and a == 0 else mpf(1)  # flattens a pole at zero
        integral = lambda f: quad(lambda y: f(y**k) * k * y ** (k - 1), [v ** (1 / k) for v in places]) if k > 1 else quad(f, places)
        total = integral(density)
        assert abs(total - 1) < mpf(10) ** -25, (a, b, total)
        mean = integral(lambda x: x * density(x))
        variance = integral(lambda x: (x - mean) ** 2 * density(x))
        entropy = -integral(lambda x: density(x) * log(density(x)) if x > 0 or d.__class__ is Normal else mpf(0))
    out = {"logMass": log(mass), "mean": mean, "variance": variance, "entropy": entropy, "points": [], "quantiles": []}

    def bisect(p):
        low = a if a != -inf else b - 40 * scale
        high = b if b != inf else a + 40 * scale
        low = low or mpf(10) ** -60
        for _ in range(90):
            middle = sqrt(low * high) if low > 0 and high > 8 * low else (low + high) / 2
            if d.between(a, middle) / mass < p:
                low = middle
            else:
                high = middle
        return low

    for p in (mpf(10) ** -12, mpf("0.01"), mpf("0.3"), mpf("0.8"), 1 - mpf(10) ** -7):
        x = mpf(float(bisect(p)))
        if a < x < b:
            below, above = d.between(a, x) / mass, d.between(x, b) / mass
            out["points"].append([x, d.log_density(x) - log(mass), below, log(below), above])
    for p in (mpf(1e-9), mpf(0.25), mpf(0.7)):
        out["quantiles"].append([p, bisect(p), bisect(1 - p)])
    return out


rows = []
for make, params, a, b in grid:
    d = make(*[mpf(v) for v in params])
    out = (summed if make is Poisson else integrated)(d, mpf(a), mpf(b))
    row = {"dist": make.__name__, "params": list(params), "lower": number(a), "upper": number(b)}
    for key, v in out.items():
        row[key] = [[number(w) for w in p] for p in v] if isinstance(v, list) else number(v)
    rows.append(row)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "truncated.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
