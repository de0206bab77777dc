//! `cargo xtask release` on a small workspace of the same shape, against a registry on the loopback address.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod prepare;
mod registry;
mod scratch;
mod workflow;

use std::time::{Duration, Instant};

use registry::{Kill, Registry, kill};
use scratch::{Scratch, failure, text};

const PUBLISH: [&str; 3] = ["publish", "--registry", "loopback"];
const ALL: [&str; 3] = ["scratch-alpha 0.1.0", "scratch-beta 0.1.0", "scratch-core 0.1.0"];

/// All is published once, in an order that works, and tagged at this commit.
fn assert_whole(registry: &Registry, scratch: &Scratch, when: &str) {
    let uploads = registry.uploads();
    assert_eq!(uploads.first().map(String::as_str), Some("scratch-core 0.1.0"), "{when}: what others need comes first");
    let mut sorted = uploads;
    sorted.sort();
    assert_eq!((sorted.as_slice(), registry.refused()), (ALL.map(str::to_owned).as_slice(), 0), "{when}");
    let head = scratch.head();
    let tags = ["alpha", "beta", "core"].map(|name| (format!("scratch-{name}-v0.1.0"), head.clone()));
    assert_eq!(scratch.tags(), tags, "{when}");
}

#[test]
fn what_is_due_is_published_and_tagged_once() {
    let registry = Registry::start();
    let scratch = Scratch::new(&registry);

    let dry = text(scratch.release(&[&PUBLISH[..], &["--dry-run"]].concat()));
    assert!(dry.contains("scratch-core   0.1.0      no            no        publish, tag"), "{dry}");
    assert!(!dry.contains("scratch-demo"), "{dry}");
    assert_eq!((registry.uploads().len(), scratch.tags().len()), (0, 0), "a dry run does nothing");

    let one = text(scratch.release(&[&PUBLISH[..], &["scratch-core"]].concat()));
    assert!(one.contains("tagged scratch-core-v0.1.0"), "{one}");
    assert_eq!(registry.uploads(), ["scratch-core 0.1.0"]);
    let rest = text(scratch.release(&PUBLISH));
    assert!(rest.contains("scratch-core   0.1.0      yes           yes       nothing"), "{rest}");
    assert_whole(&registry, &scratch, "at the end");
    text(scratch.release(&PUBLISH));
    assert_whole(&registry, &scratch, "once more");
}

#[test]
fn killed_anywhere_it_goes_on_and_publishes_nothing_twice() {
    let uploads = |count: usize| [Kill::Before(count), Kill::Unanswered(count)];
    // Cargo uploads the second and the third, which need each other not, before it looks into the index again.
    let polling = [Kill::Polling(1), Kill::Polling(3)];
    let mut scenarios: Vec<_> = (1..=3).flat_map(uploads).chain(polling).map(Some).collect();
    // None: killed by us as soon as the first tag is there.
    scenarios.push(None);
    for scenario in scenarios {
        let registry = Registry::start();
        let scratch = Scratch::new(&registry);
        registry.expect(scenario);
        let mut running = scratch.start(&PUBLISH);
        registry.client_is(running.id());
        if scenario.is_none() {
            let started = Instant::now();
            while scratch.tags().is_empty() {
                assert!(started.elapsed() < Duration::from_secs(120), "nothing was tagged");
                std::thread::sleep(Duration::from_millis(5));
            }
            kill(running.id());
        }
        assert!(!running.wait().unwrap().success(), "{scenario:?}: it was not killed");
        assert!(scratch.tags().len() < 3, "{scenario:?}: killed too late to show anything");
        registry.expect(None);
        text(scratch.release(&PUBLISH));
        assert_whole(&registry, &scratch, &format!("{scenario:?}"));
    }
}

#[test]
fn what_is_not_ready_is_not_published() {
    let registry = Registry::start();
    let scratch = Scratch::new(&registry);
    let refused = |words: &str| {
        let said = failure(&scratch.release(&PUBLISH));
        assert!(said.contains(words), "{said}");
        assert_eq!((registry.uploads().len(), scratch.tags().len()), (0, 0), "{said}");
    };
    scratch.write("crates/scratch-core/src/lib.rs", "//! Changed.\n");
    refused("changes that no commit holds");
    scratch.git(&["checkout", "--quiet", "."]);

    for (file, words) in [
        ("LICENSE-MIT", "scratch-beta: LICENSE-MIT is not packed"),
        ("CHANGELOG.md", "scratch-beta: CHANGELOG.md is not packed"),
    ] {
        std::fs::remove_file(scratch.path().join("crates/scratch-beta").join(file)).unwrap();
        scratch.commit("something is lost");
        refused(words);
        scratch.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    }
    scratch.write("crates/scratch-beta/CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- All.\n");
    scratch.commit("nobody has prepared it");
    refused("scratch-beta: CHANGELOG.md has no dated section of 0.1.0");
    scratch.git(&["reset", "--quiet", "--hard", "HEAD~1"]);

    let alone = failure(&scratch.release(&[&PUBLISH[..], &["scratch-alpha"]].concat()));
    assert!(alone.contains("scratch-alpha: needs scratch-core, which is not published"), "{alone}");
    let demo = failure(&scratch.release(&[&PUBLISH[..], &["scratch-demo"]].concat()));
    assert!(demo.contains("no published crate \"scratch-demo\", there are: scratch-alpha"), "{demo}");

    scratch.git(&["tag", "scratch-core-v0.1.0"]);
    let tagged = failure(&scratch.release(&PUBLISH));
    assert!(tagged.contains("scratch-core 0.1.0 is tagged, and not in the index"), "{tagged}");
    assert_eq!(registry.uploads(), [""; 0]);
}

#[test]
fn only_the_commit_that_was_published_is_tagged() {
    let registry = Registry::start();
    let scratch = Scratch::new(&registry);
    registry.expect(Some(Kill::Unanswered(1)));
    let mut running = scratch.start(&PUBLISH);
    registry.client_is(running.id());
    running.wait().unwrap();
    registry.expect(None);

    let published = scratch.head();
    scratch.write("crates/scratch-core/src/lib.rs", "//! Changed after it was published.\n");
    scratch.commit("a change");
    let said = failure(&scratch.release(&PUBLISH));
    assert!(said.contains("scratch-core 0.1.0 was published from another commit"), "{said}");
    let names = |scratch: &Scratch| scratch.tags().into_iter().map(|(tag, _)| tag).collect::<Vec<_>>();
    assert_eq!(names(&scratch), ["scratch-alpha-v0.1.0", "scratch-beta-v0.1.0"]);

    scratch.git(&["checkout", "--quiet", &published]);
    text(scratch.release(&[&PUBLISH[..], &["scratch-core"]].concat()));
    assert!(scratch.tags().contains(&("scratch-core-v0.1.0".to_owned(), published)));
    assert_eq!((registry.uploads().len(), registry.refused()), (3, 0));
}

#[test]
fn a_number_that_was_taken_back_is_used_up() {
    let registry = Registry::start();
    let scratch = Scratch::new(&registry);
    text(scratch.release(&[&PUBLISH[..], &["scratch-core"]].concat()));
    registry.yank("scratch-core");
    let said = failure(&scratch.release(&[&PUBLISH[..], &["scratch-core"]].concat()));
    assert!(said.contains("scratch-core 0.1.0 was yanked; prepare a higher version"), "{said}");
    assert_eq!(registry.uploads().len(), 1);
}
