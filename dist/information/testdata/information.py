"""Golden divergences of pairs of distributions, from their definitions.

Integrals of densities by mpmath with 34 digits, cut at crossings of the densities for
total variation; sums term by term. No formula of the package is used. Nearly equal
pairs are integrated as they stand: the digits are enough. Run it with a Python that has
mpmath and a few minutes; it writes information.json beside itself.
"""

import json
import os
from multiprocessing import Pool

import mpmath
from mpmath import mp, mpf, exp, log, pi, quad, sqrt, inf, gamma, loggamma

mp.dps = 34


class Cont:
    """A log density on an interval, and points where it bends."""

    def __init__(self, logp, lo, hi, bends, scale):
        self.raw, self.lo, self.hi, self.bends, self.scale, self.seen = logp, lo, hi, bends, scale, {}

    def logp(self, x):
        if x not in self.seen:
            self.seen[x] = max(self.raw(x), mpf(-100000))  # an exponential of far less takes forever
        return self.seen[x]


def normal(m, s):
    return Cont(lambda x: -((x - m) / s) ** 2 / 2 - log(s) - log(2 * pi) / 2, -inf, inf, [m], s)


def lognormal(m, s):
    return Cont(lambda x: -((log(x) - m) / s) ** 2 / 2 - log(s * x) - log(2 * pi) / 2, mpf(0), inf, [exp(m)], exp(m + s))


def halfnormal(s):
    return Cont(lambda x: -((x / s) ** 2) / 2 - log(s) - log(pi / 2) / 2, mpf(0), inf, [], s)


def laplace(m, b):
    return Cont(lambda x: -abs(x - m) / b - log(2 * b), -inf, inf, [m], b)


def cauchy(m, s):
    return Cont(lambda x: -log(pi * s * (1 + ((x - m) / s) ** 2)), -inf, inf, [m], s)


def logistic(m, s):
    return Cont(lambda x: -2 * log(2 * mpmath.cosh((x - m) / (2 * s))) - log(s), -inf, inf, [m], s)


def gumbel(m, b):
    return Cont(lambda x: -(x - m) / b - exp(-(x - m) / b) - log(b) if (m - x) / b < 20 else mpf(-100000), -inf, inf, [m], b)


def exponential(r):
    return Cont(lambda x: log(r) - r * x, mpf(0), inf, [], 1 / r)


def gamma_(k, r):
    return Cont(lambda x: k * log(r) + (k - 1) * log(x) - r * x - loggamma(k), mpf(0), inf, [k / r], (k + 1) / r)


def inversegamma(k, b):
    return Cont(lambda x: k * log(b) - (k + 1) * log(x) - b / x - loggamma(k), mpf(0), inf, [b / (k + 1)], b / k)


def chisquared(n):
    return gamma_(n / 2, mpf(1) / 2)


def weibull(shape, scale):
    return Cont(lambda x: log(shape / scale) + (shape - 1) * log(x / scale) - (x / scale) ** shape, mpf(0), inf, [scale], scale)


def beta(a, b):
    return Cont(lambda x: (a - 1) * log(x) + (b - 1) * log(1 - x) - loggamma(a) - loggamma(b) + loggamma(a + b), mpf(0), mpf(1), [a / (a + b)], mpf(1) / 4)


def uniform(a, b):
    return Cont(lambda x: -log(b - a), a, b, [], b - a)


def pareto(xm, a):
    return Cont(lambda x: log(a) + a * log(xm) - (a + 1) * log(x), xm, inf, [], xm)


def studentt(n, m, s):
    c = loggamma((n + 1) / 2) - loggamma(n / 2) - log(n * pi) / 2 - log(s)
    return Cont(lambda x: c - (n + 1) / 2 * mpmath.log1p(((x - m) / s) ** 2 / n), -inf, inf, [m], s)


# Discrete ones as log masses and a last value.
def poisson(l):
    return lambda k: k * log(l) - l - loggamma(k + 1), 400


def bernoulli(p):
    return lambda k: log(p) if k == 1 else log(1 - p), 1


def binomial(n, p):
    return lambda k: loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p), int(n)


def geometric(p):
    return lambda k: log(p) + k * log(1 - p), 2000


def negativebinomial(r, p):
    return lambda k: loggamma(k + r) - loggamma(r) - loggamma(k + 1) + r * log(p) + k * log(1 - p), 2000


