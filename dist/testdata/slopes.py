"""Golden values of the derivatives of log densities and log masses.

Each is a numerical derivative, by mpmath with 90 digits, of the definition of the
density: in the value, where that is continuous, and in each parameter. Run it with a
Python that has mpmath; it writes slopes.json beside itself.
"""

import json
import os

from mpmath import mp, mpf, besseli, cos, cosh, exp, log, loggamma, pi

mp.dps = 90


def binomial(n, x):
    return loggamma(n + 1) - loggamma(x + 1) - loggamma(n - x + 1)


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def normal(z):
    return -z * z / 2 - log(2 * pi) / 2


def student(z, nu):
    return loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(pi * nu) / 2 - (nu + 1) / 2 * log(1 + z * z / nu)


def triangular(x, a, c, b):
    return log(2 * (x - a) / ((b - a) * (c - a)) if x < c else 2 * (b - x) / ((b - a) * (b - c)))


def bernoulli(x, p):
    return log(p if x == 1 else 1 - p)


def categorical(x, *p):
    return log(p[int(x)] / sum(p))


places = ["-30", "-2.75", "-0.125", "0.0009765625", "1.5", "40"]  # in scales
out = ["0.000001", "0.125", "0.75", "1.5", "4.25", "60"]  # from an end, in scales
inside = ["0.0009765625", "0.125", "0.375", "0.625", "0.875", "0.9990234375"]
real = [(0.0, 1.0), (-7.0, 0.25), (1000.0, 17.0), (2.5, 0.001)]
one = [(1.0,), (0.001,), (0.3,), (150.0,)]
shaped = [(0.3, 2.0), (1.0, 0.5), (2.5, 1.0), (60.0, 1e-3)]


def spread(params):
    return [params[0] + params[1] * float(t) for t in places]


def outward(scale):
    return lambda params: [scale(params) * float(t) for t in out]


