//! End-to-end tests on the running stack.
