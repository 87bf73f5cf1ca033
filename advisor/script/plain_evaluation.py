"""How a script in plain PyTorch measures its model."""

from advisor.script.choices import Choices
from advisor.script.data import Names
from advisor.script.pieces import clean, function
from advisor.script.plain_models import MODELS

_LIMITED = "# An evaluation has so many queries and documents at most.\nQUERIES, DOCUMENTS = 500, 5_000"

_SEARCHED = ("triplet-margin", "n-tuple-margins", "triplet-scores", "n-tuple-scores")
#: The column with the whole texts, of formats without labels.
_WHOLE = {"single": "text", "identical-pair": "anchor", "damaged-pair": "original"}

_RANKED = ("pair", "triplet", "n-tuple", *_SEARCHED)


def evaluation(choices: Choices) -> tuple[str, str, Names]:
    """The function `evaluate` with its constants, the name of the metric, and what is imported."""
    about, metric, body, names = _of_pairs(choices) if choices.family == "cross-encoder" else _of_texts(choices)
    given = [f"model: {MODELS[choices.family]}", "train: Dataset", "held_out: Dataset"]
    code = function("evaluate", given, "float", about, body)
    return f"{_LIMITED}\n\n\n{code}", metric, names


def _of_texts(choices: Choices) -> tuple[str, str, str, Names]:
    """What a model that embeds is measured by."""
    format = choices.format
    prompts = choices.best.prompts

    def with_prompt(column: str, texts: str) -> str:
        return f'[PROMPTS["{column}"] + text for text in {texts}]' if column in prompts else texts

    if format in _RANKED or format in _WHOLE:
        query = "query" if format in _SEARCHED else _WHOLE.get(format, "anchor")
        found = "positive" if format in _RANKED else query
        asked = with_prompt(query, "queries")
        documents = with_prompt(found, "documents")
        compare = {
            "sentence-transformer": "scores = cos_sim(asked, found)",
            "sparse-encoder": "scores = asked @ found.T",
            "multi-vector-encoder": "scores = maxsim(asked, found)",
        }[choices.family]
        words = (
            ""
            if format in _RANKED
            else '\nqueries = [" ".join(text.split()[::2]) for text in queries]  # half of the words'
        )
        body = clean(
            f"""
            queries = list(held_out["{query}"][:QUERIES])
            positives = list(held_out["{found}"][:QUERIES])
            """
        )
        body += (
            words
            + "\n"
            + clean(
                f"""
            documents = [*positives, *train["{found}"][:DOCUMENTS]]
            documents = list(dict.fromkeys(documents))
            places = {{text: place for place, text in enumerate(documents)}}
            relevant = np.zeros((len(queries), len(documents)), dtype=bool)
            answers: dict[str, list[int]] = {{}}
            for query, positive in zip(queries, positives, strict=True):
                answers.setdefault(query, []).append(places[positive])
            for row, query in enumerate(queries):
                relevant[row, answers[query]] = True
            asked = model.embed({asked})
            found = model.embed({documents})
            {compare}
            return ndcg(scores.cpu().numpy(), relevant)
            """
            )
        )
        names: Names = {"advisor.metrics": {"ndcg"}, "": {"numpy as np"}}
        function_used = {"sentence-transformer": "cos_sim", "multi-vector-encoder": "maxsim"}.get(choices.family)
        names |= {"losses.functional": {function_used}} if function_used else {}
        return f"How well a held-out {query} finds its positives among other documents.", "ndcg@10", body, names
    if format in ("pair-score", "labeled-pair"):
        names_of = ("sentence_a", "sentence_b") if format == "pair-score" else ("anchor", "document")
        first, second = (with_prompt(name, f'held_out["{name}"]') for name in names_of)
        measure = (
            'spearmanr(held_out["score"], scores).statistic'
            if format == "pair-score"
            else ('average_precision_score(held_out["label"], scores)')
        )
        body = f"""
            first = model.embed(list({first}))
            second = model.embed(list({second}))
            scores = pairwise_cos_sim(first, second).numpy()
            return float({measure})
        """
        own: Names = {"losses.functional": {"pairwise_cos_sim"}}
        if format == "pair-score":
            own["scipy.stats"] = {"spearmanr"}
            return "Whether the order of the held-out pairs is that of their scores.", "spearman", body, own
        own["sklearn.metrics"] = {"average_precision_score"}
        return "Whether held-out pairs that belong together score higher.", "average_precision", body, own
    text = with_prompt("text", 'PART["text"]')
    if format == "single-class":
        body = f"""
            known = train.select(range(min(len(train), DOCUMENTS)))
            first = nn.functional.normalize(model.embed(list({text.replace("PART", "known")})))
            second = model.embed(list({text.replace("PART", "held_out")}))
            second = nn.functional.normalize(second)
            neighbors = KNeighborsClassifier(min(5, len(known)))
            neighbors.fit(first.numpy(), known["label"])
            return float(neighbors.score(second.numpy(), held_out["label"]))
        """
        own = {"sklearn.neighbors": {"KNeighborsClassifier"}}
        return "Whether the nearest texts of the training part tell the class.", "neighbor_accuracy", body, own
    if format == "pair-class":
        first, second = (with_prompt(name, f'held_out["{name}"]') for name in ("sentence_a", "sentence_b"))
        body = f"""
            first = model.embed(list({first}))
            second = model.embed(list({second}))
            features = pair_features(first, second).to(model.device)
            with torch.inference_mode():
                said = model.classifier(features).argmax(1).tolist()
            return float(np.mean(np.array(said) == np.array(held_out["label"])))
        """
        own = {"losses.functional": {"pair_features"}, "": {"numpy as np"}}
        return "Whether the classifier tells the class of the held-out pairs.", "accuracy", body, own
    assert format == "text-embedding", format
    body = f"""
        some = held_out.select(range(min(len(held_out), QUERIES)))
        own = model.embed(list({text.replace("PART", "some")}))
        teacher = torch.tensor(some["label"])
        upper = np.triu_indices(len(some), k=1)
        ours, theirs = (cos_sim(each, each).numpy()[upper] for each in (own, teacher))
        return float(spearmanr(ours, theirs).statistic)
    """
    own = {"losses.functional": {"cos_sim"}, "scipy.stats": {"spearmanr"}, "": {"numpy as np"}}
    return "Whether those texts are similar that the teacher finds similar.", "teacher_spearman", body, own


