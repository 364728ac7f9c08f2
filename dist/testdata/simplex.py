"""Reference values of the Dirichlet, multinomial and Dirichlet-multinomial
distributions at 60 digits.

Run: /usr/bin/python3 simplex.py > simplex.json   (needs mpmath)

Masses and densities come from their definitions with gamma functions. Values and
probabilities are doubles, divided by their exact sums. The entropies of counts are
sums over all values where these are few, and else over marginal distributions.
"""

import json
import random

from mpmath import digamma, log, loggamma, mp, mpf, nstr

mp.dps = 60
R = random.Random(7)


def plain(v):
    return float(nstr(v, 20))


def share(p):
    p = [mpf(v) for v in p]
    s = sum(p)
    return [v / s for v in p]


def dirichlet(alpha, points):
    a = [mpf(v) for v in alpha]
    total, k = sum(a), len(a)
    out = {"dist": "dirichlet", "alpha": alpha, "points": []}
    front = loggamma(total) - sum(loggamma(v) for v in a)
    for x in points:
        y = share(x)
        out["points"].append({
            "x": x,
            "logprob": plain(front + sum((v - 1) * log(u) for v, u in zip(a, y))),
            "score": [plain(digamma(total) - digamma(v) + log(u)) for v, u in zip(a, y)],
            "grad": [plain((v - 1) / u) for v, u in zip(a, y)] if min(y) > 1e-305 else [],  # else some overflow
        })
    out["entropy"] = plain(-front + (total - k) * digamma(total) - sum((v - 1) * digamma(v) for v in a))
    moments(out, [v / total for v in a], 1, 1 / (total + 1))
    return out


def moments(out, m, n, scale):
    out["mean"] = [plain(n * v) for v in m]
    out["cov"] = [plain(scale * (v * (1 - v) if i == j else -v * u)) for i, v in enumerate(m) for j, u in enumerate(m)]


def compositions(n, k):
    if k == 1:
        yield [n]
        return
    for first in range(n + 1):
        for rest in compositions(n - first, k - 1):
            yield [first] + rest


def few(n, k):
    return mp.binomial(n + k - 1, k - 1) < 5000


def entropy_all(n, k, logmass):
    h = mpf(0)
    for x in compositions(n, k):
        l = logmass(x)
        if l is not None:
            h -= l * mp.exp(l)
    return h


def multinomial(n, p, points):
    q, k = share(p), len(p)

    def logmass(x):
        if any(v > 0 and u == 0 for v, u in zip(x, q)):
            return None
        return loggamma(mpf(n) + 1) + sum(-loggamma(mpf(v) + 1) + (v * log(u) if v else 0) for v, u in zip(x, q))

    out = {"dist": "multinomial", "n": n, "p": p, "points": []}
    for x in points:
        out["points"].append({
            "x": x,
            "logprob": plain(logmass([mpf(v) for v in x])),
            "score": [plain((v / u if v else 0) - n) for v, u in zip([mpf(v) for v in x], q)],
        })
    if few(n, k):
        out["entropy"] = plain(entropy_all(n, k, logmass))
    elif n <= 3000:
        h = -loggamma(mpf(n) + 1) - n * sum(u * log(u) for u in q if u)
        for u in q:
            for x in range(n + 1) if u else []:
                l = loggamma(mpf(n) + 1) - loggamma(mpf(x) + 1) - loggamma(mpf(n - x) + 1) + x * log(u) + (n - x) * log(1 - u)
                h += loggamma(mpf(x) + 1) * mp.exp(l)
        out["entropy"] = plain(h)
    moments(out, q, n, n)
    return out


def rising(a, n):
    return loggamma(a + n) - loggamma(a)


def dirichletmultinomial(n, alpha, points):
    a, k = [mpf(v) for v in alpha], len(alpha)
    total = sum(a)

    def term(v, x):
        return rising(v, x) - loggamma(mpf(x) + 1)

    def logmass(x):
        return loggamma(mpf(n) + 1) - rising(total, n) + sum(term(v, u) for v, u in zip(a, x))

    out = {"dist": "dirichletmultinomial", "n": n, "alpha": alpha, "points": []}
    for x in points:
        y = [mpf(v) for v in x]
        out["points"].append({
            "x": x,
            "logprob": plain(logmass(y)),
            "score": [plain(digamma(v + u) - digamma(v) - digamma(n + total) + digamma(total)) for v, u in zip(a, y)],
        })
    if few(n, k):
        out["entropy"] = plain(entropy_all(n, k, logmass))
    elif n <= 3000:
        h = -loggamma(mpf(n) + 1) + rising(total, n)
        for v in a:
            for x in range(n + 1):
                l = loggamma(mpf(n) + 1) - rising(total, n) + term(v, x) + term(total - v, n - x)
                h -= term(v, x) * mp.exp(l)
        out["entropy"] = plain(h)
    moments(out, [v / total for v in a], n, n * (total + n) / (total + 1))
    return out


def draws(alpha, count):
    """Points where the distribution has them, and one that is spread evenly."""
    out = [[1 / len(alpha)] * len(alpha)]
    while len(out) < count:
        g = [R.gammavariate(min(v, 1e6) + 0.1, 1) for v in alpha]
        out.append([v / sum(g) for v in g])
    return out