continuous = {
    "Normal": (lambda x, m, s: normal((x - m) / s) - log(s), real, spread),
    "Cauchy": (lambda x, m, s: -log(pi * s * (1 + ((x - m) / s) ** 2)), real, spread),
    "Laplace": (lambda x, m, b: -abs(x - m) / b - log(2 * b), real, spread),
    "Logistic": (lambda x, m, s: -log(4 * s * cosh((x - m) / (2 * s)) ** 2), real, spread),
    "Gumbel": (lambda x, m, b: -(x - m) / b - exp(-(x - m) / b) - log(b), real, spread),
    "LogNormal": (lambda x, m, s: normal((log(x) - m) / s) - log(x * s), [(0.0, 1.0), (-7.0, 0.25), (40.0, 4.0), (2.5, 0.01)],
                  lambda p: [float(exp(p[0] + p[1] * mpf(t) / 4)) for t in places]),
    "Exponential": (lambda x, r: log(r) - r * x, one, outward(lambda p: 1 / p[0])),
    "HalfNormal": (lambda x, s: normal(x / s) - log(s) + log(2), one, outward(lambda p: p[0])),
    "HalfCauchy": (lambda x, s: -log(pi * s / 2 * (1 + (x / s) ** 2)), one, outward(lambda p: p[0])),
    "ChiSquared": (lambda x, nu: (nu / 2 - 1) * log(x / 2) - x / 2 - loggamma(nu / 2) - log(2), one + [(1e6,)], outward(lambda p: p[0])),
    "Gamma": (lambda x, a, r: a * log(r) - loggamma(a) + (a - 1) * log(x) - r * x, shaped + [(1e6, 3.0)], outward(lambda p: p[0] / p[1])),
    "InverseGamma": (lambda x, a, b: a * log(b) - loggamma(a) - (a + 1) * log(x) - b / x, shaped + [(1e6, 3.0)], outward(lambda p: p[1] / p[0])),
    "Weibull": (lambda x, k, s: log(k / s) + (k - 1) * log(x / s) - (x / s) ** k, [(0.3, 2.0), (1.0, 0.5), (2.5, 1e3), (9.0, 1.0)], outward(lambda p: p[1])),
    "Pareto": (lambda x, s, a: log(a) + a * log(s) - (a + 1) * log(x), shaped, lambda p: [p[0] * (1 + float(t)) for t in out]),
    "Uniform": (lambda x, a, b: -log(b - a), [(0.0, 1.0), (-7.0, 0.25), (1000.0, 1017.0), (2.5, 2.53125)], lambda p: [p[0] + (p[1] - p[0]) * float(t) for t in inside]),
    "Triangular": (triangular, [(0.0, 0.25, 1.0), (-7.0, 0.5, 3.0), (10.0, 10.125, 1000.0), (-1.0, 0.9375, 1.0)],
                   lambda p: [p[0] + (p[1] - p[0]) * float(t) for t in inside[:3]] + [p[1] + (p[2] - p[1]) * float(t) for t in inside[1:]]),
    "Beta": (lambda x, a, b: (a - 1) * log(x) + (b - 1) * log(1 - x) - log_beta(a, b), [(0.3, 2.0), (1.0, 0.5), (2.5, 1.0), (60.0, 700.0)], lambda p: [float(t) for t in inside]),
    "StudentT": (lambda x, nu, m, s: student((x - m) / s, nu) - log(s), [(0.5, 0.0, 1.0), (3.0, -7.0, 0.25), (40.0, 1000.0, 17.0), (1e4, 2.5, 0.5)],
                 lambda p: [p[1] + p[2] * float(t) for t in places]),
    "HalfStudentT": (lambda x, nu, s: student(x / s, nu) - log(s) + log(2), [(0.5, 1.0), (3.0, 0.25), (40.0, 17.0), (1e4, 0.5)], outward(lambda p: p[1])),
    "VonMises": (lambda x, m, k: k * cos(x - m) - log(2 * pi * besseli(0, k)), [(0.0, 1.0), (-2.0, 0.25), (1.0, 17.0), (3.0, 400.0)], lambda p: [-3.0, -1.25, -0.125, 0.5, 1.75, 3.125]),
}
discrete = {
    "bernoulli": (bernoulli, [(p,) for p in (0.001, 0.125, 0.3, 0.5, 0.6, 0.75, 0.875, 0.9, 0.99, 0.999)], lambda p: [0, 1]),
    "binomial": (lambda x, n, p: binomial(n, x) + x * log(p) + (n - x) * log(1 - p), [(10.0, 0.3), (40.0, 0.001), (1e4, 0.5), (3.0, 0.99)], lambda p: sorted({0, 1, 2, int(p[0] * p[1]), int(p[0] / 2), int(p[0]) - 1, int(p[0])})),
    "geometric": (lambda x, p: log(p) + x * log(1 - p), one[1:3] + [(0.9,), (1e-6,)], lambda p: [0, 1, 2, 5, 40, 10**6]),
    "negativebinomial": (lambda x, r, p: loggamma(x + r) - loggamma(r) - loggamma(x + 1) + r * log(p) + x * log(1 - p), [(0.5, 0.3), (3.0, 0.9), (700.0, 0.01), (1e-3, 0.5)], lambda p: [0, 1, 2, 5, 40, 10**6]),
    "poisson": (lambda x, l: x * log(l) - l - loggamma(x + 1), one, lambda p: [0, 1, 2, 5, 40, 10**6]),
    "hypergeometric": (lambda x, n, k, d: binomial(k, x) + binomial(n - k, d - x) - binomial(n, d), [(50.0, 20.0, 10.0), (1e4, 700.0, 40.0), (12.0, 6.0, 5.0), (1e6, 5e5, 11.0)], lambda p: [0, 1, 2, 4, 5]),
    "discreteuniform": (lambda x, a, b: -log(b - a + 1), [(0.0, 1.0), (-7.0, 3.0), (5.0, 5.0), (0.0, 1e6), (-1e4, -1.0), (3.0, 99.0), (-1e9, 1e9), (0.0, 41.0)], lambda p: sorted({p[0], p[1], p[0] + int((p[1] - p[0]) / 2), p[0] + int((p[1] - p[0]) / 3)})),
    "betabinomial": (lambda x, n, a, b: binomial(n, x) + log_beta(x + a, n - x + b) - log_beta(a, b), [(10.0, 0.3, 2.0), (40.0, 1.0, 1.0), (700.0, 25.0, 60.0), (5.0, 1e3, 0.5)], lambda p: sorted({0, 1, 2, 4, 5, int(p[0])})),
    "categorical": (categorical, [(0.5, 0.25, 0.25), (0.125, 0.875), (0.1, 0.2, 0.3, 0.4), (0.001, 0.002, 0.003, 0.004, 0.99), (0.0625,) * 16], lambda p: range(len(p))),
}


def slope(f, at):
    """The derivative, on the scale of what it is taken in."""
    h = mpf(10) ** -18 * (abs(at) if at else 1)
    return (8 * (f(at + h) - f(at - h)) - (f(at + 2 * h) - f(at - 2 * h))) / (12 * h)


def number(v):
    return float(mp.nstr(v, 20))


rows = []
for kinds, graded in ((continuous, True), (discrete, False)):
    for name, (density, sets, points) in kinds.items():
        total = 0
        for params in sets:
            row = {"dist": name, "params": list(params), "points": []}
            exact = [mpf(v) for v in params]
            for x in points(params):
                x = mpf(x)
                total += 1
                score = [number(slope(lambda v: density(x, *(exact[:k] + [v] + exact[k + 1 :])), exact[k])) for k in range(len(exact))]
                row["points"].append({"x": float(x), "score": score})
                if graded:
                    row["points"][-1]["grad"] = number(slope(lambda v: density(v, *exact), x))
            rows.append(row)
        assert total >= 20, (name, total)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "slopes.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
