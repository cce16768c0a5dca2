//! Code Mode: its tools, the run that drives a script, and what an agent gets back.
