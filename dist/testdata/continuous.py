"""Golden values of the continuous distributions, from their definitions.

Everything is computed with 700 digits, so that the plain formulas hold in the
tails too, and written with the 17 that a float64 needs. Run it with a Python that
has mpmath; it writes continuous.json beside itself, and the large shapes take it a few
minutes.
"""

import json
import os

from mpmath import mp, mpf, inf, nan, atan, cosh, digamma, erf, erfc, erfinv, euler, exp, gamma, log, loggamma, pi, sqrt, tan

mp.dps = 700


def normal_quantile(p):
    """Newton's method on log cdf, from the tail's leading term."""
    if p > mpf(1) / 2:
        return -normal_quantile(1 - p)
    mp.dps, keep = 60, mp.dps
    z = -sqrt(-2 * log(2 * p)) if p < mpf(1) / 2 else mpf(0)
    for _ in range(60):
        c = erfc(-z / sqrt(2)) / 2
        step = (log(c) - log(p)) * c / (exp(-z * z / 2) / sqrt(2 * pi))
        z -= step
        if abs(step) < mpf(10) ** -45:
            break
    mp.dps = keep
    return z


class Normal:
    def __init__(self, m, s):
        self.m, self.s = m, s
        self.mean, self.variance, self.entropy = m, s**2, log(2 * pi * mp.e * s**2) / 2

    def density(self, x):
        return exp(-(((x - self.m) / self.s) ** 2) / 2) / (self.s * sqrt(2 * pi))

    def cdf(self, x):
        return erfc((self.m - x) / (self.s * sqrt(mpf(2)))) / 2

    def sf(self, x):
        return erfc((x - self.m) / (self.s * sqrt(mpf(2)))) / 2

    def quantile(self, p):
        return self.m + self.s * normal_quantile(p)


class Uniform:
    def __init__(self, a, b):
        self.a, self.b = a, b
        self.mean, self.variance, self.entropy = (a + b) / 2, (b - a) ** 2 / 12, log(b - a)

    def density(self, x):
        return 1 / (self.b - self.a)

    def cdf(self, x):
        return (x - self.a) / (self.b - self.a)

    def quantile(self, p):
        return self.a + p * (self.b - self.a)


class LogNormal:
    def __init__(self, m, s):
        self.m, self.s = m, s
        self.mean = exp(m + s**2 / 2)
        self.variance = exp(2 * m + 2 * s**2) - exp(2 * m + s**2)
        self.entropy = m + log(2 * pi * mp.e * s**2) / 2

    def density(self, x):
        return exp(-(((log(x) - self.m) / self.s) ** 2) / 2) / (x * self.s * sqrt(2 * pi))

    def cdf(self, x):
        return (1 + erf((log(x) - self.m) / (self.s * sqrt(2)))) / 2

    def quantile(self, p):
        return exp(self.m + self.s * normal_quantile(p))


class Cauchy:
    def __init__(self, m, s):
        self.m, self.s = m, s
        self.mean, self.variance, self.entropy = nan, nan, log(4 * pi * s)

    def density(self, x):
        return 1 / (pi * self.s * (1 + ((x - self.m) / self.s) ** 2))

    def cdf(self, x):
        return mpf(1) / 2 + atan((x - self.m) / self.s) / pi

    def quantile(self, p):
        return self.m + self.s * tan(pi * (p - mpf(1) / 2))


class HalfNormal:
    def __init__(self, s):
        self.s = s
        self.mean, self.variance = s * sqrt(2 / pi), s**2 * (1 - 2 / pi)
        self.entropy = log(pi * s**2 / 2) / 2 + mpf(1) / 2

    def density(self, x):
        return sqrt(2 / pi) / self.s * exp(-(x**2) / (2 * self.s**2))

    def cdf(self, x):
        return erf(x / (self.s * sqrt(2)))

    def quantile(self, p):
        if p < mpf(1) / 2:
            return self.s * sqrt(mpf(2)) * erfinv(p)
        return -self.s * normal_quantile((1 - p) / 2)


