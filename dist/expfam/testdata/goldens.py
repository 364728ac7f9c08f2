"""Golden values of log-partition functions and their derivatives.

Each A is written down as in the literature and computed with 150 digits, or 900 where
it is a logarithm of one and next to nothing; gradient
and Hessian are central differences with steps so small that they have more than 30
digits, so that no derivative is taken by hand here. Run it with a Python that has
mpmath; it writes goldens.json beside itself.
"""

import itertools
import json
import os

from mpmath import mp, mpf, besseli, det, exp, expm1, inverse, log, loggamma, matrix, pi, sqrt

mp.dps = 150


def triangle(eta, d):
    """The matrix that a triangle of natural parameters stands for."""
    m = matrix(d)
    k = 0
    for i in range(d):
        for j in range(i + 1):
            m[i, j] = m[j, i] = -2 * eta[k] if i == j else -eta[k]
            k += 1
    return m


def softplus(eta):
    return log(1 + sum(exp(e) for e in eta))


def normal(eta):
    return -eta[0] ** 2 / (4 * eta[1]) - log(-2 * eta[1]) / 2


def gamma(eta):
    return loggamma(eta[0]) - eta[0] * log(-eta[1])


def dirichlet(eta):
    return sum(loggamma(e) for e in eta) - loggamma(sum(eta))


def rate(eta):
    return -log(-eta[0])


def mvn(d):
    def a(eta):
        v = matrix(eta[:d])
        l = triangle(eta[d:], d)
        return (v.T * inverse(l) * v)[0] / 2 - log(det(l)) / 2

    return a


def wishart(d):
    def a(eta):
        n = 2 * eta[-1] + d + 1
        p = triangle(eta[:-1], d)
        g = d * (d - 1) * log(pi) / 4 + sum(loggamma((n - i) / 2) for i in range(d))
        return n / 2 * (d * log(2) - log(det(p))) + g

    return a


def bessel(eta):
    return log(2 * pi * besseli(0, sqrt(eta[0] ** 2 + eta[1] ** 2)))


REAL = ["-700", "-300", "-100", "-40", "-36.5", "-20", "-10", "-5", "-2", "-1", "-0.5", "-1e-3", "-1e-10", "1e-20",
        "1e-6", "0.25", "0.75", "1.5", "3", "8", "19", "33", "60", "250", "690"]
NEGATIVE = ["-1e-150", "-1e-100", "-1e-17", "-1e-12", "-1e-8", "-1e-5", "-1e-3", "-0.02", "-0.1", "-0.3", "-0.5", "-0.9",
            "-1", "-1.2", "-2", "-3", "-7", "-20", "-36", "-90", "-400", "-700"]
SHAPES = ["1e-9", "1e-4", "0.03", "0.5", "1", "1.5", "2", "7", "15.9", "16", "40", "1e3", "1e6", "1e10", "1e15"]

POINTS = []


def add(family, fixed, a, etas):
    for eta in etas:
        POINTS.append((family, fixed, a, [mpf(float(e)) for e in eta]))


one = [[e] for e in REAL]
neg = [[e] for e in NEGATIVE]
add("Bernoulli", [], softplus, one)
add("Binomial", [12], lambda e: 12 * softplus(e), one)
add("Poisson", [], lambda e: exp(e[0]), one)
add("Geometric", [], lambda e: -log(-expm1(e[0])), neg)
add("NegativeBinomial", [2.5], lambda e: mpf(-5) / 2 * log(-expm1(e[0])), neg)
for name, fixed in (("Exponential", []), ("Pareto", [2]), ("Weibull", [1.5]), ("Laplace", [-3])):
    add(name, fixed, rate, neg)
several = [["0", "0", "0"], ["1", "2", "3"], ["-1", "-2", "-3"], ["100", "0", "-100"], ["-50", "-60", "-70"],
           ["300", "299", "298"], ["-300", "-299", "5"], ["40", "40", "40"], ["1e-9", "-1e-9", "2e-9"], ["0.1", "0.2", "-5"],
           ["-37", "-38", "-39"], ["600", "-90", "3"], ["33", "2", "1"], ["-0.5", "0.5", "10"], ["15", "-15", "30"],
           ["7", "7", "-7"], ["1.5", "0", "0"], ["0", "0", "-200"], ["-3", "-3", "-3"], ["5", "4", "3"]]
