"""Golden divergences where float64 is short of digits or of range: far apart, nearly
equal, and of large shapes.

They are the textbook formulas as they stand, by mpmath with 700 digits, which is more
than any of their differences loses. information.py has the same families by integrals
and sums, so that the formulas themselves are checked there. It writes closed.json.
"""

import json
import os

from mpmath import mp, mpf, mpc, exp, log, pi, sqrt, inf, loggamma, digamma, gamma, euler, erf, atan, besseli, cos, ceil

mp.dps = 700


def gamma_kl(a, r, b, s):
    return (a - b) * digamma(a) - loggamma(a) + loggamma(b) + b * log(r / s) + a * (s - r) / r


def gamma_renyi(t, a, r, b, s):
    k, m = t * a + (1 - t) * b, t * r + (1 - t) * s
    if k <= 0 or m <= 0:
        return inf
    return (t * a * log(r) - t * loggamma(a) + (1 - t) * (b * log(s) - loggamma(b)) + loggamma(k) - k * log(m)) / (t - 1)


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def beta_kl(a, b, c, d):
    return log_beta(c, d) - log_beta(a, b) + (a - c) * digamma(a) + (b - d) * digamma(b) + (c - a + d - b) * digamma(a + b)


def beta_renyi(t, a, b, c, d):
    u, v = t * a + (1 - t) * c, t * b + (1 - t) * d
    return inf if u <= 0 or v <= 0 else (log_beta(u, v) - t * log_beta(a, b) - (1 - t) * log_beta(c, d)) / (t - 1)


def normal_kl(m, s, n, r):
    return log(r / s) + (s * s + (m - n) ** 2) / (2 * r * r) - mpf(1) / 2


def normal_renyi(t, m, s, n, r):
    v = t * r * r + (1 - t) * s * s
    if v <= 0:
        return inf
    return log(r / s) + log(r * r / v) / (2 * (t - 1)) + t * (m - n) ** 2 / (2 * v)


def normal_tv(m, s, n, r):
    if s > r:
        m, s, n, r = n, r, m, s
    cdf = lambda x, m, s: (1 + erf((x - m) / s / sqrt(mpf(2)))) / 2
    if s == r:
        return erf(abs(m - n) / s / sqrt(mpf(8)))
    # (x−m)²/s² − (x−n)²/r² = 2 log(r/s)
    a, b, c = 1 / s**2 - 1 / r**2, -2 * (m / s**2 - n / r**2), m * m / s**2 - n * n / r**2 - 2 * log(r / s)
    root = sqrt(b * b - 4 * a * c)
    x, y = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return cdf(y, m, s) - cdf(x, m, s) - cdf(y, n, r) + cdf(x, n, r)


def exponential_tv(r, s):
    r, s = max(r, s), min(r, s)
    if r == s:
        return mpf(0)
    x = log(r / s) / (r - s)
    return exp(-s * x) - exp(-r * x)


def laplace_kl(m, a, n, b):
    d = abs(m - n)
    return log(b / a) + a / b * exp(-d / a) + d / b - 1


def laplace_renyi(t, m, a, n, b):
    d, u, v = abs(m - n), t / a, (1 - t) / b
    if u + v <= 0:
        return inf
    inner = d * exp(-u * d) if u == v else (exp(-v * d) - exp(-u * d)) / (u - v)
    return (log((exp(-u * d) + exp(-v * d)) / (u + v) + inner) - t * log(2 * a) - (1 - t) * log(2 * b)) / (t - 1)


def weibull_kl(k, l, j, m):
    return log(k / l**k) - log(j / m**j) + (k - j) * (log(l) - euler / k) + (l / m) ** j * gamma(j / k + 1) - 1


def gumbel_kl(m, b, n, c):
    return log(c / b) + euler * (b / c - 1) + exp((n - m) / c) * gamma(b / c + 1) - 1 - (n - m) / c


def pareto_kl(x, a, y, b):
    return log(a / b) + b * log(x / y) + b / a - 1 if x >= y else inf


