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

GRADIENT_CACHE = """
@misc{gao2021scaling,
    title={Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup},
    author={Luyu Gao and Yunyi Zhang and Jiawei Han and Jamie Callan},
    year={2021},
    eprint={2101.06983},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}
"""

GIST_EMBED = """
@misc{solatorio2024gistembed,
    title={GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning},
    author={Aivin V. Solatorio},
    year={2024},
    eprint={2402.16829},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}
"""

DEBIASED = """
@inproceedings{chuang2020debiased,
    title={Debiased Contrastive Learning},
    author={Ching-Yao Chuang and Joshua Robinson and Lin Yen-Chen and Antonio Torralba and Stefanie Jegelka},
    booktitle={Advances in Neural Information Processing Systems},
    year={2020},
    url={https://arxiv.org/abs/2007.00224}
}
"""

SIGLIP = """
@inproceedings{zhai2023sigmoid,
    title={Sigmoid Loss for Language Image Pre-Training},
    author={Xiaohua Zhai and Basil Mustafa and Alexander Kolesnikov and Lucas Beyer},
    booktitle={ICCV},
    year={2023},
    url={https://arxiv.org/abs/2303.15343}
}
"""

SUPERVISED_CONTRASTIVE = """
@inproceedings{khosla2020supervised,
    title={Supervised Contrastive Learning},
    author={Prannay Khosla and Piotr Teterwak and Chen Wang and Aaron Sarna and Yonglong Tian and Phillip Isola and
        Aaron Maschinot and Ce Liu and Dilip Krishnan},
    booktitle={Advances in Neural Information Processing Systems},
    year={2020},
    url={https://arxiv.org/abs/2004.11362}
}
"""

APPROX_NDCG = """
@article{qin2010general,
    title={A general approximation framework for direct optimization of information retrieval measures},
    author={Tao Qin and Tie-Yan Liu and Hang Li},
    journal={Information Retrieval},
    volume={13},
    year={2010},
    doi={10.1007/s10791-009-9124-x}
}
"""

ANGLE = """
@inproceedings{li-li-2024-aoe,
    title = "{A}o{E}: Angle-optimized Embeddings for Semantic Textual Similarity",
    author = "Li, Xianming and Li, Jing",
    booktitle = "Proceedings of the 62nd Annual Meeting of the Association for Computational Linguistics",
    month = aug,
    year = "2024",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/2024.acl-long.101/",
    doi = "10.18653/v1/2024.acl-long.101"
}
"""

MATRYOSHKA = """
@misc{kusupati2024matryoshka,
    title={Matryoshka Representation Learning},
    author={Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and
        Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and Ali Farhadi},
    year={2024},
    eprint={2205.13147},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}
"""

MATRYOSHKA_2D = """
@misc{li20242d,
    title={2D Matryoshka Sentence Embeddings},
    author={Xianming Li and Zongxi Li and Jing Li and Haoran Xie and Qing Li},
    year={2024},
    eprint={2402.14776},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}
"""

TSDAE = """
@inproceedings{wang-2021-TSDAE,
    title = "TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding
        Learning",
    author = "Wang, Kexin and Reimers, Nils and Gurevych, Iryna",
    booktitle = "Findings of the Association for Computational Linguistics: EMNLP 2021",
    month = nov,
    year = "2021",
    publisher = "Association for Computational Linguistics",
    pages = "671--688",
    url = "https://arxiv.org/abs/2104.06979",
}
"""

CONTRASTIVE_TENSION = """
@inproceedings{carlsson2021semantic,
    title={Semantic Re-tuning with Contrastive Tension},
    author={Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylipää Hellqvist and
        Magnus Sahlgren},
    booktitle={International Conference on Learning Representations},
    year={2021},
    url={https://openreview.net/forum?id=Ov_sMNau-PF}
}
"""

SPREAD_OUT = """
@misc{zhang2017learningspreadoutlocalfeature,
    title={Learning Spread-out Local Feature Descriptors},
    author={Xu Zhang and Felix X. Yu and Sanjiv Kumar and Shih-Fu Chang},
    year={2017},
    eprint={1708.06320},
    archivePrefix={arXiv},
    primaryClass={cs.CV},
    url={https://arxiv.org/abs/1708.06320}
}
"""

MULTILINGUAL = """
@inproceedings{reimers-2020-multilingual-sentence-bert,
    title = "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
    author = "Reimers, Nils and Gurevych, Iryna",
    booktitle = "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing",
    month = "11",
    year = "2020",
    publisher = "Association for Computational Linguistics",
    url = "https://arxiv.org/abs/2004.09813",
}
"""

