"""Golden values of the transforms, from their definitions.

Computed with 60 digits and written with 17. The log Jacobian is that of a
determinant of numerical derivatives, and the gradient that of the sum of
a_i x_i plus log Jacobian, again by numerical derivatives, so that no formula of
the package is used twice. Run it with a Python that has mpmath; it writes
golden.json beside itself.
"""

import json
import os
import random

from mpmath import mp, mpf, cosh, diff, exp, gamma, log, matrix, sqrt, tanh, det

mp.dps = 60


def positive(y):
    return [exp(v) for v in y]


def lower(y):
    return [mpf(-2) + exp(v) for v in y]


def upper(y):
    return [mpf(5) - exp(v) for v in y]


def interval(y):
    return [mpf(-1) + 3 / (1 + exp(-v)) for v in y]


def ordered(y):
    x = [y[0]]
    for v in y[1:]:
        x.append(x[-1] + exp(v))
    return x


def simplex(y):
    k, x = len(y) + 1, []
    for i, v in enumerate(y):
        x.append((1 - sum(x)) / (1 + (k - 1 - i) * exp(-v)))
    return x + [1 - sum(x)]


def correlation(y):
    k = next(k for k in range(1, 50) if k * (k - 1) // 2 == len(y))
    x, it = [], iter(y)
    for i in range(k):
        row = []
        for _ in range(i):
            row.append(tanh(next(it)) * sqrt(1 - sum(v * v for v in row)))
        row.append(sqrt(1 - sum(v * v for v in row)))
        x += row + [mpf(0)] * (k - 1 - i)
    return x


def covariance(y):
    k = next(k for k in range(1, 50) if k * (k + 1) // 2 == len(y))
    x, it = [], iter(y)
    for i in range(k):
        row = [next(it) for _ in range(i + 1)]
        row[i] = exp(row[i])
        x += row + [mpf(0)] * (k - 1 - i)
    return x


def unit(y):
    r = sqrt(sum(v * v for v in y))
    return [v / r for v in y]


def order(x):
    return int(sqrt(len(x)) + mpf("0.5"))


CHARTS = {
    "simplex": lambda x, y: x[:-1],
    "correlation": lambda x, y: [x[i * order(x) + j] for i in range(order(x)) for j in range(i)],
    "covariance": lambda x, y: [x[i * order(x) + j] for i in range(order(x)) for j in range(i + 1)],
    "unit": lambda x, y: x[:-1] + [sqrt(sum(v * v for v in y))],
}


def log_jacobian(name, f, y):
    chart = CHARTS.get(name, lambda x, y: x)
    n = len(y)
    m = matrix(n, n)
    for j in range(n):
        for i in range(n):

            def entry(v):
                z = list(y)
                z[j] = v
                return chart(f(z), z)[i]

            m[i, j] = diff(entry, y[j])
    value = log(abs(det(m)))
    if name == "unit":
        r2 = sum(v * v for v in y)
        k = mpf(n)
        value += log(sqrt(r2) ** (n - 1) * exp(-r2 / 2) / (2 ** (k / 2 - 1) * gamma(k / 2)))
        value -= log(abs(f(y)[-1]))
    return value


# The log Jacobians in closed form, checked against the determinant before they are
# differentiated once more.
def closed(name, y):
    if name in ("positive", "lower", "upper"):
        return sum(y)
    if name == "interval":
        return sum(log(3) + v - 2 * log(1 + exp(v)) for v in y)
    if name == "ordered":
        return sum(y[1:])
    if name == "simplex":
        x, total = simplex(y), mpf(0)
        for i in range(len(y)):
            rest = 1 - sum(x[:i])
            total += log(x[i] * (1 - x[i] / rest))
        return total
    if name == "correlation":
        k = order(correlation(y))
        x, total, n = correlation(y), mpf(0), 0
        for i in range(k):
            for j in range(i):
                total += log(sqrt(1 - sum(v * v for v in x[i * k : i * k + j])) / cosh(y[n]) ** 2)
                n += 1
        return total
    if name == "covariance":
        k = order(covariance(y))
        return sum(y[i * (i + 3) // 2] for i in range(k))
    k = mpf(len(y))
    return -sum(v * v for v in y) / 2 - log(2 ** (k / 2 - 1) * gamma(k / 2))


CASES = [
    ("positive", positive, 3),
    ("lower", lower, 3),
    ("upper", upper, 3),
    ("interval", interval, 3),
    ("ordered", ordered, 4),
    ("simplex", simplex, 1),
    ("simplex", simplex, 4),
    ("correlation", correlation, 1),
    ("correlation", correlation, 6),
    ("covariance", covariance, 6),
    ("unit", unit, 2),
    ("unit", unit, 4),
]

random.seed(3)
out = []
for name, f, n in CASES:
    for scale in (0.05, 0.5, 1, 2, 4):
        for _ in range(4):
            y = [mpf(round(random.gauss(0, 1) * scale, 6)) for _ in range(n)]
            x = f(y)
            a = [mpf(random.randint(-5, 5)) for _ in x]
            jac = closed(name, y)
            if scale <= 1:
                assert abs(jac - log_jacobian(name, f, y)) < mpf(10) ** -12, (name, y)
            grad = []
            for j in range(n):

                def log_q(v):
                    z = list(y)
                    z[j] = v
                    return sum(p * q for p, q in zip(a, f(z))) + closed(name, z)

                grad.append(diff(log_q, y[j]))
            num = lambda vs: [float(v) for v in vs]
            out.append({"name": name, "free": num(y), "constrained": num(x), "logJacobian": float(jac), "a": num(a), "grad": num(grad)})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(row) for row in out) + "\n]\n")
