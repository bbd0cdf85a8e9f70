"""Trains a text classifier over a transformer's encoder with PyTorch, as micro-lm asks it to.

Requests come on standard input, one JSON object a line; each has one answer on standard output, and
whatever else is printed goes to standard error. Which rows an update sees, how fast it learns, when
to evaluate, keep, save and stop is decided by who asks: this file knows models and tensors alone.
"""

import copy
import hashlib
import json
import os
import sys
import warnings
from pathlib import Path

if os.environ.get("MICRO_LM_LIBRARY_PATH"):  # what a module of a cluster set: see the Slurm script
    os.environ["LD_LIBRARY_PATH"] = os.environ.pop("MICRO_LM_LIBRARY_PATH")
    os.execv(sys.executable, [sys.executable, *sys.argv])
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # what equal results need on a GPU
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing downloads by itself

import accelerate
import torch
import transformers
from torch.nn import functional

POSITION_OFFSETS = ("roberta", "xlm-roberta", "camembert", "mpnet", "xlm-roberta-xl")
EVALUATION_BATCH = 32


class Encoder:
    """A pretrained encoder with its tokenizer: of a T5-like model, the first half."""

    def __init__(self, model, pooling="auto", max_length=512):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(model)
        whole = transformers.AutoModel.from_pretrained(model).float()
        self.config = whole.config
        self.network = whole.get_encoder() if self.config.is_encoder_decoder else whole
        # T5-like models have no token that is trained to stand for a text; BERT-like ones begin with it.
        self.pooling = pooling if pooling != "auto" else ("mean" if self.config.is_encoder_decoder else "cls")
        self.dims = self.config.hidden_size
        self.max_length = min(max_length, self.tokenizer.model_max_length, self.positions())

    def positions(self):
        limit = getattr(self.config, "max_position_embeddings", None)
        if limit is None or self.config.is_encoder_decoder:
            return sys.maxsize
        return limit - 1 - (self.config.pad_token_id or 1) if self.config.model_type in POSITION_OFFSETS else limit

    def tokens(self, texts):
        texts = [text.strip() for text in texts]
        return self.tokenizer(texts, truncation=True, max_length=self.max_length)["input_ids"]

    def fingerprint(self):
        """Names weights and tokenizer, wherever they came from."""
        digest = hashlib.sha256(self.tokenizer.backend_tokenizer.to_str().encode())
        for name, tensor in sorted(self.network.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy())
        return digest.hexdigest()

    def export(self, folder):
        """Writes the folder of a sentence-transformers model with its weights in ONNX, single precision."""
        folder = Path(folder)
        (folder / "onnx").mkdir(parents=True, exist_ok=True)
        (folder / "1_Pooling").mkdir(exist_ok=True)
        self.tokenizer.save_pretrained(folder)
        self.config.save_pretrained(folder)
        kind = "sentence_transformers.models."
        modules = [
            {"idx": 0, "name": "0", "path": "", "type": kind + "Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": kind + "Pooling"},
        ]
        pooling = {"word_embedding_dimension": self.dims, "pooling_mode": self.pooling}
        write_json(folder / "modules.json", modules)
        write_json(folder / "1_Pooling" / "config.json", pooling)
        write_json(folder / "sentence_bert_config.json", {"max_seq_length": self.max_length})
        network = copy.deepcopy(self.network).cpu().float().eval()
        ids = torch.tensor([self.tokens(["example = 1"])[0]] * 2)
        axes = {0: "batch", 1: "tokens"}
        torch.onnx.export(
            HiddenStates(network),
            (ids, torch.ones_like(ids)),
            folder / "onnx" / "model.onnx",
            input_names=["input_ids", "attention_mask"],
            output_names=["last_hidden_state"],
            dynamic_axes={name: axes for name in ("input_ids", "attention_mask", "last_hidden_state")},
            opset_version=17,
            dynamo=False,  # the newer exporter cannot decompose T5 and takes minutes where this takes seconds
        )


