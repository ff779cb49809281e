//! What the service counts, in Prometheus text form.

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};
use std::time::Duration;

/// All instruments; one instance a process.
pub struct Metrics {
    registry: Registry,
    built: IntGaugeVec,
    batches: Histogram,
    batch_records: Histogram,
    accepted: IntCounter,
    failed_batches: IntCounter,
    log_size: IntGauge,
    clock_trusted: IntGauge,
    writable: IntGauge,
    rewound: IntGauge,
    responses: IntCounterVec,
    witnessed_size: IntGauge,
    witness_sizes: IntGaugeVec,
    witness_failures: IntCounterVec,
    published_size: IntGauge,
    publishing_failures: IntCounter,
    messages: Messages,
}

/// What is told to subscribers; the label `to` says in which way.
struct Messages {
    delivered: IntCounterVec,
    failed: IntCounterVec,
    given_up: IntCounterVec,
    waiting: IntGauge,
    oldest: IntGauge,
}

impl Messages {
    fn new() -> Self {
        let counter = |name: &str, help: &str| {
            let counter = IntCounterVec::new(Opts::new(name, help), &["to"]).expect("a constant, valid name");
            // Printed from the beginning, so that an increase from nothing is one.
            for to in ["email", "webhook"] {
                counter.with_label_values(&[to]).reset();
            }
            counter
        };
        let gauge = |name: &str, help: &str| IntGauge::new(name, help).expect("a constant, valid name");
        Self {
            delivered: counter(
                "gongshi_messages_delivered_total",
                "Messages that a subscriber's webhook or the server of mail has taken",
            ),
            failed: counter("gongshi_messages_failed_total", "Attempts to deliver a message that failed"),
            given_up: counter(
                "gongshi_subscriptions_given_up_total",
                "Subscriptions whose subscriber could not be reached for too long",
            ),
            waiting: gauge("gongshi_subscriptions_waiting", "Subscriptions to which something is to be sent"),
            oldest: gauge(
                "gongshi_oldest_news_seconds",
                "Age of the oldest entry that a subscriber is still to be told",
            ),
        }
    }

    fn collectors(&self) -> [Box<dyn Collector>; 5] {
        [
            Box::new(self.delivered.clone()),
            Box::new(self.failed.clone()),
            Box::new(self.given_up.clone()),
            Box::new(self.waiting.clone()),
            Box::new(self.oldest.clone()),
        ]
    }
}

fn built() -> IntGaugeVec {
    let built = Opts::new("gongshi_build_info", "1, labelled with the program's version");
    let built = IntGaugeVec::new(built, &["version"]).expect("a constant, valid name");
    built.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    built
}

impl Default for Metrics {
    fn default() -> Self {
        let buckets = |buckets: &[f64]| buckets.to_vec();
        let seconds = buckets(&[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0]);
        let records = buckets(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]);
        let histogram = |name: &str, help: &str, buckets| {
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets)).expect("a constant, valid name")
        };
        let counter = |name: &str, help: &str| IntCounter::new(name, help).expect("a constant, valid name");
        let gauge = |name: &str, help: &str| IntGauge::new(name, help).expect("a constant, valid name");
        let metrics = Self {
            registry: Registry::new(),
            batches: histogram("gongshi_batch_seconds", "Time to decide, write and commit a batch", seconds),
            batch_records: histogram("gongshi_batch_records", "Records in a batch", records),
            accepted: counter("gongshi_records_accepted_total", "Records appended to the log"),
            failed_batches: counter("gongshi_batches_failed_total", "Batches that the store did not take"),
            log_size: gauge("gongshi_log_size", "Entries in the log"),
            clock_trusted: gauge(
                "gongshi_clock_trusted",
                "1 while the clock is right as far as is known; 0: nothing is written",
            ),
            rewound: gauge(
                "gongshi_log_rewound",
                "1 while somebody knows a checkpoint that the log does not go on from; nothing is written",
            ),
            writable: gauge("gongshi_database_writable", "0 while the last write to the database has failed"),
            responses: IntCounterVec::new(
                Opts::new("gongshi_http_responses_total", "HTTP responses by method and status"),
                &["method", "status"],
            )
            .expect("a constant, valid name"),
            witnessed_size: gauge("gongshi_witnessed_size", "Entries in the newest checkpoint that meets the policy"),
            witness_sizes: IntGaugeVec::new(
                Opts::new("gongshi_witness_size", "Entries in the newest checkpoint that the witness cosigned"),
                &["witness"],
            )
            .expect("a constant, valid name"),
            witness_failures: IntCounterVec::new(
                Opts::new("gongshi_witness_failures_total", "Requests to the witness that brought no cosignature"),
                &["witness"],
            )
            .expect("a constant, valid name"),
            built: built(),
            published_size: gauge("gongshi_published_size", "Entries in the checkpoint that is published as files"),
            publishing_failures: counter("gongshi_publishing_failures_total", "Rounds of publishing that failed"),
            messages: Messages::new(),
        };
        let collectors: [Box<dyn Collector>; 15] = [
            Box::new(metrics.built.clone()),
            Box::new(metrics.batches.clone()),
            Box::new(metrics.batch_records.clone()),
            Box::new(metrics.accepted.clone()),
            Box::new(metrics.failed_batches.clone()),
            Box::new(metrics.log_size.clone()),
            Box::new(metrics.clock_trusted.clone()),
            Box::new(metrics.writable.clone()),
            Box::new(metrics.rewound.clone()),
            Box::new(metrics.responses.clone()),
            Box::new(metrics.witnessed_size.clone()),
            Box::new(metrics.witness_sizes.clone()),
            Box::new(metrics.witness_failures.clone()),
            Box::new(metrics.published_size.clone()),
            Box::new(metrics.publishing_failures.clone()),
        ];
        for collector in collectors.into_iter().chain(metrics.messages.collectors()) {
            metrics.registry.register(collector).expect("each name is registered once");
        }
        metrics
    }
}

