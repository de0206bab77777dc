//! The step `contract`: Schemathesis tries every operation of every provider's `openapi.yaml` on the sandbox.
//!
//! - `hooks/` is Python: it logs in, signs, seals, and puts values in that exist
//! - `sandbox` starts what is tried
//! - `outcome` says what came of one provider

mod outcome;
mod sandbox;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::python::{self, text};
use super::readers::operation_ids;
use super::{Progress, Report};
use crate::Result;
use crate::workspace::{PROVIDERS, Workspace};
use outcome::Outcome;
use sandbox::Sandbox;

/// Where hooks and settings lie, from the top.
const FOLDER: &str = "xtask/src/check/contract";

/// Once as the sandbox answers by itself, and once in forms that other pages or people have seen.
const FORMS: [&str; 2] = ["default", "other"];

/// How many generated cases an operation gets, beside those of its parameters' bounds.
const EXAMPLES: &str = "20";

/// What an answer must be; `status_is_named` is one of the hooks. The other checks of Schemathesis ask for more than the facts say: of headers,
/// of wrong requests that are refused, of methods that a path does not have.
const CHECKS: &str = "not_a_server_error,status_is_named,content_type_conformance,response_schema_conformance";

/// Installs Schemathesis beside the build once, starts the sandbox, and tries each provider.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    progress.at("installing Schemathesis");
    let requirements = std::fs::read_to_string(workspace.root.join(FOLDER).join("requirements.txt"))?;
    let folder = workspace.target.join("xtask-contract");
    let python = match python::install(&folder.join("python"), "python3", &requirements)? {
        Ok(python) => python,
        Err(why) => {
            report.not_run.push(why);
            return Ok(report);
        }
    };
    progress.at("pay-sandbox");
    let sandbox = Sandbox::start(&workspace.target)?;
    let mut notes = Vec::new();
    let mut cases = 0;
    for provider in PROVIDERS {
        let package = workspace.package(provider).ok_or_else(|| format!("there is no package {provider}"))?;
        let document = package.dir.join("openapi.yaml");
        let source = std::fs::read_to_string(&document)?;
        let operations: BTreeSet<&str> = operation_ids(&source).collect();
        report.done += operations.len();
        for forms in FORMS {
            let title = format!("{provider}, {forms} forms");
            progress.at(&title);
            let written = folder.join(format!("{provider}-{forms}.json"));
            // What an earlier run left must not pass for this one's.
            let _ = std::fs::remove_file(&written);
            let output = schemathesis(&python, workspace, &sandbox, (provider, forms), &document, &written)?;
            let ended = |what| format!("{title}: Schemathesis {what}\n{}", text(&output));
            let Ok(json) = std::fs::read(&written) else {
                report.problems.push(ended("did not begin"));
                continue;
            };
            let outcome = Outcome::read(&json)?;
            if outcome.is_clean() && !output.status.success() {
                report.problems.push(ended("failed"));
            }
            report.problems.extend(outcome.problems(&title, &operations));
            cases += outcome.cases();
            if forms == FORMS[0] {
                notes.push(format!("{provider} {}/{}", outcome.succeeded(), operations.len()));
            }
        }
    }
    report.note = format!("{cases} cases; operations that also succeeded: {}", notes.join(", "));
    Ok(report)
}

/// Tries one provider. Nothing in it is left to chance but the ids that the sandbox makes.
fn schemathesis(
    python: &Path,
    workspace: &Workspace,
    sandbox: &Sandbox,
    (provider, forms): (&str, &str),
    document: &Path,
    written: &Path,
) -> Result<Output> {
    let folder = workspace.root.join(FOLDER);
    let output = Command::new(python)
        .args(["-m", "schemathesis.cli", "--config-file"])
        .arg(folder.join("schemathesis.toml"))
        .arg("run")
        .arg(document)
        .args(["--url", &sandbox.base_url(provider)?, "--checks", CHECKS, "--max-examples", EXAMPLES])
        .args(["--phases", "examples,coverage,fuzzing", "--mode", "all", "--continue-on-failure", "--no-shrink"])
        .args(["--generation-deterministic", "--generation-with-security-parameters", "false"])
        // How hard it is to make examples says nothing of the API.
        .args(["--suppress-health-check", "all", "--max-redirects", "0", "--warnings", "off", "--no-color"])
        // It keeps examples where it runs.
        .current_dir(written.parent().unwrap_or(Path::new(".")))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONHASHSEED", "0")
        .env("CONTRACT_PROVIDER", provider)
        .env("CONTRACT_FORMS", forms)
        .env("CONTRACT_SANDBOX", &sandbox.printed)
        .env("CONTRACT_REPORT", written)
        .stdin(Stdio::null())
        .output()?;
    Ok(output)
}
