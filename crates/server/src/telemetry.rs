//! Metrics of all crates, in the text format of Prometheus.

use chit_chat_http::Exposition;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

/// The bounds of histogram buckets: from a read from memory to a hanging database.
const SECONDS: [f64; 15] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Starts recording metrics. Metrics registered earlier would be missed.
pub(crate) fn start() -> Result<PrometheusHandle, BuildError> {
    let buckets = Matcher::Suffix("_seconds".to_owned());
    let handle = PrometheusBuilder::new().set_buckets_for_metric(buckets, &SECONDS)?.install_recorder()?;
    describe();
    Collector::default().describe();
    gauge!("chit_chat_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(handle)
}

/// Renders all metrics; those of the process are read each time.
pub(crate) fn exposition(handle: PrometheusHandle) -> Exposition {
    let process = Collector::default();
    Exposition::new(move || {
        process.collect();
        handle.render()
    })
}

fn describe() {
    use Unit::Seconds;
    describe_counter!("http_requests_total", "Requests answered, by route pattern.");
    describe_histogram!(
        "http_request_duration_seconds",
        Seconds,
        "Time from the head of a request to the head of its response."
    );
    describe_gauge!("http_requests_in_flight", "Requests without a response yet.");
    describe_gauge!("chit_chat_db_connections_in_use", "Database connections in use, by pool.");
    describe_histogram!(
        "chit_chat_db_connection_wait_seconds",
        Seconds,
        "Time spent waiting for a database connection."
    );
    describe_counter!("chit_chat_db_connection_failures_total", "Waits that ended without a database connection.");
    describe_gauge!("chit_chat_sends_waiting", "Messages in the send queue.");
    describe_counter!("chit_chat_sends_total", "Messages sent, by outcome.");
    describe_histogram!(
        "chit_chat_send_duration_seconds",
        Seconds,
        "Time from entering the send queue to the commit."
    );
    describe_gauge!("chit_chat_passwords_waiting", "Passwords waiting to be hashed.");
    describe_histogram!("chit_chat_password_duration_seconds", Seconds, "Time to hash one password.");
    describe_counter!("chit_chat_passwords_turned_away_total", "Passwords rejected because the queue was full.");
    describe_histogram!(
        "chit_chat_background_duration_seconds",
        Seconds,
        "Duration of background tasks, by task."
    );
    describe_counter!("chit_chat_background_failures_total", "Failed background tasks, by task.");
    describe_gauge!("chit_chat_build_info", "Always 1; the label is the version.");
}
