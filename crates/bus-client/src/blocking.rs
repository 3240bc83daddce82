//! The client without an async runtime: ureq beneath, pollster around. For shims, which are small and do one thing at a time.
