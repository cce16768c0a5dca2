//! Code Mode as agents meet it, over a fake platform.

mod agents_get_what_they_asked_for;
mod callers_see_their_own_tools;
mod calls_run_in_parallel;
mod fake;
mod runs_end_in_time;
mod scripts;
