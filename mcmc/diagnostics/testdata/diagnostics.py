"""Golden numbers for package diagnostics, at 30 digits.

Written from the papers (Vehtari et al. 2021; Zhang and Stephens 2009; Vehtari et al.
2024; Vehtari, Gelman and Gabry 2017), with sums where the package has transforms and
sorting where it merges. Run: python3 diagnostics.py > diagnostics.json
"""
import json
from mpmath import mp, mpf, sqrt, log, exp, erfinv, betainc, floor, ceil, log10, isnan, findroot, expm1, log1p

mp.dps = 30
NAN = mpf("nan")


class Random:
    """Lehmer's generator, so that the inputs are reproducible anywhere."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = self.state * 48271 % 2147483647
        return mpf(self.state) / 2147483647

    def normal(self):
        return sqrt(2) * erfinv(2 * self.uniform() - 1)


def mean(x):
    return sum(x) / len(x)


def var(x):
    if len(x) < 2:
        return NAN
    m = mean(x)
    return sum((v - m) ** 2 for v in x) / (len(x) - 1)


def quantile(x, p):
    x = sorted(x)
    at = (len(x) - 1) * mpf(p)
    low = int(floor(at))
    high = min(low + 1, len(x) - 1)
    return x[low] + (at - low) * (x[high] - x[low])


def split(chains):
    half = len(chains[0]) // 2
    return [c[:half] for c in chains] + [c[len(c) - half:] for c in chains]


def same(chains):
    flat = [v for c in chains for v in c]
    return max(flat) == min(flat)


def zscale(chains):
    flat = sorted(v for c in chains for v in c)
    n = len(flat)
    first, last = {}, {}
    for i, v in enumerate(flat):
        first.setdefault(v, i + 1)
        last[v] = i + 1
    z = {v: sqrt(2) * erfinv(2 * ((mpf(first[v] + last[v]) / 2 - mpf(3) / 8) / (n + mpf(1) / 4)) - 1) for v in first}
    return [[z[v] for v in c] for c in chains]


def rhat_basic(chains):
    n = len(chains[0])
    if len(chains) < 2 or n < 2 or same(chains):
        return NAN
    within = mean([var(c) for c in chains])
    between = n * var([mean(c) for c in chains])
    return sqrt((between / within + n - 1) / n)


def rhat(chains):
    if same(chains):
        return NAN
    median = quantile([v for c in chains for v in c], 0.5)
    folded = [[abs(v - median) for v in c] for c in chains]
    bulk, tail = rhat_basic(zscale(split(chains))), rhat_basic(zscale(split(folded)))
    return NAN if isnan(bulk) or isnan(tail) else max(bulk, tail)


def autocovariance(x):
    m = mean(x)
    d = [v - m for v in x]
    n = len(x)
    return [sum(d[i] * d[i + t] for i in range(n - t)) / n for t in range(n)]


def ess_basic(chains):
    n, m = len(chains[0]), len(chains)
    if n < 3 or same(chains):
        return NAN
    c = [mean(lag) for lag in zip(*[autocovariance(x) for x in chains])]
    w = c[0] * n / (n - 1)
    v = c[0] + (var([mean(x) for x in chains]) if m > 1 else 0)
    rho = [mpf(1)] + [1 - (w - x) / v for x in c[1:]]
    # Pairs of lags (0, 1), (2, 3), … up to the first one whose sum is not positive.
    pairs, k = [[rho[0], rho[1]]], 1
    last = rho[0]
    ended = not rho[0] + rho[1] > 0
    while not ended and 2 * (k - 1) < n - 5:
        even, odd = rho[2 * k], rho[2 * k + 1]
        last = even
        pairs.append([even, odd] if even + odd >= 0 else [mpf(0), mpf(0)])
        ended = not even + odd > 0
        k += 1
    end = len(pairs) - 1
    tail = last if last > 0 else pairs[end][0]
    for i in range(1, end):
        if sum(pairs[i]) > sum(pairs[i - 1]):
            pairs[i] = [sum(pairs[i - 1]) / 2] * 2
    if end == 0:
        tau = -1 + 2 * mpf(1) + tail
    else:
        tau = -1 + 2 * sum(sum(p) for p in pairs[:end]) + tail
    s = n * m
    return s / max(tau, 1 / log10(s))


def ess_quantile(chains, p):
    q = quantile([v for c in chains for v in c], p)
    return ess_basic(split([[mpf(1) if v <= q else mpf(0) for v in c] for c in chains]))


def mcse_quantile(chains, p):
    ess = ess_quantile(chains, p)
    if isnan(ess):
        return NAN
    x = sorted(v for c in chains for v in c)
    n = len(x)
    a, b = ess * p + 1, ess * (1 - p) + 1

    def inverse(u):
        low, high = mpf(0), mpf(1)
        for _ in range(60):
            mid = (low + high) / 2
            if betainc(a, b, 0, mid, regularized=True) < u:
                low = mid
            else:
                high = mid
        return low

    low = max(int(floor(inverse(mpf("0.1586553")) * n)), 1)
    high = min(int(ceil(inverse(mpf("0.8413447")) * n)), n)
    return (x[high - 1] - x[low - 1]) / 2


def diagnose(chains):
    flat = [v for c in chains for v in c]
    m = mean(flat)
    median = quantile(flat, 0.5)
    tail = [ess_quantile(chains, 0.05), ess_quantile(chains, 0.95)]
    squares = [[(v - m) ** 2 for v in c] for c in chains]
    m2, m4 = mean([v for c in squares for v in c]), mean([v * v for c in squares for v in c])
    mcse_sd = NAN if same(squares) else sqrt((m4 - m2 ** 2) / (4 * m2 * ess_basic(split(squares))))
    distance = [[abs(v - m) for v in c] for c in chains]
    energy = chains[0]
    return {
        "rhat": rhat(chains),
        "rhat_basic_split": rhat_basic(split(chains)),
        "rhat_basic_nosplit": rhat_basic(chains),
        "ess_bulk": ess_basic(zscale(split(chains))),
        "ess_tail": NAN if any(isnan(t) for t in tail) else min(tail),
        "ess_mean": ess_basic(split(chains)),
        "ess_sd": ess_basic(split(distance)),
        "ess_median": ess_quantile(chains, 0.5),
        "ess_q05": tail[0],
        "ess_q95": tail[1],
        "ess_basic_split": ess_basic(split(chains)),
        "ess_basic_nosplit": ess_basic(chains),
        "mcse_mean": sqrt(var(flat) / ess_basic(split(chains))),
        "mcse_sd": mcse_sd,
        "mcse_median": mcse_quantile(chains, 0.5),
        "mcse_q05": mcse_quantile(chains, 0.05),
        "mcse_q95": mcse_quantile(chains, 0.95),
        "mean": m,
        "sd": sqrt(var(flat)),
        "median": median,
        "mad": mpf("1.4826") * quantile([abs(v - median) for v in flat], 0.5),
        "q05": quantile(flat, 0.05),
        "q95": quantile(flat, 0.95),
        "ebfmi": mean([(a - b) ** 2 for a, b in zip(energy, energy[1:])]) / var(energy) if var(energy) else NAN,
    }


def fit_pareto(y):
    n = len(y)
    m = 30 + int(floor(sqrt(n)))
    quartile = y[int(floor(mpf(n) / 4 + mpf(1) / 2)) - 1]
    theta = [1 / y[-1] + (1 - sqrt(m / (j - mpf(1) / 2))) / 3 / quartile for j in range(1, m + 1)]

    def k_of(t):
        return mean([log1p(-t * v) for v in y])

    def profile(t):
        k = k_of(t)
        return n * (log(-t / k) - k - 1)

    logs = [profile(t) for t in theta]
    top = max(logs)
    weights = [exp(v - top) for v in logs]
    hat = sum(t * w for t, w in zip(theta, weights)) / sum(weights)
    k = k_of(hat)
    return (k * n + 5) / (n + 10), -k / hat


def psis(lw, r_eff):
    s = len(lw)
    tail = int(ceil(min(mpf(s) / 5, 3 * sqrt(s / mpf(r_eff)))))
    top = max(lw)
    order = sorted(range(s), key=lambda i: lw[i])
    ids = order[-tail:]
    cutoff = exp(lw[order[-tail - 1]] - top)
    k, sigma = fit_pareto([exp(lw[i] - top) - cutoff for i in ids])
    out = list(lw)
    for z, i in enumerate(ids):
        p = (z + mpf(1) / 2) / tail
        q = sigma * expm1(-k * log1p(-p)) / k + cutoff
        out[i] = min(log(q), mpf(0)) + top
    return k, out


def loo_point(ll):
    s = len(ll)
    k, w = psis([-v for v in ll], 1)
    total = sum(exp(v) for v in w)
    w = [exp(v) / total for v in w]
    p = sum(a * exp(v) for a, v in zip(w, ll))
    lpd = mean([exp(v) for v in ll])
    r = sqrt(sum(a * a * (exp(v) - p) ** 2 for a, v in zip(w, ll))) / p
    logs = []
    for i in range(1, 1001):
        y = 1 + r * sqrt(2) * erfinv(2 * (i - mpf(3) / 8) / (1000 + mpf(1) / 4) - 1)
        if y > 0:
            logs.append(log(y))
    return {
        "elpd": log(p), "p": log(lpd) - log(p), "mcse": sqrt(var(logs)), "pareto_k": k,
        "ess": 1 / sum(a * a for a in w), "waic": log(lpd) - var(ll), "p_waic": var(ll),
    }


def text(v):
    if isinstance(v, dict):
        return {k: text(w) for k, w in v.items()}
    if isinstance(v, list):
        return [text(w) for w in v]
    return None if isnan(v) else float(v)


def rounded(v):
    """To multiples of a power of two, so that ties of distances are ties in float64."""
    return mpf(round(float(v) * 2 ** 16)) / 2 ** 16


def samples():
    def ar(r, phi):
        x = r.normal()
        while True:
            yield x
            x = phi * x + sqrt(1 - phi * phi) * r.normal()

    def make(seed, chains, n, phi, shape):
        r = Random(seed)
        out = []
        for c in range(chains):
            g = ar(r, mpf(phi))
            out.append([rounded(shape(next(g), c, i)) for i in range(n)])
        return out

    return {
        "independent": make(11, 4, 40, "0", lambda x, c, i: x),
        "correlated, odd length": make(12, 3, 61, "0.8", lambda x, c, i: x),
        "antithetic": make(13, 2, 50, "-0.7", lambda x, c, i: x),
        "one chain elsewhere": make(14, 4, 30, "0.3", lambda x, c, i: x + (2 if c == 3 else 0)),
        "one chain narrower": make(15, 4, 30, "0", lambda x, c, i: x / (10 if c == 0 else 1)),
        "one chain": make(16, 1, 75, "0.6", lambda x, c, i: x * 1e-3 + 7),
        "counts": make(17, 3, 44, "0.2", lambda x, c, i: round(float(2 * x))),
        "two values": make(18, 3, 40, "0.5", lambda x, c, i: 1 if x > 0.2 else 0),
        "heavy tails": make(19, 2, 45, "0.1", lambda x, c, i: x ** 5),
        "one chain constant": make(20, 3, 28, "0", lambda x, c, i: 0.25 if c == 1 else x),
        "trend": make(21, 2, 50, "0", lambda x, c, i: x + i / 10),
        "nine draws": make(22, 2, 9, "0", lambda x, c, i: x),
        "twelve draws": make(23, 2, 12, "0.7", lambda x, c, i: x),
    }


def main():
    out = {"samples": [], "psis": [], "loo": []}
    for name, chains in samples().items():
        out["samples"].append({"name": name, "chains": text(chains), "want": text(diagnose(chains))})
    for seed, n, r_eff, shape in [(31, 60, 1, 1), (32, 200, 0.3, 2.5), (33, 27, 1.4, 0.5), (34, 120, 1, 6), (35, 300, 1.4, 1.5)]:
        r = Random(seed)
        lw = [rounded(shape * r.normal() + 100) for _ in range(n)]
        k, smoothed = psis(lw, r_eff)
        out["psis"].append({"weights": text(lw), "r_eff": r_eff, "k": text(k), "smoothed": text(smoothed)})
    for seed, scale, place in [(41, 0.2, -1), (42, 1, -3), (43, 3, -30)]:
        r = Random(seed)
        ll = [rounded(place - scale * r.normal() ** 2) for _ in range(80)]
        out["loo"].append({"log_lik": text(ll), "want": text(loo_point(ll))})
    print(json.dumps(out, indent=None, separators=(",", ":")).replace("},{", "},\n{"))


if __name__ == "__main__":
    main()
