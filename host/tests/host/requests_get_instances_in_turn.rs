//! Requests beyond the instances wait, and are answered in an order that is fair.

use crate::app::{App, by_path, forwarding, streaming_slowly};
use crate::exchange::{accept, answer, ask, ask_for, has_answer, upstream};
use bobbin::{Host, InstanceSettings, RunningHost};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::Duration;

/// A host whose component asks an upstream for each request, so that it can be seen which have an instance.
struct Scene {
    host: RunningHost,
    upstream: TcpListener,
    _app: App,
}

impl Scene {
    async fn with(max_instances: usize, caller_share_percent: usize) -> Self {
        let (listener, address) = upstream();
        let app = App::serving(&forwarding(&address.to_string()), "allowed_outbound_hosts = [\"http://127.0.0.1:*\"]");
        let settings = InstanceSettings { max_instances, caller_share_percent, ..Default::default() };
        let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
        Self { host, upstream: listener, _app: app }
    }

    fn ask_as(&self, authorization: &str) -> TcpStream {
        let client = ask_for(self.host.address(), "/", &format!("Authorization: {authorization}\r\n"));
        // It is there before the next one.
        sleep(Duration::from_millis(100));
        client
    }

    /// The request that has an instance.
    fn next(&self) -> TcpStream {
        accept(&self.upstream).0
    }

    fn expect_none(&self) {
        sleep(Duration::from_millis(200));
        self.upstream.set_nonblocking(true).expect("a mode");
        let accepted = self.upstream.accept();
        self.upstream.set_nonblocking(false).expect("a mode");
        assert!(accepted.is_err_and(|error| error.kind() == ErrorKind::WouldBlock), "nobody else has an instance");
    }
}

fn end(mut request: TcpStream, status: u16) {
    let response = format!("HTTP/1.1 {status} Done\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    request.write_all(response.as_bytes()).expect("an answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_beyond_the_instances_wait_in_order() {
    let scene = Scene::with(1, 100).await;
    let clients = [(); 3].map(|()| scene.ask_as("Bearer a"));
    for (client, status) in clients.into_iter().zip(201..) {
        let request = scene.next();
        scene.expect_none();
        end(request, status);
        assert_eq!(answer(client).0, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_caller_with_the_fewest_is_next() {
    let scene = Scene::with(2, 100).await;
    let _holding = [(); 2].map(|()| scene.ask_as("Bearer a"));
    let [first, _second] = [(); 2].map(|()| scene.next());
    let earlier = scene.ask_as("Bearer a");
    let later = scene.ask_as("Bearer b");
    end(first, 201);
    end(scene.next(), 202);
    assert_eq!(answer(later).0, 202);
    assert!(!has_answer(&earlier));
    end(scene.next(), 203);
    assert_eq!(answer(earlier).0, 203);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_caller_has_more_than_its_share() {
    let scene = Scene::with(4, 50).await;
    // One key, however its scheme is written.
    let _holding = ["Bearer a", "bearer   a "].map(|authorization| scene.ask_as(authorization));
    let [first, _second] = [(); 2].map(|()| scene.next());
    let beyond = scene.ask_as("BEARER a");
    scene.expect_none();
    for other in ["Bearer b", "Basic a"] {
        let client = scene.ask_as(other);
        end(scene.next(), 202);
        assert_eq!(answer(client).0, 202, "{other}");
    }
    end(first, 201);
    end(scene.next(), 203);
    assert_eq!(answer(beyond).0, 203);
}

/// The beginning of a stream of events, and what it says about the requests that its instance has had before.
fn begin(mut stream: TcpStream) -> (u16, TcpStream) {
    let mut bytes = [0; 12];
    stream.read_exact(&mut bytes).expect("the beginning of a response");
    let status = String::from_utf8_lossy(&bytes[9..]).parse().expect("a status");
    (status, stream)
}

async fn streaming_slowly_on(max_instances: usize) -> (App, RunningHost) {
    let app = App::serving(&streaming_slowly(), "");
    let settings = InstanceSettings { max_instances, caller_share_percent: 100, max_streams: 4, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    (app, host)
}

/// A stream to a server has an instance to itself until its head is there, and no longer: then it costs little.
#[tokio::test(flavor = "multi_thread")]
async fn streams_to_servers_share_instances_and_keep_nobody_from_one() {
    let (_app, host) = streaming_slowly_on(1).await;
    let mut streams = Vec::new();
    for number in 0..10 {
        let (status, stream) = begin(ask_for(host.address(), "/mcp/server", ""));
        assert_eq!(status, 200 + number % 4, "four on each");
        streams.push(stream);
        // The instance is told that the head is there.
        sleep(Duration::from_millis(50));
    }
    let (status, _other) = begin(ask_for(host.address(), "/mcp", ""));
    assert_eq!(status, 200, "not on one of theirs");
}

/// Those of scripts may compute.
#[tokio::test(flavor = "multi_thread")]
async fn other_streams_have_an_instance_until_they_end() {
    let (_app, host) = streaming_slowly_on(1).await;
    let (_, script) = begin(ask_for(host.address(), "/mcp", ""));
    let waiting = ask_for(host.address(), "/mcp/server", "");
    sleep(Duration::from_millis(300));
    assert!(!has_answer(&waiting));
    drop(script);
    assert_eq!(begin(waiting).0, 200, "a new instance, since nobody waits for what the other does");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_has_left_waits_no_longer() {
    let scene = Scene::with(1, 100).await;
    let _holding = scene.ask_as("Bearer a");
    let first = scene.next();
    let leaving = scene.ask_as("Bearer a");
    let staying = scene.ask_as("Bearer a");
    drop(leaving);
    sleep(Duration::from_millis(100));
    end(first, 201);
    end(scene.next(), 202);
    assert_eq!(answer(staying).0, 202);
    scene.expect_none();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_too_long_is_told_to_come_again() {
    let app = App::serving(&by_path(), "");
    let settings = InstanceSettings { max_instances: 1, queue_timeout_ms: 300, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    let _holding = ask_for(host.address(), "/wait", "");
    // It may overtake the first one on its way in.
    let refused = (0..20).map(|_| answer(ask(host.address()))).find(|(status, _)| *status == 503);
    let (_, text) = refused.expect("a request that waited in vain");
    assert!(text.to_lowercase().contains("retry-after: ") && text.contains("within 300 ms"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_when_all_instances_are_taken() {
    let app = App::serving(&by_path(), "");
    let settings = InstanceSettings { max_instances: 1, ..Default::default() };
    let host = Host::builder(app.manifest()).instances(settings).start().await.expect("a host");
    let _holding = ask_for(host.address(), "/wait", "");
    let waiting = ask(host.address());
    for _ in 0..3 {
        assert_eq!(answer(ask_for(host.address(), "/healthz", "")).0 / 100, 2);
    }
    assert!(!has_answer(&waiting));
}