class HalfCauchy:
    def __init__(self, s):
        self.s = s
        self.mean, self.variance, self.entropy = inf, inf, log(2 * pi * s)

    def density(self, x):
        return 2 / (pi * self.s * (1 + (x / self.s) ** 2))

    def cdf(self, x):
        return 2 / pi * atan(x / self.s)

    def quantile(self, p):
        return self.s * tan(pi * p / 2)


class Laplace:
    def __init__(self, m, b):
        self.m, self.b = m, b
        self.mean, self.variance, self.entropy = m, 2 * b**2, log(2 * mp.e * b)

    def density(self, x):
        return exp(-abs(x - self.m) / self.b) / (2 * self.b)

    def cdf(self, x):
        half = exp(-abs(x - self.m) / self.b) / 2
        return half if x < self.m else 1 - half

    def quantile(self, p):
        return self.m + self.b * (log(2 * p) if p < mpf(1) / 2 else -log(2 - 2 * p))


class Logistic:
    def __init__(self, m, s):
        self.m, self.s = m, s
        self.mean, self.variance, self.entropy = m, (pi * s) ** 2 / 3, log(s) + 2

    def density(self, x):
        return 1 / (4 * self.s * cosh((x - self.m) / (2 * self.s)) ** 2)

    def cdf(self, x):
        return 1 / (1 + exp(-(x - self.m) / self.s))

    def quantile(self, p):
        return self.m + self.s * log(p / (1 - p))


class Exponential:
    def __init__(self, r):
        self.r = r
        self.mean, self.variance, self.entropy = 1 / r, 1 / r**2, 1 - log(r)

    def density(self, x):
        return self.r * exp(-self.r * x)

    def cdf(self, x):
        return 1 - exp(-self.r * x)

    def quantile(self, p):
        return -log(1 - p) / self.r


class Weibull:
    def __init__(self, k, s):
        self.k, self.s = k, s
        self.mean = s * gamma(1 + 1 / k)
        self.variance = s**2 * (gamma(1 + 2 / k) - gamma(1 + 1 / k) ** 2)
        self.entropy = euler * (1 - 1 / k) + log(s / k) + 1

    def density(self, x):
        z = x / self.s
        return self.k / self.s * z ** (self.k - 1) * exp(-(z**self.k))

    def cdf(self, x):
        return 1 - exp(-((x / self.s) ** self.k))

    def quantile(self, p):
        return self.s * (-log(1 - p)) ** (1 / self.k)


class Pareto:
    def __init__(self, s, a):
        self.s, self.a = s, a
        self.mean = a * s / (a - 1) if a > 1 else inf
        self.variance = a * s**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else inf
        self.entropy = log(s / a * exp(1 + 1 / a))

    def density(self, x):
        return self.a * self.s**self.a / x ** (self.a + 1)

    def cdf(self, x):
        return 1 - (self.s / x) ** self.a

    def quantile(self, p):
        return self.s / (1 - p) ** (1 / self.a)


class Gumbel:
    def __init__(self, m, b):
        self.m, self.b = m, b
        self.mean, self.variance, self.entropy = m + euler * b, (pi * b) ** 2 / 6, log(b) + euler + 1

    def density(self, x):
        z = (x - self.m) / self.b
        return exp(-z - exp(-z)) / self.b

    def cdf(self, x):
        return exp(-exp(-(x - self.m) / self.b))

    def quantile(self, p):
        return self.m - self.b * log(-log(p))


class Triangular:
    def __init__(self, a, c, b):
        self.a, self.c, self.b = a, c, b
        self.mean = (a + b + c) / 3
        self.variance = (a**2 + b**2 + c**2 - a * b - a * c - b * c) / 18
        self.entropy = mpf(1) / 2 + log((b - a) / 2)

    def density(self, x):
        a, c, b = self.a, self.c, self.b
        if x < c:
            return 2 * (x - a) / ((b - a) * (c - a))
        return 2 * (b - x) / ((b - a) * (b - c)) if x > c else 2 / (b - a)

    def cdf(self, x):
        a, c, b = self.a, self.c, self.b
        if x < c:
            return (x - a) ** 2 / ((b - a) * (c - a))
        return 1 - (b - x) ** 2 / ((b - a) * (b - c)) if x > c else (c - a) / (b - a)

    def quantile(self, p):
        a, c, b = self.a, self.c, self.b
        if p * (b - a) < c - a:
            return a + sqrt(p * (b - a) * (c - a))
        return b - sqrt((1 - p) * (b - a) * (b - c))


