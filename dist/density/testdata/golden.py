"""Golden values of the density estimates.

Kernel sums with 50 digits from their definitions, the score of least-squares
cross-validation with the square integrated numerically and not by the formula of
the package. SciPy and NumPy stand beside as peers where they compute the same, and
their differences must be small. Run it with a Python that has mpmath, numpy and
scipy; it writes golden.json beside itself.
"""

import json
import os
import random

import numpy as np
from mpmath import mp, mpf, erfc, exp, log, pi, quad, sqrt
from scipy.stats import gaussian_kde

mp.dps = 50
random.seed(9)
X = [round(random.gauss(0, 1) if random.random() < 0.6 else random.gauss(4, 0.5), 3) for _ in range(40)]
W = [round(random.uniform(0.1, 2), 2) for _ in range(40)]


def kernel(shape, u):
    if shape == "gaussian":
        return exp(-u * u / 2) / sqrt(2 * pi)
    if abs(u) > 1:
        return mpf(0)
    return mpf(3) / 4 * (1 - u * u) if shape == "epanechnikov" else mpf(1) / 2


def kernel_cdf(shape, u):
    if shape == "gaussian":
        return erfc(-u / sqrt(2)) / 2
    u = max(mpf(-1), min(mpf(1), u))
    return (2 + 3 * u - u**3) / 4 if shape == "epanechnikov" else (1 + u) / 2


def number(v):
    v = float(v)
    return v if abs(v) < 1e308 else ("Inf" if v > 0 else "-Inf")


def logarithm(v):
    return log(v) if v > 0 else mpf("-inf")


points = []
for shape in ("gaussian", "epanechnikov", "tophat"):
    for weighted in (False, True):
        w = [mpf(str(v)) for v in W] if weighted else [mpf(1)] * len(X)
        total = sum(w)
        h = mpf("0.45")
        for at in [-60, -20, -8, -3.1, -2, -1, -0.3, 0, 0.1, 0.7, 1.5, 2, 2.6, 3.3, 4, 4.4, 5, 6.2, 9, 30, 70]:
            a = mpf(str(at))
            us = [(a - mpf(str(v))) / h for v in X]
            p = sum(wi * kernel(shape, u) for wi, u in zip(w, us)) / total / h
            c = sum(wi * kernel_cdf(shape, u) for wi, u in zip(w, us)) / total
            s = sum(wi * kernel_cdf(shape, -u) for wi, u in zip(w, us)) / total
            points.append({"shape": shape, "weighted": weighted, "h": float(h), "x": at,
                           "logProb": number(logarithm(p)), "cdf": float(c), "logCDF": number(logarithm(c)), "survival": float(s)})

# Peers: SciPy's bandwidth is a factor of the standard deviation.
kde = gaussian_kde(X, weights=W)
sd = float(np.sqrt(kde.covariance[0, 0]) / kde.factor)
ours = [p for p in points if p["shape"] == "gaussian" and p["weighted"]]
peer = gaussian_kde(X, weights=W, bw_method=0.45 / sd)
for p in ours:
    if -5 < p["x"] < 8:
        assert abs(peer.logpdf(p["x"])[0] - p["logProb"]) < 1e-10

scott = {"weighted": sd * kde.factor, "plain": float(np.std(X, ddof=1) * len(X) ** -0.2)}
q = np.percentile(X, [25, 75])
silverman = float(0.9 * min(np.std(X, ddof=1), (q[1] - q[0]) / 1.34) * len(X) ** -0.2)


# Scores of cross-validation at some bandwidths, and the minima.
def lscv(shape, h):
    n = len(X)
    xs = [mpf(str(v)) for v in X]
    f = lambda a: (sum(kernel(shape, (a - v) / h) for v in xs) / n / h) ** 2
    lo, hi = min(xs), max(xs)
    if shape == "gaussian":
        step = h / 6  # the trapezoidal rule is exact to 1e-16 and better
        square = step * sum(f(lo - 10 * h + step * k) for k in range(int((hi - lo + 20 * h) / step) + 1))
    else:
        kinks = sorted(set([v - h for v in xs] + [v + h for v in xs]))
        square = sum(quad(f, [a, b], maxdegree=3) for a, b in zip(kinks, kinks[1:]))
    out = mpf(0)
    for i in range(n):
        out += sum(kernel(shape, (xs[i] - xs[j]) / h) for j in range(n) if j != i) / (n - 1) / h
    return square - 2 * out / n


