"""Golden values of Wasserstein distances.

Distances between distributions are integrals of quantile functions, by mpmath with 30
digits; those between samples are sums over the merged steps of both distribution
functions in rational arithmetic, and scipy must agree with them for p = 1. Those of
normal distributions are the formula with 60 digits. Run it with a Python that has
mpmath and scipy; it writes transport.json beside itself.
"""

import json
import os
import random
from fractions import Fraction

import mpmath
from mpmath import mp, mpf, exp, log, matrix, pi, quad, sqrt, tan
from scipy.stats import wasserstein_distance

mp.dps = 40


def normal_quantile(p):
    return sqrt(mpf(2)) * mpmath.erfinv(2 * p - 1) if p > mpf(10) ** -10 else newton_normal(p)


def newton_normal(p):
    z = -sqrt(-2 * log(2 * p))
    for _ in range(80):
        c = mpmath.erfc(-z / sqrt(mpf(2))) / 2
        step = (log(c) - log(p)) * c / (exp(-z * z / 2) / sqrt(2 * pi))
        z -= step
        if abs(step) < mpf(10) ** -35:
            break
    return z


# Each as quantile(u) for small u of the lower tail and of the upper tail.
def normal(m, s):
    return lambda u: m + s * normal_quantile(u), lambda q: m - s * normal_quantile(q)


def laplace(m, b):
    return lambda u: m + b * log(2 * u), lambda q: m - b * log(2 * q)


def exponential(r):
    return lambda u: -mpmath.log1p(-u) / r, lambda q: -log(q) / r


def cauchy(m, s):
    return lambda u: m - s / tan(pi * u), lambda q: m + s / tan(pi * q)


def pareto(k, a):
    return lambda u: k * (1 - u) ** (-1 / a), lambda q: k * q ** (-1 / a)


def uniform(a, b):
    return lambda u: a + u * (b - a), lambda q: b - q * (b - a)


def lognormal(m, s):
    n = normal(mpf(0), mpf(1))
    return lambda u: exp(m + s * n[0](u)), lambda q: exp(m + s * n[1](q))


def distance(p, a, b):
    """In the logarithm of the tail, cut at sign changes of the difference."""
    total = mpf(0)
    for x, y in zip(a, b):
        f = lambda s: x(exp(-s)) - y(exp(-s))
        cuts = [log(mpf(2))] + [mpf(c) for c in (0.8, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 400)]
        more = []
        for lo, hi in zip(cuts, cuts[1:]):
            if f(lo) * f(hi) < 0:
                more.append(mpmath.findroot(f, (lo, hi), solver="anderson", tol=mpf(10) ** -30))
        cuts = sorted(cuts + more)
        total += quad(lambda s: abs(f(s)) ** p * exp(-s), cuts)
    return total ** (1 / mpf(p))


D = {
    "Normal": normal, "Laplace": laplace, "Exponential": exponential, "Cauchy": cauchy,
    "Pareto": pareto, "Uniform": uniform, "LogNormal": lognormal,
}

cases = [
    (1, "Normal", [0, 1], "Normal", [0.5, 2]),
    (1, "Normal", [0, 1], "Laplace", [0, 1]),
    (2, "Normal", [0, 1], "Laplace", [0.25, 1]),
    (3, "Normal", [0, 1], "Uniform", [-1, 1]),
    (1.5, "Exponential", [1], "Uniform", [0, 2]),
    (2, "Exponential", [1], "Exponential", [3]),
    (1, "Exponential", [1], "LogNormal", [0, 1]),
    (2, "LogNormal", [0, 1], "Normal", [1, 1]),
    (1, "Pareto", [1, 2.5], "Exponential", [1]),
    (2, "Pareto", [1, 2.5], "Pareto", [2, 4]),
    (1, "Laplace", [0, 1], "Uniform", [0, 1]),
    (4, "Laplace", [0, 1], "Normal", [3, 0.5]),
]


def golden_quantiles():
    out = []
    mp.dps = 30
    for p, fa, pa, fb, pb in cases:
        w = distance(mpf(p), D[fa](*map(mpf, pa)), D[fb](*map(mpf, pb)))
        out.append({"p": p, "a": fa, "pa": pa, "b": fb, "pb": pb, "want": float(w)})
        print(out[-1])
    return out


