from jinzhong_engine.models.tests.planted import days_of_calls, model, model_folder
from jinzhong_engine.models.tests.watching import lines

__all__ = ["days_of_calls", "lines", "model", "model_folder"]
