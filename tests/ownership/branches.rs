//! Days at work with real git.
