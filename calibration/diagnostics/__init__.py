"""Whether the fit can be believed: predictions set beside what is published."""
