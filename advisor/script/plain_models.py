"""The model of a script in plain PyTorch: a transformer and what makes embeddings or scores of it."""

from collections.abc import Mapping

from advisor.script.choices import Choices
from advisor.script.data import Names
from advisor.script.pieces import clean

#: What the class is called.
MODELS: Mapping[str, str] = {
    "sentence-transformer": "Encoder",
    "cross-encoder": "Reranker",
    "sparse-encoder": "SparseEncoder",
    "multi-vector-encoder": "TokenEncoder",
}

_NETWORKS: Mapping[str, str] = {
    "sentence-transformer": "AutoModel",
    "cross-encoder": "AutoModelForSequenceClassification",
    "sparse-encoder": "AutoModelForMaskedLM",
    "multi-vector-encoder": "AutoModel",
}

_FORWARD: Mapping[str, str] = {
    "sentence-transformer": '''
    def forward(self, texts: list[str]) -> Tensor:
        """The mean of the token embeddings of each text."""
        batch = self.tokenized(texts)
        hidden = self.network(**batch).last_hidden_state.float()
        there = batch["attention_mask"].unsqueeze(2)
        return (hidden * there).sum(1) / there.sum(1)
    ''',
    "cross-encoder": '''
    def forward(self, queries: list[str], documents: list[str]) -> Tensor:
        """The logits of each pair."""
        return self.network(**self.tokenized(queries, documents)).logits.float()
    ''',
    "sparse-encoder": '''
    def forward(self, texts: list[str]) -> Tensor:
        """How much each word of the vocabulary matters to each text."""
        batch = self.tokenized(texts)
        logits = self.network(**batch).logits.float()
        weights = torch.log1p(torch.relu(logits))
        return (weights * batch["attention_mask"].unsqueeze(2)).amax(1)
    ''',
    "multi-vector-encoder": '''
    def forward(self, texts: list[str]) -> list[Tensor]:
        """An embedding of length 1 for each token of each text."""
        batch = self.tokenized(texts)
        hidden = self.network(**batch).last_hidden_state
        tokens = nn.functional.normalize(self.projection(hidden).float(), dim=2)
        there = batch["attention_mask"].bool()
        return [own[kept] for own, kept in zip(tokens, there, strict=True)]
    ''',
}

#: What a loss between two models needs: the embeddings of either.
_COPIED = '''
    def forward(self, texts: list[str], copied: bool = False) -> Tensor:
        """The mean of the token embeddings of each text, those of the copy if asked."""
        batch = self.tokenized(texts)
        network = self.copy if copied else self.network
        hidden = network(**batch).last_hidden_state.float()
        there = batch["attention_mask"].unsqueeze(2)
        return (hidden * there).sum(1) / there.sum(1)
'''

_DECODER = """
    config = AutoConfig.from_pretrained(settings.model)
    config.is_decoder = config.add_cross_attention = True
    self.decoder = AutoModelForCausalLM.from_pretrained(
        settings.model, config=config
    )
    share_weights(self.network, self.decoder)
"""

_SHARED = '''
    def share_weights(encoder: nn.Module, decoder: nn.Module) -> None:
        """Gives a decoder the weights of the encoder, but those that only it has."""
        shared = {
            id(weight): encoder.get_parameter(name)
            for name, weight in decoder.base_model.named_parameters()
            if name in dict(encoder.named_parameters())
        }
        for part in decoder.modules():
            for name, weight in list(part.named_parameters(recurse=False)):
                if id(weight) in shared:
                    setattr(part, name, shared[id(weight)])
'''

_ABOUT: Mapping[str, str] = {
    "sentence-transformer": "A transformer that embeds texts.",
    "cross-encoder": "A transformer that scores pairs of texts.",
    "sparse-encoder": "A masked language model that weighs the words of a vocabulary.",
    "multi-vector-encoder": "A transformer that embeds the tokens of texts.",
}