def _of_pairs(choices: Choices) -> tuple[str, str, str, Names]:
    """What a model that scores pairs is measured by."""
    format = choices.format
    if format in ("pair-score", "labeled-pair", "pair-class"):
        first, second = ("anchor", "document") if format == "labeled-pair" else ("sentence_a", "sentence_b")
        start = clean(
            f"""
            pairs = held_out["{first}"], held_out["{second}"]
            logits = model.score(*map(list, pairs)).numpy()
            """
        )
        if format == "pair-score":
            end = 'return float(spearmanr(held_out["score"], logits[:, 0]).statistic)'
            names: Names = {"scipy.stats": {"spearmanr"}}
            return "Whether the order of the pairs is that of their scores.", "spearman", f"{start}\n{end}", names
        if format == "labeled-pair":
            end = 'return float(average_precision_score(held_out["label"], logits[:, 0]))'
            names = {"sklearn.metrics": {"average_precision_score"}}
            about = "Whether pairs that belong together score higher."
            return about, "average_precision", f"{start}\n{end}", names
        end = 'said = logits.argmax(1)\nreturn float(f1_score(held_out["label"], said, average="macro"))'
        names = {"sklearn.metrics": {"f1_score"}}
        return "Whether every held-out pair gets its class.", "f1_macro", f"{start}\n{end}", names
    if format == "labeled-list":
        body = """
            some = held_out.select(range(min(len(held_out), QUERIES)))
            longest = max(map(len, some["documents"]))
            scores = np.full((len(some), longest), -np.inf)
            relevant = np.zeros((len(some), longest), dtype=bool)
            for row, (query, documents, labels) in enumerate(
                zip(some["query"], some["documents"], some["labels"], strict=True)
            ):
                logits = model.score([query] * len(documents), documents)
                scores[row, : len(documents)] = logits[:, 0].numpy()
                relevant[row, : len(documents)] = np.array(labels) > 0
            return ndcg(scores, relevant)
        """
    else:
        query = "query" if format in _SEARCHED else "anchor"
        drawn = (
            """
            positives = columns[0]
            columns += [positives[i:] + positives[:i] for i in range(1, 21)]
            """
            if format == "pair"
            else ""
        )
        body = "\n".join(
            filter(
                None,
                [
                    clean(
                        f"""
                        queries = list(held_out["{query}"][:QUERIES])
                        columns = [list(held_out[name][:QUERIES]) for name in TEXTS[1:]]
                        """
                    ),
                    clean(drawn),
                    clean(
                        """
                        scores = [model.score(queries, each)[:, 0].numpy() for each in columns]
                        relevant = [np.array(each) == np.array(columns[0]) for each in columns]
                        return ndcg(np.stack(scores, 1), np.stack(relevant, 1))
                        """
                    ),
                ],
            )
        )
    names = {"advisor.metrics": {"ndcg"}, "": {"numpy as np"}}
    return "Whether the positives of a held-out query rank above other documents.", "ndcg@10", body, names
