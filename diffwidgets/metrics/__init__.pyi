from .classifiers import Classifier, accuracy, extract_features, predict, train_classifier
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
    ClassAccuracy,
    FeatureMetric,
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    PrecisionRecall,
    frechet_distance,
)
from .scoring import BitsPerDimension, Metric, Score, metrics, score_images
from .statistics import CachedImages, FeatureStatistics, image_batches
