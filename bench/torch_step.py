"""Seconds an update and peak memory of engines/torch_worker.py over a model of a given shape.

Weights and texts are random: neither changes how long a step takes. Prints a line a precision.
"""

import argparse
import resource
import statistics
import sys
import time
import warnings
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

sys.path.insert(0, str(Path(__file__).parent.parent / "engines"))
import torch_worker

# hidden size, feed-forward size, layers, attention heads, vocabulary: those of the models' own configs
SHAPES = {
    "codet5p-220m": ("t5", 768, 3072, 12, 12, 32100),
    "codet5p-770m": ("t5", 1024, 4096, 24, 16, 32100),
    "codebert": ("roberta", 768, 3072, 12, 12, 50265),
    "tiny": ("t5", 64, 128, 2, 4, 600),
}
PRECISIONS = ("no", "fp16", "bf16")
WARM_UP = 2


def make_model(shape, folder):
    """A folder with random weights, made once."""
    if (folder / "model.safetensors").exists():
        return
    kind, hidden, wide, layers, heads, words = SHAPES[shape]
    special = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    if kind == "t5":
        config = transformers.T5Config(
            d_model=hidden, d_kv=64, d_ff=wide, num_layers=layers, num_decoder_layers=layers, num_heads=heads,
            vocab_size=words, decoder_start_token_id=1, **special)
        model = transformers.T5Model(config)
    else:
        config = transformers.RobertaConfig(
            hidden_size=hidden, intermediate_size=wide, num_hidden_layers=layers, num_attention_heads=heads,
            vocab_size=words, max_position_embeddings=514, type_vocab_size=1, **special)
        model = transformers.RobertaModel(config)
    letters = {word: i for i, word in enumerate(["<s>", "<pad>", "</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    bpe = Tokenizer(models.BPE(vocab=letters, merges=[]))
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    names = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>"}
    transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=512, **names).save_pretrained(folder)
    model.save_pretrained(folder)


def open_training(folder, precision, flags):
    rows = flags.batch * flags.accumulate
    width = transformers.AutoConfig.from_pretrained(folder).hidden_size
    return torch_worker.Training({
        **{"model": str(folder), "pooling": "auto", "max_length": flags.tokens, "precision": precision},
        **{"hidden": 0, "activation": "relu", "dropout": 0.1, "frozen": False, "head": [0.0] * (2 * width + 2)},
        **{"checkpointing": flags.checkpointing, "weight_decay": 0.01, "max_grad_norm": 1.0},
        **{"train": ["x" * flags.tokens] * rows, "validation": ["x"], "labels": [0, 1] * (rows // 2) + [0] * (rows % 2)},
        "class_weights": [1.0, 1.0],
    })


def seconds_a_step(training, flags):
    rows = list(range(flags.batch * flags.accumulate))
    batches = [rows[at : at + flags.batch] for at in range(0, len(rows), flags.batch)]
    times = []
    for step in range(WARM_UP + flags.steps):
        start = time.perf_counter()
        training.update(batches, 4e-5, step)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return statistics.median(times[WARM_UP:])


def peak_bytes():
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    parser = argparse.ArgumentParser(prog="deno task bench:torch", description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="codet5p-220m")
    parser.add_argument("--precision", choices=PRECISIONS, help="default: those that the device has")
    parser.add_argument("--batch", type=int, default=8, help="rows of a batch (default 8)")
    parser.add_argument("--accumulate", type=int, default=1, help="batches an update (default 1)")
    parser.add_argument("--tokens", type=int, default=512, help="tokens of a row (default 512)")
    parser.add_argument("--steps", type=int, default=20, help="updates that are timed (default 20)")
    parser.add_argument("--checkpointing", action="store_true", help="gradient checkpointing")
    flags = parser.parse_args()
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(7)
    folder = Path(".artifacts/bench-torch") / flags.shape
    make_model(flags.shape, folder)
    cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name() if cuda else f"CPU, {torch.get_num_threads()} threads"
    print(f"{flags.shape}, random weights, {flags.batch} x {flags.accumulate} rows of {flags.tokens} tokens, "
          f"checkpointing {'on' if flags.checkpointing else 'off'}, torch {torch.__version__}, {device}")
    wanted = [flags.precision] if flags.precision else [p for p in PRECISIONS if cuda or p == "no"]
    for precision in wanted:
        if cuda:
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
        training = open_training(folder, precision, flags)
        step = seconds_a_step(training, flags)
        facts = training.facts
        kind = "GPU" if cuda else "process"
        print(f"{facts['precision']}: {step:.4f} s a step, peak {peak_bytes() / 2**30:.2f} GiB of the {kind}, "
              f"{facts['parameters'] / 1e6:.1f} M trained parameters", flush=True)
        del training


main()
