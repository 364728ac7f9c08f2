"""Outputs, states and gradients of PyTorch's recurrent layers, and of a GRU that resets
before the product, which PyTorch has not, as its autograd computes it.

Weight i of an array with seed s is 0.6·sin(1.7·i + s); see recurrent_golden_test.go.
Run: /usr/bin/python3 recurrent.py > recurrent.json (made with torch 1.13, in double
precision).
"""
import json
import math
import sys

import torch

torch.set_default_dtype(torch.float64)
BATCH, TIME, IN, HIDDEN = 2, 4, 3, 5


def wave(seed, *shape):
    n = math.prod(shape)
    return torch.tensor([0.6 * math.sin(1.7 * i + seed) for i in range(n)]).reshape(shape)


def blocks(matrix, order):
    """Gates of our order, in x out, put into PyTorch's: rows, in its order."""
    parts = matrix.split(HIDDEN, dim=-1)
    return torch.cat([parts[k] for k in order], dim=-1).t().contiguous()


def case(kind):
    gates = 4 if kind == "lstm" else 1 if kind == "srn" else 3
    x = wave(1, BATCH, TIME, IN).requires_grad_()
    w = wave(2, IN, gates * HIDDEN).requires_grad_()
    u = wave(3, HIDDEN, gates * HIDDEN).requires_grad_()
    b = wave(4, gates * HIDDEN).requires_grad_()
    h0 = wave(5, 1, BATCH, HIDDEN).requires_grad_()
    c0 = wave(6, 1, BATCH, HIDDEN).requires_grad_()
    extra = wave(7, HIDDEN).requires_grad_()
    arrays = {"x": x, "weight": w, "recurrent": u, "bias": b, "h0": h0}
    order = {"lstm": [0, 1, 3, 2], "srn": [0]}.get(kind, [0, 1, 2])
    weights = [blocks(w, order), blocks(u, order)]
    bias = torch.cat([b.split(HIDDEN)[k] for k in order])
    zeros = torch.zeros_like(bias)
    if kind == "lstm":
        arrays["c0"] = c0
        y, h, c = torch._VF.lstm(x, (h0, c0), weights + [bias, zeros], True, 1, 0.0, False, False, True)
        last = torch.cat([h[0], c[0]], dim=1)
    elif kind == "srn":
        y, h = torch._VF.rnn_tanh(x, h0, weights + [bias, zeros], True, 1, 0.0, False, False, True)
        last = h[0]
    elif kind == "gru after":
        arrays["extra"] = extra
        second = torch.cat([torch.zeros(2 * HIDDEN), extra])
        y, h = torch._VF.gru(x, h0, weights + [bias, second], True, 1, 0.0, False, False, True)
        last = h[0]
    else:
        h, ys = h0[0], []
        wr, wz, wn = w.split(HIDDEN, dim=1)
        ur, uz, un = u.split(HIDDEN, dim=1)
        br, bz, bn = b.split(HIDDEN)
        for t in range(TIME):
            r = torch.sigmoid(x[:, t] @ wr + h @ ur + br)
            z = torch.sigmoid(x[:, t] @ wz + h @ uz + bz)
            n = torch.tanh(x[:, t] @ wn + (r * h) @ un + bn)
            h = z * h + (1 - z) * n
            ys.append(h)
        y, last = torch.stack(ys, dim=1), h
    total = (y * wave(8, *y.shape)).sum() + (last * wave(9, *last.shape)).sum()
    total.backward()
    flat = lambda v: v.detach().reshape(-1).tolist()
    return {"y": flat(y), "last": flat(last), "gradients": {k: flat(v.grad) for k, v in arrays.items()}}


json.dump({k: case(k) for k in ("srn", "lstm", "gru", "gru after")}, sys.stdout, indent=1)
print()
