//! Runs one script in QuickJS as a session that is resumed.
