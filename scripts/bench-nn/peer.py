# Steps of learning by PyTorch on one thread, as nn/bench_test.go takes them: prints
# the task and the best milliseconds of some steps.
#
#   python3 peer.py vae|lstm|gru|dcgan|gemm STEPS
import sys
import time

import torch
from torch import nn
from torch.nn import functional as f

torch.set_num_threads(1)
torch.manual_seed(1)


def vae():
    """784-400-20-400-784, batch 128, Adam."""
    hidden, mean, spread = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
    back, out = nn.Linear(20, 400), nn.Linear(400, 784)
    params = [p for m in (hidden, mean, spread, back, out) for p in m.parameters()]
    adam = torch.optim.Adam(params, 1e-3)
    x = (torch.rand(128, 784) < 0.13).float()

    def step():
        adam.zero_grad()
        h = torch.relu(hidden(x))
        mu, logvar = mean(h), spread(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        logits = out(torch.relu(back(z)))
        loss = f.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        loss = loss - 0.5 * torch.sum(1 + logvar - mu * mu - logvar.exp())
        (loss / 128).backward()
        adam.step()

    return step


def recurrent(cell):
    """65 symbols, embedding and hidden 128, sequence 64, batch 32, Adam, norm 5."""
    table, rnn, out = nn.Embedding(65, 128), cell(128, 128, batch_first=True), nn.Linear(128, 65)
    params = [*table.parameters(), *rnn.parameters(), *out.parameters()]
    adam = torch.optim.Adam(params, 2e-3)
    x, y = torch.randint(0, 65, (32, 64)), torch.randint(0, 65, (32, 64))

    def step():
        adam.zero_grad()
        h, _ = rnn(table(x))
        f.cross_entropy(out(h).reshape(-1, 65), y.reshape(-1)).backward()
        nn.utils.clip_grad_norm_(params, 5)
        adam.step()

    return step


def dcgan():
    """Both networks of a DCGAN for 28×28, batch 64."""
    make = nn.Sequential(
        nn.Linear(64, 7 * 7 * 128), nn.Unflatten(1, (128, 7, 7)), nn.BatchNorm2d(128), nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 4, 2, 1), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1), nn.Tanh())
    judge = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(128 * 49, 1))
    adams = [torch.optim.Adam(m.parameters(), 2e-4, (0.5, 0.999)) for m in (make, judge)]
    x = torch.rand(64, 1, 28, 28) * 2 - 1
    one, zero = torch.ones(64, 1), torch.zeros(64, 1)
    loss = f.binary_cross_entropy_with_logits

    def step():
        fake = make(torch.randn(64, 64))
        adams[1].zero_grad()
        (loss(judge(x), one) + loss(judge(fake.detach()), zero)).backward()
        adams[1].step()
        adams[0].zero_grad()
        loss(judge(fake), one).backward()
        adams[0].step()

    return step


def gemm():
    """512×512×512."""
    a, b, c = torch.rand(512, 512), torch.rand(512, 512), torch.empty(512, 512)
    return lambda: torch.mm(a, b, out=c)


tasks = {"vae": vae, "lstm": lambda: recurrent(nn.LSTM), "gru": lambda: recurrent(nn.GRU), "dcgan": dcgan, "gemm": gemm}
task, steps = sys.argv[1], int(sys.argv[2])
step = tasks[task]()
for _ in range(3):
    step()
times = []
for _ in range(steps):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
print(f"{task} {1e3 * min(times):.3f} {1e3 * sorted(times)[steps // 2]:.3f}")
