//! The stories that exist, and the frame that tells them: every step is shown, checked and counted.

mod customer;
mod desk;
mod paga_connect;
mod pagamio;
mod pagfast;
mod pay1st;
mod payagency;
mod progress;
#[cfg(feature = "scale")]
pub(crate) mod scale;
mod step;
mod table;

use crate::term;
use pay_sandbox::Sandbox;
use progress::Progress;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use step::{Row, Teller};

/// A story while it is told.
type Telling<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// One provider's story.
pub(crate) struct Story {
    /// The provider's crate.
    provider: &'static str,
    /// Tells it, step by step.
    tell: for<'a> fn(&'a Sandbox, &'a mut Teller) -> Telling<'a>,
    /// The variables that point the crate's `Client::from_env()` at a sandbox.
    environment: fn(&Sandbox) -> Vec<(&'static str, String)>,
    /// What to try with them.
    to_try: &'static str,
}

/// Every story. A new provider adds its own here.
const ALL: [&Story; 5] = [&pagamio::STORY, &pay1st::STORY, &payagency::STORY, &pagfast::STORY, &paga_connect::STORY];

/// The stories asked for.
pub(crate) fn choose(provider: Option<&str>) -> Result<Vec<&'static Story>, String> {
    let Some(name) = provider else { return Ok(ALL.to_vec()) };
    let known = || ALL.map(|story| story.provider).join(", ");
    let chosen = ALL.into_iter().find(|story| story.provider == name);
    chosen.map(|story| vec![story]).ok_or_else(|| format!("no story of a provider named {name:?}; known: {}", known()))
}

/// Tells the stories in one sandbox; whether every step was as it should be.
pub(crate) async fn run(stories: &[&Story], keep: bool) -> Result<bool, String> {
    let sandbox = Sandbox::start().await.map_err(|error| error.to_string())?;
    let mut tally = Tally::default();
    for story in stories {
        let rows = tell(story, &sandbox, Progress::new()).await;
        tally.count(&rows);
        term::out(&table::render(story.provider, &rows, term::wants_colour()));
    }
    term::out(&format!("\n{tally}\n"));
    if keep {
        // Whoever goes on with it lives by real time, and looks for what happens in it.
        sandbox.clock().set_offset(Duration::ZERO);
        term::out(&greeting(stories, &sandbox));
        tokio::signal::ctrl_c().await.map_err(|error| error.to_string())?;
    }
    sandbox.stop().await;
    Ok(tally.is_right())
}

async fn tell(story: &Story, sandbox: &Sandbox, progress: Progress) -> Vec<Row> {
    let mut teller = Teller::new(story.provider, progress);
    (story.tell)(sandbox, &mut teller).await;
    let rows = teller.into_rows();
    // A story that tells nothing has shown nothing.
    if rows.is_empty() { vec![Row::untold()] } else { rows }
}

/// The steps of all stories.
#[derive(Debug, Default)]
struct Tally {
    right: usize,
    all: usize,
}

impl Tally {
    fn count(&mut self, rows: &[Row]) {
        self.right += rows.iter().filter(|row| row.is_right()).count();
        self.all += rows.len();
    }

    fn is_right(&self) -> bool {
        self.right == self.all
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} steps as they should be", self.right, self.all)
    }
}

/// What `--keep` prints: lines that a shell can take over.
fn greeting(stories: &[&Story], sandbox: &Sandbox) -> String {
    let mut text = format!("\nThe sandbox stays up at {} until Ctrl-C.\n", sandbox.url());
    text += "In another terminal (fixture credentials, worthless elsewhere):\n";
    for story in stories {
        text.push('\n');
        for (name, value) in (story.environment)(sandbox) {
            text += &format!("export {name}={}\n", quoted(&value));
        }
        text += &format!("{}\n", story.to_try);
    }
    text
}

