"""Computes special.json by mpmath; run with python3 in this directory.

Every row is a function, its arguments and its value, rounded to 25 digits.
Arguments are float64 numbers, and exact.
"""

import json

from mpmath import mp, mpf, besseli, exp, floor, log, loggamma, nstr, pi, psi, zeta

mp.dps = 60


def far(f):
    """f with enough digits for differences of numbers of very different size."""

    def call(*args):
        with mp.workdps(700):
            return f(*(mpf(a) for a in args))

    return call


def digamma(x):
    return psi(0, x)


def trigamma(x):
    return psi(1, x)


def stirling(x):
    return loggamma(x) - (x - 0.5) * log(x) + x - log(2 * pi) / 2


def ratio(k):
    return besseli(1, k) / besseli(0, k)


FUNCTIONS = {
    "Digamma": digamma,
    "DigammaRest": lambda x: digamma(x) - log(x),
    "Trigamma": trigamma,
    "TrigammaRest": lambda x: x * trigamma(x) - 1,
    "LogGamma": loggamma,
    "LogGamma1p": lambda x: loggamma(1 + x),
    "Stirling": stirling,
    "DigammaRise": lambda a, x: digamma(a + x) - digamma(a),
    "TrigammaFall": lambda a, x: trigamma(a) - trigamma(a + x),
    "LogGammaRise": lambda a, x: loggamma(a + x) - loggamma(a),
    "LogBeta": lambda a, b: loggamma(a) + loggamma(b) - loggamma(a + b),
    "LogBetaScaled": lambda a, b: log(a) + loggamma(a) + loggamma(b) - loggamma(a + b),
    "Log1mExp": lambda l: log(1 - exp(l)),
    "Expm2": lambda s: exp(s) - 1 - s,
    "Logistic": lambda x: 1 / (1 + exp(-x)),
    "LogLogistic": lambda x: -log(1 + exp(-x)),
    "Softplus": lambda x: log(1 + exp(x)),
    "Logit": lambda p: log(p / (1 - p)),
    "Bessel.Log": lambda k: log(besseli(0, k)),
    "Bessel.LogScaled": lambda k: log(besseli(0, k)) - k,
    "Bessel.Ratio": ratio,
    "Bessel.Gap": lambda k: 1 - ratio(k),
    "Bessel.Slope": lambda k: 1 - ratio(k) / k - ratio(k) ** 2,
}

ONE = [1e-300, 1e-100, 1e-20, 1e-9, 1e-3, 0.05, 0.19, 0.21, 0.5, 0.9, 1.0, 1.0000001, 1.3, 1.46, 1.4616321449683622,
       1.4616321449683625, 1.47, 1.7, 1.999999, 2.0, 2.5, 3.0, 7.25, 10.0, 11.9, 14.99, 15.0, 15.5, 16.0, 16.01, 20.5,
       63.0, 100.0, 1e3, 12345.678, 1e6, 1e9, 1e15, 1e20, 1e100, 1e300]
SMALL = [1e-100, 1e-12, 1e-3, 0.3, 1.0, 1.5, 4.0, 15.9, 17.3, 80.0, 1e3, 1e7, 1e15, 1e40, 1e120]
KAPPA = [1e-300, 1e-100, 1e-9, 1e-3, 0.1, 0.5, 1.0, 2.0, 3.7, 7.0, 10.0, 15.0, 19.99, 20.0, 20.01, 25.0, 30.0, 50.0, 100.0,
         700.0, 1e4, 1e6, 1e9]
EXP = [-700.0, -100.0, -40.0, -5.0, -1.0, -0.7, -0.69, -0.3, -0.101, -0.099, -0.02, -1e-2, -1e-3, -1e-6, -1e-9, -1e-30,
       -1e-150, -600.0, -20.0, -3.0, -0.5, -0.1, -0.05]

rows = []


def add(name, *args):
    value = far(FUNCTIONS[name])(*args)
    if value != 0 and not 1e-307 < abs(value) < 1e307:
        return
    rows.append({"Function": name, "Arguments": list(args), "Value": float(nstr(value, 25))})


for name in ["Digamma", "DigammaRest", "Trigamma", "TrigammaRest", "LogGamma", "LogGamma1p", "Stirling"]:
    for x in ONE:
        add(name, x)
for name in ["DigammaRise", "TrigammaFall", "LogGammaRise", "LogBeta", "LogBetaScaled"]:
    for a in SMALL:
        for x in SMALL:
            add(name, a, x)
for p in ONE[:10] + [0.1, 0.3, 0.4999999, 0.50000001, 0.51, 0.6, 0.7, 0.8, 0.99, 0.999999, 1 - 2**-53]:
    add("Logit", p)
for x in EXP:
    for name in ["Logistic", "LogLogistic", "Softplus"]:
        add(name, x)
        add(name, -x)
    add("Log1mExp", x)
    add("Expm2", x)
    add("Expm2", -x)
for name in [n for n in FUNCTIONS if n.startswith("Bessel")]:
    for k in KAPPA:
        with mp.workdps(700 if k < 1e-20 else 60):
            value = FUNCTIONS[name](mpf(k))
        if value == 0 or abs(value) > 1e-307:
            rows.append({"Function": name, "Arguments": [k], "Value": float(nstr(value, 25))})

with open("special.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
print(len(rows))
