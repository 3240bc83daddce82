//! Tests of the World.