def counts(n, p, count):
    """Counts near n p, one with all in the likeliest outcome, and one spread evenly."""
    k = len(p)
    top = p.index(max(p))
    out = [[n if i == top else 0 for i in range(k)]]
    even = [n // k] * k
    even[0] += n - sum(even)
    out.append(even)
    while len(out) < count:
        left, x = n, []
        for i, v in enumerate(p[:-1]):
            rest = sum(p[i:])
            q = v / rest if rest > 0 else 0
            c = round(R.gauss(left * q, (left * q * (1 - q)) ** 0.5))
            c = max(0, min(left, c))
            x.append(c)
            left -= c
        x.append(left)
        if all(v > 0 or c == 0 for v, c in zip(p, x)):
            out.append(x)
    return [x for x in out if all(v > 0 or c == 0 for v, c in zip(p, x))]


def main():
    cases = []
    for alpha in [
        [1.0, 1.0], [1.0, 1.0, 1.0], [0.5, 0.5], [2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4], [1e-3, 1e-3, 1e-3], [1e-3, 5.0],
        [1e-3, 1e8], [1.0, 1e8, 1e8], [1e8, 2e8, 3e8], [1e4, 2e4, 3e4], [1e5, 7.5, 0.25, 1.0], [49.0, 1.5], [30.0, 30.0],
        [10.0, 40.0], [9.99, 60.0, 10.01], [1e-3] * 10, [100.0] * 5, [1.5, 2.5, 3.5, 4.5, 5.5], [0.01, 1.0, 100.0, 1e4],
        [700.0, 0.7, 1.0], [25.0, 24.0, 1.0], [1e8, 1e-3, 1.0],
    ]:
        cases.append(dirichlet(alpha, draws(alpha, 4)))
    cases.append(dirichlet([2.0, 3.0], [[1e-300, 1.0], [1e-20, 1.0], [1.0, 1e-9], [5e-324, 1.0]]))
    cases.append(dirichlet([0.01, 0.01], [[1e-300, 1.0], [1e-20, 1.0], [1.0, 1e-9], [5e-324, 1.0]]))
    for n, p in [
        (1, [0.2, 0.3, 0.5]), (2, [0.2, 0.3, 0.5]), (5, [0.25] * 4), (10, [0.1, 0.2, 0.7]), (10, [0.5, 0.5]), (20, [0.3, 0.3, 0.4]),
        (30, [1e-9, 0.5, 0.5]), (50, [0.02, 0.08, 0.9]), (63, [0.3, 0.7]), (64, [0.3, 0.3, 0.4]), (100, [0.0, 0.4, 0.6]), (3, [1e-10, 1e-12, 1.0]),
        (200, [0.1] * 10), (500, [0.001, 0.009, 0.99]), (1000, [0.2, 0.2, 0.6]), (1000, [1 / 3, 1 / 3, 1 / 3]), (2000, [0.5, 0.25, 0.25]),
        (3000, [1e-6, 0.4, 0.599999]), (10, [0.1] * 10), (12, [0.05, 0.15, 0.3, 0.5]), (40, [0.6, 0.4]), (7, [1.0, 0.0]), (0, [0.5, 0.5]),
        (10**6, [0.1, 0.2, 0.7]), (10**9, [1e-9, 0.5, 0.5]), (10**12, [1e-6, 1e-3, 0.299999, 0.699]), (2**53, [0.25, 0.25, 0.5]), (2**53, [0.25, 0.75 - 2.0**-50, 2.0**-50]),
    ]:
        cases.append(multinomial(n, p, counts(n, p, 5)))
    for n, alpha in [
        (1, [1.0, 2.0, 3.0]), (2, [1.0, 1.0, 1.0]), (5, [0.5] * 4), (10, [2.0, 3.0, 4.0]), (10, [1.0, 1.0]), (10, [1e-3, 1e-3, 1e-3]), (20, [0.1, 0.2, 0.7]),
        (20, [1e8, 2e8, 3e8]), (30, [1e-3, 5.0, 1e3]), (50, [20.0, 30.0]), (50, [0.5, 0.5, 0.5]), (100, [1.0, 2.0, 3.0]), (100, [1e4, 1e5]), (10, [1e-9, 1.0]),
        (200, [10.0] * 5), (300, [1e-3, 1e-2, 1.0]), (1000, [3.0, 4.0, 5.0]), (1000, [0.3, 0.3, 0.4]), (2000, [1e3, 2e3, 1e-2]), (3000, [1e8, 1.0, 1.0]),
        (7, [1e8, 1e-3]), (40, [0.9, 1.1, 5.0]),
        (10**6, [1.0, 2.0, 3.0]), (10**6, [1e8, 2e8, 5e7]), (10**9, [0.5, 0.5, 1e-3]), (10**12, [1e3, 1e5, 1e8]), (2**53, [1.0, 1.0, 2.0]), (2**53, [1e-3, 1e8, 1e8]),
        (10**6, [1e-9, 1e8]), (5, [1e-9, 1e-9, 1.0]),
    ]:
        total = sum(alpha)
        cases.append(dirichletmultinomial(n, alpha, counts(n, [v / total for v in alpha], 5)))
    print(json.dumps(cases, indent=None, separators=(",", ":")).replace('{"dist"', '\n{"dist"'))


main()
