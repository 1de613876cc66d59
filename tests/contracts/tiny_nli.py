"""A real but tiny NLI classifier for tests: one BERT layer that has learned the six probe pairs by heart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from personae.models.pairs.labels import NAMES, PROBES


def save_tiny_nli(folder: Path, labels: Sequence[str], order: Sequence[int] = (0, 1, 2), *, steps: int = 100) -> Path:
    """Save a model whose columns are called `labels`; contradiction, neutral, entailment truly lie in `order`."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    tokenizer = _tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    network = BertForSequenceClassification(config)
    inputs = tokenizer([p for p, _, _ in PROBES], [h for _, h, _ in PROBES], padding=True, return_tensors="pt")
    wanted = torch.tensor([order[relation] for _, _, relation in PROBES])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    for _ in range(steps if len(labels) == len(NAMES) else 0):
        loss = network(**inputs, labels=wanted).loss
        if loss < 0.02:
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer():
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = sorted({word for p, h, _ in PROBES for word in f"{p} {h}".lower().replace(".", " . ").split()})
    vocabulary = {token: index for index, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=64,
    )