add("Categorical", [4], softplus, several)
add("Multinomial", [9, 4], lambda e: 9 * softplus(e), several)
two = [[m, "-%s" % v] for m, v in itertools.product(["0", "1", "-3", "1e-8", "1e5"], ["1e-10", "0.02", "0.5", "30", "1e8"])]
add("Normal", [], normal, two)
add("LogNormal", [], normal, two)
shaped = [[s, "-%s" % r] for s in SHAPES for r in ("1e-5", "1", "3e7")]
add("Gamma", [], gamma, shaped)
add("InverseGamma", [], gamma, shaped)
pairs = [[a, b] for a, b in itertools.product(SHAPES[::2], SHAPES[::2])] + [["15.9", "16"], ["1", "1e10"], ["1.5", "0.5"]]
add("Beta", [], dirichlet, pairs)
add("Dirichlet", [3], dirichlet, [["1", "1", "1"], ["0.5", "0.5", "0.5"], ["1e-6", "1e-6", "1e-6"], ["1e-6", "1", "1e6"],
                                  ["1e9", "1e9", "1e9"], ["1e9", "1e-9", "1"], ["2", "3", "4"], ["20", "30", "40"],
                                  ["0.1", "100", "0.1"], ["1e12", "1", "1"], ["15", "16", "17"], ["7", "0.3", "2e4"],
                                  ["1e5", "1e5", "0.01"], ["3", "3", "3e3"], ["12", "1e-3", "1e-3"], ["0.9", "1.1", "1"],
                                  ["5e6", "4", "5e6"], ["1e-2", "2e-2", "3e-2"], ["8", "9", "1e10"], ["6", "5.5", "5"]])
angles = [["0.6", "0.8"], ["-0.28", "0.96"], ["0", "1"]]
add("VonMises", [], bessel, [[mpf(c) * mpf(k), mpf(s) * mpf(k)] for c, s in angles
                             for k in ("1e-12", "1e-3", "0.2", "1", "3", "9", "19.9", "20.1", "50", "300", "1e4", "1e7")])


def spd(d, size, twist):
    """A positive definite matrix of condition about twist."""
    m = [[mpf(size) * (1 if i == j else 0) for j in range(d)] for i in range(d)]
    for i in range(d):
        for j in range(d):
            m[i][j] += mpf(size) * mpf(twist) * mpf((-1) ** (i + j)) / (1 + i) / (1 + j)
    eta = []
    for i in range(d):
        for j in range(i + 1):
            eta.append(-m[i][j] / 2 if i == j else -m[i][j])
    return eta


matrices = [(d, s, t) for d in (1, 2, 3) for s in ("1e-8", "1", "1e6") for t in ("0", "0.7", "50")]
for d, s, t in matrices:
    p = spd(d, s, t)
    for top in ("0", "2.5"):
        add("MultivariateNormal", [d], mvn(d), [[mpf(top) * (i - mpf("0.5")) * sqrt(mpf(s)) for i in range(d)] + p])
    for last in ("-0.999", "0", "4000"):
        add("Wishart", [d], wishart(d), [p + [last]])


def derivative(a, eta, orders):
    steps = []
    least = min([abs(e) for e in eta if e != 0] or [mpf(1)])
    for e in eta:
        steps.append((abs(e) if e != 0 else least) * mpf(10) ** -40)

    def shifted(moves):
        return a([e + m * h for e, m, h in zip(eta, moves, steps)])

    n = len(eta)
    unit = lambda i: [1 if k == i else 0 for k in range(n)]
    plus = lambda u, v, s: [x + s * y for x, y in zip(u, v)]
    zero = [0] * n
    if len(orders) == 1:
        i = orders[0]
        return (shifted(unit(i)) - shifted(plus(zero, unit(i), -1))) / (2 * steps[i])
    i, j = orders
    u, v = unit(i), unit(j)
    if i == j:
        return (shifted(u) - 2 * shifted(zero) + shifted(plus(zero, u, -1))) / steps[i] ** 2
    uv, down = plus(u, v, 1), plus(u, v, -1)
    return (shifted(uv) + shifted(plus(zero, uv, -1)) - shifted(down) - shifted(plus(zero, down, -1))) / (4 * steps[i] * steps[j])


rows = []
for family, fixed, a, eta in POINTS:
    n = len(eta)
    mp.dps = 900 if family in ("Bernoulli", "Binomial", "Categorical", "Multinomial", "Geometric", "NegativeBinomial") else 150
    eta = [mpf(float(e)) for e in eta]  # what the float64 of the test is
    number = lambda v: float(mp.nstr(v, 20))
    rows.append({
        "family": family, "fixed": fixed, "eta": [float(e) for e in eta], "a": number(a(eta)),
        "mean": [number(derivative(a, eta, [i])) for i in range(n)],
        "hessian": [number(derivative(a, eta, [i, j])) for i in range(n) for j in range(i + 1)],
    })
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
print(len(rows), "points")
