from .grid import Cell, Grid
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
from .runner import (
    cell_states,
    dask_executor,
    load_results,
    missing_cells,
    process_executor,
    run,
    summarize,
    write_tables,
)
