"""The papers and pages that the losses come from: title and address, each told once."""

from advisor.catalogue.entry import Reference

INFONCE: Reference = (
    "Representation Learning with Contrastive Predictive Coding",
    "https://arxiv.org/abs/1807.03748",
)
SMART_REPLY: Reference = (
    "Efficient Natural Language Response Suggestion for Smart Reply",
    "https://arxiv.org/abs/1705.00652",
)
GRADCACHE: Reference = (
    "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup",
    "https://arxiv.org/abs/2101.06983",
)
JINA_EMBEDDINGS_2: Reference = (
    "Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents",
    "https://arxiv.org/abs/2310.19923",
)
GIST: Reference = (
    "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning",
    "https://arxiv.org/abs/2402.16829",
)
DEBIASED: Reference = ("Debiased Contrastive Learning", "https://arxiv.org/abs/2007.00224")
SIGLIP: Reference = ("Sigmoid Loss for Language Image Pre-Training", "https://arxiv.org/abs/2303.15343")
SUPCON: Reference = ("Supervised Contrastive Learning", "https://arxiv.org/abs/2004.11362")
SBERT: Reference = (
    "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
    "https://arxiv.org/abs/1908.10084",
)
CONTRASTIVE: Reference = (
    "Dimensionality Reduction by Learning an Invariant Mapping",
    "http://yann.lecun.com/exdb/publis/pdf/hadsell-chopra-lecun-06.pdf",
)
BATCH_TRIPLETS: Reference = (
    "In Defense of the Triplet Loss for Person Re-Identification",
    "https://arxiv.org/abs/1703.07737",
)
FACENET: Reference = (
    "FaceNet: A Unified Embedding for Face Recognition and Clustering",
    "https://arxiv.org/abs/1503.03832",
)
COSENT: Reference = (
    "CoSENT: Consistent Sentence Embedding via Similarity Ranking",
    "https://doi.org/10.1109/TASLP.2024.3402087",
)
ANGLE: Reference = ("AnglE-optimized Text Embeddings", "https://arxiv.org/abs/2309.12871")
PARANMT: Reference = (
    "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine Translations",
    "https://aclanthology.org/P18-1042",
)
CONTRASTIVE_TENSION: Reference = (
    "Semantic Re-tuning with Contrastive Tension",
    "https://openreview.net/forum?id=Ov_sMNau-PF",
)
TSDAE: Reference = (
    "TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding Learning",
    "https://arxiv.org/abs/2104.06979",
)
MULTILINGUAL: Reference = (
    "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
    "https://arxiv.org/abs/2004.09813",
)
EMBED_DISTILL: Reference = (
    "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval",
    "https://arxiv.org/abs/2301.12005",
)
MARGIN_MSE: Reference = (
    "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation",
    "https://arxiv.org/abs/2010.02666",
)
TIGHT_COUPLING: Reference = (
    "Distilling Dense Representations for Ranking using Tightly-Coupled Teachers",
    "https://arxiv.org/abs/2010.11386",
)
MATRYOSHKA: Reference = ("Matryoshka Representation Learning", "https://arxiv.org/abs/2205.13147")
MATRYOSHKA_2D: Reference = ("2D Matryoshka Sentence Embeddings", "https://arxiv.org/abs/2402.14776")
SPREAD_OUT: Reference = (
    "Learning Spread-out Local Feature Descriptors",
    "https://arxiv.org/abs/1708.06320",
)
CROSS_ENCODERS: Reference = (
    "Sentence Transformers, cross-encoder losses",
    "https://sbert.net/docs/package_reference/cross_encoder/losses.html",
)
LAMBDA_LOSS: Reference = (
    "The LambdaLoss Framework for Ranking Metric Optimization",
    "https://marc.najork.org/papers/cikm2018.pdf",
)
LIST_MLE: Reference = (
    "Listwise approach to learning to rank: theory and algorithm",
    "https://doi.org/10.1145/1390156.1390306",
)
PLIST_MLE: Reference = (
    "Position-Aware ListMLE: A Sequential Learning Process for Ranking",
    "https://auai.org/uai2014/proceedings/individuals/164.pdf",
)
LIST_NET: Reference = (
    "Learning to Rank: From Pairwise Approach to Listwise Approach",
    "https://doi.org/10.1145/1273496.1273513",
)
RANK_NET: Reference = ("Learning to Rank using Gradient Descent", "https://doi.org/10.1145/1102351.1102363")
RANK_DISTILLM: Reference = (
    "Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-Ranking",
    "https://arxiv.org/abs/2405.07920",
)
APPROX_NDCG: Reference = (
    "A general approximation framework for direct optimization of information retrieval measures",
    "https://doi.org/10.1007/s10791-009-9124-x",
)
SPLADE_2: Reference = (
    "SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval",
    "https://arxiv.org/abs/2109.10086",
)
SPLADE_DISTILLATION: Reference = (
    "From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective",
    "https://arxiv.org/abs/2205.04733",
)
FLOPS: Reference = (
    "Minimizing FLOPs to Learn Efficient Sparse Representations",
    "https://arxiv.org/abs/2004.05665",
)
CSR: Reference = (
    "Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation",
    "https://arxiv.org/abs/2503.01776",
)
COLBERT: Reference = (
    "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT",
    "https://arxiv.org/abs/2004.12832",
)
COLBERT_2: Reference = (
    "ColBERTv2: Effective and Efficient Retrieval via Lightweight Late Interaction",
    "https://arxiv.org/abs/2112.01488",
)