class HiddenStates(torch.nn.Module):
    """The part of a model that is exported."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask):
        return self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class Classifier(torch.nn.Module):
    """Encoder, pooling, and a head of one layer or two."""

    def __init__(self, encoder, hidden, activation, dropout, frozen):
        super().__init__()
        self.encoder, self.pooling, self.frozen = encoder.network, encoder.pooling, frozen
        widths = [encoder.dims, hidden, 2] if hidden else [encoder.dims, 2]
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])
        )
        self.activation = getattr(torch, activation)
        self.dropout = torch.nn.Dropout(dropout)
        self.encoder.requires_grad_(not frozen)

    def train(self, mode=True):
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self

    def forward(self, ids, mask):
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        vector = self.pool(states, mask)
        for layer in self.layers[:-1]:
            vector = self.activation(layer(vector))
        return self.layers[-1](self.dropout(vector)).float()

    def pool(self, states, mask):
        if self.pooling == "cls":
            return states[:, 0]
        if self.pooling == "lasttoken":
            return states[torch.arange(len(states)), mask.sum(1) - 1]
        weights = mask.unsqueeze(-1).float()
        return (states * weights).sum(1) / weights.sum(1)

    def load_head(self, flat):
        """Numbers in the order of micro-lm's heads: inputs × outputs, then biases, layer by layer."""
        numbers = torch.tensor(flat, dtype=torch.float32)
        with torch.no_grad():
            for layer in self.layers:
                size = layer.weight.numel()
                weight = numbers[:size].view(layer.in_features, layer.out_features)
                layer.weight.copy_(weight.T)
                layer.bias.copy_(numbers[size : size + layer.out_features])
                numbers = numbers[size + layer.out_features :]

    def flat_head(self):
        parts = [part for layer in self.layers for part in (layer.weight.T, layer.bias)]
        return torch.cat([part.detach().reshape(-1) for part in parts]).tolist()