def pareto_renyi(t, x, a, y, b):
    s = t * a + (1 - t) * b
    if s <= 0 or t > 1 and x < y:
        return inf
    return (t * log(a * x**a) + (1 - t) * log(b * y**b) - s * log(max(x, y)) - log(s)) / (t - 1)


def coin_kl(p, q):
    return p * log(p / q) + (1 - p) * log((1 - p) / (1 - q))


def geometric_renyi(t, p, q):
    f = (1 - p) ** t * (1 - q) ** (1 - t)
    return inf if f >= 1 else log(p**t * q ** (1 - t) / (1 - f)) / (t - 1)


def geometric_tv(p, q):
    p, q = max(p, q), min(p, q)
    n = ceil(log(p / q) / log((1 - q) / (1 - p)))
    return (1 - q) ** n - (1 - p) ** n


def von_mises_kl(m, a, n, b):
    with mp.workdps(60):
        ratio = besseli(1, a) / besseli(0, a)
        return log(besseli(0, b) / besseli(0, a)) + a * ratio - b * ratio * cos(m - n)


KL = {
    "Normal": normal_kl, "LogNormal": normal_kl, "HalfNormal": lambda s, r: normal_kl(0, s, 0, r),
    "Exponential": lambda r, s: gamma_kl(mpf(1), r, mpf(1), s), "Gamma": gamma_kl, "InverseGamma": gamma_kl,
    "ChiSquared": lambda m, n: gamma_kl(m / 2, mpf(1), n / 2, mpf(1)), "Beta": beta_kl, "Laplace": laplace_kl,
    "Cauchy": lambda m, s, n, r: log(((s + r) ** 2 + (m - n) ** 2) / (4 * s * r)),
    "Weibull": weibull_kl, "Gumbel": gumbel_kl, "Pareto": pareto_kl, "Bernoulli": coin_kl,
    "Geometric": lambda p, q: coin_kl(p, q) / p, "Poisson": lambda a, b: a * log(a / b) + b - a, "VonMises": von_mises_kl,
}
RENYI = {
    "Normal": normal_renyi, "HalfNormal": lambda t, s, r: normal_renyi(t, 0, s, 0, r), "Gamma": gamma_renyi, "Beta": beta_renyi,
    "Exponential": lambda t, r, s: gamma_renyi(t, mpf(1), r, mpf(1), s), "Laplace": laplace_renyi, "Pareto": pareto_renyi,
    "Bernoulli": lambda t, p, q: log(p**t * q ** (1 - t) + (1 - p) ** t * (1 - q) ** (1 - t)) / (t - 1),
    "Geometric": geometric_renyi, "Poisson": lambda t, a, b: (t * a + (1 - t) * b - a**t * b ** (1 - t)) / (1 - t),
}
TV = {
    "Normal": normal_tv, "Exponential": exponential_tv, "Geometric": geometric_tv,
    "Laplace": lambda m, a, n, b: exponential_tv(a, b) if m == n else 1 - exp(-abs(m - n) / a / 2),
    "Cauchy": lambda m, s, n, r: 2 / pi * atan(sqrt(((s - r) ** 2 + (m - n) ** 2) / (4 * s * r))),
}

NEAR = 1 + 1e-7
RATIOS = [1e-300, 1e-150, 1e-20, 1e-9, 1e-4, 0.4, 0.6, 1 - 1e-7, NEAR, 1 + 1e-12, 1.4, 1.6, 1e4, 1e9, 1e20, 1e150, 1e300]
SCALES = [([r], [1.0]) for r in RATIOS] + [([1.0], [r]) for r in RATIOS] + [([1e-150], [1e150])]
LOCATED = [([0.0, a[0]], [m, b[0]]) for i, (a, b) in enumerate(SCALES) for m in ((0.0, 1.0) if i % 2 else (1e-7, 1.0))] + [([0.0, 1.0], [50.0, 1.0]), ([0.0, 1.0], [5.0, 1.0 + 2**-30])]
SHAPED = [([k, a[0]], [l, b[0]]) for a, b in SCALES[4:14] for k, l in ((1.0, 1.5), (2.0, 2 * NEAR), (0.01, 3.0))]
LARGE = [([1e12, 1.0], [2e12, 2.0]), ([1e12, 1.0], [2e12, 1.0]), ([1e12, 1.0], [1e12 * NEAR, NEAR]), ([1e-300, 1.0], [1.3e-300, 1.0]),
         ([1e-300, 1.0], [1.0, 1.0]), ([1.0, 1.0], [1e-300, 1.0]), ([1.0, 1.0], [1.0, 1e-20]), ([1e20, 1e-20], [1e-20, 1e20]), ([1e14, 1e14], [2e14, 2e14]),
         ([1e10, 1e10], [2e10, 2e10]), ([3.0, 1e8], [4.0, 2e8]), ([2.0, 3.0], [2 * NEAR, 3.0]), ([0.1, 7.0], [1.0, 1.0])]