/// A value as a shell takes it.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use step::Seen;

    const BROKEN: Story = Story {
        provider: "broken",
        tell: |sandbox, teller| {
            Box::pin(async move {
                teller.step("as it should be", async { Ok(Seen::new("fine").same("sales", 0, 0)) }).await;
                let sales = sandbox.ledger().sales().count();
                teller.step("goes wrong", async { Ok(Seen::new("odd").same("sales", sales, 1)) }).await;
                let value = teller.step("brings nothing", async { step::Told::<u8>::Err("an error".into()) }).await;
                let needs = async { if value.is_some() { Ok(Seen::new("odd")) } else { Ok(Seen::not_run("nothing")) } };
                teller.step("goes on", needs).await;
            })
        },
        environment: |_| Vec::new(),
        to_try: "",
    };

    #[tokio::test]
    async fn a_story_that_goes_wrong_is_marked_and_fails() {
        let sandbox = Sandbox::start().await.unwrap();
        let rows = tell(&BROKEN, &sandbox, Progress::silent()).await;
        let right: Vec<_> = rows.iter().map(Row::is_right).collect();
        assert_eq!(right, [true, false, false, false]);
        let table = table::render("broken", &rows, false);
        let marked = table.lines().find(|line| line.contains("goes wrong")).unwrap();
        assert!(marked.contains("DIFFERS"), "{table}");
        assert!(table.contains("! sales: 0 instead of 1"), "{table}");
        assert!(table.contains("an error") && table.contains("! something else was expected"), "{table}");
        assert!(table.contains("! not run: nothing"), "{table}");
        let mut tally = Tally::default();
        tally.count(&rows);
        // What `main` turns into status 1.
        assert!(!tally.is_right());
        assert_eq!(tally.to_string(), "1 of 4 steps as they should be");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_forged_webhook_in_the_place_of_the_first_is_seen() {
        let sandbox = Sandbox::start().await.unwrap();
        let rule = pay_sandbox::WebhookRule::new("pay1st", pay_sandbox::WebhookFault::BadSignature);
        sandbox.add_webhook_rule(rule).unwrap();
        let rows = tell(&pay1st::STORY, &sandbox, Progress::silent()).await;
        let wrong: Vec<_> = rows.iter().filter(|row| !row.is_right()).map(|row| row.called.as_str()).collect();
        // What was paid was not shipped, and the books say so too.
        assert_eq!(wrong, ["a webhook arrives", "confirm(event), then ship", "the books at the end"], "{rows:?}");
        let table = table::render("pay1st", &rows, false);
        assert!(table.contains("Refused(Forged)") && table.contains("! not run: no event"), "{table}");
        // The sandbox is as it was: whoever goes on with it signs by wall time.
        for mode in sandbox.modes().iter().filter(|mode| mode.provider == "pay1st") {
            assert_eq!(mode.value, mode.default, "{}", mode.name);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn webhooks_signed_with_another_key_are_seen_in_pay_agencys_story() {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.payagency().set_mode("webhook_key", "encryption_key").unwrap();
        let rows = tell(&payagency::STORY, &sandbox, Progress::silent()).await;
        let wrong: Vec<_> = rows.iter().filter(|row| !row.is_right()).map(|row| row.called.as_str()).collect();
        assert_eq!(wrong, ["a webhook arrives", "confirm(event)"], "{rows:?}");
        // The story leaves the modes alone, and what it set is as it was.
        let changed = sandbox.modes().into_iter().filter(|mode| mode.value != mode.default).map(|mode| mode.name);
        assert_eq!(changed.collect::<Vec<_>>(), ["webhook_key"]);
        assert!(sandbox.faults().is_empty() && sandbox.webhook_rules().is_empty());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_withdrawal_that_is_made_twice_is_seen_in_pagfasts_story() {
        let sandbox = Sandbox::start().await.unwrap();
        // Another program of the same account withdraws under the order id of the story's lost answer.
        let pagfast = sandbox.pagfast();
        let builder = ::pagfast::Client::builder().local(pagfast.base_url());
        let client = builder.credentials(pagfast.access_key(), pagfast.secret()).build().unwrap();
        let recipient = ::pagfast::Recipient::by_cpf("A", ::pagfast::Cpf::new("12345678909").unwrap());
        let notify = ::pagfast::Notify::to("http://127.0.0.1:9/");
        let twin = ::pagfast::NewPixWithdrawal::new("pix-lost", "120.00".parse().unwrap(), recipient).notify(notify);
        let made = client.pix_cash_out(twin).send().await.unwrap();
        pagfast.complete(made.id()).unwrap();
        let rows = tell(&pagfast::STORY, &sandbox, Progress::silent()).await;
        let wrong: Vec<_> = rows.iter().filter(|row| !row.is_right()).map(|row| row.called.as_str()).collect();
        let lost = "pix_cash_out(R$ 120.00), reset after acting";
        assert_eq!(wrong, ["check_credentials()", lost, "settle(its order id)", "the books at the end"], "{rows:?}");
        assert!(sandbox.faults().is_empty() && sandbox.webhook_rules().is_empty());
        assert!(sandbox.modes().iter().all(|mode| mode.value == mode.default));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_story_counts_its_own_sales_alone_whatever_was_told_before() {
        let sandbox = Sandbox::start().await.unwrap();
        for story in ALL.into_iter().rev() {
            let rows = tell(story, &sandbox, Progress::silent()).await;
            let wrong: Vec<_> = rows.iter().filter(|row| !row.is_right()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", story.provider);
        }
    }

    #[tokio::test]
    async fn a_story_that_tells_nothing_fails() {
        let sandbox = Sandbox::start().await.unwrap();
        let silent = Story { tell: |_, _| Box::pin(async {}), ..BROKEN };
        let mut tally = Tally::default();
        tally.count(&tell(&silent, &sandbox, Progress::silent()).await);
        assert!(!tally.is_right());
    }

    #[test]
    fn an_unknown_provider_is_answered_with_the_known_ones() {
        let error = choose(Some("nope")).err().unwrap();
        assert!(error.contains("nope") && error.contains("pagamio"), "{error}");
        assert_eq!(choose(None).unwrap().len(), ALL.len());
    }

    #[test]
    fn values_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted("http://127.0.0.1:1/a_b-c"), "http://127.0.0.1:1/a_b-c");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
