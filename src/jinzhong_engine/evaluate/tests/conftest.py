from jinzhong_engine.models.tests.planted import days_of_calls, model, model_folder

__all__ = ["days_of_calls", "model", "model_folder"]
