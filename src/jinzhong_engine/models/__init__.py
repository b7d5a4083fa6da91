"""Estimators of risk: fit, score, explain. A model is a folder of readable files; nothing is ever unpickled."""
