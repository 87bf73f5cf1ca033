"""The papers behind the losses, in BibTeX, each written down once."""

SENTENCE_BERT = """
@inproceedings{reimers-2019-sentence-bert,
    title = "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks",
    author = "Reimers, Nils and Gurevych, Iryna",
    booktitle = "Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing",
    month = "11",
    year = "2019",
    publisher = "Association for Computational Linguistics",
    url = "https://arxiv.org/abs/1908.10084",
}
"""

CONTRASTIVE_PREDICTIVE_CODING = """
@misc{oord2019representationlearningcontrastivepredictive,
    title = {Representation Learning with Contrastive Predictive Coding},
    author = {Aaron van den Oord and Yazhe Li and Oriol Vinyals},
    year = {2019},
    eprint = {1807.03748},
    archivePrefix = {arXiv},
    primaryClass = {cs.LG},
    url = {https://arxiv.org/abs/1807.03748},
}
"""

GTE = """
@misc{li2023generaltextembeddingsmultistage,
    title = {Towards General Text Embeddings with Multi-stage Contrastive Learning},
    author = {Zehan Li and Xin Zhang and Yanzhao Zhang and Dingkun Long and Pengjun Xie and Meishan Zhang},
    year = {2023},
    eprint = {2308.03281},
    archivePrefix = {arXiv},
    primaryClass = {cs.CL},
    url = {https://arxiv.org/abs/2308.03281},
}
"""

JINA_EMBEDDINGS_2 = """
@misc{günther2024jinaembeddings28192token,
    title = {Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents},
    author = {Michael Günther and Jackmin Ong and Isabelle Mohr and Alaeddine Abdessalem and Tanguy Abel and
        Mohammad Kalim Akram and Susana Guzman and Georgios Mastrapas and Saba Sturua and Bo Wang and
        Maximilian Werk and Nan Wang and Han Xiao},
    year = {2024},
    eprint = {2310.19923},
    archivePrefix = {arXiv},
    primaryClass = {cs.CL},
    url = {https://arxiv.org/abs/2310.19923},
}
"""

SMART_REPLY = """
@misc{henderson2017efficient,
    title = {Efficient Natural Language Response Suggestion for Smart Reply},
    author = {Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and
        Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil},
    year = {2017},
    eprint = {1705.00652},
    archivePrefix = {arXiv},
    primaryClass = {cs.CL},
    url = {https://arxiv.org/abs/1705.00652},
}
"""

COSENT = """
@article{10531646,
    author = {Huang, Xiang and Peng, Hao and Zou, Dongcheng and Liu, Zhiwei and Li, Jianxin and Liu, Kay and
        Wu, Jia and Su, Jianlin and Yu, Philip S.},
    journal = {IEEE/ACM Transactions on Audio, Speech, and Language Processing},
    title = {CoSENT: Consistent Sentence Embedding via Similarity Ranking},
    year = {2024},
    doi = {10.1109/TASLP.2024.3402087}
}
"""

INVARIANT_MAPPING = """
@inproceedings{hadsell2006dimensionality,
    author = {Hadsell, R. and Chopra, S. and LeCun, Y.},
    booktitle = {2006 IEEE Computer Society Conference on Computer Vision and Pattern Recognition (CVPR'06)},
    title = {Dimensionality Reduction by Learning an Invariant Mapping},
    year = {2006},
    volume = {2},
    pages = {1735-1742},
    doi = {10.1109/CVPR.2006.100}
}
"""

TRIPLET = """
@misc{hermans2017defense,
    title = {In Defense of the Triplet Loss for Person Re-Identification},
    author = {Alexander Hermans and Lucas Beyer and Bastian Leibe},
    year = {2017},
    eprint = {1703.07737},
    archivePrefix = {arXiv},
    primaryClass = {cs.CV}
}
"""

LAMBDA_LOSS = """
@inproceedings{wang2018lambdaloss,
    title = {The LambdaLoss Framework for Ranking Metric Optimization},
    author = {Wang, Xuanhui and Li, Cheng and Golbandi, Nadav and Bendersky, Michael and Najork, Marc},
    booktitle = {Proceedings of the 27th ACM international conference on information and knowledge management},
    pages = {1313--1322},
    year = {2018}
}
"""

FLOPS = """
@article{paria2020minimizing,
    title = {Minimizing FLOPs to Learn Efficient Sparse Representations},
    author = {Paria, Biswajit and Yeh, Chih-Kuan and Yen, Ian EH and Xu, Ning and Ravikumar, Pradeep and
        P{\\'o}czos, Barnab{\\'a}s},
    journal = {arXiv preprint arXiv:2004.05665},
    year = {2020}
}
"""

SPLADE_DISTILLATION = """
@misc{formal2022distillationhardnegativesampling,
    title = {From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective},
    author = {Thibault Formal and Carlos Lassance and Benjamin Piwowarski and Stéphane Clinchant},
    year = {2022},
    eprint = {2205.04733},
    archivePrefix = {arXiv},
    primaryClass = {cs.IR},
    url = {https://arxiv.org/abs/2205.04733},
}
"""
