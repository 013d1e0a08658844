"""PyTorch on as many threads as it is given: tensors from the start, each batch gathered by index_select.

- A Sequential, F.cross_entropy, autograd, and the update under no_grad: of the forms tried with
  autograd this is the fastest; tracing the model gains nothing.
- Variant "optim.SGD": as its tutorials have it, with zero_grad, backward and step.
- Variant "by hand": without autograd, the gradients written out as in docs/math.md.
- Variants "channels last" and "channels first": images, and filters, in this order in memory. They are
  predicted in batches of 100, which takes less than all of them at once.
"""

import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from peer import read_mnist, serve

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))

ORDERS = {"channels last": torch.channels_last, "channels first": torch.contiguous_format}

DENSE = {"kind": "dense", "input": [1]}


def sequential(parameters, shapes=None):
    """The model of these layers; without their shapes they are dense."""
    modules = []
    shapes = shapes or [DENSE] * len(parameters)
    parameters = iter(parameters)
    for shape in shapes:
        if shape["kind"] == "maxPool":
            modules += [torch.nn.MaxPool2d(shape["size"])]
            continue
        weights, biases = map(torch.from_numpy, next(parameters))
        if shape["kind"] == "conv":
            filters, channels, size, _ = weights.shape
            layer = torch.nn.Conv2d(channels, filters, size, padding=shape["pad"])
        else:
            if shape["input"][0] > 1:
                modules += [torch.nn.Flatten()]
            layer = torch.nn.Linear(weights.shape[1], weights.shape[0])
        with torch.no_grad():
            layer.weight.copy_(weights)
            layer.bias.copy_(biases)
        modules += [layer, torch.nn.ReLU(inplace=True)]
    return torch.nn.Sequential(*modules[:-1])


def model_of(task):
    return in_order(sequential(task.parameters, task.shapes), task)


def images(rows, task):
    """Rows of pixels as what the model takes."""
    x = torch.from_numpy(rows)
    if task.variant not in ORDERS:
        return x
    return in_order(x.reshape(-1, *task.shapes[0]["input"]).permute(0, 3, 1, 2), task)


def in_order(tensors, task):
    order = ORDERS.get(task.variant)
    return tensors.to(memory_format=order) if order else tensors


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
    x, y = images(task.x, task), torch.from_numpy(task.y)
    test_x, test_y = images(task.test_x, task), torch.from_numpy(task.test_y)
    model = model_of(task)
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
    script = torch.jit.script(model_of(task).eval())
    convolves = task.variant in ORDERS
    model = torch.jit.optimize_for_inference(script) if convolves else torch.jit.freeze(script)
    x = images(task.test_x, task)
    batches = x.split(100) if convolves else [x]

    @torch.inference_mode()
    def probabilities(rows):
        return model(rows).softmax(1)

    return (
        lambda i: probabilities(x[i : i + 1]),
        lambda: torch.cat([probabilities(batch) for batch in batches]),
    )


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
    predictions = (
        "optimize_for_inference, 100 images a batch" if variant in ORDERS else "a frozen module"
    )
    return f"{gradients}; predictions by TorchScript, {predictions}"


serve(torch.__version__, how, trainer, predictor, to_accuracy)
