from .file_exchange import FileExchange
from .live_canvas import LiveCanvas
from .mask_canvas import MaskCanvas
from .panel_bridge import view_in_panel
from .playground import Playground
from .schedule_plotter import SchedulePlotter
from .step_scrubber import StepScrubber
