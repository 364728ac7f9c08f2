"""Golden numbers of products, mixtures of vectors and empirical distributions, by
mpmath with 50 digits. Run: python3 vectors.py > vectors.json"""

import json
import random
import sys

from mpmath import digamma, exp, log, loggamma, mp, mpf, pi

mp.dps = 50
random.seed(3)


def number(v):
    return float(v)


def normal(x, m, s):
    return -((x - m) / s) ** 2 / 2 - log(s) - log(2 * pi) / 2


def gamma(x, a, b):
    return a * log(b) + (a - 1) * log(x) - b * x - loggamma(a)


def product(m, s, a, b):
    points = [[x, y] for x in (m - 30 * s, m + s / 3) for y in (a / b / 50, 20 * (a + 5) / b)]
    m, s, a, b = map(mpf, (m, s, a, b))
    return {
        "params": [number(v) for v in (m, s, a, b)],
        "mean": [number(m), number(a / b)],
        "variance": [number(s**2), number(a / b**2)],
        "entropy": number(log(2 * pi) / 2 + mpf(1) / 2 + log(s) + a - log(b) + loggamma(a) + (1 - a) * digamma(a)),
        "points": [p + [number(normal(mpf(p[0]), m, s) + gamma(mpf(p[1]), a, b))] for p in points],
    }


def mixture(w, first, second):
    """Two normal distributions of independent coordinates: mean and sd of each."""
    points = [[x, y] for x in (-3.5, first[0], 40.0) for y in (second[2], 25.0)]
    rows = [[mpf(v) for v in c] for c in (first, second)]
    weights = [mpf(w), 1 - mpf(w)]
    mean = [sum(q * c[i] for q, c in zip(weights, rows)) for i in (0, 2)]
    cov = [[sum(q * (c[2 * i] * c[2 * j] + (c[2 * i + 1] ** 2 if i == j else 0)) for q, c in zip(weights, rows)) - mean[i] * mean[j]
            for j in (0, 1)] for i in (0, 1)]

    def density(p):
        x, y = map(mpf, p)
        return log(sum(q * exp(normal(x, c[0], c[1]) + normal(y, c[2], c[3])) for q, c in zip(weights, rows)))

    return {
        "params": [w] + first + second,
        "mean": [number(v) for v in mean],
        "covariance": [number(v) for row in cov for v in row],
        "points": [p + [number(density(p))] for p in points],
    }


def empirical(n):
    x = [random.choice([-3.0, -1.5, 0.25, 2.0, 7.0, 1e3]) for _ in range(n)]
    w = [random.choice([0.5, 1.0, 2.0, 3.25]) for _ in range(n)]
    total = sum(map(mpf, w))
    mass = {v: sum(mpf(u) for y, u in zip(x, w) if y == v) / total for v in sorted(set(x))}
    mean = sum(v * q for v, q in mass.items())
    return {
        "x": x,
        "w": w,
        "mean": number(mean),
        "variance": number(sum((v - mean) ** 2 * q for v, q in mass.items())),
        "entropy": number(-sum(q * log(q) for q in mass.values())),
        "points": [[v, number(log(q)), number(sum(r for u, r in mass.items() if u <= v)), number(sum(r for u, r in mass.items() if u > v))]
                   for v, q in mass.items()],
    }


def draw(low, high):
    return round(random.uniform(low, high), 4)


json.dump({
    "product": [product(draw(-5, 5), draw(0.01, 9), draw(0.1, 30), draw(0.1, 9)) for _ in range(20)],
    "mixture": [mixture(draw(0.05, 0.95), [draw(-4, 4), draw(0.2, 3), draw(-4, 4), draw(0.2, 3)],
                        [draw(-4, 4), draw(0.2, 3), draw(-4, 4), draw(0.2, 3)]) for _ in range(20)],
    "empirical": [empirical(n) for n in range(2, 22)],
}, sys.stdout, separators=(",", ":"))
print()
