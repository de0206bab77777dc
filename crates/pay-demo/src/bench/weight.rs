//! What it costs to depend on a client: crates, processor time of a release build, size of the program.

use super::Context;
use super::machine::children_cpu_s;
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PART: &str = "weight";
/// How many crates a client may add.
const CRATES: f64 = 14.0;

/// A program with one call.
struct Program {
    name: &'static str,
    dependencies: String,
    main: &'static str,
}

/// What was measured of it.
#[derive(Debug, Clone, Default)]
struct Weight {
    crates: BTreeSet<String>,
    cpu_s: Vec<f64>,
    bytes: f64,
}

const BY_HAND: &str = r#"
#[derive(serde::Deserialize)]
struct Token { data: Data }
#[derive(serde::Deserialize)]
struct Data { token: String }
#[derive(serde::Deserialize)]
struct Category { name: Option<String> }

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let client = reqwest::Client::new();
    let login = [("username", "u"), ("password", "p")].into_iter().collect::<std::collections::HashMap<_, _>>();
    let token: Token = client.post("https://127.0.0.1:1/auth/token").json(&login).send().await?.json().await?;
    let read = client.get("https://127.0.0.1:1/products/categories").bearer_auth(token.data.token);
    let list: Vec<Category> = read.send().await?.error_for_status()?.json().await?;
    println!("{:?}", list.first().and_then(|category| category.name.as_deref()));
    Ok(())
}
"#;

const PAGAMIO: &str = r#"
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let client = pagamio::Client::builder().local("https://127.0.0.1:1/api/v1").credentials("u", "p");
    let client = client.account(pagamio::Account::Merchant("m".into())).channel("c").build()?;
    let list = client.categories().send().await?;
    println!("{:?}", list.first().and_then(|category| category.name.as_deref()));
    Ok(())
}
"#;

const BOTH: &str = r#"
async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let client = pagamio::Client::builder().local("https://127.0.0.1:1/api/v1").credentials("u", "p");
    let client = client.account(pagamio::Account::Merchant("m".into())).channel("c").build()?;
    let list = client.categories().send().await?;
    println!("{:?}", list.first().and_then(|category| category.name.as_deref()));
    let client = pay1st::Client::from_env()?;
    println!("{:?}", client.check_credentials().await.is_ok());
    Ok(())
}
"#;

const MAIN: &str = "
fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    if let Err(error) = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run())) {
        println!(\"{error}\");
    }
}
";

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let of = |name: &str| format!("{name} = {{ path = {:?} }}\n", context.workspace.join("crates").join(name));
    let reqwest = |features: &str| {
        format!(
            "reqwest = {{ version = \"0.13.5\", {features} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
        )
    };
    let mut programs = vec![
        Program {
            name: "reqwest-same",
            dependencies: reqwest("default-features = false, features = [\"json\", \"rustls\"]"),
            main: BY_HAND,
        },
        Program { name: "reqwest-default", dependencies: reqwest("features = [\"json\"]"), main: BY_HAND },
        Program { name: "one-client", dependencies: of("pagamio"), main: PAGAMIO },
    ];
    let second = context.workspace.join("crates/pay1st/Cargo.toml").is_file();
    if second {
        programs.push(Program { name: "two-clients", dependencies: of("pagamio") + &of("pay1st"), main: BOTH });
    }
    let mut weights = vec![Weight::default(); programs.len()];
    // Builds are noisy too: all of them once, then again in the other order.
    let rounds = if context.quick { 1 } else { 2 };
    for round in 0..rounds {
        let mut order: Vec<usize> = (0..programs.len()).collect();
        if round == 1 {
            order.reverse();
        }
        for at in order {
            eprintln!("weight: building {}, {} of {rounds}", programs[at].name, round + 1);
            weigh(&context.target.join("bench-weight"), &context.workspace, &programs[at], &mut weights[at])?;
        }
    }
    let mut measured = rows(&weights);
    if !second {
        measured.not_run.push(format!("{PART}: two clients together: there is one"));
    }
    Ok(measured)
}

