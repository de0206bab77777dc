//! Every kept input is read once more, on any toolchain: what once broke a target stays mended.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_fuzz::corpus::inputs;
use pay_fuzz::targets::{TARGETS, named};

#[test]
fn every_target_reads_its_corpus() {
    for target in TARGETS {
        let inputs = inputs(target.name).unwrap_or_else(|error| panic!("corpus/{}: {error}", target.name));
        assert!(!inputs.is_empty(), "{} has nothing to start from", target.name);
        for (name, input) in inputs {
            println!("{}/{name}", target.name);
            (target.run)(&input);
            // Cut short, it is what a broken connection leaves of it.
            (target.run)(&input[..input.len() / 2]);
        }
    }
}

#[test]
fn targets_are_found_by_name_and_every_folder_has_one() {
    assert!(named("money").is_some() && named("monkey").is_none());
    for entry in std::fs::read_dir(pay_fuzz::corpus::folder("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(named(&name).is_some(), "corpus/{name} belongs to no target");
    }
}
