//! What the service counts, in Prometheus text form.

use prometheus::{Encoder, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};
use std::time::Duration;

/// All instruments; one instance a process.
pub struct Metrics {
    registry: Registry,
    batches: Histogram,
    batch_records: Histogram,
    accepted: IntCounter,
    failed_batches: IntCounter,
    log_size: IntGauge,
    responses: IntCounterVec,
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
        let metrics = Self {
            registry: Registry::new(),
            batches: histogram("gongshi_batch_seconds", "Time to decide, write and commit a batch", seconds),
            batch_records: histogram("gongshi_batch_records", "Records in a batch", records),
            accepted: counter("gongshi_records_accepted_total", "Records appended to the log"),
            failed_batches: counter("gongshi_batches_failed_total", "Batches that the store did not take"),
            log_size: IntGauge::new("gongshi_log_size", "Entries in the log").expect("a constant, valid name"),
            responses: IntCounterVec::new(
                Opts::new("gongshi_http_responses_total", "HTTP responses by method and status"),
                &["method", "status"],
            )
            .expect("a constant, valid name"),
        };
        let collectors: [Box<dyn prometheus::core::Collector>; 6] = [
            Box::new(metrics.batches.clone()),
            Box::new(metrics.batch_records.clone()),
            Box::new(metrics.accepted.clone()),
            Box::new(metrics.failed_batches.clone()),
            Box::new(metrics.log_size.clone()),
            Box::new(metrics.responses.clone()),
        ];
        for collector in collectors {
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
