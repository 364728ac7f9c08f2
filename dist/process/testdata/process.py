#!/usr/bin/python3
"""Golden numbers for Gaussian processes and acquisition functions, by mpmath with 50
digits. Covariance matrices are inverted outright, leave-one-out means really leave
one out, and gradients are differentiated numerically from log determinants.

    ./process.py > process.json
"""
import json
from mpmath import mp, mpf, matrix, exp, log, sqrt, sin, pi, det, diff, erfc, quad, inf

mp.dps = 50


def r2(length, x, y):
    ls = length if len(length) > 1 else list(length) * len(x)
    return sum(((a - b) / l) ** 2 for a, b, l in zip(x, y, ls))


def se(t, x, y, same):
    return t[0] ** 2 * exp(-r2(t[1:], x, y) / 2)


def matern(nu):
    def k(t, x, y, same):
        s = sqrt(2 * mpf(nu) * r2(t[1:], x, y))
        poly = {0.5: 1, 1.5: 1 + s, 2.5: 1 + s + s ** 2 / 3}[nu]
        return t[0] ** 2 * poly * exp(-s)
    return k


def periodic(t, x, y, same):
    return t[0] ** 2 * exp(-2 * sum(sin(pi * (a - b) / t[2]) ** 2 for a, b in zip(x, y)) / t[1] ** 2)


def linear(t, x, y, same):
    return t[0] ** 2 * sum(a * b for a, b in zip(x, y))


def constant(t, x, y, same):
    return t[0] ** 2


def white(t, x, y, same):
    return t[0] ** 2 if same else mpf(0)


def combine(op, parts):
    def k(t, x, y, same):
        out, at = (mpf(0) if op == "+" else mpf(1)), 0
        for f, n in parts:
            v = f(t[at:at + n], x, y, same)
            out, at = (out + v if op == "+" else out * v), at + n
        return out
    return k


X = [[0.1, -0.5], [0.7, 0.25], [-1.2, 0.9], [1.5, 1.5], [0.7, 0.25], [-0.3, -1.1]]
Y = [0.3, -0.2, 1.4, 0.9, -0.1, 0.55]
XS = [[0.0, 0.0], [0.7, 0.25], [4.0, -3.0]]
CASES = [
    ("se", se, [1.3, 0.8], 0.1),
    ("se-ard", se, [0.7, 0.5, 2.0], 0.3),
    ("matern12", matern(0.5), [1.1, 0.9, 0.4], 0.2),
    ("matern32", matern(1.5), [0.9, 1.7], 0.2),
    ("matern52", matern(2.5), [1.2, 0.6, 1.1], 0.05),
    ("periodic", periodic, [0.8, 1.2, 2.3], 0.25),
    ("linear", linear, [0.9], 0.5),
    ("constant", constant, [1.5], 0.4),
    ("white", white, [0.6], 0.3),
    # (SE + white) × periodic + linear + constant
    ("composed", combine("+", [(combine("*", [(combine("+", [(se, 2), (white, 1)]), 3), (periodic, 3)]), 6), (linear, 1), (constant, 1)]),
     [1.1, 0.7, 0.3, 1.4, 0.9, 3.1, 0.5, 0.8], 0.2),
]


def evidence(k, theta, noise, xs, ys):
    n = len(xs)
    K = matrix(n, n)
    for i in range(n):
        for j in range(n):
            K[i, j] = k(theta, xs[i], xs[j], i == j) + (noise ** 2 if i == j else 0)
    y = matrix(ys)
    return -(y.T * K ** -1 * y)[0] / 2 - log(det(K)) / 2 - n * log(2 * pi) / 2


def predict(k, theta, noise, xs, ys, new):
    n = len(xs)
    K = matrix(n, n)
    for i in range(n):
        for j in range(n):
            K[i, j] = k(theta, xs[i], xs[j], i == j) + (noise ** 2 if i == j else 0)
    inverse, y = K ** -1, matrix(ys)
    cross = matrix(len(new), n)
    prior = matrix(len(new), len(new))
    for a in range(len(new)):
        for i in range(n):
            cross[a, i] = k(theta, new[a], xs[i], False)
        for b in range(len(new)):
            prior[a, b] = k(theta, new[a], new[b], a == b)
    return cross * inverse * y, prior - cross * inverse * cross.T


def exact(rows):
    return [[mpf(v) for v in row] for row in rows]


gp = []
for name, k, theta, noise in CASES:
    xs, ys, new = exact(X), [mpf(v) for v in Y], exact(XS)
    theta, noise = [mpf(v) for v in theta], mpf(noise)
    mean, cov = predict(k, theta, noise, xs, ys, new)
    grad = []
    for p in range(len(theta) + 1):
        def f(u):
            t = list(theta)
            s = noise
            if p < len(t):
                t[p] = t[p] * exp(u)
            else:
                s = s * exp(u)
            return evidence(k, t, s, xs, ys)
        grad.append(diff(f, mpf(0)))
    loo = []
    for i in range(len(xs)):
        m, v = predict(k, theta, noise, xs[:i] + xs[i + 1:], ys[:i] + ys[i + 1:], [xs[i]])
        v = v[0] + noise ** 2
        loo.append([float(m[0]), float(v), float(-((ys[i] - m[0]) ** 2 / v + log(2 * pi * v)) / 2)])
    gp.append({
        "name": name, "theta": [float(t) for t in theta], "noise": float(noise),
        "mean": [float(v) for v in mean], "cov": [float(v) for v in cov],
        "evidence": float(evidence(k, theta, noise, xs, ys)),
        "grad": [float(v) for v in grad], "loo": loo,
    })

# log of expected improvement and of the probability of improvement at best − mean = z
# standard deviations of one
acquisition = []
mp.dps = 400  # the difference below loses as many digits as z⁻² has
for z in ["-1e150", "-1e8", "-1e4", "-300", "-38.5", "-20", "-8", "-5", "-3", "-2.0001", "-2", "-1.9999", "-1.5", "-1", "-0.5", "0", "1e-3", "0.5", "1", "2", "6", "30", "1e4"]:
    v = mpf(float(z))
    if v < -1e3:  # the asymptotic series, DLMF 7.12.1: h(z) = φ(z)/z² (1 − 3/z² + 15/z⁴ − 105/z⁶ …)
        tail = -v ** 2 / 2 - log(2 * pi) / 2
        lei = tail - 2 * log(-v) + log(1 - 3 / v ** 2 + 15 / v ** 4 - 105 / v ** 6)
        lpi = tail - log(-v) + log(1 - 1 / v ** 2 + 3 / v ** 4 - 15 / v ** 6)
    else:
        density, mass = exp(-v ** 2 / 2) / sqrt(2 * pi), erfc(-v / sqrt(mpf(2))) / 2
        lei, lpi = log(density + v * mass), log(mass)
    acquisition.append([float(z), float(lei), float(lpi)])

print(json.dumps({"x": X, "y": Y, "new": XS, "gp": gp, "acquisition": acquisition}, indent=1))
