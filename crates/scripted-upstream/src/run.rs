use crate::clock::VirtualClock;
use futures::task::noop_waker_ref;
use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
};

/// Drives a future to its end. Time passes only while it waits.
///
/// # Panics
/// When it waits for something that will never come.
pub fn run<F: Future>(clock: &VirtualClock, future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = Context::from_waker(noop_waker_ref());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
        assert!(clock.leap(), "nothing is left to wait for");
    }
}
