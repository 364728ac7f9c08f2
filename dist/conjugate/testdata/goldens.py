"""Golden values of log marginal likelihoods, by the closed formulas.

The formulas have gamma functions of numbers as large as the counts; they are taken
with 120 digits, so that nothing is lost where they cancel. Run it with a Python that
has mpmath; it writes goldens.json beside itself.
"""

import json
import os
import random

from mpmath import mp, mpf, det, log, loggamma, matrix, pi

mp.dps = 120


def beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def choose(n, x):
    return loggamma(n + 1) - loggamma(x + 1) - loggamma(n - x + 1)


def beta_binomial(n, a, b, x, w):
    s, t = sum(v * u for v, u in zip(w, x)), sum(w)
    return sum(v * choose(n, u) for v, u in zip(w, x)) + beta(a + s, b + n * t - s) - beta(a, b)


def dirichlet(alpha):
    return sum(loggamma(a) for a in alpha) - loggamma(sum(alpha))


def dirichlet_multinomial(n, alpha, x, w):
    k = len(alpha)
    rows = [x[i:i + k] for i in range(0, len(x), k)]
    total = list(alpha)
    base = mpf(0)
    for v, row in zip(w, rows):
        base += v * (loggamma(n + 1) - sum(loggamma(c + 1) for c in row))
        total = [t + v * c for t, c in zip(total, row)]
    return base + dirichlet(total) - dirichlet(alpha)


def dirichlet_categorical(alpha, x, w):
    total = list(alpha)
    for v, c in zip(w, x):
        total[int(c)] += v
    return dirichlet(total) - dirichlet(alpha)


def gamma_poisson(k, r, x, w):
    s, t = sum(v * u for v, u in zip(w, x)), sum(w)
    return (loggamma(k + s) - loggamma(k) + k * log(r) - (k + s) * log(r + t)
            - sum(v * loggamma(u + 1) for v, u in zip(w, x)))


def gamma_exponential(k, r, x, w):
    s, t = sum(v * u for v, u in zip(w, x)), sum(w)
    return loggamma(k + t) - loggamma(k) + k * log(r) - (k + t) * log(r + s)


def normal_normal(m, tau, sigma, x, w):
    # the exponent is a quadratic in the mean, c - b mu + a mu^2/2
    t = sum(w)
    a = 1 / tau ** 2 + t / sigma ** 2
    b = m / tau ** 2 + sum(v * u for v, u in zip(w, x)) / sigma ** 2
    c = m ** 2 / tau ** 2 / 2 + sum(v * u ** 2 for v, u in zip(w, x)) / sigma ** 2 / 2
    return b ** 2 / a / 2 - c - t / 2 * log(2 * pi * sigma ** 2) - log(tau ** 2 * a) / 2


def normal_inverse_gamma(m, kappa, a, b, x, w):
    t = sum(w)
    mean = sum(v * u for v, u in zip(w, x)) / t
    s = sum(v * (u - mean) ** 2 for v, u in zip(w, x))
    bn = b + s / 2 + kappa * t * (mean - m) ** 2 / (kappa + t) / 2
    return (loggamma(a + t / 2) - loggamma(a) + a * log(b) - (a + t / 2) * log(bn)
            + log(kappa / (kappa + t)) / 2 - t / 2 * log(2 * pi))


def loggamma_d(a, d):
    return d * (d - 1) * log(pi) / 4 + sum(loggamma(a - mpf(i) / 2) for i in range(d))


def normal_inverse_wishart(m, kappa, nu, psi, x, w):
    d = len(m)
    rows = [x[i:i + d] for i in range(0, len(x), d)]
    t = sum(w)
    mean = [sum(v * r[i] for v, r in zip(w, rows)) / t for i in range(d)]
    old, new = matrix(d), matrix(d)
    for i in range(d):
        for j in range(d):
            old[i, j] = psi[i * d + j]
            new[i, j] = (old[i, j] + sum(v * (r[i] - mean[i]) * (r[j] - mean[j]) for v, r in zip(w, rows))
                         + kappa * t / (kappa + t) * (mean[i] - m[i]) * (mean[j] - m[j]))
    return (loggamma_d((nu + t) / 2, d) - loggamma_d(nu / 2, d) + nu / 2 * log(det(old)) - (nu + t) / 2 * log(det(new))
            + mpf(d) / 2 * log(kappa / (kappa + t)) - t * d / 2 * log(pi))


rows = []


def add(pair, params, f, x, w=None):
    size = len(x) if pair not in ("DirichletMultinomial", "NormalInverseWishart") else None
    if w is None:
        if pair == "DirichletMultinomial":
            size = len(x) // len(params[1])
        elif pair == "NormalInverseWishart":
            size = len(x) // len(params[0])
        w = [1] * size
    exact = lambda v: [exact(u) for u in v] if isinstance(v, list) else mpf(float(v))
    args = [exact(p) for p in params]
    flat = []
    for p in params:
        flat += [float(v) for v in p] if isinstance(p, list) else [float(p)]
    rows.append({"pair": pair, "params": flat, "x": [float(v) for v in x], "w": [float(v) for v in w],
                 "want": float(mp.nstr(f(*args, exact(list(x)), exact(list(w))), 20))})


