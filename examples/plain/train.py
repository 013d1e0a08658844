"""Equations 1 to 10 of docs/math.md in NumPy, written to be read. A number at the end of a line is
that of its equation. A network of 784 inputs, 10 hidden units and 10 classes learns the images of a folder
with MNIST's four files, in batches of 64:

    npx relumax data download mnist
    python3 examples/plain/train.py mnist
"""

import gzip
import sys
from pathlib import Path

import numpy as np


def forward(W1, b1, W2, b2, X):
    """Both layers, for all columns of X."""
    Z1 = W1 @ X + b1  # 2
    A1 = np.maximum(Z1, 0)  # 3
    Z2 = W2 @ A1 + b2  # 2
    powers = np.exp(Z2 - Z2.max(axis=0))  # 4, and nothing overflows
    return Z1, A1, powers / powers.sum(axis=0)


def step(parameters, X, y, alpha):
    """One update of W1, b1, W2, b2 in place; the loss of each example before it, and which were right."""
    W1, b1, W2, b2 = parameters
    m = len(y)
    Z1, A1, A2 = forward(*parameters, X)
    losses = -np.log(A2[y, np.arange(m)])  # 5
    dZ2 = A2 - np.eye(len(b2))[:, y]  # 6
    dW2 = dZ2 @ A1.T / m  # 7
    db2 = dZ2.sum(axis=1, keepdims=True) / m  # 8
    dZ1 = W2.T @ dZ2 * (Z1 > 0)  # 9
    dW1 = dZ1 @ X.T / m  # 7
    db1 = dZ1.sum(axis=1, keepdims=True) / m  # 8
    for parameter, gradient in zip(parameters, (dW1, db1, dW2, db2)):
        parameter -= alpha * gradient  # 10
    return losses, A2.argmax(axis=0) == y


def examples(folder, part):
    """Pixels x images, from 0 to 1, and labels: what follows the files' headers of 16 and 8 bytes."""
    paths = sorted(Path(folder).glob(f"{part}-*"))
    data = [p.read_bytes() if p.suffix != ".gz" else gzip.decompress(p.read_bytes()) for p in paths]
    images, labels = (np.frombuffer(part, np.uint8) for part in data)
    return images[16:].reshape(-1, 784).T / 255, labels[8:]  # 1


def main():
    (X, y), (test_X, test_y) = (examples(sys.argv[1], part) for part in ("train", "t10k"))
    random = np.random.default_rng(1)
    sizes = [(10, 784), (10, 10)]
    W1, W2 = (random.uniform(-1, 1, size) * np.sqrt(6 / size[1]) for size in sizes)
    parameters = [W1, np.zeros((10, 1)), W2, np.zeros((10, 1))]
    for epoch in range(1, 4):
        batches = np.array_split(random.permutation(len(y)), range(64, len(y), 64))
        seen = [step(parameters, X[:, batch], y[batch], 0.1) for batch in batches]
        loss, accuracy = (np.concatenate(column).mean() for column in zip(*seen))
        print(f"epoch {epoch}: loss {loss:.4f}, accuracy {accuracy:.4f}")
    right = forward(*parameters, test_X)[2].argmax(axis=0) == test_y
    print(f"on digits that it has not seen: accuracy {right.mean():.4f}")


if __name__ == "__main__":
    main()