impl Metrics {
    pub fn batch(&self, records: usize, accepted: usize, took: Duration) {
        self.batches.observe(took.as_secs_f64());
        self.batch_records.observe(records as f64);
        self.accepted.inc_by(accepted as u64);
    }

    pub fn batch_failed(&self) {
        self.failed_batches.inc();
    }

    pub fn log_size(&self, size: u64) {
        self.log_size.set(size as i64);
    }

    pub fn clock_trusted(&self, trusted: bool) {
        self.clock_trusted.set(i64::from(trusted));
    }

    pub fn writable(&self, writable: bool) {
        self.writable.set(i64::from(writable));
    }

    pub fn rewound(&self, rewound: bool) {
        self.rewound.set(i64::from(rewound));
    }

    pub fn witnessed_size(&self, size: u64) {
        self.witnessed_size.set(size as i64);
    }

    pub fn witness_cosigned(&self, name: &str, size: u64) {
        self.witness_sizes.with_label_values(&[name]).set(size as i64);
    }

    pub fn witness_failed(&self, name: &str) {
        self.witness_failures.with_label_values(&[name]).inc();
    }

    pub fn published_size(&self, size: u64) {
        self.published_size.set(size as i64);
    }

    pub fn publishing_failed(&self) {
        self.publishing_failures.inc();
    }

    /// A message was taken; `to` is one of few words.
    pub fn message_delivered(&self, to: &str) {
        self.messages.delivered.with_label_values(&[to]).inc();
    }

    pub fn message_failed(&self, to: &str) {
        self.messages.failed.with_label_values(&[to]).inc();
    }

    pub fn subscription_given_up(&self, to: &str) {
        self.messages.given_up.with_label_values(&[to]).inc();
    }

    /// To how many subscriptions something is to be sent, and how old the oldest entry is of it.
    pub fn to_be_told(&self, subscriptions: u64, oldest: Duration) {
        self.messages.waiting.set(subscriptions as i64);
        self.messages.oldest.set(oldest.as_secs() as i64);
    }

    pub fn response(&self, method: &str, status: u16) {
        self.responses.with_label_values(&[method, &status.to_string()]).inc();
    }

    /// The text exposition format.
    pub fn text(&self) -> String {
        let mut buffer = Vec::new();
        // Writing to memory fails only when a metric is inconsistent, and all of ours are declared above.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut buffer);
        String::from_utf8(buffer).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every name in a text, without what Prometheus adds to histograms.
    fn names(text: &str) -> BTreeSet<&str> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let ours = words.filter(|word| word.starts_with("gongshi_") && *word != "gongshi_");
        ours.map(|word| ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word))
            .collect()
    }

    #[test]
    fn the_operations_manual_names_what_is_printed_and_nothing_else() {
        let metrics = Metrics::default();
        // What has labels is printed once it has one.
        metrics.response("GET", 200);
        metrics.witness_cosigned("w", 1);
        metrics.witness_failed("w");
        assert_eq!(names(&metrics.text()), names(include_str!("../OPERATIONS.md")));
    }
}