CONT = {"Normal": normal, "LogNormal": lognormal, "HalfNormal": halfnormal, "Laplace": laplace, "Cauchy": cauchy,
        "Logistic": logistic, "Gumbel": gumbel, "Exponential": exponential, "Gamma": gamma_, "InverseGamma": inversegamma,
        "ChiSquared": chisquared, "Weibull": weibull, "Beta": beta, "Uniform": uniform, "Pareto": pareto, "StudentT": studentt}
DISC = {"Poisson": poisson, "Bernoulli": bernoulli, "Binomial": binomial, "Geometric": geometric, "NegativeBinomial": negativebinomial}


def points(p, q, extra=()):
    lo, hi = min(p.lo, q.lo), max(p.hi, q.hi)
    out = set(extra)
    for d in (p, q):
        out.update(d.bends)
        out.update(e for e in (d.lo, d.hi) if abs(e) != inf)
        centre = d.bends[0] if d.bends else d.lo
        for k in (0.25, 1, 2, 4, 8, 16, 32, 64, 256, 4096):
            out.update([centre + k * d.scale, centre - k * d.scale])
    if lo == 0:
        top = min(x for x in out if x > 0)
        out.update([top / 4, top / 64, top / mpf(2) ** 20])
    return [lo] + sorted(x for x in out if lo < x < hi) + [hi]


def density(d, x):
    return d.logp(x) if d.lo < x < d.hi else -inf


def crossings(p, q, cuts):
    f = lambda x: density(p, x) - density(q, x)
    grid = []
    for a, b in zip(cuts, cuts[1:]):
        if a == -inf:
            a = b - 4096 * p.scale
        if b == inf:
            b = a + 4096 * p.scale
        grid += [a + (b - a) * mpf(k) / 40 for k in range(1, 40)]
    out = []
    with mp.workdps(30):
        for a, b in zip(grid, grid[1:]):
            fa, fb = f(a), f(b)
            if abs(fa) != inf and abs(fb) != inf and fa * fb < 0:
                for _ in range(100):
                    middle = (a + b) / 2
                    a, b = (middle, b) if f(middle) * fa > 0 else (a, middle)
                out.append(a)
    return out


def golden(fp, pp, fq, pq):
    mpp, mpq = [mpf(v) for v in pp], [mpf(v) for v in pq]
    if fp in CONT:
        p, q = CONT[fp](*mpp), CONT[fq](*mpq)
        cuts = points(p, q)
        def anywhere(f):
            return quad(lambda x: f(density(p, x), density(q, x)), cuts)

        # Each integrand has a multiple of p − q added, whose integral is zero: it is then
        # never negative, and errors of the quadrature are relative to the small result.
        kl = mpf(inf)
        if not (p.lo < q.lo or p.hi > q.hi):
            kl = anywhere(lambda a, b: (exp(a) * (a - b) if a != -inf else 0) - exp(a) + exp(b))
        square = anywhere(lambda a, b: (exp(a / 2) - exp(b / 2)) ** 2 / 2)
        mix = 1 - anywhere(lambda a, b: mpf("0.3") * exp(a) + mpf("0.7") * exp(b) - exp(mpf("0.3") * a + mpf("0.7") * b))
        js = anywhere(lambda a, b: sum(exp(u) / 2 * (u - log((exp(a) + exp(b)) / 2)) if u != -inf else mpf(0) for u in (a, b)))
        tvcuts = points(p, q, crossings(p, q, cuts))
        tv = quad(lambda x: abs(exp(density(p, x)) - exp(density(q, x))) / 2, tvcuts)
    else:
        (p, n), (q, m) = DISC[fp](*mpp), DISC[fq](*mpq)
        # values beyond a distribution's last have no mass
        pairs = [(p(k) if k <= n or n > 300 else -inf, q(k) if k <= m or m > 300 else -inf) for k in range(max(n, m) + 1)]
        kl = sum(exp(a) * (a - b) for a, b in pairs if a != -inf)
        square = 1 - sum(exp((a + b) / 2) for a, b in pairs)
        mix = sum(exp(mpf("0.3") * a + mpf("0.7") * b) for a, b in pairs)
        js = sum(sum(exp(u) / 2 * (u - log((exp(a) + exp(b)) / 2)) for u in (a, b) if u != -inf) for a, b in pairs)
        tv = sum(abs(exp(a) - exp(b)) for a, b in pairs) / 2
    show = lambda v: "Inf" if abs(v) == inf else float(v) if isinstance(v, mpf) else print("not real", fp, pp, fq, pq, v, flush=True)
    return {"p": fp, "pp": [float(v) for v in mpp], "q": fq, "pq": [float(v) for v in mpq],
            "kl": show(kl), "js": show(js), "h": show(sqrt(square)), "tv": show(tv), "renyi": show(-log(mix) / mpf("0.7"))}


