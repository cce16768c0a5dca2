//! The table that is printed.

use std::time::Duration;

use crate::load::Measured;

/// One line of it.
pub struct Row {
    name: &'static str,
    connections: usize,
    p50: Duration,
    p99: Duration,
    per_second: f64,
    ratio: String,
}

impl Row {
    /// What was measured, and how many times the median of `beside` its own median is.
    pub fn new(
        name: &'static str,
        connections: usize,
        measured: &Measured,
        beside: Option<(&'static str, &Measured)>,
    ) -> Self {
        let ratio = beside.map_or(String::new(), |(other, base)| {
            format!("{:.1} × {other}", measured.p50.as_secs_f64() / base.p50.as_secs_f64())
        });
        Self { name, connections, p50: measured.p50, p99: measured.p99, per_second: measured.per_second, ratio }
    }
}

/// Prints a Markdown table.
pub fn print(rows: &[Row]) {
    println!("| {:<38} | connections | p50 (ms) | p99 (ms) | per second | p50 beside |", "");
    println!("|{:-<40}|------------:|---------:|---------:|-----------:|------------|", "");
    for row in rows {
        println!(
            "| {:<38} | {:>11} | {:>8.2} | {:>8.2} | {:>10.0} | {} |",
            row.name,
            row.connections,
            milliseconds(row.p50),
            milliseconds(row.p99),
            row.per_second,
            row.ratio
        );
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