class Training:
    """A classifier on its way, with optimiser, data and its best weights so far."""

    def __init__(self, ask):
        precision = ask["precision"]
        # Half precision with scaled gradients is for GPUs; other processors compute in single precision.
        if precision == "fp16" and not torch.cuda.is_available():
            precision = "no"
        self.accelerator = accelerate.Accelerator(mixed_precision=precision)
        torch.use_deterministic_algorithms(True, warn_only=True)
        self.encoder = Encoder(ask["model"], ask["pooling"], ask["max_length"])
        self.net = Classifier(self.encoder, *(ask[key] for key in ("hidden", "activation", "dropout", "frozen")))
        self.net.load_head(ask["head"])
        if ask["checkpointing"]:
            self.encoder.network.gradient_checkpointing_enable({"use_reentrant": False})
        trained = [(name, p) for name, p in self.net.named_parameters() if p.requires_grad]
        groups = [
            {"params": [p for _, p in trained if p.dim() > 1], "weight_decay": ask["weight_decay"]},
            {"params": [p for _, p in trained if p.dim() <= 1], "weight_decay": 0.0},
        ]
        self.parameters = [p for _, p in trained]
        optimizer = torch.optim.AdamW(groups, lr=0.0)
        self.model, self.optimizer = self.accelerator.prepare(self.net, optimizer)
        self.train_ids = self.encoder.tokens(ask["train"])
        self.validation_ids = self.encoder.tokens(ask["validation"])
        self.labels = torch.tensor(ask["labels"])
        self.class_weights = torch.tensor(ask["class_weights"], dtype=torch.float32)
        self.max_grad_norm = ask["max_grad_norm"]
        self.best = None
        self.facts = {
            "dims": self.encoder.dims,
            "parameters": sum(p.numel() for p in self.parameters),
            "pooling": self.encoder.pooling,
            "max_length": self.encoder.max_length,
            "device": str(self.accelerator.device),
            "precision": "fp32" if precision == "no" else precision,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        }

    def batch(self, texts):
        """Ids padded on the right, and which of them count."""
        width = max(map(len, texts))
        pad = self.encoder.tokenizer.pad_token_id or 0
        ids = torch.tensor([text + [pad] * (width - len(text)) for text in texts])
        mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
        device = self.accelerator.device
        return ids.to(device), mask.to(device)

    def update(self, batches, rate, seed):
        """One step of the optimiser over the rows of some batches; the loss is their weighted mean."""
        torch.manual_seed(seed)
        self.model.train()
        device = self.accelerator.device
        total = self.class_weights[self.labels[[row for rows in batches for row in rows]]].sum().item()
        loss = 0.0
        for rows in batches:
            logits = self.model(*self.batch([self.train_ids[row] for row in rows]))
            part = functional.cross_entropy(
                logits, self.labels[rows].to(device), self.class_weights.to(device), reduction="sum"
            ) / total
            self.accelerator.backward(part)
            loss += part.item()
        if self.max_grad_norm > 0:
            self.accelerator.clip_grad_norm_(self.parameters, self.max_grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        return {"loss": loss if loss == loss and abs(loss) != float("inf") else None}

    @torch.no_grad()
    def evaluate(self):
        self.model.eval()
        order = sorted(range(len(self.validation_ids)), key=lambda i: len(self.validation_ids[i]))
        logits = [None] * len(order)
        for at in range(0, len(order), EVALUATION_BATCH):
            rows = order[at : at + EVALUATION_BATCH]
            out = self.model(*self.batch([self.validation_ids[row] for row in rows]))
            for row, pair in zip(rows, out.tolist()):
                logits[row] = pair
        return {"logits": logits}

    def trained_state(self):
        """Weights that training changes, on the CPU."""
        return {
            name: p.detach().cpu().clone() for name, p in self.net.named_parameters() if p.requires_grad
        }

    def keep(self):
        self.best = self.trained_state()
        return {}

    def save(self, path):
        state = {
            "trained": self.trained_state(),
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.accelerator.scaler.state_dict() if self.accelerator.scaler else None,
        }
        torch.save(state, path + ".tmp")
        os.replace(path + ".tmp", path)
        return {}

    def load(self, path):
        state = torch.load(path, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state["trained"], strict=False)
        self.optimizer.load_state_dict(state["optimizer"])
        if self.accelerator.scaler and state["scaler"]:
            self.accelerator.scaler.load_state_dict(state["scaler"])
        self.best = state["best"]
        return {}

    def finish(self, best, folder):
        """Writes the encoder and returns the head."""
        if best and self.best is not None:
            self.net.load_state_dict(self.best, strict=False)
        self.encoder.export(folder)
        cuda = torch.cuda.is_available()
        peak = torch.cuda.max_memory_allocated() if cuda else None
        return {"head": self.net.flat_head(), "peak_bytes": peak}


def describe(model, pooling="auto", max_length=512):
    encoder = Encoder(model, pooling, max_length)
    return {"fingerprint": encoder.fingerprint(), "dims": encoder.dims}


def export(model, folder, pooling="auto", max_length=512):
    encoder = Encoder(model, pooling, max_length)
    encoder.export(folder)
    return {"dims": encoder.dims, "pooling": encoder.pooling, "max_length": encoder.max_length}


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def serve(requests, answers):
    training = None
    for line in requests:
        ask = json.loads(line)
        what = ask.pop("do")
        try:
            if what == "open":
                training = Training(ask)
                answer = training.facts
            elif what in ("describe", "export"):
                answer = globals()[what](**ask)
            elif what in ("update", "evaluate", "keep", "save", "load", "finish"):
                answer = getattr(training, what)(**ask)
            else:
                raise ValueError(f"unknown request {what}")
        except Exception as error:  # told, so that who asks can name the run that it is about
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    real = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not stand between answers
    serve(sys.stdin, real)
