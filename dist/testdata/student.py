"""Golden values of the beta, Student t, half-Student t and von Mises distributions.

Each tail is the integral of the density, by quadrature with 40 digits in a variable
in which it is smooth; lower and upper tail are checked to add up to one. A quantile
is one step of Newton's method from a float64 whose tail is, up to its last digit,
the probability asked for. Run it with a Python that has mpmath and scipy (scipy only
says where the points shall be); it writes student.json beside itself.
"""

import json
import os

import scipy.stats
from mpmath import mp, mpf, inf, nan, besseli, cos, exp, gamma, log, log1p, loggamma, pi, psi, quad, sin, sqrt

mp.dps = 40


def outward(f, scale, cuts=()):
    """The integral of f(s) for s > 0, whose first steps are on the given scale; the
    cuts are where it bends."""
    total, a, step = mpf(0), mpf(0), scale / 2
    cuts = sorted(c for c in cuts if c > 0)
    while True:
        b = min([a + step] + [c for c in cuts if c > a][:1])
        part = quad(f, [a, b])
        total += part
        if part < total * mpf(10) ** -34 and not any(c > b for c in cuts):
            return total
        a, step = b, 2 * step


class Beta:
    def __init__(self, a, b):
        self.a, self.b, n = a, b, a + b
        self.log_b = loggamma(a) + loggamma(b) - loggamma(n)
        self.mean, self.variance = a / n, a * b / n**2 / (n + 1)
        self.entropy = self.log_b - (a - 1) * psi(0, a) - (b - 1) * psi(0, b) + (n - 2) * psi(0, n)
        self.location = mpf(0)

    def log_density(self, x):
        return (self.a - 1) * log(x) + (self.b - 1) * log1p(-x) - self.log_b

    def tails(self, x):
        a, b = self.a, self.b
        u, y = log(x / (1 - x)), 1 - x
        odds = lambda v: exp(a * v - (a + b) * (log1p(exp(v)) if v < 0 else v + log1p(exp(-v))) - self.log_b)
        spread = sqrt((a + b) * x * y)
        scale = lambda c: 1 / (max(c, 0) + min(spread, 1 + spread) + min(a, b))
        bends = [c + w for c in (mpf(0), log(a), -log(b)) for w in (-40, -20, -10, -4, -2, 0, 2, 4, 10, 20, 40)]
        width = 1 / sqrt(a * b / (a + b))
        bends += [log(a / b) + j * width for j in range(-16, 17)]
        return (
            outward(lambda s: odds(u - s), scale(a * y - b * x), [u - c for c in bends]),
            outward(lambda s: odds(u + s), scale(b * x - a * y), [c - u for c in bends]),
        )

    def near(self):
        d = scipy.stats.beta(float(self.a), float(self.b))
        return [d.ppf(p) for p in (1e-200, 1e-30, 1e-9, 0.01, 0.2, 0.45)] + [d.isf(p) for p in (0.3, 0.02, 1e-8, 1e-25, 1e-250)]

    inside = staticmethod(lambda x: 0 < x < 1)


