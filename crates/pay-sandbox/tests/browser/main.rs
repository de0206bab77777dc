//! The pages in a real headless Chromium: each test starts a sandbox and runs one script against it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod install;
mod own_pages;
mod paga_connect;
mod pagfast;
mod pay1st;
mod payagency;
mod tools;