EMBED_DISTILL = """
@article{kim2023embeddistill,
    title={EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval},
    author={Seungyeon Kim and Ankit Singh Rawat and Manzil Zaheer and Sadeep Jayasumana and Veeranjaneyulu Sadhanala
        and Wittawat Jitkrittum and Aditya Krishna Menon and Rob Fergus and Sanjiv Kumar},
    year={2023},
    journal={arXiv preprint arXiv:2301.12005}
}
"""

PARANMT = """
@inproceedings{wieting-gimpel-2018-paranmt,
    title = "{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with Millions of Machine
        Translations",
    author = "Wieting, John and Gimpel, Kevin",
    booktitle = "Proceedings of the 56th Annual Meeting of the Association for Computational Linguistics",
    month = jul,
    year = "2018",
    publisher = "Association for Computational Linguistics",
    url = "https://aclanthology.org/P18-1042",
    doi = "10.18653/v1/P18-1042",
    pages = "451--462"
}
"""

MARGIN_MSE = """
@misc{hofstätter2021improving,
    title={Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation},
    author={Sebastian Hofstätter and Sophia Althammer and Michael Schröder and Mete Sertkan and Allan Hanbury},
    year={2021},
    eprint={2010.02666},
    archivePrefix={arXiv},
    primaryClass={cs.IR}
}
"""

TIGHTLY_COUPLED_TEACHERS = """
@misc{lin2020distillingdenserepresentationsranking,
    title={Distilling Dense Representations for Ranking using Tightly-Coupled Teachers},
    author={Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin},
    year={2020},
    eprint={2010.11386},
    archivePrefix={arXiv},
    primaryClass={cs.IR},
    url={https://arxiv.org/abs/2010.11386}
}
"""

COLBERT_2 = """
@inproceedings{santhanam-etal-2022-colbertv2,
    title = "ColBERTv2: Effective and Efficient Retrieval via Lightweight Late Interaction",
    author = "Santhanam, Keshav and Khattab, Omar and Saad-Falcon, Jon and Potts, Christopher and Zaharia, Matei",
    booktitle = "Proceedings of the 2022 Conference of the North American Chapter of the Association for
        Computational Linguistics",
    year = "2022",
    url = "https://arxiv.org/abs/2112.01488",
}
"""

LIST_MLE = """
@inproceedings{10.1145/1390156.1390306,
    title = {Listwise Approach to Learning to Rank - Theory and Algorithm},
    author = {Xia, Fen and Liu, Tie-Yan and Wang, Jue and Zhang, Wensheng and Li, Hang},
    booktitle = {Proceedings of the 25th International Conference on Machine Learning},
    year = {2008},
    url = {https://doi.org/10.1145/1390156.1390306},
}
"""

PLIST_MLE = """
@inproceedings{lan2014position,
    title={Position-Aware ListMLE: A Sequential Learning Process for Ranking},
    author={Yanyan Lan and Yadong Zhu and Jiafeng Guo and Shuzi Niu and Xueqi Cheng},
    booktitle={UAI},
    year={2014},
    pages={449--458}
}
"""

LIST_NET = """
@inproceedings{cao2007learning,
    title={Learning to Rank: From Pairwise Approach to Listwise Approach},
    author={Zhe Cao and Tao Qin and Tie-Yan Liu and Ming-Feng Tsai and Hang Li},
    booktitle={Proceedings of the 24th International Conference on Machine Learning},
    year={2007},
    pages={129--136}
}
"""

RANK_NET = """
@inproceedings{burges2005learning,
    title={Learning to Rank using Gradient Descent},
    author={Chris Burges and Tal Shaked and Erin Renshaw and Ari Lazier and Matt Deeds and Nicole Hamilton and
        Greg Hullender},
    booktitle={Proceedings of the 22nd International Conference on Machine Learning},
    year={2005},
    pages={89--96}
}
"""

RANK_DISTILLM = """
@inproceedings{schlatt2025rankdistillm,
    title={Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage Re-ranking},
    author={Ferdinand Schlatt and Maik Fröbe and Harrisen Scells and Shengyao Zhuang and Bevan Koopman and
        Guido Zuccon and Benno Stein and Martin Potthast and Matthias Hagen},
    booktitle={ECIR},
    year={2025},
    doi={10.1007/978-3-031-88714-7_31},
}
"""

CONTRASTIVE_SPARSE_REPRESENTATION = """
@misc{wen2025matryoshkarevisitingsparsecoding,
    title={Beyond Matryoshka: Revisiting Sparse Coding for Adaptive Representation},
    author={Tiansheng Wen and Yifei Wang and Zequn Zeng and Zhong Peng and Yudi Su and Xinyang Liu and Bo Chen and
        Hongwei Liu and Stefanie Jegelka and Chenyu You},
    year={2025},
    eprint={2503.01776},
    archivePrefix={arXiv},
    primaryClass={cs.LG},
    url={https://arxiv.org/abs/2503.01776}
}
"""
