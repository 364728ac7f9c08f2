"""Reference values of the tests of independence, with 40 digits.

Run: /usr/bin/python3 independence.py > independence.json   (needs mpmath)

Statistics come from their definitions, and p-values from the incomplete gamma
function. Tables stand stratum by stratum, row by row.
"""

import json
import random

from mpmath import gammainc, log, mp, mpf, nstr

mp.dps = 40
R = random.Random(11)


def case(strata, rows, columns, counts):
    square, ratio, df = mpf(0), mpf(0), 0
    for s in range(strata):
        cell = [[mpf(counts[(s * rows + i) * columns + j]) for j in range(columns)] for i in range(rows)]
        row = [sum(r) for r in cell]
        col = [sum(r[j] for r in cell) for j in range(columns)]
        total = sum(row)
        df += max(0, sum(v > 0 for v in row) - 1) * max(0, sum(v > 0 for v in col) - 1)
        for i in range(rows):
            for j in range(columns):
                if row[i] == 0 or col[j] == 0:
                    continue
                e = row[i] * col[j] / total
                square += (cell[i][j] - e) ** 2 / e
                if cell[i][j]:
                    ratio += 2 * cell[i][j] * log(cell[i][j] / e)

    def tail(x):
        return gammainc(mpf(df) / 2, x / 2, regularized=True) if df else mpf(1)

    out = {"strata": strata, "rows": rows, "columns": columns, "counts": counts, "df": df}
    for name, v in [("square", square), ("g", ratio), ("psquare", tail(square)), ("pg", tail(ratio))]:
        out[name] = float(nstr(v, 20))
    return out


cases = [
    case(1, 2, 3, [762, 327, 468, 484, 239, 477]),  # Agresti 2013, table 3.2
    case(1, 2, 2, [1, 9, 11, 3]),
    case(1, 2, 2, [10, 20, 30, 60]),
    case(1, 1, 3, [4, 5, 6]),
    case(2, 2, 2, [4, 0, 7, 0, 3, 9, 12, 1]),
    case(1, 3, 3, [5000, 10, 10, 10, 5000, 10, 10, 10, 5000]),
]
while len(cases) < 30:
    s, r, c = R.randint(1, 4), R.randint(2, 4), R.randint(2, 5)
    scale = R.choice([3, 10, 100, 1000])
    cases.append(case(s, r, c, [R.choice([0, R.randint(0, scale), R.randint(0, scale)]) for _ in range(s * r * c)]))
print(json.dumps(cases).replace('{"strata"', '\n{"strata"'))
