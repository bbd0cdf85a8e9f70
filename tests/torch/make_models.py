"""Writes tiny models with random weights: make_models.py FOLDER TEXTS makes FOLDER/roberta and FOLDER/t5.

They have the shape of CodeBERT and of CodeT5: byte-level BPE, one an encoder, one an encoder and decoder.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def tokenizer(texts):
    bpe = Tokenizer(models.BPE(unk_token="<unk>"))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=SPECIAL, initial_alphabet=alphabet)
    bpe.train_from_iterator(texts, trainer)
    bpe.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), SPECIAL))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, model_max_length=512, **names)


def main(folder, path):
    rows = [json.loads(line) for line in Path(path).read_text().splitlines()]
    words = tokenizer([row["content"] for row in rows])
    common = {"vocab_size": len(words), "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    torch.manual_seed(7)
    roberta = transformers.RobertaModel(transformers.RobertaConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=130, type_vocab_size=1, **common))
    t5 = transformers.T5ForConditionalGeneration(transformers.T5Config(
        d_model=32, d_kv=8, d_ff=64, num_layers=2, num_decoder_layers=2, num_heads=4,
        decoder_start_token_id=1, **common))
    for name, model in (("roberta", roberta), ("t5", t5)):
        model.save_pretrained(Path(folder) / name)
        words.save_pretrained(Path(folder) / name)


main(*sys.argv[1:])
