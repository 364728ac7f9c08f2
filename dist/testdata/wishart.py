"""Golden values of the Wishart, inverse Wishart and LKJ distributions.

Everything is computed from the definitions with 60 digits, for exactly the float64
numbers that the file holds, and written with the 17 digits that a float64 needs.
Run it with a Python that has mpmath; it writes wishart.json beside itself.
"""

import json
import os
import random

from mpmath import mp, mpf, matrix, beta, cholesky, digamma, log, loggamma, pi, sqrt, svd_r

mp.dps = 60
random.seed(5)


def rounded(a):
    n = a.rows
    return matrix([[mpf(float(a[max(i, j), min(i, j)])) for j in range(n)] for i in range(n)])


def lower(a):
    return [float(a[i, j]) for i in range(a.rows) for j in range(i + 1)]


def whole(a):
    return [float(a[i, j]) for i in range(a.rows) for j in range(a.rows)]


def scatter(p, n, stretch=1):
    """The scatter matrix of n random vectors, of which one element may be stretched."""
    a = matrix(p, p)
    for _ in range(n):
        v = matrix([mpf(random.gauss(0, 1)) * (stretch if i == p - 1 else 1) for i in range(p)])
        a += v * v.T / n
    return a


def condition(a):
    s = svd_r(a, compute_uv=False)
    return float(s[0] / s[a.rows - 1])


def determinant(a):
    l = cholesky(a / mp.norm(a))
    return 2 * sum(log(l[i, i]) for i in range(a.rows)) + a.rows * log(mp.norm(a))


def inverse(a):
    return (a / mp.norm(a)) ** -1 / mp.norm(a)


def log_gamma_p(a, p):
    return p * (p - 1) * log(pi) / 4 + sum(loggamma(a - mpf(j) / 2) for j in range(p))


def digamma_p(a, p):
    return sum(digamma(a - mpf(j) / 2) for j in range(p))


def doubled(a):
    """The gradient in the lower triangle, from that in all elements."""
    return [float(a[i, j] * (1 if i == j else 2)) for i in range(a.rows) for j in range(i + 1)]


def largest(*matrices):
    """The largest element of any: what a sum of them is rounded to."""
    return float(max(abs(v) for a in matrices for v in a))


def trace(a):
    return sum(a[i, i] for i in range(a.rows))


def wishart_entropy(nu, p, logdet):
    return (
        (p + 1) * logdet / 2 + mpf(p) * (p + 1) / 2 * log(2) + log_gamma_p(nu / 2, p)
        - (nu - p - 1) / 2 * digamma_p(nu / 2, p) + nu * p / 2
    )


def wishart(nu, v, points):
    p, nu = v.rows, mpf(nu)
    vi, dv = inverse(v), determinant(v)
    out = {"mean": whole(nu * v), "entropy": float(wishart_entropy(nu, p, dv)), "points": []}
    out["covariance"] = [
        float(nu * (v[i, k] * v[j, l] + v[i, l] * v[j, k]))
        for i in range(p) for j in range(p) for k in range(p) for l in range(p)
    ]
    for x in points:
        xi, dx = inverse(x), determinant(x)
        terms = [(nu - p - 1) / 2 * dx, -trace(vi * x) / 2, -nu * p / 2 * log(2), -nu / 2 * dv, -log_gamma_p(nu / 2, p)]
        score = [(dx - dv - p * log(2) - digamma_p(nu / 2, p)) / 2]
        out["points"].append({
            "x": whole(x), "logp": float(sum(terms)), "size": float(max(abs(t) for t in terms)), "cond": condition(x),
            "grad": whole(((nu - p - 1) * xi - vi) / 2),
            "gradsize": largest((nu - p - 1) * xi, vi), "scoresize": largest(vi * x * vi, nu * vi),
            "score": [float(s) for s in score] + doubled((vi * x * vi - nu * vi) / 2),
        })
    return out


def inverse_wishart(nu, v, points):
    p, nu = v.rows, mpf(nu)
    vi, dv = inverse(v), determinant(v)
    m = nu - p - 1
    out = {"points": []}
    out["entropy"] = float(wishart_entropy(nu, p, -dv) - (p + 1) * (digamma_p(nu / 2, p) + p * log(2) - dv))
    if m > 0:
        out["mean"] = whole(v / m)
    if m > 2:
        out["covariance"] = [
            float((2 * v[i, j] * v[k, l] + m * (v[i, k] * v[j, l] + v[i, l] * v[j, k])) / ((m + 1) * m**2 * (m - 2)))
            for i in range(p) for j in range(p) for k in range(p) for l in range(p)
        ]
    for x in points:
        xi, dx = inverse(x), determinant(x)
        terms = [-(nu + p + 1) / 2 * dx, -trace(xi * v) / 2, -nu * p / 2 * log(2), nu / 2 * dv, -log_gamma_p(nu / 2, p)]
        score = [(dv - dx - p * log(2) - digamma_p(nu / 2, p)) / 2]
        out["points"].append({
            "x": whole(x), "logp": float(sum(terms)), "size": float(max(abs(t) for t in terms)), "cond": condition(x),
            "grad": whole((xi * v * xi - (nu + p + 1) * xi) / 2),
            "gradsize": largest(xi * v * xi, (nu + p + 1) * xi), "scoresize": largest(nu * vi, xi),
            "score": [float(s) for s in score] + doubled((nu * vi - xi) / 2),
        })
    return out


