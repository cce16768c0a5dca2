#![cfg(unix)]

use crate::app::{App, answering, printing};
use crate::command::{listening, send_signal, up};
use crate::exchange::{answer, ask};
use std::io::{BufRead, BufReader};
use std::process::{Child, ExitStatus};

/// A host that listens on a free port, and where.
fn serving(app: &App) -> (Child, std::net::SocketAddr) {
    let mut child = up(app).args(["--listen", "127.0.0.1:0"]).spawn().expect("the command started");
    let address = listening(&mut child);
    (child, address)
}

fn terminated(mut child: Child) -> ExitStatus {
    send_signal(&child, "TERM");
    child.wait().expect("an end")
}

#[test]
fn readers_that_ended_are_not_missed_by_the_host() {
    let app = App::serving(&answering(), "");
    let (mut child, address) = serving(&app);
    drop((child.stdout.take(), child.stderr.take()));
    // Every third request traps, which is logged.
    let seen: Vec<u16> = (0..6).map(|_| answer(ask(address)).0).collect();
    assert_eq!(seen, [200, 201, 500, 200, 201, 500]);
    assert_eq!(terminated(child).code(), Some(0));
}

#[test]
fn readers_that_ended_are_not_missed_by_components() {
    let app = App::serving(&printing(1), "");
    let (mut child, address) = serving(&app);
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!([(); 4].map(|()| answer(ask(address)).0), [200; 4]);
    assert_eq!(terminated(child).code(), Some(0));
}

#[test]
fn a_reader_that_takes_nothing_holds_up_neither_requests_nor_the_end() {
    // More than any pipe and the queue before it take.
    let app = App::serving(&printing(256), "");
    let (child, address) = serving(&app);
    assert_eq!([(); 8].map(|()| answer(ask(address)).0), [200; 8]);
    assert_eq!(terminated(child).code(), Some(0));
}

#[test]
fn a_reader_that_was_too_slow_is_told_what_it_missed() {
    let app = App::serving(&printing(256), "");
    let (mut child, address) = serving(&app);
    assert_eq!([(); 8].map(|()| answer(ask(address)).0), [200; 8]);
    let (mut stdout, stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let output = std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()).expect("a pipe"));
    let mut errors = BufReader::new(stderr)
        .split(b'\n')
        .map(|line| String::from_utf8_lossy(&line.expect("a line")).trim_start_matches('\0').to_owned());
    let mut told: Vec<String> = errors.by_ref().take(2).collect();
    told.sort_by_key(|line| line.contains("standard output"));
    for (line, stream) in told.iter().zip(["standard error", "standard output"]) {
        assert!(line.ends_with(&format!(" bytes of {stream} were left out, since nobody read them in time")), "{line}");
    }
    assert_eq!(terminated(child).code(), Some(0));
    assert_eq!(errors.next().as_deref(), Some("bobbin: stopping"), "the rest is there");
    assert!(output.join().expect("a reader") < 8 << 20);
}
