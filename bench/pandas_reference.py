"""Reads a table with pandas and prepares it with scikit-learn, as relumax does, and says what that took, as JSON."""

import json
import resource
import sys
import time

import pandas
import sklearn
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

path, label = sys.argv[1:]
began = time.perf_counter()
table = pandas.read_csv(path)
read = time.perf_counter()
labels = table.pop(label)
numbers = [name for name in table if table[name].dtype != object]
texts = [name for name in table if table[name].dtype == object]
train, test, _, _ = train_test_split(table, labels, test_size=0.2, random_state=1, stratify=labels)
dense = "sparse" if sklearn.__version__ < "1.2" else "sparse_output"
encoder = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), numbers),
    (OneHotEncoder(handle_unknown="ignore", **{dense: False}), texts),
)
inputs = [encoder.fit_transform(train).shape[1], encoder.transform(test).shape[1]]
done = time.perf_counter()
print(
    json.dumps(
        {
            "version": f"pandas {pandas.__version__}, scikit-learn {sklearn.__version__}",
            "read": 1000 * (read - began),
            "prepare": 1000 * (done - read),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3,
            "inputs": inputs[0],
        }
    )
)
