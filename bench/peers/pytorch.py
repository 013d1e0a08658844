"""PyTorch on as many threads as it is given: tensors from the start, each batch gathered by index_select.

- A Sequential, F.cross_entropy, autograd, and the update under no_grad: of the forms tried with
  autograd this is the fastest; tracing the model gains nothing.
- Variant "optim.SGD": as its tutorials have it, with zero_grad, backward and step.
- Variant "by hand": without autograd, the gradients written out as in docs/math.md.
"""

import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from peer import read_mnist, serve

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def sequential(parameters):
    modules = []
    for weights, biases in parameters:
        layer = torch.nn.Linear(weights.shape[1], weights.shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights))
            layer.bias.copy_(torch.from_numpy(biases))
        modules += [layer, torch.nn.ReLU(inplace=True)]
    return torch.nn.Sequential(*modules[:-1])


def step_by_autograd(model, x, y, learning_rate):
    parameters = list(model.parameters())
    gradients = torch.autograd.grad(F.cross_entropy(model(x), y), parameters)
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients):
            parameter.sub_(gradient, alpha=learning_rate)


class StepByOptimiser:
    def __init__(self, model, learning_rate):
        self.optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)

    def __call__(self, model, x, y, learning_rate):
        self.optimiser.zero_grad()
        F.cross_entropy(model(x), y).backward()
        self.optimiser.step()


@torch.no_grad()
def step_by_hand(model, x, y, learning_rate):
    layers = [(module.weight, module.bias) for module in model[::2]]
    activations = [x]
    for weights, biases in layers[:-1]:
        activations.append(torch.addmm(biases, activations[-1], weights.t()).relu_())
    weights, biases = layers[-1]
    dz = torch.addmm(biases, activations[-1], weights.t()).softmax(1)
    m = len(y)
    dz[torch.arange(m), y] -= 1
    for l, (weights, biases) in reversed(list(enumerate(layers))):
        below = (dz @ weights).mul_(activations[l] > 0) if l > 0 else None
        biases.sub_(dz.sum(0), alpha=learning_rate / m)
        weights.addmm_(dz.t(), activations[l], alpha=-learning_rate / m)
        dz = below


def train_epoch(model, x, y, batch_size, learning_rate, step=step_by_autograd):
    if batch_size == len(y):
        step(model, x, y, learning_rate)
        return
    for batch in torch.randperm(len(y)).split(batch_size):
        step(model, x.index_select(0, batch), y.index_select(0, batch), learning_rate)


@torch.inference_mode()
def accuracy(model, x, y):
    return (model(x).argmax(1) == y).sum().item() / len(y)


def trainer(task):
    x, y = torch.from_numpy(task.x), torch.from_numpy(task.y)
    test_x, test_y = torch.from_numpy(task.test_x), torch.from_numpy(task.test_y)
    model = sequential(task.parameters)
    batch_size = task.work["batchSize"] or len(y)
    learning_rate = task.work["learningRate"]
    step = step_by_autograd
    if task.variant == "by hand":
        step = step_by_hand
    elif task.variant == "optim.SGD":
        step = StepByOptimiser(model, learning_rate)
    return (
        lambda: train_epoch(model, x, y, batch_size, learning_rate, step),
        lambda: accuracy(model, test_x, test_y),
    )


def predictor(task):
    model = torch.jit.freeze(torch.jit.script(sequential(task.parameters).eval()))
    x = torch.from_numpy(task.test_x)

    @torch.inference_mode()
    def probabilities(rows):
        return model(rows).softmax(1)

    return lambda i: probabilities(x[i : i + 1]), lambda: probabilities(x)


def he_uniform(layers, generator):
    return [
        (generator.uniform(-1, 1, (units, inputs)) * (6 / inputs) ** 0.5, np.zeros(units))
        for inputs, units in zip(layers, layers[1:])
    ]


def to_accuracy(work, seed):
    torch.manual_seed(seed)
    start = time.perf_counter()
    x, y, test_x, test_y = map(torch.from_numpy, map(np.ascontiguousarray, read_mnist()))
    model = sequential(he_uniform(work["layers"], np.random.default_rng(seed)))
    for epochs in range(1, 21):
        rate = work["learningRate"] * work["decay"] ** (epochs - 1)
        train_epoch(model, x, y, work["batchSize"], rate)
        share = accuracy(model, test_x, test_y)
        if share >= work["target"]:
            ms = 1000 * (time.perf_counter() - start)
            return {"times": [ms], "accuracy": share, "epochs": epochs}
    sys.exit("not reached in 20 epochs")


def how(variant):
    gradients = {
        "by hand": "gradients written out",
        "optim.SGD": "autograd, optim.SGD",
    }.get(variant, "autograd, update under no_grad")
    return f"{gradients}; predictions by a frozen TorchScript module"


serve(torch.__version__, how, trainer, predictor, to_accuracy)