def lkj(p, eta, points):
    eta = mpf(eta)
    b = [eta + mpf(p - 1 - i) / 2 for i in range(p)]
    # The volume of the ball of dimension i, weighted with (1 − r²)^(b−1).
    norm = sum(mpf(i) / 2 * log(pi) + loggamma(b[i]) - loggamma(b[i] + mpf(i) / 2) for i in range(1, p))
    e_log = [digamma(b[i]) - digamma(b[i] + mpf(i) / 2) for i in range(p)]  # of the squared diagonal
    mean = [beta(b[i] + mpf(1) / 2, mpf(i) / 2) / beta(b[i], mpf(i) / 2) if i else mpf(1) for i in range(p)]
    out = {"entropy": float(norm - sum((b[i] - 1) * e_log[i] for i in range(1, p))), "points": []}
    out["mean"] = [float(mean[i]) if i == j else 0.0 for i in range(p) for j in range(p)]
    out["variance"] = []
    for i in range(p):
        for j in range(p):
            whole_shape = b[i] + mpf(i) / 2
            out["variance"].append(float(1 / (2 * whole_shape) if j < i else b[i] / whole_shape - mean[i] ** 2 if i == j else 0))
    for x in points:
        d = [mpf(x[i * p + i]) for i in range(p)]
        terms = [2 * (b[i] - 1) * log(d[i]) for i in range(1, p)] + [-norm]
        out["points"].append({
            "x": x, "logp": float(sum(terms)), "size": float(max(abs(t) for t in terms)), "cond": 1,
            "grad": [float(2 * (b[i] - 1) / d[i]) if i == j and i else 0.0 for i in range(p) for j in range(p)],
            "score": [float(sum(2 * log(d[i]) - e_log[i] for i in range(1, p)))],
        })
    return out


def rows_of_length_one(p, narrow):
    x = [0.0] * (p * p)
    for i in range(p):
        v = [mpf(random.gauss(0, 1)) * (narrow if j == i else 1) for j in range(i + 1)]
        length = sqrt(sum(u * u for u in v))
        for j in range(i + 1):
            x[i * p + j] = float(v[j] / length if j < i else abs(v[j] / length))
    return x


rows = []
CASES = [(1, 0.5, 1), (1, 30, 1), (2, 1.5, 1), (2, 40, 10), (3, 7.3, 1), (4, 3.5, 1), (3, 1e4, 1), (5, 12, 1e4), (6, 100, 1)]
for p, nu, stretch in CASES:
    v = rounded(scatter(p, p + 3, stretch))
    points = [rounded(nu * v), rounded(scatter(p, p + 2)), rounded(scatter(p, p + 1, 100)), rounded(scatter(p, 2 * p) * mpf(10) ** -60), rounded(scatter(p, 2 * p) * mpf(10) ** 60)]
    for kind, f in [("Wishart", wishart), ("InverseWishart", inverse_wishart)]:
        row = {"dist": kind, "size": p, "nu": nu, "scale": lower(v), "cond": condition(v)}
        row.update(f(nu, v, points))
        rows.append(row)
for k in range(14):  # more, for their moments and entropies alone
    p, nu = 1 + k % 6, [0.25, 1, 3.5, 25, 700, 2e5][k // 6 * 2 + k % 2] + k % 6
    v = rounded(scatter(p, p + 3, [1, 10, 1e3][k % 3]))
    for kind, f in [("Wishart", wishart), ("InverseWishart", inverse_wishart)]:
        row = {"dist": kind, "size": p, "nu": nu, "scale": lower(v), "cond": condition(v)}
        row.update(f(nu, v, []))
        rows.append(row)
for p, eta in [(2, 1), (2, 0.3), (3, 2.5), (4, 1), (4, 50), (5, 0.7), (6, 1e4), (9, 3)]:
    row = {"dist": "LKJ", "size": p, "nu": eta, "cond": 1}
    row.update(lkj(p, eta, [rows_of_length_one(p, n) for n in (1, 1, 10, mpf("1e-3"), mpf("1e-30"))]))
    rows.append(row)

for k in range(14):
    p, eta = 2 + k % 7, [0.01, 0.5, 1, 4.25, 80, 3e3, 1e5][(3 * k) % 7]
    row = {"dist": "LKJ", "size": p, "nu": eta, "cond": 1}
    row.update(lkj(p, eta, []))
    rows.append(row)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "wishart.json")
with open(path, "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