def likelihood(h):
    n, total = len(X), mpf(0)
    xs = [mpf(str(v)) for v in X]
    for i in range(n):
        total += log(sum(kernel("gaussian", (xs[i] - xs[j]) / h) for j in range(n) if j != i) / (n - 1) / h)
    return -total / n


def golden(f, lo, hi):
    r = (sqrt(mpf(5)) - 1) / 2
    a, b = hi - r * (hi - lo), lo + r * (hi - lo)
    fa, fb = f(a), f(b)
    while hi - lo > mpf("1e-5"):
        if fa < fb:
            hi, b, fb = b, a, fa
            a = hi - r * (hi - lo)
            fa = f(a)
        else:
            lo, a, fa = a, b, fb
            b = lo + r * (hi - lo)
            fb = f(b)
    return (lo + hi) / 2


mp.dps = 20
grid = [mpf("0.05") * mpf("1.15") ** k for k in range(25)]
cross = {}
for name, f in (("least-squares gaussian", lambda h: lscv("gaussian", h)), ("likelihood gaussian", likelihood)):
    values = [f(h) for h in grid]
    k = min(range(len(grid)), key=lambda i: values[i])
    assert 0 < k < len(grid) - 1
    cross[name] = float(golden(f, grid[k - 1], grid[k + 1]))
scores = [{"shape": s, "h": float(h), "score": float(lscv(s, h))} for s in ("gaussian", "epanechnikov", "tophat") for h in (mpf("0.2"), mpf("0.61"))]

# Several dimensions: a full covariance as SciPy's, and a product of kernels.
Y = [[round(random.gauss(0, 1), 3) for _ in range(3)] for _ in range(15)]
for row in Y:
    row[1] = round(row[1] + 0.8 * row[0], 3)
V = [round(random.uniform(0.2, 1), 2) for _ in range(15)]
at = [[0.1, 0.2, -0.3], [1, 1, 1], [-2, 1, 0.5], [6, -5, 4], [40, 40, -30]]
peer = gaussian_kde(np.array(Y).T, weights=V)
cov = peer.covariance
inverse, logdet = np.linalg.inv(cov), np.linalg.slogdet(cov)[1]
vector = []
mp.dps = 50
for a in at:
    total = sum(mpf(str(v)) for v in V)
    full, product = mpf(0), mpf(0)
    for row, v in zip(Y, V):
        d = [mpf(str(p)) - mpf(str(r)) for p, r in zip(a, row)]
        q = sum(d[i] * mpf(float(inverse[i, j])) * d[j] for i in range(3) for j in range(3))
        full += mpf(str(v)) / total * exp(-q / 2)
        hs = [mpf("0.5"), mpf("0.8"), mpf("1.1")]
        term = mpf(str(v)) / total
        for p, h in zip(d, hs):
            term *= kernel("gaussian", p / h) / h
        product += term
    full = log(full) - 3 * log(2 * pi) / 2 - mpf(float(logdet)) / 2
    if max(map(abs, a)) < 3:
        assert abs(peer.logpdf(a)[0] - float(full)) < 1e-9
    vector.append({"x": a, "full": float(full), "product": float(log(product))})

edges = {rule: np.histogram_bin_edges(X, {"sturges": "sturges", "freedman-diaconis": "fd"}[rule]).tolist() for rule in ("sturges", "freedman-diaconis")}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as file:
    json.dump({"x": X, "w": W, "points": points, "scott": scott, "silverman": silverman, "cross": cross, "scores": scores,
               "y": Y, "v": V, "vector": vector, "covariance": cov.ravel().tolist(), "edges": edges}, file, indent=1)
    file.write("\n")
