"""Golden divergences of Wishart distributions, by the textbook formula with 60 digits:
half of ν_p (tr(B⁻¹A) − n) + ν_q log |B|/|A| + 2 log Γ_n(ν_q/2)/Γ_n(ν_p/2) + (ν_p − ν_q) ψ_n(ν_p/2).
It prints what closed_vector_test.go holds.
"""

from mpmath import mp, mpf, matrix, inverse, det, log, loggamma, digamma

mp.dps = 60
CASES = [
    (5, [[2, 0.5], [0.5, 1]], 7, [[1, 0.25], [0.25, 3]]),
    (5, [[2, 0.5], [0.5, 1]], 5 * (1 + 2**-24), [[2, 0.5], [0.5, 1 + 2**-24]]),
    (2e12, [[2, 0.5], [0.5, 1]], 4e12, [[1, 0.25], [0.25, 0.5]]),
    (1.5, [[2**-60, 0], [0, 1]], 9, [[1, 0], [0, 1]]),
    (1e6, [[1, 0.5], [0.5, 1]], 1.25, [[1, 0.5], [0.5, 1 + 2**-30]]),
]
for p, a, q, b in CASES:
    n, p, q, a, b = 2, mpf(p), mpf(q), matrix(a), matrix(b)
    t = inverse(b) * a
    v = p * (t[0, 0] + t[1, 1] - n) - q * log(det(t))
    for j in (0, 1):
        h = mpf(j) / 2
        v += 2 * (loggamma(q / 2 - h) - loggamma(p / 2 - h)) + (p - q) * digamma(p / 2 - h)
    print(float(v / 2))
