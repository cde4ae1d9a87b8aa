from .classifiers import Classifier, accuracy, extract_features, frechet_distance, predict, train_classifier
from .extractors import (
    ClassifierExtractor,
    FeatureExtractor,
    InceptionExtractor,
    inception_file,
    load_extractor,
    shipped_extractors,
    train_extractor,
)
from .feature_metrics import (
    FeatureMetric,
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    PrecisionRecall,
)
from .scoring import BitsPerDimension, Metric, Score, metrics, score_images
from .statistics import FeatureStatistics, image_batches