def lower_gamma(a, m, bits):
    """P(a, m) by its power series in integers, which are scaled by powers of two."""
    if m == 0:
        return mpf(0)
    with mp.workprec(bits):
        shift = 240 + max(0, -int(mp.floor(mp.log(min(a, m), 2))))
        if any(int(v * mpf(2) ** shift) != v * mpf(2) ** shift for v in (a, m)):
            shift += bits
        am, mm = int(a * mpf(2) ** shift), int(m * mpf(2) ** shift)
        one = 1 << shift
        term = total = 1 << bits
        while term:
            am += one
            term = term * mm // am
            total += term
        return mpf(total) / mpf(2) ** bits * exp(a * log(m) - m - loggamma(a + 1))


def tails_gamma(a, m):
    """P(a, m) and Q(a, m), both to at least 60 digits."""
    for bits in (400, 2600, 20000):
        p = lower_gamma(a, m, bits)
        with mp.workprec(bits):
            q = 1 - p
        if q > mpf(2) ** (200 - bits):
            break
    return p, q


def quantile_gamma(a, p):
    """The m with P(a, m) = p: Newton's method for the logarithm of the smaller of P and
    Q, in log m, from a normal approximation or the leading term."""
    q = 1 - p
    mp.dps, keep = 60, mp.dps
    m = exp((log(p) + loggamma(a + 1)) / a)
    if a > 0.5:
        z = normal_quantile(p) if p < q else -normal_quantile(q)
        cube = 1 - 1 / (9 * a) + z / (3 * sqrt(a))
        if cube > 0.1:
            m = a * cube**3
    if m > mpf(10) ** -100:  # below, the leading term is exact
        for _ in range(500):
            lower, upper = tails_gamma(a, m)
            front = exp(a * log(m) - m - loggamma(a))
            step = log(p / lower) * lower / front if p < q else log(upper / q) * upper / front
            m *= exp(max(-2, min(2, step)))
            if abs(step) < mpf(10) ** -25:
                break
        else:
            raise ArithmeticError
    mp.dps = keep
    return +m


class Gamma:
    def __init__(self, a, r):
        self.a, self.r = a, r
        self.mean, self.variance = a / r, a / r**2
        self.entropy = a - log(r) + loggamma(a) + (1 - a) * digamma(a)

    def density(self, x):
        return exp(self.a * log(self.r) - loggamma(self.a) + (self.a - 1) * log(x) - self.r * x)

    def cdf(self, x):
        return tails_gamma(self.a, self.r * x)[0]

    def sf(self, x):
        return tails_gamma(self.a, self.r * x)[1]

    def quantile(self, p):
        return quantile_gamma(self.a, p) / self.r


class ChiSquared(Gamma):
    def __init__(self, nu):
        Gamma.__init__(self, nu / 2, mpf(1) / 2)


class InverseGamma:
    def __init__(self, a, b):
        self.a, self.b = a, b
        self.mean = b / (a - 1) if a > 1 else inf
        self.variance = b**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else inf
        self.entropy = a + log(b) + loggamma(a) - (1 + a) * digamma(a)

    def density(self, x):
        return exp(self.a * log(self.b) - loggamma(self.a) - (self.a + 1) * log(x) - self.b / x)

    def cdf(self, x):
        return tails_gamma(self.a, self.b / x)[1]

    def sf(self, x):
        return tails_gamma(self.a, self.b / x)[0]

    def quantile(self, p):
        return self.b / quantile_gamma(self.a, 1 - p)


