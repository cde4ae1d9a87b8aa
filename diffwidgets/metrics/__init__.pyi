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
from .scoring import (
    BitsPerDimension,
    FeatureMetric,
    FeatureStatistics,
    FrechetInceptionDistance,
    InceptionScore,
    KernelInceptionDistance,
    Metric,
    PrecisionRecall,
    Score,
    image_batches,
    metrics,
    score_images,
)