CHANCES = [([a], [b]) for a in (1e-300, 1e-9, 0.25, 0.5, 0.999) for b in (1e-200, 2e-9, 0.25 * NEAR, 0.75, 1 - 2**-40)]
ANGLES = [([0.0, a], [m, b]) for a, b in ((0.0, 3.0), (3.0, 0.0), (1e-8, 2e-8), (2.0, 2 * NEAR), (2.0, 5.0), (500.0, 5e4), (5e4, 5e4 * NEAR), (5e4, 0.1)) for m in (0.0, 1e-6, 3.0)]

KL_PAIRS = dict.fromkeys(["HalfNormal", "Exponential"], SCALES)
KL_PAIRS |= dict.fromkeys(["Normal", "Laplace", "Cauchy"], LOCATED)
KL_PAIRS |= {"Gumbel": [(p, q) for p, q in LOCATED if p[1] / q[1] <= 1e4], "Weibull": [(p[::-1] if p[0] else [p[1], 1.0], [q[1], 1.5]) for p, q in LOCATED[::3] if q[1] / p[1] <= 1e4]}
KL_PAIRS |= {"Gamma": LARGE + SHAPED, "InverseGamma": LARGE[:4], "ChiSquared": [([p[0]], [q[0]]) for p, q in LARGE], "Beta": LARGE}
KL_PAIRS |= {"Pareto": [([1.0, p[0]], [y, q[0]]) for p, q in SCALES for y in (1.0, 0.5)], "Bernoulli": CHANCES, "Geometric": CHANCES, "Poisson": SCALES, "VonMises": ANGLES}
TV_PAIRS = {"Exponential": SCALES, "Normal": LOCATED, "Cauchy": LOCATED, "Laplace": [(p, q) for p, q in LOCATED if p[0] == q[0] or p[1] == q[1]], "Geometric": CHANCES}
RENYI_PAIRS = {"Normal": LOCATED, "Laplace": LOCATED, "HalfNormal": SCALES, "Exponential": SCALES, "Gamma": LARGE + SHAPED, "Beta": LARGE,
               "Pareto": KL_PAIRS["Pareto"], "Bernoulli": CHANCES, "Geometric": CHANCES, "Poisson": SCALES}
ORDERS = [0.01, 0.5, 0.9, 1.5, 2.0, 400.0]


def show(v):
    v = v.real if isinstance(v, mpc) else v
    return "Inf" if v > mpf(2) ** 1024 else float(v)


out = []


def add(measure, table, pairs, *order):
    for name, of in pairs.items():
        for p, q in of:
            want = table[name](*map(mpf, order), *map(mpf, p), *map(mpf, q))
            out.append({"f": measure, "alpha": order[0] if order else 0, "name": name, "p": p, "q": q, "want": show(want)})


add("KL", KL, KL_PAIRS)
add("TotalVariation", TV, TV_PAIRS)
for alpha in ORDERS:
    add("Renyi", RENYI, {k: v[::2] if alpha in (0.01, 1.5) else v[1::2] if alpha in (0.9, 2) else v for k, v in RENYI_PAIRS.items()}, alpha)

if __name__ == "__main__":
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "closed.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(g) for g in out) + "\n]\n")