fn rows(weights: &[Weight]) -> Measured {
    let mut measured = Measured::default();
    let [same, default, one, ..] = weights else { return measured };
    let row = |what: &str, unit, ours: Side, other: Side, mark| Row {
        part: PART,
        what: what.to_owned(),
        unit,
        ours,
        other,
        column: Column::Peer,
        ratio: Ratio::OursByOther,
        mark,
    };
    let cpu = |name: &str, weight: &Weight| Side::new(name, weight.cpu_s.clone());
    let size = |name: &str, weight: &Weight| Side::new(name, vec![weight.bytes / 1e6]);
    let added: Vec<&str> = one.crates.difference(&same.crates).map(String::as_str).collect();
    let (few, most) = (Side::new("ours", vec![added.len() as f64]), Side::new("allowed", vec![CRATES]));
    measured.rows.push(row("crates added", "", few, most, Mark::AtMost(1.0)));
    let feature = "reqwest, same features";
    measured.rows.push(row("release build, CPU", "s", cpu("ours", one), cpu(feature, same), Mark::Told));
    measured.rows.push(row("stripped program", "MB", size("ours", one), size(feature, same), Mark::AtMost(1.1)));
    let plain = "reqwest, its defaults";
    measured.rows.push(row("release build, CPU", "s", cpu("ours", one), cpu(plain, default), Mark::AtMost(1.0)));
    measured.rows.push(row("stripped program", "MB", size("ours", one), size(plain, default), Mark::Told));
    if let Some(two) = weights.get(3) {
        let name = "one client";
        measured.rows.push(row("two clients: build, CPU", "s", cpu("ours", two), cpu(name, one), Mark::AtMost(1.1)));
        measured.rows.push(row("two clients: program", "MB", size("ours", two), size(name, one), Mark::AtMost(1.1)));
    }
    measured.said.push(format!(
        "{PART}: programs that log in and make one typed call, `cargo build --release -j2` from nothing, stripped; processor time of all that \
         cargo starts, {} of each. Added by `pagamio` to reqwest with json and rustls ({}): {}.",
        if one.cpu_s.len() == 1 { "one build" } else { "two builds, in turn," },
        added.len(),
        added.join(", ")
    ));
    measured
}

fn weigh(folder: &Path, workspace: &Path, program: &Program, weight: &mut Weight) -> Result<(), String> {
    let project = folder.join(program.name);
    let target = project.join("target");
    let _ = std::fs::remove_dir_all(&target);
    let write = |path: PathBuf, text: &str| std::fs::write(path, text).map_err(|error| error.to_string());
    std::fs::create_dir_all(project.join("src")).map_err(|error| error.to_string())?;
    let manifest = format!(
        "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}tokio = {{ version = \"1\", features = [\"rt\"] }}\n\n\
         [profile.release]\nstrip = true\n\n[workspace]\n",
        program.name, program.dependencies
    );
    write(project.join("Cargo.toml"), &manifest)?;
    write(project.join("src/main.rs"), &format!("//! One call.\n{}{MAIN}", program.main))?;
    // The versions of the workspace, so that both sides build the same ones.
    std::fs::copy(workspace.join("Cargo.lock"), project.join("Cargo.lock")).map_err(|error| error.to_string())?;
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments).current_dir(&project).env("CARGO_TARGET_DIR", &target).stdin(Stdio::null());
        command
    };
    let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none"]).output().map_err(|error| error.to_string())?;
    if !tree.status.success() {
        return Err(format!("{}: cargo tree: {}", program.name, String::from_utf8_lossy(&tree.stderr).trim()));
    }
    weight.crates = names(&String::from_utf8_lossy(&tree.stdout), program.name);
    let before = children_cpu_s().ok_or("no /proc to read processor time from")?;
    let built = cargo(&["build", "--release", "--quiet", "-j2"]).output().map_err(|error| error.to_string())?;
    if !built.status.success() {
        return Err(format!("{} does not build: {}", program.name, String::from_utf8_lossy(&built.stderr).trim()));
    }
    let after = children_cpu_s().ok_or("no /proc to read processor time from")?;
    weight.cpu_s.push(after - before);
    let file = target.join("release").join(program.name);
    weight.bytes = std::fs::metadata(file).map_err(|error| error.to_string())?.len() as f64;
    let _ = std::fs::remove_dir_all(&target);
    Ok(())
}

/// The names in a tree without the program itself.
fn names(tree: &str, program: &str) -> BTreeSet<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != program).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_once_and_the_program_is_none() {
        let tree = "one v0.0.0 (/x/one)\nhttp v1.0.0\nbytes v1.0.0\nhttp v1.0.0 (*)\n";
        assert_eq!(names(tree, "one"), ["bytes", "http"].map(str::to_owned).into());
    }

    #[test]
    fn added_crates_are_named_and_held_against_the_mark() {
        let weight = |crates: &[&str], cpu, bytes| Weight {
            crates: crates.iter().map(|&name| name.to_owned()).collect(),
            cpu_s: vec![cpu],
            bytes,
        };
        let weights = [
            weight(&["http"], 100.0, 3e6),
            weight(&["http", "h2"], 150.0, 4e6),
            weight(&["http", "pagamio"], 120.0, 3.6e6),
        ];
        let measured = rows(&weights);
        assert!(measured.said[0].ends_with("(1): pagamio."), "{}", measured.said[0]);
        let verdicts: Vec<_> = measured.rows.iter().map(Row::verdict).collect();
        assert_eq!(verdicts, ["ok", "", "MISSED", "ok", ""]);
    }
}
