//! When an instance is disposed of, whatever it does.

use super::instances::InstanceSettings;
use super::lifetime::Lifetime;
use super::request_liveness::InFlight;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::time::{Sleep, sleep_until};

/// Says so.
pub(super) struct Expiration {
    in_flight: Arc<InFlight>,
    settings: InstanceSettings,
    lifetime: Lifetime,
    abandoned_since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Expiration {
    pub fn new(in_flight: Arc<InFlight>, settings: InstanceSettings, lifetime: Lifetime) -> Self {
        Self { in_flight, settings, lifetime, abandoned_since: None, timer: None }
    }

    /// Whether the server has ended, the instance has had nothing to do for too long, or nobody has waited for what it
    /// does for too long.
    pub fn poll(&mut self, context: &mut Context<'_>, rests_since: Option<Instant>) -> Poll<()> {
        if self.lifetime.poll_over(context).is_ready() {
            return Poll::Ready(());
        }
        self.in_flight.changed.register(context.waker());
        if let Some(since) = rests_since {
            self.in_flight.settle();
            self.abandoned_since = None;
            return self.poll_over(context, since, self.settings.idle_timeout_ms);
        }
        if !self.in_flight.is_abandoned() {
            self.abandoned_since = None;
            return Poll::Pending;
        }
        let since = *self.abandoned_since.get_or_insert_with(Instant::now);
        self.poll_over(context, since, self.settings.abandoned_timeout_ms)
    }

    /// Whether `limit_ms` are over since `start`.
    fn poll_over(&mut self, context: &mut Context<'_>, start: Instant, limit_ms: u64) -> Poll<()> {
        let end = tokio::time::Instant::from_std(start + Duration::from_millis(limit_ms));
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        ready!(timer.as_mut().poll(context));
        Poll::Ready(())
    }
}
