"""NumPy: ../numpy_reference.py, in the order of memory that it found fastest for the batch."""

import sys
from pathlib import Path

import numpy as np

from peer import serve

sys.path.append(str(Path(__file__).resolve().parent.parent))

import numpy_reference as reference  # noqa: E402


def trainer(task):
    batch_size = task.work["batchSize"] or len(task.y)
    full = batch_size == len(task.y)
    # Columns are examples: F-order keeps each example together, C-order each pixel.
    x = np.ascontiguousarray(task.x.T) if full else task.x.T
    parameters = [list(layer) for layer in task.parameters]
    generator = np.random.default_rng(0)

    def epoch():
        order = None if full else generator.permutation(len(task.y))
        reference.train_epoch(
            parameters, x, task.y, order, batch_size, task.work["learningRate"]
        )

    return epoch, lambda: reference.accuracy(parameters, task.test_x.T, task.test_y)


def predictor(task):
    x = task.test_x.T

    def probabilities(columns):
        logits = reference.forward(task.parameters, columns)[1]
        exponentials = np.exp(logits - logits.max(axis=0))
        return exponentials / exponentials.sum(axis=0)

    return lambda i: probabilities(x[:, i : i + 1]), lambda: probabilities(x).T


serve(np.__version__, "bench/numpy_reference.py, float32", trainer, predictor)