class StudentT:
    def __init__(self, nu, m, s):
        self.nu, self.m, self.s = nu, m, s
        self.norm = loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(nu * pi) / 2
        self.mean = m if nu > 1 else nan
        self.variance = nan if nu <= 1 else inf if nu <= 2 else s**2 * nu / (nu - 2)
        self.entropy = (nu + 1) / 2 * (psi(0, (nu + 1) / 2) - psi(0, nu / 2)) - self.norm + log(s)
        self.location = abs(m)

    def log_standard(self, z):
        return self.norm - (self.nu + 1) / 2 * log1p(z * z / self.nu)

    def log_density(self, x):
        return self.log_standard((x - self.m) / self.s) - log(self.s)

    def upper(self, z):
        """P(T > z): from z on, first in z, then in log z where the tail is a power."""
        if z < 0:
            return 1 - self.upper(-z)
        edge = max(z, sqrt(self.nu))
        body = mpf(0)
        if edge > z:
            a, step = z, 1 / (1 + z)
            while a < edge:
                b = min(a + step, edge)
                part = quad(lambda v: exp(self.log_standard(v)), [a, b])
                body += part
                if part < body * mpf(10) ** -34 and edge - b > step:
                    return body
                a = b
        far = outward(lambda v: exp(self.log_standard(edge * exp(v)) + v) * edge, 1 / (1 + self.nu))
        return body + far

    def tails(self, x):
        z = (x - self.m) / self.s
        small = self.upper(abs(z))
        if abs(z) < 30:
            inner = quad(lambda v: exp(self.log_standard(v)), [abs(z) * j / 8 for j in range(9)])
            assert abs(small + inner - mpf(1) / 2) < mpf(10) ** -25, (self.nu, z, small, inner)
        return (1 - small, small) if z > 0 else (small, 1 - small)

    def near(self):
        d = scipy.stats.t(float(self.nu))
        z = [d.ppf(p) for p in (1e-150, 1e-20, 1e-6, 0.03, 0.3)] + [-d.ppf(p) for p in (0.4999, 0.2, 0.001, 1e-12, 1e-60)]
        return [float(self.m) + float(self.s) * v for v in z]

    inside = staticmethod(lambda x: abs(x) < 1e290)


class HalfStudentT(StudentT):
    def __init__(self, nu, s):
        StudentT.__init__(self, nu, mpf(0), s)
        norm = 2 * exp(self.norm) * s
        self.mean = norm * nu / (nu - 1) if nu > 1 else inf
        self.variance = s**2 * nu / (nu - 2) - self.mean**2 if nu > 2 else inf
        self.entropy -= log(2)

    def log_density(self, x):
        return log(2) + StudentT.log_density(self, x)

    def tails(self, x):
        z = x / self.s
        lower = quad(lambda v: exp(self.log_standard(v)), [0, z]) if z < 1 else mpf(1) / 2 - self.upper(z)
        return 2 * lower, 2 * self.upper(z)

    def near(self):
        d = scipy.stats.t(float(self.nu))
        z = [float(self.s) * v for v in (1e-200, 1e-30, 1e-6, 0.1)]
        return z + [-float(self.s) * d.ppf(p / 2) for p in (0.9, 0.5, 0.2, 0.001, 1e-12, 1e-60, 1e-150)]

    inside = staticmethod(lambda x: 0 < x < 1e290)


class VonMises:
    def __init__(self, m, k):
        self.m, self.k = m, k
        self.log_norm = log(2 * pi * besseli(0, k)) - k if k < 1000 else self.large(k)
        ratio = besseli(1, k) / besseli(0, k)
        self.circular = 1 - ratio
        self.entropy = self.log_norm + k - k * ratio
        self.mean = self.whole(lambda x: x)
        self.variance = self.whole(lambda x: (x - self.mean) ** 2)
        self.location = mpf(1)

    @staticmethod
    def large(k):
        total = term = mpf(1)
        for j in range(1, 60):
            term *= mpf(2 * j - 1) ** 2 / (8 * j * k)
            total += term
        return log(total) + log(2 * pi / k) / 2

    def log_density(self, x):
        return -2 * self.k * sin((x - self.m) / 2) ** 2 - self.log_norm

    def integral(self, f, a, b):
        """From a to b, cut around the peaks at μ and μ ± 2π."""
        cuts = {a, b}
        width = 1 / sqrt(self.k + 1)
        for peak in (self.m, self.m - 2 * pi, self.m + 2 * pi):
            for j in range(-40, 41):
                c = peak + j * width
                if a < c < b:
                    cuts.add(c)
            slope = self.k * abs(sin(a - peak)) + self.k * abs(sin(b - peak))
        for end, sign in ((a, 1), (b, -1)):
            slope = self.k * abs(sin(end - self.m)) + 1
            for j in range(1, 12):
                c = end + sign * mpf(2) ** j / slope
                if a < c < b:
                    cuts.add(c)
        cuts = sorted(cuts)
        return sum(quad(f, [u, v]) for u, v in zip(cuts, cuts[1:]))

    def whole(self, g):
        return self.integral(lambda x: g(x) * exp(self.log_density(x)), -pi, pi)

    def tails(self, x):
        f = lambda v: exp(self.log_density(v))
        return self.integral(f, -pi, x), self.integral(f, x, pi)

    def near(self):
        sd = float(1 / sqrt(self.k + mpf(1) / 9))
        z = (-34, -12, -6, -2, -0.7, 0.01, 0.6, 2.5, 5, 9, 30)
        return [float(self.m) + v * sd for v in z] + [-3.14, -3.0, 3.0, 3.1415]

    inside = staticmethod(lambda x: -3.1415926 < x < 3.1415926)


