"""Golden values of the multivariate normal and Student t distributions.

Everything is computed from the definitions with 80 digits, for exactly the float64
numbers that the file holds, and written with the 17 digits that a float64 needs.
Run it with a Python that has mpmath; it writes mvnormal.json beside itself.
"""

import json
import os
import random

from mpmath import mp, mpf, matrix, cholesky, digamma, log, loggamma, pi, sqrt, svd_r, diag

mp.dps = 80
random.seed(3)


def gauss():
    return random.gauss(0, 1)


def rounded(a):
    """The float64 numbers nearest to a symmetric matrix, as an mpmath matrix."""
    n = a.rows
    return matrix([[mpf(float(a[max(i, j), min(i, j)])) for j in range(n)] for i in range(n)])


def lower(a):
    return [float(a[i, j]) for i in range(a.rows) for j in range(i + 1)]


def rotation(n):
    """An orthogonal matrix, from Householder reflections of random vectors."""
    q = mp.eye(n)
    for _ in range(n):
        v = matrix([mpf(gauss()) for _ in range(n)])
        q = q - (2 / (v.T * v)[0]) * v * (v.T * q)
    return q


def spectrum(n, low):
    q = rotation(n)
    d = diag([mpf(10) ** (mpf(low) * k / (n - 1)) for k in range(n)])
    return q * d * q.T


def correlated(sds, rho):
    n = len(sds)
    return matrix([[mpf(sds[i]) * mpf(sds[j]) * mpf(rho) ** abs(i - j) for j in range(n)] for i in range(n)])


MATRICES = [
    ("one", matrix([[mpf(0.3)]])),
    ("two", correlated([2, 0.5], "0.8")),
    ("three", correlated([1, 0.1, 3], "-0.4")),
    ("equal", matrix([[mpf(1) if i == j else mpf("0.9") for j in range(5)] for i in range(5)])),
    ("units", correlated(["1e-80", "1", "1e50", "1e-3"], "0.7")),
    ("hilbert", matrix([[mpf(1) / (i + j + 1) for j in range(6)] for i in range(6)])),
    ("million", spectrum(8, 6)),
    ("ill", spectrum(5, -12)),
    ("ridge", matrix([[mpf(1), 1 - mpf(10) ** -12], [1 - mpf(10) ** -12, mpf(1)]])),
    ("long", correlated([1] * 12, "0.99")),
]


def correlations(a):
    """Standard deviations and correlations: mpmath takes small units for zeros."""
    n = a.rows
    s = [sqrt(a[i, i]) for i in range(n)]
    return s, matrix([[a[i, j] / (s[i] * s[j]) for j in range(n)] for i in range(n)])


def inverted(a):
    s, c = correlations(a)
    c = c ** -1
    return matrix([[c[i, j] / (s[i] * s[j]) for j in range(a.rows)] for i in range(a.rows)])


def factor(a):
    s, c = correlations(a)
    l = cholesky(c)
    return matrix([[l[i, j] * s[i] for j in range(a.rows)] for i in range(a.rows)])


def scaled_condition(a):
    n = a.rows
    s = svd_r(correlations(a)[1], compute_uv=False)
    return float(s[0] / s[n - 1])


def density(nu, mu, a, inverse, logdet, x):
    """Log density, its gradients in value and parameters, and the distance."""
    n = len(mu)
    r = matrix([mpf(v) - mpf(m) for v, m in zip(x, mu)])
    g = inverse * r
    q = (r.T * g)[0]
    if nu is None:
        w, logp = mpf(1), -q / 2 - logdet / 2 - n * log(2 * pi) / 2
        score = []
    else:
        nu = mpf(nu)
        w = (nu + n) / (nu + q)
        logp = loggamma((nu + n) / 2) - loggamma(nu / 2) - n * log(nu * pi) / 2 - logdet / 2 - (nu + n) / 2 * log(1 + q / nu)
        score = [(digamma((nu + n) / 2) - digamma(nu / 2) - n / nu - log(1 + q / nu) + w * q / nu) / 2]
    score += [w * v for v in g]
    for i in range(n):
        for j in range(i + 1):
            s = (w * g[i] * g[j] - inverse[i, j]) / 2
            score.append(s if i == j else 2 * s)
    return {
        "x": x,
        "logp": float(logp),
        "distance": float(sqrt(q)),
        "grad": [float(-w * v) for v in g],
        "score": [float(v) for v in score],
    }


