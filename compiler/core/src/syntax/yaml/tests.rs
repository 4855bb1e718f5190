//! What the reader makes of files, and what it says about those that are wrong.