def model_class(choices: Choices, *, classes: bool) -> tuple[str, Names]:
    """The class of the model, and what it imports."""
    family = choices.family
    network = _NETWORKS[family]
    cross, head = family == "cross-encoder", classes and family == "sentence-transformer"
    outputs = (", num_labels=classes" if classes else ", num_labels=1") if cross else ""
    loaded = f"self.network = {network}.from_pretrained(settings.model{outputs})"
    if len(loaded) > 80:
        loaded = f"self.network = {network}.from_pretrained(\n    settings.model{outputs}\n)"
    extra = []
    if head:
        extra = ["width = 3 * self.network.config.hidden_size", "self.classifier = nn.Linear(width, classes)"]
    if family == "multi-vector-encoder":
        extra = ["width = self.network.config.hidden_size", "self.projection = nn.Linear(width, 128, bias=False)"]
    names: Names = {"transformers": {network, "AutoTokenizer", "BatchEncoding"}}
    forward, helper = _FORWARD[family], ""
    if choices.best.loss == "ContrastiveTensionLoss":
        extra = ["self.copy = copy.deepcopy(self.network)  # trained along, and left behind"]
        forward = _COPIED
        names[""] = {"copy"}
    if choices.best.loss == "DenoisingAutoEncoderLoss":
        extra = clean(_DECODER).splitlines()
        helper = f"{clean(_SHARED)}\n\n\n"
        names["transformers"] |= {"AutoConfig", "AutoModelForCausalLM"}
    start = [
        "super().__init__()",
        "self.tokenizer = AutoTokenizer.from_pretrained(settings.model)",
        *loaded.splitlines(),
        *extra,
        "self.max_length = settings.max_length",
    ]
    parameters = "self, settings: Settings" + (", classes: int" if classes else "")
    texts = "*texts: list[str]"
    lines = [
        f"class {MODELS[family]}(nn.Module):",
        f'    """{_ABOUT[family]}"""',
        "",
        f"    def __init__({parameters}) -> None:",
        *(f"        {line}" for line in start),
        "",
        "    @property",
        "    def device(self) -> torch.device:",
        '        """Where the model is."""',
        "        return self.network.device",
        "",
        f"    def tokenized(self, {texts}) -> BatchEncoding:",
        '        """The tokens of texts, or of pairs of texts."""',
        "        return self.tokenizer(",
        "            *texts,",
        "            padding=True,",
        "            truncation=True,",
        "            max_length=self.max_length,",
        '            return_tensors="pt",',
        "        ).to(self.device)",
        "",
        *(f"    {line}" if line else "" for line in clean(forward).splitlines()),
        "",
        *(f"    {line}" if line else "" for line in clean(_SCORE if cross else _embed(family)).splitlines()),
        "",
        *(f"    {line}" if line else "" for line in clean(_SAVE).splitlines()),
    ]
    kept = "classifier" if head else "projection" if family == "multi-vector-encoder" else None
    if kept:
        lines.append(f'        torch.save(self.{kept}.state_dict(), folder / "{kept}.pt")')
    return helper + "\n".join(lines), names


_SCORE = '''
    @torch.inference_mode()
    def score(self, queries: list[str], documents: list[str]) -> Tensor:
        """The logits of many pairs, without a gradient."""
        self.eval()
        parts = [
            self(queries[i : i + 64], documents[i : i + 64]).cpu()
            for i in range(0, len(queries), 64)
        ]
        self.train()
        return torch.cat(parts)
'''

_SAVE = '''
    def save(self, folder: Path) -> None:
        """Writes the model to a folder, as transformers reads it."""
        self.network.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
'''


def _embed(family: str) -> str:
    if family == "multi-vector-encoder":
        return '''
    @torch.inference_mode()
    def embed(self, texts: list[str]) -> list[Tensor]:
        """The embeddings of many texts, without a gradient."""
        self.eval()
        parts = [self(texts[i : i + 64]) for i in range(0, len(texts), 64)]
        self.train()
        return [each for part in parts for each in part]
        '''
    return '''
    @torch.inference_mode()
    def embed(self, texts: list[str]) -> Tensor:
        """The embeddings of many texts, without a gradient."""
        self.eval()
        parts = [self(texts[i : i + 64]).cpu() for i in range(0, len(texts), 64)]
        self.train()
        return torch.cat(parts)
    '''
