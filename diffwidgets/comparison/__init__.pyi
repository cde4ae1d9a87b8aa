from .cell import Cell, labels_of
from .grid import Grid
from .judging import ChangedError, MetricError
from .loaded import TestImages, load_model, load_test_images
from .plots import (
    heat_map,
    quality_against_evaluations,
    quality_against_seconds,
    sample_sheet,
    save_plot,
    schedules,
    trajectories,
    write_plots,
)
from .results import (
    DONE,
    FAILED,
    MISSING,
    cell_states,
    distinct,
    load_results,
    missing_cells,
    score_names,
    summarize,
    write_tables,
)
from .runner import dask_executor, process_executor, run
