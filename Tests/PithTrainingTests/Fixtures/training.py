"""50 steps of a small network per training rule, schedules, clipping, averaging, and the losses, by PyTorch."""

import torch
from common import dump, numbers, pattern

torch.set_num_threads(1)
cases = []


def train(name, optimizer, schedule=None, clip=None, decay=None):
    """A 6-5-3 network on seven rows; the parameters after 50 steps."""
    parameters = [pattern(s, salt, scale).requires_grad_() for s, salt, scale in
                  [([5, 6], 1, 0.6), ([5], 2, 0.3), ([3, 5], 3, 0.6), ([3], 4, 0.3)]]
    x, labels = pattern([7, 6], 5), torch.tensor([0, 2, 1, 1, 0, 2, 2])
    rule = optimizer(parameters)
    scheduler = schedule(rule) if schedule else None
    module = torch.nn.ParameterList(parameters)
    average = torch.optim.swa_utils.AveragedModel(
        module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay)) if decay else None
    for _ in range(50):
        rule.zero_grad()
        h = torch.nn.functional.linear(x, parameters[0], parameters[1]).relu()
        logits = torch.nn.functional.linear(h, parameters[2], parameters[3])
        torch.nn.functional.cross_entropy(logits, labels).backward()
        if clip:
            clip(parameters)
        rule.step()
        if scheduler:
            scheduler.step()
        if average:
            average.update_parameters(module)
    result = list(average.module.parameters()) if average else parameters
    cases.append({"kind": "training", "name": name, "parameters": [numbers(p) for p in result]})


optim, schedulers, clipping = torch.optim, torch.optim.lr_scheduler, torch.nn.utils
train("sgd", lambda p: optim.SGD(p, lr=0.1))
train("sgd momentum", lambda p: optim.SGD(p, lr=0.05, momentum=0.9))
train("sgd nesterov decay", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01))
train("adam", lambda p: optim.Adam(p, lr=0.01))
train("adam decay", lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.02))
train("adamw", lambda p: optim.AdamW(p, lr=0.01))
train("rmsprop", lambda p: optim.RMSprop(p, lr=0.01))
train("rmsprop centered", lambda p: optim.RMSprop(
    p, lr=0.005, alpha=0.9, weight_decay=0.01, momentum=0.8, centered=True))


def sgd(p):
    return optim.SGD(p, lr=0.1, momentum=0.9)


train("linear", sgd, lambda r: schedulers.LinearLR(r, start_factor=1, end_factor=0, total_iters=50))
train("step", sgd, lambda r: schedulers.StepLR(r, step_size=15, gamma=0.5))
train("cosine", sgd, lambda r: schedulers.CosineAnnealingLR(r, T_max=50))
train("one-cycle", sgd, lambda r: schedulers.OneCycleLR(r, max_lr=0.1, total_steps=51, cycle_momentum=False))
train("warm-up", sgd, lambda r: schedulers.SequentialLR(
    r, [schedulers.LinearLR(r, total_iters=10), schedulers.CosineAnnealingLR(r, T_max=40)], milestones=[10]))
train("clip norm", sgd, clip=lambda p: clipping.clip_grad_norm_(p, 0.25))
train("clip value", sgd, clip=lambda p: clipping.clip_grad_value_(p, 0.02))
train("average", sgd, decay=0.9)


def schedule(name, make, steps):
    """The factor at each step."""
    rule = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(rule)
    factors = []
    for _ in range(steps):
        factors.append(float(f"{rule.param_groups[0]['lr']:.9g}"))
        rule.step()
        scheduler.step()
    cases.append({"kind": "schedule", "name": name, "factors": factors})


schedule("linear", lambda r: schedulers.LinearLR(r, start_factor=1, end_factor=0, total_iters=20), 20)
schedule("step:6:0.1", lambda r: schedulers.StepLR(r, step_size=6), 20)
schedule("cosine", lambda r: schedulers.CosineAnnealingLR(r, T_max=20), 20)
schedule("one-cycle", lambda r: schedulers.OneCycleLR(r, max_lr=1.0, total_steps=20), 19)
schedule("warm-up:5+cosine", lambda r: schedulers.SequentialLR(
    r, [schedulers.LinearLR(r, total_iters=5), schedulers.CosineAnnealingLR(r, T_max=15)], milestones=[5]), 20)


def loss(name, function, x, t=None):
    """The value and the gradients for what asks for one."""
    inputs = [v for v in (x, t) if v is not None and v.is_floating_point()]
    for v in inputs:
        v.requires_grad_()
    value = function(x, t)
    value.backward()
    cases.append({"kind": "loss", "name": name, "value": numbers(value)[0], "gradients": [
        numbers(v.grad) for v in inputs]})


F = torch.nn.functional
labels = torch.tensor([3, 0, 4, 1, 1, 2, 0])
weight = pattern([5], 9, 0.4, 1.0)


def logits():
    return pattern([7, 5], 6, 3.0)


def soft():
    return pattern([7, 5], 7, 0.1, 0.2)


def ignoring(x, _):
    return F.cross_entropy(x, torch.where(labels == 1, 1, labels), weight, ignore_index=1, label_smoothing=0.1)


loss("indices", lambda x, _: F.cross_entropy(x, labels), logits())
loss("indices weighted", lambda x, _: F.cross_entropy(x, labels, weight), logits())
loss("indices ignored", lambda x, _: F.cross_entropy(x, labels, ignore_index=1), logits())
loss("indices smoothed", lambda x, _: F.cross_entropy(x, labels, label_smoothing=0.1), logits())
loss("indices everything", ignoring, logits())
loss("soft", F.cross_entropy, logits(), soft())
loss("soft everything", lambda x, t: F.cross_entropy(x, t, weight, label_smoothing=0.2), logits(), soft())
loss("nll", lambda x, _: F.nll_loss(x, labels, weight, ignore_index=2), logits())
loss("mse", F.mse_loss, logits(), soft())
loss("l1", F.l1_loss, logits(), soft())
loss("huber", lambda x, t: F.huber_loss(x, t, delta=0.7), logits(), soft())
loss("bce", F.binary_cross_entropy_with_logits, pattern([7, 5], 6, 30.0), soft())
dump(cases)