real = [(m, s) for m in (-1e3, -0.7, 0.0, 2.5, 40.0) for s in (1e-3, 0.3, 1.0, 17.0)]
scales = [1e-9, 1e-4, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.3, 2.0, 3.7, 8.0, 21.0, 150.0, 1e3, 1e6, 1e12]
shaped = [(k, s) for k in (0.3, 0.9, 1.0, 2.5, 60.0) for s in (1e-3, 0.4, 1.0, 1e4)]
gammas = [(a, s) for a in (1e-3, 0.07, 0.3, 0.99, 1.0, 1.5, 2.5, 19.7, 30.0, 311.5) for s in (1e-3, 1.7)]
gammas += [(1e4, 1.0), (1e6, 40.0), (1e8, 0.3), (1e-8, 2.0)]
grid = [
    (Normal, real),
    (Gamma, gammas),
    (InverseGamma, gammas),
    (ChiSquared, [(s,) for s in (1e-3, 0.01, 0.1, 0.3, 0.7, 1.0, 1.5, 2.0, 2.001, 3.0, 4.0, 5.0, 10.0, 17.5, 60.0, 61.0, 150.0, 1e3, 2e4, 1e6)]),
    (Uniform, [(a, a + w) for a in (-1e3, -0.7, 0.0, 2.5, 40.0) for w in (0.25, 1.0, 17.0, 1e5)]),
    (LogNormal, [(m, s) for m in (-30.0, -0.7, 0.0, 2.5, 40.0) for s in (0.01, 0.3, 1.0, 4.0)] + [(0.0, 1e-5)]),
    (Cauchy, real),
    (HalfNormal, [(s,) for s in scales]),
    (HalfCauchy, [(s,) for s in scales]),
    (Laplace, real),
    (Logistic, real),
    (Exponential, [(s,) for s in scales]),
    (Weibull, shaped + [(2000.0, 3.0), (3e6, 2.0), (9.9, 1.0), (10.1, 1.0)]),
    (Pareto, [(s, a) for a in (0.3, 1.0, 1.9, 2.5, 60.0) for s in (1e-3, 0.4, 1.0, 1e4)]),
    (Gumbel, real),
    (Triangular, [(a, a + f * w, a + w) for a in (-1e2, -0.7, 0.0, 2.5) for f, w in ((0.0, 1.0), (1.0, 17.0), (0.5, 0.25), (0.125, 3.0), (0.75, 1e3))]),
]
lower = ["1e-600", 1e-250, 1e-100, 1e-20, 1e-8, 1e-3, 0.04, 0.2, 0.3]
middle = [0.45, 0.50000003, 0.47, 0.53, 0.58, 0.66, 0.81, 0.95]
upper = [0.07, 1e-3, 1e-9, 1e-30, 1e-120, 1e-240, "1e-600"]


def number(v):
    """A float64 as JSON has it, with names for what JSON lacks."""
    f = float(v)
    if f != f:
        return None
    return f if abs(f) != float("inf") else ("Inf" if f > 0 else "-Inf")


def golden(make, params, row):
    d = make(*[mpf(v) for v in params])
    out = {
        "dist": make.__name__,
        "params": list(params),
        "mean": number(d.mean),
        "variance": number(d.variance),
        "entropy": number(d.entropy),
        "points": [],
        "quantiles": [],
    }
    pick = lambda values, k: values[(row + k) % len(values)]
    places = [mpf(pick(lower, k)) for k in (0, 3)] + [mpf(pick(middle, k)) for k in (0, 4)] + [1 - mpf(pick(upper, k)) for k in (0, 2)]
    for p in places:
        x = float(d.quantile(p))
        if x != x or abs(x) > 1e300 or 0 < abs(x) < 1e-300:
            continue
        x = mpf(x)
        cdf = d.cdf(x)
        if not 0 < cdf < 1:
            continue
        sf = d.sf(x) if hasattr(d, "sf") else 1 - cdf
        log_cdf = log(cdf) if cdf < mpf(1) / 2 else mp.log1p(-sf)
        out["points"].append([number(v) for v in (x, log(d.density(x)), cdf, log_cdf, sf)])
    for p in [mpf(max(1e-300, float(pick(lower, k)))) for k in (0, 5)] + [mpf(pick(middle, k)) for k in (0, 3)]:
        out["quantiles"].append([number(v) for v in (p, d.quantile(p), d.quantile(1 - p))])
    return out


rows = [golden(make, params, row) for make, sets in grid for row, params in enumerate(sets)]
for make, sets in grid:
    mine = [r for r in rows if r["dist"] == make.__name__]
    assert len(mine) >= 20 and sum(len(r["points"]) for r in mine) >= 60, make
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "continuous.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
