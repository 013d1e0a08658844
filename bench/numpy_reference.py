"""Gradient descent in NumPy: an independent implementation of the equations of docs/math.md.

The reference for relumax's accuracy, and its rival in speed. For each seed it trains a network
from random weights and prints the accuracy on the test images:

    python3 bench/numpy_reference.py --data DIR --layers 784-10-10 --batch full \
        --learning-rate 0.5 --epochs 500 --seeds 5

DIR holds MNIST's four IDX files, plain or gzipped. With --json it prints the seconds, loss and
accuracy of each epoch besides. NumPy takes as many threads as its BLAS likes; relumax takes one, so
set OPENBLAS_NUM_THREADS=1 (MKL_NUM_THREADS=1 with MKL) to compare the two.

All numbers are float32 and columns are examples, as in the equations. In which order the examples
lie in memory was measured, on one thread: for a batch of them all C-order is faster (69 ms an
iteration over 60,000 images at 784-10-10; F-order 75), for shuffled batches F-order, where what is
gathered is contiguous (79 ms an epoch in batches of 64; C-order 434).

examples/plain/train.py has the equations of two layers with less around them.
"""

import argparse
import gzip
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

FLOAT = np.float32


def forward(parameters, x):
    """Equations 2 and 3: A of every layer below the last, and the logits."""
    activations = [x]
    for weights, biases in parameters[:-1]:
        z = weights @ activations[-1]
        z += biases[:, None]
        activations.append(np.maximum(z, 0, out=z))
    weights, biases = parameters[-1]
    logits = weights @ activations[-1]
    logits += biases[:, None]
    return activations, logits


def softmax_cross_entropy(logits, labels):
    """Equations 4 to 6: the loss of each example, and dZ of the last layer."""
    examples = np.arange(len(labels))
    shifted = logits - logits.max(axis=0)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=0)
    losses = np.log(sums) - shifted[labels, examples]
    dz = exponentials / sums
    dz[labels, examples] -= 1
    return losses, dz


def backward(parameters, activations, dz):
    """Equations 7 to 9: the gradients of W and b of every layer."""
    m = FLOAT(dz.shape[1])
    gradients = []
    for layer in reversed(range(len(parameters))):
        gradients.append((dz @ activations[layer].T / m, dz.sum(axis=1) / m))
        if layer > 0:
            # ReLU's derivative: Z > 0 is where A > 0.
            dz = (parameters[layer][0].T @ dz) * (activations[layer] > 0)
    return gradients[::-1]


def descend(parameters, gradients, learning_rate):
    """Equation 10."""
    for arrays, gradient_arrays in zip(parameters, gradients):
        for array, gradient in zip(arrays, gradient_arrays):
            array -= FLOAT(learning_rate) * gradient


def train_epoch(parameters, x, labels, order, batch_size, learning_rate):
    """One pass over the examples: mean loss and accuracy, as each was seen before the update.

    `order` says in which order they are taken; None is as they lie.
    """
    loss = 0.0
    correct = 0
    for start in range(0, len(labels), batch_size):
        batch = slice(start, start + batch_size)
        if order is not None:
            batch = order[batch]
        # x.T[batch].T is x[:, batch], gathered example by example.
        activations, logits = forward(parameters, x.T[batch].T)
        losses, dz = softmax_cross_entropy(logits, labels[batch])
        loss += float(losses.sum(dtype=np.float64))
        correct += int(np.count_nonzero(logits.argmax(axis=0) == labels[batch]))
        descend(parameters, backward(parameters, activations, dz), learning_rate)
    return loss / len(labels), correct / len(labels)


def accuracy(parameters, x, labels):
    _, logits = forward(parameters, x)
    return float((logits.argmax(axis=0) == labels).mean())


def he_uniform(layers, generator):
    """Weights uniform in +-sqrt(6 / fan-in) (K. He et al., 2015), biases zero."""
    return [
        [
            generator.uniform(-1, 1, (units, inputs)).astype(FLOAT) * FLOAT(np.sqrt(6 / inputs)),
            np.zeros(units, FLOAT),
        ]
        for inputs, units in zip(layers, layers[1:])
    ]


def read_idx(folder, name):
    """An IDX file of bytes, plain or gzipped."""
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: not an IDX file of bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_examples(folder, part):
    """Images, pixels x m and scaled to 0...1 (equation 1), and their labels."""
    images = read_idx(folder, f"{part}-images-idx3-ubyte")
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte")
    return images.reshape(len(images), -1).T.astype(FLOAT) / FLOAT(255), labels.astype(np.intp)


def read_parameters(path):
    """The parameters in a safetensors file: layers.0.weight, layers.0.bias, ..."""
    data = path.read_bytes()
    header_end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:header_end])

    def tensor(name):
        begin, end = header[name]["data_offsets"]
        values = np.frombuffer(data[header_end + begin : header_end + end], "<f4")
        return values.reshape(header[name]["shape"]).copy()

    depth = sum(name.endswith(".weight") for name in header)
    return [[tensor(f"layers.{l}.weight"), tensor(f"layers.{l}.bias")] for l in range(depth)]


def run(options, seed, train, test):
    """Trains one network; what became of it, for --json."""
    x, labels = train
    generator = np.random.default_rng(seed)
    if options.initial:
        parameters = read_parameters(options.initial)
    else:
        parameters = he_uniform(options.layers, generator)
    batch_size = options.batch or len(labels)
    x = np.asarray(x, order="F" if batch_size < len(labels) else "C")
    epochs = []
    for _ in range(options.epochs):
        began = time.perf_counter()
        # A single batch needs no order: only the rounding of its sums would depend on it.
        shuffled = options.shuffle and batch_size < len(labels)
        order = generator.permutation(len(labels)) if shuffled else None
        loss, share = train_epoch(parameters, x, labels, order, batch_size, options.learning_rate)
        seconds = time.perf_counter() - began
        epochs.append({"seconds": seconds, "loss": loss, "accuracy": share})
    result = {"seed": seed, "epochs": epochs}
    if test is not None:
        result["testAccuracy"] = accuracy(parameters, *test)
    return result


def arguments():
    parser = argparse.ArgumentParser(description="Trains a network in NumPy.")
    parser.add_argument("--data", type=Path, required=True, help="folder of IDX files")
    parser.add_argument(
        "--layers",
        type=lambda text: [int(size) for size in text.split("-")],
        default=[784, 10, 10],
        help="sizes, 784-10-10",
    )
    parser.add_argument(
        "--batch",
        type=lambda text: None if text == "full" else int(text),
        default=64,
        help="examples an update, or full",
    )
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many networks, seeds 1, 2, ...")
    parser.add_argument("--initial", type=Path, help="safetensors file to begin from")
    parser.add_argument("--no-shuffle", dest="shuffle", action="store_false")
    parser.add_argument("--no-test", dest="test", action="store_false", help="no test images")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    train = read_examples(options.data, "train")
    test = read_examples(options.data, "t10k") if options.test else None
    runs = []
    for seed in range(1, options.seeds + 1):
        runs.append(run(options, seed, train, test))
        if not options.json and test is not None:
            print(f"seed {seed}: {runs[-1]['testAccuracy']:.2%}", flush=True)
    if options.json:
        json.dump({"numpy": np.__version__, "runs": runs}, sys.stdout)
    elif test is not None:
        accuracies = [result["testAccuracy"] for result in runs]
        std = statistics.stdev(accuracies) if len(accuracies) > 1 else 0
        print(f"mean {statistics.mean(accuracies):.2%}, std {std:.2%}")


if __name__ == "__main__":
    main()
