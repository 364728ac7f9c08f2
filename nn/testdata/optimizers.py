"""Writes optimizers.json: where optimizers of PyTorch 1.13 go on a small problem, in
double precision. Run it with a Python that has torch.

The problem is to minimize
    f(w) = (w0² + 20·w1² + 0.1·w2²)/2 + sin(w0·w1) + w2⁴/10
from w = (1, −0.7, 2). Weights are kept after the steps in "at".
"""
import json
import os
import torch

AT = [1, 2, 3, 10, 40]

# Name of the optimizer here, its settings here, the class and its arguments there.
CASES = [
    ("SGD", {"Rate": 0.03}, torch.optim.SGD, dict(lr=0.03)),
    ("SGD", {"Rate": 0.03, "WeightDecay": 0.1}, torch.optim.SGD, dict(lr=0.03, weight_decay=0.1)),
    ("SGD", {"Rate": 0.01, "Momentum": 0.9}, torch.optim.SGD, dict(lr=0.01, momentum=0.9)),
    ("SGD", {"Rate": 0.01, "Momentum": 0.9, "Nesterov": True, "WeightDecay": 0.2}, torch.optim.SGD,
     dict(lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.2)),
    ("AdaGrad", {"Rate": 0.2}, torch.optim.Adagrad, dict(lr=0.2)),
    ("AdaGrad", {"Rate": 0.2, "Epsilon": 0.5, "WeightDecay": 0.1}, torch.optim.Adagrad, dict(lr=0.2, eps=0.5, weight_decay=0.1)),
    ("AdaDelta", {}, torch.optim.Adadelta, dict()),
    ("AdaDelta", {"Rate": 0.5, "Rho": 0.8, "Epsilon": 0.01, "WeightDecay": 0.1}, torch.optim.Adadelta,
     dict(lr=0.5, rho=0.8, eps=0.01, weight_decay=0.1)),
    ("RMSProp", {"Rate": 0.05, "Rho": 0.95}, torch.optim.RMSprop, dict(lr=0.05, alpha=0.95)),
    ("RMSProp", {}, torch.optim.RMSprop, dict(lr=0.001, alpha=0.9)),
    ("RMSProp", {"Rate": 0.05, "Epsilon": 0.3, "WeightDecay": 0.1}, torch.optim.RMSprop,
     dict(lr=0.05, alpha=0.9, eps=0.3, weight_decay=0.1)),
    ("Adam", {}, torch.optim.Adam, dict()),
    ("Adam", {"Rate": 0.1, "Beta1": -1}, torch.optim.Adam, dict(lr=0.1, betas=(0.0, 0.999))),
    ("Adam", {"Rate": 0.1, "Beta1": 0.5, "Beta2": 0.8, "Epsilon": 0.2, "WeightDecay": 0.1}, torch.optim.Adam,
     dict(lr=0.1, betas=(0.5, 0.8), eps=0.2, weight_decay=0.1)),
    ("Adam", {"Rate": 0.2, "Beta2": 0.8, "AMSGrad": True}, torch.optim.Adam, dict(lr=0.2, betas=(0.9, 0.8), amsgrad=True)),
    ("AdamW", {}, torch.optim.AdamW, dict()),
    ("AdamW", {"Rate": 0.1, "WeightDecay": 0.4}, torch.optim.AdamW, dict(lr=0.1, weight_decay=0.4)),
    ("AdamW", {"Rate": 0.2, "Beta2": 0.8, "WeightDecay": 0.3, "AMSGrad": True}, torch.optim.AdamW,
     dict(lr=0.2, betas=(0.9, 0.8), weight_decay=0.3, amsgrad=True)),
]

# The last number of a case: the rate falls like this in every step.
SCALE = [1.0] * len(CASES) + [0.9] * 4
CASES += [CASES[0], CASES[4], CASES[13], CASES[16]]


def run(cls, args, scale):
    w = torch.tensor([1.0, -0.7, 2.0], dtype=torch.float64, requires_grad=True)
    opt = cls([w], **args)
    decay = torch.optim.lr_scheduler.ExponentialLR(opt, scale)
    kept = []
    for step in range(1, max(AT) + 1):
        opt.zero_grad()
        f = (w[0] ** 2 + 20 * w[1] ** 2 + 0.1 * w[2] ** 2) / 2 + torch.sin(w[0] * w[1]) + w[2] ** 4 / 10
        f.backward()
        opt.step()
        decay.step()
        if step in AT:
            kept.append(w.detach().tolist())
    return kept


out = {"torch": torch.__version__.split("+")[0], "at": AT, "cases": [
    {"optimizer": name, "settings": settings, "scale": scale, "weights": run(cls, args, scale)}
    for (name, settings, cls, args), scale in zip(CASES, SCALE)]}
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "optimizers.json"), "w") as f:
    f.write("{\n")
    f.write(' "torch": %s,\n "at": %s,\n "cases": [\n' % (json.dumps(out["torch"]), json.dumps(out["at"])))
    f.write(",\n".join("  " + json.dumps(c) for c in out["cases"]))
    f.write("\n ]\n}\n")
