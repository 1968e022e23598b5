"""Questionnaire, red flags, patterns and outcome scores."""