def condition(nu, mu, a, given, values):
    """Location and scale matrix of the rest, and the degrees of freedom."""
    n = len(mu)
    rest = [i for i in range(n) if i not in given]
    pick = lambda rows, columns: matrix([[a[i, j] for j in columns] for i in rows])
    bb = inverted(pick(given, given))
    ab = pick(rest, given)
    r = matrix([mpf(v) - mpf(mu[i]) for v, i in zip(values, given)])
    mean = matrix([mpf(mu[i]) for i in rest]) + ab * bb * r
    cov = pick(rest, rest) - ab * bb * ab.T
    if nu is not None:
        cov *= (mpf(nu) + (r.T * bb * r)[0]) / (mpf(nu) + len(given))
    return {"given": given, "values": values, "mean": [float(v) for v in mean], "matrix": lower(cov)}


def points(mu, a, heavy):
    """The mean, points as they are drawn, and points further and further away."""
    n = len(mu)
    l = factor(a)
    out = [[float(m) for m in mu]]
    for stretch in [1, 1, 3, 30, 1000] + ([mpf(10) ** 30, mpf(10) ** 200] if heavy else [mpf(10) ** 30]):
        z = l * matrix([mpf(gauss()) for _ in range(n)])
        x = [mpf(m) + stretch * v for m, v in zip(mu, z)]
        if all(abs(v) < mpf(10) ** 300 for v in x):
            out.append([float(v) for v in x])
    for i in range(n):  # off the ridges
        out.append([float(m + (sqrt(a[j, j]) if j == i else 0)) for j, m in enumerate(mu)])
    return out[:10]


def forms(name, raw):
    """A matrix as covariance, precision, and Cholesky factor: what is given, and the covariance it stands for."""
    a = rounded(raw)
    n = a.rows
    yield "covariance", lower(a), a
    if name == "two":  # standard deviations
        d = diag([mpf(float(sqrt(a[i, i]))) for i in range(n)])
        yield "diagonal", [float(d[i, i]) for i in range(n)], d * d
        yield "isotropic", [float(d[0, 0])], d[0, 0] ** 2 * mp.eye(n)
    if name != "units":
        yield "precision", lower(a), inverted(a)
    l = factor(a)
    l = matrix([[mpf(float(l[i, j])) if j <= i else mpf(0) for j in range(n)] for i in range(n)])
    yield "cholesky", lower(l), l * l.T


rows = []
for name, raw in MATRICES:
    for form, given_matrix, a in forms(name, raw):
        n = a.rows
        mu = [float(sqrt(a[i, i]) * round(gauss(), 2)) for i in range(n)]
        inverse = inverted(a)
        logdet = 2 * sum(log(v) for v in [factor(a)[i, i] for i in range(n)])
        given = list(range(n - 2, -1, -2))
        values = [float(mpf(mu[i]) + sqrt(a[i, i]) * gauss()) for i in given]
        for nu in [None] + ([0.7, 4.5, 1000.0] if form == "covariance" else []):
            row = {"name": name, "form": form, "nu": nu or 0, "mu": mu, "matrix": given_matrix, "cond": scaled_condition(a)}
            row["points"] = [density(nu, mu, a, inverse, logdet, x) for x in points(mu, a, nu is not None)]
            if nu is None:
                row["entropy"] = float(n * (1 + log(2 * pi)) / 2 + logdet / 2)
                row["covariance"] = lower(a)
            else:
                v = mpf(nu)
                row["entropy"] = float(
                    (v + n) / 2 * (digamma((v + n) / 2) - digamma(v / 2))
                    - loggamma((v + n) / 2) + loggamma(v / 2) + n * log(v * pi) / 2 + logdet / 2
                )
            row["inverse"] = lower(inverse)
            if n > 1:
                row["conditional"] = condition(nu, mu, a, given, values)
            rows.append(row)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mvnormal.json")
with open(path, "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
