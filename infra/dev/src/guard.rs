//! Policy rules.
