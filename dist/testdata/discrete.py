"""Reference values of the discrete distributions, by summing masses at 50 digits.

Run: python3 discrete.py > discrete.json   (needs mpmath)

The masses come from their definitions with gamma functions, the rest from sums of
masses alone, so that nothing is shared with the code under test. Parameters are
the doubles that the test reads.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate

from mpmath import log, loggamma, mp, mpf, nstr, sqrt

mp.dps = 50
INF = float("inf")


def lchoose(n, k):
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1)


def power(n, p):
    return mpf(0) if n == 0 else n * log(p)


# Each gives lower end, upper end, log mass, mean and variance.


def bernoulli(p):
    return 0, 1, lambda x: power(x, p) + power(1 - x, 1 - p), p, p * (1 - p)


def binomial(n, p):
    n = int(n)
    return 0, n, lambda x: lchoose(n, x) + power(x, p) + power(n - x, 1 - p), n * p, n * p * (1 - p)


def geometric(p):
    return 0, INF, lambda x: log(p) + power(x, 1 - p), (1 - p) / p, (1 - p) / p**2


def negativebinomial(r, p):
    mass = lambda x: loggamma(x + r) - loggamma(r) - loggamma(x + 1) + r * log(p) + power(x, 1 - p)
    return 0, INF, mass, r * (1 - p) / p, r * (1 - p) / p**2


def poisson(m):
    return 0, INF, lambda x: power(x, m) - m - loggamma(x + 1), m, m


def hypergeometric(N, K, n):
    i, k, d = int(N), int(K), int(n)
    mass = lambda x: lchoose(k, x) + lchoose(i - k, d - x) - lchoose(i, d)
    mean = n * K / N
    var = mean * (N - K) / N * (N - n) / (N - 1) if i > 1 else mpf(0)
    return max(0, d + k - i), min(k, d), mass, mean, var


def discreteuniform(a, b):
    n = b - a + 1
    return int(a), int(b), lambda x: -log(n), (a + b) / 2, (n * n - 1) / 12


def betabinomial(n, a, b):
    k = int(n)
    lbeta = lambda u, v: loggamma(u) + loggamma(v) - loggamma(u + v)
    mass = lambda x: lchoose(k, x) + lbeta(x + a, n - x + b) - lbeta(a, b)
    return 0, k, mass, n * a / (a + b), n * a * b * (a + b + n) / ((a + b) ** 2 * (a + b + 1))


def categorical(*p):
    total = sum(p)
    mean = sum(i * v for i, v in enumerate(p)) / total
    var = sum((i - mean) ** 2 * v for i, v in enumerate(p)) / total
    return 0, len(p) - 1, lambda x: log(p[int(x)] / total), mean, var


CASES = {
    bernoulli: [[p] for p in [1e-25, 1e-17, 1e-9, 1e-4, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.99, 0.9999, 1 - 1e-9, 1 - 2**-53]],
    binomial: [[1, 0.3], [2, 0.5], [5, 1e-9], [10, 0.1], [10, 0.5], [10, 0.999999], [20, 0.7], [30, 1e-3], [50, 0.5], [100, 0.01], [100, 0.37], [300, 0.9], [1000, 0.5], [1000, 1e-4], [5000, 0.2], [20000, 0.6], [100000, 0.999], [1000000, 0.03], [1000000, 0.5], [9e15, 1e-15], [4e12, 1e-8]],
    geometric: [[p] for p in [0.002, 0.003, 0.0042, 0.0065, 0.01, 0.03, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.99, 0.9999, 1 - 1e-9, 0.45]],
    negativebinomial: [[1, 0.5], [0.01, 0.5], [1e-8, 0.2], [0.5, 0.01], [0.3, 0.005], [0.7, 0.9], [2, 0.25], [2.5, 0.6], [3, 0.05], [5, 0.999], [10, 0.3], [17.3, 0.5], [50, 0.1], [100.5, 0.8], [100, 0.05], [1000, 0.5], [1e4, 0.7], [1e5, 0.9], [1e8, 1 - 1e-7], [1e12, 1 - 2**-40], [0.9, 0.004]],
    poisson: [[m] for m in [1e-20, 1e-9, 1e-3, 0.1, 0.5, 1, 2, 3.7, 5, 9.99, 10, 15.5, 30, 100, 123.456, 500, 1000, 1e4, 12345.6, 1e5, 3e5]],
    hypergeometric: [[1, 1, 1], [10, 3, 4], [20, 10, 10], [50, 5, 40], [60, 55, 50], [100, 1, 1], [100, 50, 20], [100, 90, 95], [500, 60, 200], [1000, 10, 10], [1000, 500, 500], [5000, 100, 1000], [1e5, 1e3, 1e3], [1e5, 5e4, 300], [1e6, 5e5, 5e5], [1e6, 3, 1e5], [1e9, 1, 1], [1e9, 1e4, 1e5], [1e9, 1e6, 1e6], [1e12, 500, 900], [1e7, 5e6, 5e6]],
    discreteuniform: [[0, 0], [0, 1], [1, 6], [-5, 5], [3, 12], [0, 9], [-1, 1], [0, 99], [1, 100], [-1000, -900], [7, 13], [0, 255], [0, 999], [-500, 499], [2, 3], [10, 10010], [0, 65535], [-32768, 32767], [5, 17], [-3, 8]],
    betabinomial: [[1, 1, 1], [1, 1e-9, 1], [5, 1, 1], [10, 2, 3], [10, 0.5, 0.5], [10, 0.01, 0.02], [10, 30, 1], [20, 1e6, 2e6], [30, 1e-3, 5], [50, 0.2, 4], [100, 7, 11], [100, 200, 300], [100, 1, 0.1], [300, 0.5, 2], [1000, 1.5, 1.5], [1000, 50, 3], [2000, 0.1, 0.1], [5000, 3, 8], [10000, 0.7, 0.9], [20000, 40, 60], [20000, 1e7, 1e7]],
    categorical: [[1], [0.5, 0.5], [0.25, 0.75], [1e-12, 1 - 1e-12], [0.1, 0.2, 0.7], [0.2, 0.3, 0.5], [0.1] * 10, [0.125] * 8, [0.4, 0.1, 0.1, 0.4], [0.05, 0.15, 0.3, 0.5], [0.9, 0.05, 0.05], [0.3, 0.3, 0.4], [0.6, 0.4], [0.01, 0.99], [0.25] * 4, [0.2] * 5, [0.7, 0.1, 0.1, 0.1], [0.001, 0.499, 0.5], [0.35, 0.15, 0.5], [0.05] * 20],
}
PROBS = [1e-12, 1e-6, 1e-3, 0.0507, 0.3003, 0.5002, 0.7007, 0.9505, 0.9991, 1 - 1e-9]


def walk(mass, x, step, end, few):
    """Masses from x in direction step, until they are few times smaller than the greatest."""
    out, top = [], mpf(0)
    while (x - end) * step <= 0:
        v = mass(x)
        out.append(v)
        top = max(top, v)
        if v < few * top and out[-1] < out[-2]:
            break
        x += step
    return out


def quick(logmass, kind, params):
    """The mass by recursion from its last argument, which is faster than gamma functions."""
    state = {}

    def ratio(x):  # P(x+1)/P(x)
        if kind is binomial:
            n, p = params
            return (n - x) * p / ((x + 1) * (1 - p))
        if kind is poisson:
            return params[0] / (x + 1)
        if kind is geometric:
            return 1 - params[0]
        if kind is negativebinomial:
            return (x + params[0]) / (x + 1) * (1 - params[1])
        if kind is hypergeometric:
            N, K, n = params
            return (K - x) * (n - x) / ((x + 1) * (N - K - n + x + 1))
        if kind is betabinomial:
            n, a, b = params
            return (n - x) * (x + a) / ((x + 1) * (n - x - 1 + b))
        return None

    def mass(x):
        last = state.get("x")
        if last == x - 1 and ratio(last) is not None:
            v = state["v"] * ratio(last)
        elif last == x + 1 and ratio(x) is not None:
            v = state["v"] / ratio(x)
        else:
            v = mp.exp(logmass(mpf(x)))
        state["x"], state["v"] = x, v
        return v

    return mass


def text(v):
    return float(0) if v == 0 else float(nstr(v, 20))


def case(kind, values):
    params = [mpf(v) for v in values]
    lo, hi, logmass, mean, var = kind(*params)
    sd = sqrt(var)
    center = int(mp.floor(mean))
    center = min(max(center, lo), hi if hi < INF else center)
    mass = quick(logmass, kind, params)
    ushaped = kind in (betabinomial, categorical, discreteuniform)
    few = mpf(0) if ushaped else mpf(10) ** -60
    left = walk(mass, center, -1, lo, few)
    right = walk(mass, center + 1, 1, hi, few) if center + 1 <= hi else []
    pmf = left[::-1] + right
    first = center - len(left) + 1
    total = sum(pmf)
    assert abs(total - 1) < mpf(10) ** -25, (kind, values, total)
    out = {"dist": kind.__name__, "params": values, "mean": text(mean), "variance": text(var)}
    out["entropy"] = text(-sum(v * log(v) for v in pmf if v > 0))
    xs = {lo, center}
    for k in [0.5, 1, 2, 4, 7, 12, 25, 60]:
        for x in (int(mp.floor(mean - k * sd)), int(mp.ceil(mean + k * sd))):
            if lo <= x <= hi:
                xs.add(x)
    if hi < INF:
        xs.add(hi)
    points = []
    upto = list(accumulate(pmf))
    for x in sorted(xs):
        inside = first <= x < first + len(pmf)
        below = upto[x - first] if inside else mpf(x >= first)
        above = total - below
        few = mpf(0) if ushaped else mpf(10) ** -45
        if below < mpf(10) ** -15:  # too few digits
            below = sum(walk(mass, x, -1, lo, few))
        elif above < mpf(10) ** -15:
            above = sum(walk(mass, x + 1, 1, hi, few)) if x + 1 <= hi else mpf(0)
        if above < below:
            below = 1 - above
        else:
            above = 1 - below
        p = {"x": x, "logprob": text(logmass(mpf(x))), "cdf": text(below), "survival": text(above)}
        if below > 0:
            p["logcdf"] = text(mp.log1p(-above) if above < below else log(below))
        points.append(p)
    out["points"] = points
    quantiles, sum_, i = [], mpf(0), -1
    for p in PROBS:
        while sum_ < p and i + 1 < len(pmf):
            i += 1
            sum_ += pmf[i]
        if abs(sum_ - p) > 1e-12 * p and (i == 0 or abs(sum_ - pmf[i] - p) > 1e-12 * p):
            quantiles.append({"p": p, "x": first + i})
    out["quantiles"] = quantiles
    return out


with ProcessPoolExecutor(2) as pool:
    work = [(kind, values) for kind, sets in CASES.items() for values in sets]
    cases = list(pool.map(case, *zip(*work)))
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