for a, b in ((1, 1), (0.5, 0.5), (1e9, 1e9), (1e-3, 20), (1e9, 3)):
    add("BetaBernoulli", [a, b], lambda a, b, x, w: beta_binomial(1, a, b, x, w), [1, 0, 1, 1, 0])
    add("BetaBernoulli", [a, b], lambda a, b, x, w: beta_binomial(1, a, b, x, w), [1, 0], [1e9, 3])
    add("BetaBernoulli", [a, b], lambda a, b, x, w: beta_binomial(1, a, b, x, w), [1], [1e9])
    add("BetaBernoulli", [a, b], lambda a, b, x, w: beta_binomial(1, a, b, x, w), [1, 0], [0.3, 2.7])
    for n, x in ((10, [3, 0, 10, 5]), (1e9, [5e8, 5e8 + 3e4, 5e8 - 1e4]), (1e9, [1e9, 1e9 - 7]), (1e9, [0, 1, 2]), (1e12, [3])):
        add("BetaBinomial", [n, a, b], beta_binomial, x)
for alpha in ([1, 1, 1], [0.5, 2, 1e-2], [1e9, 1e9, 1e8], [1e9, 1, 1e-3]):
    add("DirichletCategorical", [alpha], dirichlet_categorical, [0, 1, 2, 2, 0])
    add("DirichletCategorical", [alpha], dirichlet_categorical, [0, 1, 2], [1e9, 2, 1e5])
    add("DirichletCategorical", [alpha], dirichlet_categorical, [0], [1e9])
    for n, x in ((4, [1, 2, 1, 4, 0, 0]), (1e9, [5e8, 4e8, 1e8, 5e8 + 3e4, 4e8 - 3e4, 1e8]), (1e9, [1e9 - 1, 0, 1, 1e9, 0, 0])):
        add("DirichletMultinomial", [n, alpha], dirichlet_multinomial, x)
for k, r in ((1, 1), (0.3, 1e-3), (1e9, 1), (1e9, 1e9), (4, 1e-9)):
    for x in ([3, 0, 7], [0, 0], [1e9, 1e9 + 5e4, 1e9 - 2e4], [1e9], [0, 1e9], [1e9] * 20):
        add("GammaPoisson", [k, r], gamma_poisson, x)
    add("GammaPoisson", [k, r], gamma_poisson, [5, 6], [1e9, 1e8])
    for x in ([3.5, 0.1, 7], [0, 0.25], [1e9, 1e-9], [1e-300]):
        add("GammaExponential", [k, r], gamma_exponential, x)
    add("GammaExponential", [k, r], gamma_exponential, [0.5, 0.7], [1e9, 0.1])
for m, tau, sigma in ((0, 1, 1), (3, 1e-4, 2), (-1e8, 1e9, 0.5), (1e8, 10, 1)):
    for x, w in (([1], None), ([0.5, -2, 7], None), ([1e8, 1e8 + 1, 1e8 - 2.5], None), ([1, 2], [1e9, 0.5])):
        add("NormalNormal", [m, tau, sigma], normal_normal, x, w)
for m, kappa, a, b in ((0, 1, 1, 1), (3, 1e-6, 1e-3, 1e-3), (1e8, 10, 5, 2), (0, 1e9, 1e9, 1e9)):
    for x, w in (([1], None), ([0.5, -2, 7], None), ([1e8, 1e8 + 1, 1e8 - 2.5], None), ([1, 2, 1.5], [1e9, 0.5, 1e8])):
        add("NormalInverseGamma", [m, kappa, a, b], normal_inverse_gamma, x, w)
for m, kappa, nu, psi in (([0, 0], 1, 3, [1, 0, 0, 1]), ([3, -1], 1e-4, 1.01, [2, 1, 1, 2]), ([1e8, 0], 10, 50, [4, -1, -1, 1])):
    for x, w in (([1, 2], None), ([0.5, -2, 7, 1, 0, 0], None), ([1e8, 1, 1e8 + 1, 2, 1e8 - 2.5, 4], None),
                 ([1, 2, 1.5, 1, 0, 3], [1e6, 0.5, 1e5])):
        add("NormalInverseWishart", [m, kappa, nu, psi], normal_inverse_wishart, x, w)

# Random beliefs over forty orders of magnitude, counts up to 1e9 and weights over twelve.
r = random.Random(1)
wide = lambda: 10 ** r.uniform(*r.choice([(-3, 3), (-10, 10), (-20, 20)]))
count = lambda: float(int(10 ** r.uniform(0, 9)) - 1)
weights = lambda n: [1.0 if r.random() < 0.5 else 10 ** r.gauss(0, 3) for _ in range(n)]
for _ in range(25):
    add("BetaBernoulli", [wide(), wide()], lambda a, b, x, w: beta_binomial(1, a, b, x, w), [1, 0, 1], weights(3))
    add("BetaBinomial", [1e9, wide(), wide()], beta_binomial, [count(), count(), count()], weights(3))
    add("DirichletCategorical", [[wide(), wide(), wide()]], dirichlet_categorical, [1, 0, 1], weights(3))
    add("DirichletMultinomial", [5, [wide(), wide(), wide()]], dirichlet_multinomial, [1, 0, 4], weights(1))
    add("GammaPoisson", [wide(), wide()], gamma_poisson, [count(), 0, count()], weights(3))
    add("GammaExponential", [wide(), wide()], gamma_exponential, [wide(), 0, 1], weights(3))
    add("NormalNormal", [wide(), wide(), wide()], normal_normal, [wide(), 0, 1], weights(3))
    add("NormalInverseGamma", [wide(), wide(), wide(), wide()], normal_inverse_gamma, [wide(), 0, 1], weights(3))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
print(len(rows), "rows")
