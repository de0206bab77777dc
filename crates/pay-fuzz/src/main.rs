//! One program for all targets: under libFuzzer it fuzzes the one named by `PAY_FUZZ_TARGET`, else it names them.

#![cfg_attr(fuzzing, no_main)]
#![cfg_attr(fuzzing, allow(unsafe_code))]

#[cfg(fuzzing)]
mod fuzzer {
    //! What libFuzzer calls.

    use pay_fuzz::targets::{Target, named};
    use std::sync::OnceLock;

    static TARGET: OnceLock<Target> = OnceLock::new();

    fn target() -> &'static Target {
        TARGET.get_or_init(|| {
            let name = std::env::var("PAY_FUZZ_TARGET").unwrap_or_default();
            named(&name).unwrap_or_else(|| panic!("PAY_FUZZ_TARGET names no target: {name:?}"))
        })
    }

    libfuzzer_sys::fuzz_target!(|data: &[u8]| (target().run)(data));
}

#[cfg(not(fuzzing))]
fn main() {
    for target in pay_fuzz::targets::TARGETS {
        println!("{:<16} {}", target.name, target.about);
    }
}
