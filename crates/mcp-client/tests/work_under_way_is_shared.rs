use futures::future::{join, join_all};
use mcp_client::{Clock, Flight};
use scripted_upstream::{VirtualClock, run};
use std::{cell::Cell, time::Duration};

#[test]
fn those_who_come_meanwhile_take_its_outcome_and_later_ones_begin_anew() {
    let clock = VirtualClock::default();
    let flight = Flight::default();
    let done = Cell::new(0);
    let join = || {
        flight.join(&clock, || async {
            clock.sleep(Duration::from_millis(100)).await;
            done.set(done.get() + 1);
            done.get()
        })
    };
    assert_eq!(run(&clock, join_all((0..5).map(|_| join()))), [1; 5]);
    assert_eq!(run(&clock, join()), 2);
}

#[test]
fn one_who_gives_up_leaves_the_work_to_another() {
    let clock = VirtualClock::default();
    let flight = Flight::default();
    let begun = Cell::new(0);
    let work = || {
        flight.join(&clock, || async {
            begun.set(begun.get() + 1);
            clock.sleep(Duration::from_millis(100)).await;
            begun.get()
        })
    };
    let impatient = async {
        let timer = Box::pin(clock.sleep(Duration::from_millis(50)));
        futures::future::select(Box::pin(work()), timer).await;
    };
    let (_, outcome) = run(&clock, join(impatient, work()));
    assert_eq!(outcome, 2);
}
