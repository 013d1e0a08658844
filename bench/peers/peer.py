"""The Python peers' side of the protocol of child.js: one job in, one answer out, both JSON."""

import gzip
import json
import os
import sys
import time
from pathlib import Path

import numpy as np


class Task:
    """The data of a job: pixels as float32, m x 784, and initial parameters, W in PyTorch's shape."""

    def __init__(self, job):
        folder, work = Path(job["folder"]), job["work"]
        kind = "-dense" if work.get("dense") else ""
        self.work = work
        self.variant = job.get("variant")
        self.shapes = job["architecture"]["shapes"]
        count = work.get("images", -1)
        self.x = pixels(folder / f"train{kind}.inputs.u8", count) if work["kind"] == "epoch" else None
        self.y = np.fromfile(folder / "train.labels.u8", np.uint8, count).astype(np.int64)
        self.test_x = pixels(folder / f"test{kind}.inputs.u8")
        self.test_y = np.fromfile(folder / "test.labels.u8", np.uint8).astype(np.int64)
        name = job["architecture"]["text"]
        self.expected = np.fromfile(folder / f"{name}.expected.f32", np.float32).reshape(-1, 10)
        floats = np.fromfile(folder / f"{name}.f32", np.float32)
        self.parameters = []
        for shape in self.shapes:
            if size := shape.get("weights"):
                weights, floats = np.split(floats, [np.prod(size)])
                biases, floats = np.split(floats, [size[0]])
                self.parameters.append((weights.reshape(size).copy(), biases.copy()))


def pixels(path, count=-1):
    bytes_ = np.fromfile(path, np.uint8, count * 784 if count > 0 else -1)
    return bytes_.reshape(-1, 784).astype(np.float32) / np.float32(255)


def read_mnist():
    """The four files of the folder that RELUMAX_MNIST names: x, y, test x, test y."""
    folder = os.environ.get("RELUMAX_MNIST")
    if not folder:
        sys.exit("needs MNIST: RELUMAX_MNIST names no folder")

    def read(name, header):
        path = Path(folder) / name
        zipped = path.with_name(f"{name}.gz")
        data = path.read_bytes() if path.exists() else gzip.decompress(zipped.read_bytes())
        return np.frombuffer(data, np.uint8, offset=header)

    arrays = []
    for part in ("train", "t10k"):
        images = read(f"{part}-images-idx3-ubyte", 16).reshape(-1, 784)
        arrays += [images.astype(np.float32) / np.float32(255)]
        arrays += [read(f"{part}-labels-idx1-ubyte", 8).astype(np.int64)]
    return arrays


def serve(version, how, trainer=None, predictor=None, to_accuracy=None):
    job = json.loads(sys.argv[1])
    work = job["work"]
    answer = {"version": version, "how": how(job.get("variant")) if callable(how) else how}
    if work["kind"] == "accuracy":
        answer.update(to_accuracy(work, job["seed"]))
    else:
        task = Task(job)
        if work["kind"] == "epoch":
            answer.update(time_epochs(trainer(task), job))
        else:
            one, many = predictor(task)
            check_scores(many(), task.expected)
            answer["times"] = time_one(one, job) if work["kind"] == "one" else time_many(many, job)
    json.dump(answer, sys.stdout)


def check_scores(scores, expected):
    """As checkScores of child.js."""
    off = np.abs(np.asarray(scores)[: len(expected)] - expected).max()
    if not off <= 1e-4:
        sys.exit(f"a probability is {off} from the expected one")


def time_epochs(trainer, job):
    """As timeEpochs of child.js; `trainer` is a pair: epoch() and accuracy()."""
    epoch, accuracy = trainer
    after = job["work"]["accuracyAfter"]
    times = []
    epoch()
    result = accuracy() if after == 1 else None
    began = time.perf_counter()
    epochs = 1
    while more(times, began, job) or epochs < after:
        start = time.perf_counter()
        epoch()
        times.append(1000 * (time.perf_counter() - start))
        epochs += 1
        if epochs == after:
            result = accuracy()
    return {"times": times, "accuracy": result}


def time_one(one, job):
    """As timeOne of child.js."""
    block = 100
    times = []
    image = 0

    def calls():
        nonlocal image
        for _ in range(block):
            one(image)
            image = (image + 1) % 1000

    warmed_up = time.perf_counter() + 1
    while time.perf_counter() < warmed_up:
        calls()
    end = time.perf_counter() + min(job["seconds"], 3)
    while time.perf_counter() < end:
        start = time.perf_counter()
        calls()
        times.append(1000 * (time.perf_counter() - start) / block)
    return times


def time_many(many, job):
    """As timeMany of child.js."""
    times = []
    many()
    many()
    began = time.perf_counter()
    while more(times, began, job):
        start = time.perf_counter()
        many()
        times.append(1000 * (time.perf_counter() - start))
    return times


def more(times, began, job):
    if len(times) < job["least"]:
        return True
    return len(times) < job["most"] and time.perf_counter() - began < job["seconds"]