NEAR = 1 + 1e-7
PAIRS = [
    ("Normal", [0, 1], "Normal", [1, 2]), ("Normal", [0, 1], "Normal", [1e-7, NEAR]), ("Normal", [3, 0.1], "Normal", [0, 1]),
    ("LogNormal", [0, 1], "LogNormal", [0.5, 0.75]), ("HalfNormal", [1], "HalfNormal", [NEAR]),
    ("Laplace", [0, 1], "Laplace", [1, 3]), ("Laplace", [0, 1], "Laplace", [1e-7, NEAR]),
    ("Cauchy", [0, 1], "Cauchy", [1, 3]), ("Cauchy", [0, 1], "Cauchy", [1e-7, NEAR]),
    ("Gumbel", [0, 1], "Gumbel", [0.5, 2]), ("Gumbel", [0, 1], "Gumbel", [1e-7, NEAR]),
    ("Exponential", [1], "Exponential", [3]), ("Exponential", [1], "Exponential", [NEAR]),
    ("Gamma", [2.5, 1], "Gamma", [4, 3]), ("Gamma", [2.5, 1], "Gamma", [2.5 * NEAR, NEAR]), ("Gamma", [2, 1], "Gamma", [2.1, 1.5]),
    ("InverseGamma", [3, 2], "InverseGamma", [2, 1.5]), ("ChiSquared", [4], "ChiSquared", [7]),
    ("Weibull", [1.5, 1], "Weibull", [2.5, 2]), ("Weibull", [1.5, 1], "Weibull", [1.5 * NEAR, NEAR]),
    ("Beta", [2, 3], "Beta", [3, 1.5]), ("Beta", [2, 3], "Beta", [2 * NEAR, 3]),
    ("Uniform", [0, 1], "Uniform", [-1, 3]), ("Uniform", [0, 1], "Uniform", [0.5, 3]),
    ("Pareto", [2, 1.5], "Pareto", [1, 2.5]), ("Pareto", [1, 2], "Pareto", [1, 2 * NEAR]),
    ("Normal", [0, 1], "Laplace", [0, 1]), ("Laplace", [0.5, 1], "Normal", [0, 1]), ("Normal", [0, 1], "Cauchy", [0.5, 1]),
    ("Logistic", [0, 1], "Logistic", [1, 1.5]), ("Logistic", [0, 1], "Normal", [0, 1.7]), ("StudentT", [3, 0, 1], "Cauchy", [1, 1]),
    ("Uniform", [0, 1], "Beta", [2, 3]), ("Exponential", [1], "LogNormal", [0, 1]), ("Gamma", [3, 1], "Weibull", [1.5, 3]),
    ("Poisson", [3], "Poisson", [5]), ("Poisson", [3], "Poisson", [3 * NEAR]), ("Bernoulli", [0.3], "Bernoulli", [0.6]),
    ("Bernoulli", [0.3], "Bernoulli", [0.3 * NEAR]), ("Bernoulli", [0.875], "Bernoulli", [0.25]), ("Binomial", [10, 0.3], "Binomial", [10, 0.5]),
    ("Geometric", [0.25], "Geometric", [0.5]), ("Geometric", [0.25], "Geometric", [0.25 * NEAR]),
    ("NegativeBinomial", [2.5, 0.25], "NegativeBinomial", [2.5, 0.5]), ("Poisson", [3], "Geometric", [0.25]),
    ("Binomial", [10, 0.3], "Poisson", [3]), ("NegativeBinomial", [2.5, 0.25], "Geometric", [0.125]),
]

if __name__ == "__main__":
    with Pool() as pool:
        out = pool.starmap(golden, PAIRS, chunksize=1)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "information.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(g) for g in out) + "\n]\n")
