//! What the tests of this crate share.
#![allow(dead_code, unreachable_pub)]

pub mod server;
pub mod table;

use pay_sandbox::Sandbox;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

/// Standard output and standard error of a program that ended.
pub struct Ran {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The built program, away from the settings of whoever runs the tests.
pub fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pay-demo"));
    command.args(arguments).env_remove("NO_COLOR");
    command
}

/// Builds an example of a crate of this workspace once, and answers where it is.
///
/// It is built beside the other crates, whose tests have the same libraries ready: for a crate alone, cargo would choose other features
/// and build most of them anew. Left out are the crates that have an example of that name too, because cargo puts both in one place;
/// from there it is taken away, so that another crate's does not replace it.
pub fn example(package: &'static str, name: &'static str) -> PathBuf {
    static BUILT: Mutex<BTreeMap<(&str, &str), PathBuf>> = Mutex::new(BTreeMap::new());
    // Whoever comes second waits, as for cargo.
    let mut built = BUILT.lock().unwrap();
    let build = || {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let root = crates.parent().unwrap();
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(root).args(["build", "--quiet", "--workspace", "--example", name]);
        if cfg!(feature = "scale") {
            // As `cargo xtask test` builds the workspace: else the HTTP library and all above it would be compiled once more.
            command.args(["--features", "pay-demo/scale,pay-proof/store"]);
        }
        for other in std::fs::read_dir(crates).unwrap() {
            let folder = other.unwrap();
            let other = folder.file_name().into_string().unwrap();
            if other != package && folder.path().join("examples").join(format!("{name}.rs")).exists() {
                command.args(["--exclude", &other]);
            }
        }
        assert!(command.status().unwrap().success(), "the example {name} of {package} was not built");
        let folder = Path::new(env!("CARGO_BIN_EXE_pay-demo")).parent().unwrap().join("examples");
        let file = Path::new(name).with_extension(std::env::consts::EXE_EXTENSION);
        let own = folder.join(format!("of-{package}"));
        std::fs::create_dir_all(&own).unwrap();
        // A copy of what is running cannot be written over.
        let _ = std::fs::remove_file(own.join(&file));
        std::fs::copy(folder.join(&file), own.join(&file)).unwrap();
        own.join(file)
    };
    built.entry((package, name)).or_insert_with(build).clone()
}

/// Fails if a text holds what must never be shown: fixture passwords and keys, tokens, links that hold one, PINs, meters, phones.
pub fn assert_no_secret(sandbox: &Sandbox, text: &str) {
    let pagamio = sandbox.pagamio();
    for account in [pagamio.merchant(), pagamio.poor_merchant(), pagamio.sub_merchant()] {
        assert!(!text.contains(account.password()), "a password is shown");
    }
    let pay1st = sandbox.pay1st();
    for secret in [pay1st.api_key(), pay1st.api_secret(), pay1st.signing_key().as_str(), "accessToken=", "X-SIGNATURE"]
    {
        assert!(!text.contains(secret), "a key, a link or a signature is shown");
    }
    assert!(!text.contains("eyJ"), "a bearer token is shown");
    // Paga's tokens have the shape of UUIDs.
    let uuid = |word: &str| word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let in_words = |letter: char| !letter.is_ascii_alphanumeric() && letter != '-';
    assert!(!text.split(in_words).any(uuid), "a token or a client id is shown");
    // A token of Pay1st's has no more telling sign than its length, and a column breaks it at 40 characters.
    let base64 = |letter: char| letter.is_ascii_alphanumeric() || "+/=".contains(letter);
    assert!(!text.split(|letter| !base64(letter)).any(|word| word.len() >= 40), "a token is shown");
    // As it stands, and with what wraps and groups taken out: keys, and card numbers in groups of four.
    let bare: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    assert_eq!((sandbox.leaks(text), sandbox.leaks(&bare)), (Vec::new(), Vec::new()));
    for person in
        ["Byron", "ada@example", "Analytical", "203.0.113.7", "fs-webhook-hash", "Exemplo", "X-Webhook-Signature"]
    {
        assert!(!text.contains(person), "{person} is shown");
    }
    // Tokens have 20 digits, PINs 16, meters and phones 11: nothing that may be shown has so many.
    let longest = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    assert!(longest < 10, "{longest} digits in a row are shown");
}