shapes = [1e-3, 0.02, 0.3, 0.5, 1.0, 1.7, 4.0, 30.0, 63.5, 1e3, 2.5e5, 1e8]
pairs = [(a, b) for i, a in enumerate(shapes) for b in (shapes[i], shapes[(5 * i + 3) % 12])] + [(1e-3, 1e8), (1e8, 0.02), (0.5, 0.001)]
degrees = [0.1, 0.3, 0.5, 1.0, 1.3, 2.0, 2.6, 3.0, 4.5, 7.0, 10.0, 15.5, 19.9, 20.1, 30.0, 100.0, 350.0, 1e3, 1e5, 1e7, 1e10]
places = [(0.0, 1.0), (-3.5, 0.02), (40.0, 17.0)]
grid = [
    (Beta, pairs),
    (StudentT, [(nu,) + places[i % 3] for i, nu in enumerate(degrees)]),
    (HalfStudentT, [(nu, places[i % 3][1]) for i, nu in enumerate(degrees)]),
    (VonMises, [(m, k) for i, k in enumerate([1e-8, 0.01, 0.3, 1.0, 2.5, 8.0, 19.9, 20.1, 100.0, 1e4, 1e8]) for m in ((0.0, 2.5, -3.14159)[i % 3], (-1.0, 0.7)[i % 2])]),
]


def number(v):
    """A float64 as JSON has it, with names for what JSON lacks."""
    f = float(v)
    if f != f:
        return None
    return f if abs(f) != float("inf") else ("Inf" if f > 0 else "-Inf")


def golden(make, params, row):
    d = make(*[mpf(v) for v in params])
    out = {"dist": make.__name__, "params": list(params), "mean": number(d.mean), "variance": number(d.variance), "entropy": number(d.entropy), "points": [], "lower": [], "upper": []}
    if make is VonMises:
        out["circular"] = number(d.circular)
    points = sorted({float(x) for x in d.near() if d.inside(x)})
    for i, v in enumerate(points):
        if (i + row) % 2:
            continue
        x = mpf(v)
        density = exp(d.log_density(x))
        lower, upper = d.tails(x)
        assert abs(lower + upper - 1) < mpf(10) ** -25, (make, params, v, lower, upper)
        out["points"].append([number(w) for w in (x, log(density), lower, log(lower) if lower < 0.5 else log1p(-upper), upper)])
        for tail, sign, name in ((lower, -1, "lower"), (upper, 1, "upper")):
            p = mpf(float(tail))
            if mpf(10) ** -300 < p < 0.97 and p / density < 1e4 * abs(x):
                # p is within the last digit of the tail and x does not hang on that
                # too much, so that the step is exact.
                out[name].append([number(p), number(x + sign * (tail - p) / density)])
    print(make.__name__, params, len(out["points"]), flush=True)
    return out


if __name__ == "__main__":
    rows = [golden(make, params, row) for make, sets in grid for row, params in enumerate(sets)]
    for make, sets in grid:
        mine = [r for r in rows if r["dist"] == make.__name__]
        assert len(mine) >= 20 and min(sum(len(r[k]) for r in mine) for k in ("points", "lower", "upper")) >= 40, make
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "student.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