def coupled(p, x, wx, y, wy):
    """The cheapest coupling in fractions; the root is the only rounding."""
    fx = sorted((Fraction(v), Fraction(w)) for v, w in zip(x, wx) if w)
    fy = sorted((Fraction(v), Fraction(w)) for v, w in zip(y, wy) if w)
    tx, ty = sum(w for _, w in fx), sum(w for _, w in fy)
    fx, fy = [[v, w / tx] for v, w in fx], [[v, w / ty] for v, w in fy]
    total, i, j = mpf(0), 0, 0
    while i < len(fx) and j < len(fy):
        m = min(fx[i][1], fy[j][1])
        d = abs(fx[i][0] - fy[j][0])
        total += mpf(m.numerator) / m.denominator * (mpf(d.numerator) / d.denominator) ** mpf(p)
        fx[i][1] -= m
        fy[j][1] -= m
        if not fx[i][1]:
            i += 1
        if not fy[j][1]:
            j += 1
    return total ** (1 / mpf(p))


def golden_samples():
    r, out = random.Random(1), []
    for k in range(24):
        n, m = r.randint(1, 12), r.randint(1, 12)
        x = [round(r.gauss(0, 1), r.choice([0, 2, 15])) for _ in range(n)]
        y = [round(r.gauss(1, 2), r.choice([0, 2, 15])) for _ in range(m)]
        wx = [r.choice([0.0, 0.1, 1.0, r.random()]) for _ in x] if k % 2 else [1.0] * n
        wy = [r.choice([0.0, 0.3, 2.0, r.random()]) for _ in y] if k % 3 else [1.0] * m
        if not sum(wx) or not sum(wy):
            wx, wy = [1.0] * n, [1.0] * m
        p = [1, 2, 1, 3.5][k % 4]
        w = coupled(p, x, wx, y, wy)
        if p == 1:
            assert abs(wasserstein_distance(x, y, wx, wy) - float(w)) < 1e-12
        out.append({"p": p, "x": x, "wx": wx, "y": y, "wy": wy, "want": float(w)})
    return out


def root_of(a):
    e, v = mpmath.eigsy(a)
    return v * mpmath.diag([sqrt(max(t, mpf(0))) for t in e]) * v.T


def golden_gaussians():
    mp.dps = 60
    r, out = random.Random(2), []
    for k in range(16):
        d = 1 + k % 5
        rank = d if k % 4 else max(1, d - 1)
        A = [[r.gauss(0, 1) for _ in range(rank)] for _ in range(d)]
        B = [[r.gauss(0, 1) for _ in range(d)] for _ in range(d)]
        if k >= 12:  # nearly equal
            B = [[A[i][j] + 1e-9 * B[i][j] for j in range(rank)] for i in range(d)]
        gram = lambda M: [[sum(M[i][l] * M[j][l] for l in range(len(M[0]))) for j in range(d)] for i in range(d)]
        S1, S2 = gram(A), gram(B)
        for S in (S1, S2):  # rounding may leave them a hair below singular
            for i in range(d):
                for j in range(i):
                    S[i][j] = S[j][i]
        m1 = [r.gauss(0, 1) for _ in range(d)]
        m2 = list(m1) if k >= 12 else [r.gauss(0, 1) for _ in range(d)]
        M1, M2 = matrix(S1), matrix(S2)
        R = root_of(M2)
        w2 = sum((mpf(u) - mpf(v)) ** 2 for u, v in zip(m1, m2))
        inner = root_of(R * M1 * R)
        w2 += sum(M1[i, i] + M2[i, i] - 2 * inner[i, i] for i in range(d))
        out.append({"m1": m1, "c1": sum(S1, []), "m2": m2, "c2": sum(S2, []), "rank": rank, "want": float(sqrt(w2))})
    return out


if __name__ == "__main__":
    golden = {"quantiles": golden_quantiles(), "samples": golden_samples(), "gaussians": golden_gaussians()}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "transport.json"), "w") as f:
        json.dump(golden, f, indent=0)
        f.write("\n")
