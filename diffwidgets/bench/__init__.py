"""Measurements: what sampling, tasks, watching, serving and metrics cost, and what images are worth"""
