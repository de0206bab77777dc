//! The fuzz targets: each takes any bytes, and panics where a promise is broken.
//!
//! - `targets` holds them by name, one file per kind of input
//! - `corpus` reads the inputs that are kept in `corpus/<target>/`
//! - `worlds` makes clients over a scripted wire
//!
//! `cargo xtask fuzz TARGET` builds and runs them; the test `corpus` replays what is kept, on any toolchain.

pub mod corpus;
pub mod targets;
mod worlds;
