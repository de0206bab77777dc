//! Traces calls with OpenTelemetry and prints the trace as a tree: `traced [--buy]`.
//!
//! It reads the catalogue; `--buy` also buys the provider's documented test data (never in production). Where the trace is
//! printed here, a service would give its spans to an OTLP exporter: nothing else changes.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, 1 if a call failed, 2 if nothing was tried.

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanId, SpanKind, Status, TracerProvider};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use pagamio::{Client, Purchase};
use std::error::Error;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::{Instrument, Level, info_span};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

#[tokio::main]
async fn main() -> ExitCode {
    let buy = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--buy") => true,
        Some(_) => return stop("usage: traced [--buy]"),
    };
    if buy && std::env::var("PAGAMIO_ENVIRONMENT").as_deref() == Ok("production") {
        return stop("--buy buys the provider's test data for a stranger's number: not in production");
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return stop(&error.to_string()),
    };

    let spans = Spans::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(spans.clone()).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("traced"))
        // Less to read here; a service may want all of these.
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false);
    // `pay_core` emits everything; `debug` adds one event per attempt. This program's own spans stand around it.
    let wanted = Targets::new().with_target("pay_core", Level::DEBUG).with_target("traced", Level::INFO);
    tracing_subscriber::registry().with(layer.with_filter(wanted)).init();

    let visited = visit(&client, buy).instrument(info_span!("shop.visit")).await;
    // Spans that are still with the exporter would be lost.
    if let Err(error) = provider.shutdown() {
        eprintln!("{error}");
    }
    spans.print();
    match visited {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

async fn visit(client: &Client, buy: bool) -> Result<(), Box<dyn Error>> {
    client.categories().send().await?;
    client.products().send().await?;
    if buy {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reference = format!("traced-{}-{}", now.as_millis(), std::process::id());
        let sale = Purchase::airtime("AIR-VOD-001", "10.00".parse()?, "+27821234567").reference(&reference);
        // What became of it is in the span too; a shop would settle what is pending or unknown: see `buy_airtime`.
        let _ = client.purchase(sale).send().await?;
    }
    Ok(())
}

/// Keeps the spans that have ended.
#[derive(Debug, Clone, Default)]
struct Spans(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Spans {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(&mut batch);
        Ok(())
    }
}

impl Spans {
    /// Every span below its parent, in the order of their beginnings.
    fn print(&self) {
        let mut spans = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        spans.sort_by_key(|span| span.start_time);
        below(&spans, SpanId::INVALID, "");
    }
}

fn below(spans: &[SpanData], parent: SpanId, indent: &str) {
    for span in spans.iter().filter(|span| span.parent_span_id == parent) {
        let time = span.end_time.duration_since(span.start_time).unwrap_or_default();
        let kind = if span.span_kind == SpanKind::Client { ", client" } else { "" };
        let error = if matches!(span.status, Status::Error { .. }) { ", ERROR" } else { "" };
        // A refresh serves many calls, so it is below none; its link names the one that began it.
        let by = span.links.iter().find_map(|link| {
            let id = link.span_context.span_id();
            spans.iter().find(|span| span.span_context.span_id() == id)
        });
        let by = by.map(|span| format!(", begun by {}", span.name)).unwrap_or_default();
        println!("{indent}{}  {} ms{kind}{error}{by}", span.name, time.as_millis());
        let inner = format!("{indent}  ");
        if !span.attributes.is_empty() {
            println!("{inner}{}", line(&span.attributes));
        }
        for event in span.events.iter() {
            println!("{inner}* {} {}", event.name, line(&event.attributes));
        }
        below(spans, span.span_context.span_id(), &inner);
    }
}

fn line(attributes: &[KeyValue]) -> String {
    let told = attributes.iter().filter(|kv| !matches!(kv.key.as_str(), "level" | "target"));
    told.map(|kv| format!("{}={}", kv.key, kv.value)).collect::<Vec<_>>().join(" ")
}
